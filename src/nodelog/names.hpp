#pragma once
// What functions and errors are called: those that most chains know (signatures.hpp), and those of
// the contracts whose ABIs this node was given. Any thread.

#include <simdjson.h>

#include <memory>
#include <mutex>
#include <unordered_map>

#include "nodelog/signatures.hpp"

namespace cairn::nodelog {

class Names {
 public:
  static constexpr std::size_t kMost = 100'000;  // that are given; what comes after is not kept

  // The functions and errors of a contract's ABI (Solidity's JSON); how many there are. Entries
  // that cannot be read are passed over.
  std::size_t learn(simdjson::dom::array abi);
  // Of each contract of a compiler's output: contracts.FILE.NAME.abi.
  std::size_t learn_output(simdjson::dom::object output);

  // Null: unknown. A name that was given comes before one that most chains know.
  std::shared_ptr<const Signature> function(const Selector& selector) const;
  std::shared_ptr<const Signature> error(const Selector& selector) const;
  // What a call of a contract is: "transfer(address,uint256)", or its selector where that is
  // unknown. Nothing for data too short to have one.
  std::optional<std::string> method_of(BytesView input) const;

 private:
  using Table = std::unordered_map<Selector, std::shared_ptr<const Signature>>;

  std::shared_ptr<const Signature> find(const Table& given, const Signatures& known,
                                        const Selector& selector) const;

  mutable std::mutex mutex_;
  Table functions_;
  Table errors_;
};

}  // namespace cairn::nodelog
