#include "types/typed_data_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "crypto/keccak.hpp"

namespace cairn::types {
namespace {

constexpr std::size_t kMaxStructs = 256;
constexpr std::size_t kMaxMembers = 4'096;
constexpr std::size_t kMaxDimensions = 16;

std::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::invalid_argument, std::move(message));
}

// What would make two different schemas read the same in a type's encoding.
bool is_name(std::string_view text) {
  return !text.empty() && text.find_first_of("()[],") == std::string_view::npos &&
         std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c != 0x7f; });
}

std::optional<codec::AbiType> elementary_type(std::string_view name) {
  if (!is_name(name)) {
    return std::nullopt;  // neither a tuple nor an array
  }
  auto type = codec::parse_abi_type(name);
  return type ? std::optional(*std::move(type)) : std::nullopt;
}

Result<MemberType> parse_member_type(std::string_view text) {
  const auto bad = [text] { return refuse(fmt::format("'{}' is not a type", text)); };
  MemberType out;
  out.name = text.substr(0, text.find('['));
  if (!is_name(out.name)) {
    return bad();
  }
  for (std::string_view rest = text.substr(out.name.size()); !rest.empty();) {
    const auto end = rest.find(']');
    if (rest.front() != '[' || end == std::string_view::npos ||
        out.arrays.size() == kMaxDimensions) {
      return bad();
    }
    const std::string_view digits = rest.substr(1, end - 1);
    std::optional<std::size_t>& length = out.arrays.emplace_back();
    if (!digits.empty()) {
      const auto [stop, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), length.emplace());
      if (error != std::errc{} || stop != digits.data() + digits.size() || digits.front() == '0') {
        return bad();
      }
    }
    rest.remove_prefix(end + 1);
  }
  out.elementary = elementary_type(out.name);
  return out;
}

Result<StructType> make_struct_of(
    std::string_view name,
    const std::vector<std::pair<std::string_view, std::string_view>>& members) {
  StructType out;
  std::set<std::string_view> names;
  out.encoding = fmt::format("{}(", name);
  for (const auto& [member, type] : members) {
    if (!is_name(member)) {
      return refuse(fmt::format("types.{}: '{}' is not a name", name, member));
    }
    if (!names.insert(member).second) {
      return refuse(fmt::format("types.{}: '{}' stands twice", name, member));
    }
    auto parsed = parse_member_type(type);
    if (!parsed) {
      return refuse(fmt::format("types.{}.{}: {}", name, member, parsed.error().message));
    }
    out.encoding += fmt::format("{}{} {}", out.members.empty() ? "" : ",", type, member);
    out.members.push_back({std::string(member), *std::move(parsed)});
  }
  out.encoding += ')';
  return out;
}

const Json* text_member(const Json& object, std::string_view key) {
  const auto found = std::ranges::find(object.members, key, &Json::Member::key);
  return found != object.members.end() && found->value.kind == Json::Kind::string ? &found->value
                                                                                  : nullptr;
}

Result<StructType> read_struct(const std::string& name, const Json& list) {
  if (list.kind != Json::Kind::array) {
    return refuse(fmt::format("types.{}: want a list of {{name, type}}", name));
  }
  std::vector<std::pair<std::string_view, std::string_view>> members;
  for (const auto& [key, member] : list.members) {
    const Json* member_name = text_member(member, "name");
    const Json* type = text_member(member, "type");
    if (member.kind != Json::Kind::object || member_name == nullptr || type == nullptr) {
      return refuse(
          fmt::format("types.{}[{}]: want an object with a name and a type", name, members.size()));
    }
    members.emplace_back(member_name->text, type->text);
  }
  return make_struct_of(name, members);
}

}  // namespace

Result<StructType> make_struct(std::string_view name,
                               const std::vector<std::pair<std::string, std::string>>& members) {
  return make_struct_of(name, {members.begin(), members.end()});
}

Result<TypedDataSchema> TypedDataSchema::read(const Json& types) {
  if (types.kind != Json::Kind::object) {
    return refuse("types: want an object");
  }
  if (types.members.size() > kMaxStructs) {
    return fail(ErrorCode::limit, fmt::format("types: more than {} structs", kMaxStructs));
  }
  TypedDataSchema out;
  std::size_t members = 0;
  for (const auto& [name, list] : types.members) {
    if (!is_name(name) || elementary_type(name)) {
      return refuse(fmt::format("types: '{}' cannot be the name of a struct", name));
    }
    if (out.defines(name)) {
      return refuse(fmt::format("types: '{}' stands twice", name));
    }
    members += list.members.size();
    if (members > kMaxMembers) {
      return fail(ErrorCode::limit, fmt::format("types: more than {} members", kMaxMembers));
    }
    CAIRN_TRY(StructType type, read_struct(name, list));
    out.define(name, std::move(type));
  }
  CAIRN_CHECK(out.link());
  return out;
}

Result<void> TypedDataSchema::link() {
  for (const auto& [name, type] : structs_) {
    for (const StructMember& member : type.members) {
      if (!member.type.elementary && !defines(member.type.name)) {
        return refuse(fmt::format("types.{}.{}: the type '{}' is neither elementary nor defined",
                                  name, member.name, member.type.name));
      }
    }
  }
  return {};
}

const StructType* TypedDataSchema::find(std::string_view name) const {
  const auto found = structs_.find(name);
  return found != structs_.end() ? &found->second : nullptr;
}

Hash256 TypedDataSchema::type_hash(std::string_view name) const {
  std::set<std::string_view> reached;
  std::vector<std::string_view> open{name};
  while (!open.empty()) {
    const StructType& type = *find(open.back());
    open.pop_back();
    for (const StructMember& member : type.members) {
      if (!member.type.elementary && member.type.name != name &&
          reached.insert(member.type.name).second) {
        open.push_back(member.type.name);
      }
    }
  }
  std::string encoding = find(name)->encoding;
  for (const std::string_view other : reached) {
    encoding += find(other)->encoding;
  }
  return crypto::keccak256(base::bytes_of(encoding));
}

}  // namespace cairn::types
