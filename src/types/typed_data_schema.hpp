#pragma once
// The `types` of typed data (EIP-712): structs by name, each with its members and its type hash.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/abi.hpp"
#include "types/json_object.hpp"

namespace cairn::types {

// "Person[2][]": its innermost element and the lengths around it, inside first.
struct MemberType {
  std::string name;                                // of the element, as it is written
  std::optional<codec::AbiType> elementary;        // nothing: the struct `name`
  std::vector<std::optional<std::size_t>> arrays;  // nothing: of any length
};

struct StructMember {
  std::string name;
  MemberType type;
};

struct StructType {
  std::vector<StructMember> members;
  std::string encoding;  // "Mail(Person from,string text)", without the structs it refers to
};

class TypedDataSchema {
 public:
  // Every member's type is elementary or one of the structs. At most 256 structs and 4,096 members.
  static Result<TypedDataSchema> read(const Json& types);

  const StructType* find(std::string_view name) const;  // null: there is no such struct
  bool defines(std::string_view name) const { return find(name) != nullptr; }
  void define(std::string name, StructType type) { structs_[std::move(name)] = std::move(type); }

  // keccak256(encodeType(name)): the struct, then those that it refers to, by name. `name` is
  // defined.
  Hash256 type_hash(std::string_view name) const;

 private:
  Result<void> link();

  std::map<std::string, StructType, std::less<>> structs_;
};

// The struct whose members are given in order; their types are elementary.
Result<StructType> make_struct(std::string_view name,
                               const std::vector<std::pair<std::string, std::string>>& members);

}  // namespace cairn::types
