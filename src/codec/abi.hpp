#pragma once
// Solidity's contract ABI (docs.soliditylang.org, "Contract ABI Specification"): values by types
// that are named as in a signature. Pure; any thread.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/u256.hpp"

namespace cairn::codec {

// One type: "uint256", "address", "bytes32", "string", "(address,uint8[])[3]" ...
struct AbiType {
  enum class Kind : std::uint8_t {
    unsigned_integer,
    signed_integer,
    address,
    boolean,
    fixed_bytes,
    bytes,
    string,
    array,
    tuple
  };

  Kind kind = Kind::unsigned_integer;
  std::size_t size = 0;               // bits of an integer, bytes of bytesN, length of T[k]
  bool is_dynamic_array = false;      // T[]
  std::vector<AbiType> components{};  // of an array its one element type

  bool operator==(const AbiType&) const = default;
};

// A value is a number (integers, addresses, booleans; negative ones in two's complement), bytes
// (bytesN, bytes, string) or a list (arrays, tuples).
struct AbiValue {
  std::variant<U256, Bytes, std::vector<AbiValue>> value;

  AbiValue() = default;
  explicit(false) AbiValue(const U256& number) : value(number) {}
  explicit(false) AbiValue(const Address& address) : value(base::to_u256(address)) {}
  explicit(false) AbiValue(Bytes bytes) : value(std::move(bytes)) {}
  explicit(false) AbiValue(std::vector<AbiValue> items) : value(std::move(items)) {}

  bool operator==(const AbiValue&) const = default;
};

Result<AbiType> parse_abi_type(std::string_view text);
// "uint256,(address,bytes)[]" without parentheses around the whole; empty for none.
Result<std::vector<AbiType>> parse_abi_types(std::string_view text);

// The arguments of a call without its selector. invalid_argument when a value does not fit its
// type.
Result<Bytes> encode_abi(std::span<const AbiType> types, std::span<const AbiValue> values);

// Refuses offsets and lengths beyond `data`, values that do not fit their type, and data whose
// parts overlap so far that decoding would need more memory than the data itself. Bytes that no
// offset reaches are ignored, as Solidity does.
Result<std::vector<AbiValue>> decode_abi(std::span<const AbiType> types, BytesView data);

// What Solidity returns with REVERT: Error(string) for `require` and `revert`, Panic(uint256) for
// failed assertions and checked arithmetic.
inline constexpr FixedBytes<4> kErrorSelector{{0x08, 0xc3, 0x79, 0xa0}};
inline constexpr FixedBytes<4> kPanicSelector{{0x4e, 0x48, 0x7b, 0x71}};

Bytes encode_revert_error(std::string_view reason);
Bytes encode_revert_panic(const U256& code);
// The reason of an Error(string), or the meaning of a Panic's code in geth's words; nothing for any
// other output.
std::optional<std::string> decode_revert_reason(BytesView output);

}  // namespace cairn::codec
