#pragma once
// Functions and errors that most chains know, by their selectors: ERC-20, 721, 1155 and 4626,
// OpenZeppelin's access control and proxies, routers, multicalls, account abstraction. Selectors
// are computed from the signatures when the table is made. Immutable; any thread.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "codec/abi.hpp"

namespace cairn::nodelog {

using Selector = FixedBytes<4>;

struct Signature {
  std::string name;  // transfer
  std::string text;  // transfer(address,uint256): what is hashed
  std::vector<codec::AbiType> inputs;
  std::vector<std::string> parameters;  // their names; each may be empty

  // From Solidity's form, where names may be left out: "transfer(address to, uint256)". An error
  // where it is not of this form or has an unknown type.
  static Result<Signature> parse(std::string_view declaration);
};

class Signatures {
 public:
  explicit Signatures(std::span<const std::string_view> declarations);

  // Null: unknown.
  const Signature* find(const Selector& selector) const;
  std::size_t size() const { return by_selector_.size(); }

 private:
  std::unordered_map<Selector, Signature> by_selector_;
};

const Signatures& known_functions();
const Signatures& known_errors();

// The first four bytes of call data or of a revert's; nothing where there are fewer.
std::optional<Selector> selector_of(BytesView data);

}  // namespace cairn::nodelog
