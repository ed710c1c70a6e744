#include "codec/abi.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cairn::codec {
namespace {

using Kind = AbiType::Kind;
using Items = std::vector<AbiValue>;

constexpr std::size_t kWord = 32;

bool is_dynamic(const AbiType& type) {
  return type.kind == Kind::bytes || type.kind == Kind::string || type.is_dynamic_array ||
         std::ranges::any_of(type.components, is_dynamic);
}

// Bytes that a value takes in the head of its list: an offset, or the value itself.
std::size_t head_size(const AbiType& type) {
  if (is_dynamic(type)) {
    return kWord;
  }
  if (type.kind == Kind::array) {
    return type.size * head_size(type.components[0]);
  }
  if (type.kind == Kind::tuple) {
    std::size_t sum = 0;
    for (const AbiType& component : type.components) {
      sum += head_size(component);
    }
    return sum;
  }
  return kWord;
}

// The types of a list's items: a tuple's components, or an array's element type again and again.
class ItemTypes {
 public:
  explicit ItemTypes(std::span<const AbiType> each) : types_(each), count_(each.size()) {}
  ItemTypes(const AbiType& every, std::size_t count) : types_(&every, 1), count_(count) {}

  std::size_t count() const { return count_; }
  const AbiType& operator[](std::size_t i) const { return types_[types_.size() == 1 ? 0 : i]; }

 private:
  std::span<const AbiType> types_;
  std::size_t count_;
};

// Whether a number is one of the type's: nothing in the bits above it but the sign.
bool fits(const AbiType& type, const U256& number) {
  switch (type.kind) {
    case Kind::boolean:
      return number <= U256{1};
    case Kind::address:
      return base::bit_length(number) <= 160;
    case Kind::signed_integer:
      return base::bit_length(number.sign() ? ~number : number) < type.size;
    default:
      return base::bit_length(number) <= type.size;
  }
}

std::unexpected<Error> misfit(std::string_view what) {
  return fail(ErrorCode::invalid_argument, fmt::format("an ABI value {}", what));
}

void append_word(Bytes& out, const U256& word) { base::append(out, base::to_hash(word)); }

void append_padded(Bytes& out, BytesView bytes) {
  base::append(out, bytes);
  out.resize(out.size() + (kWord - bytes.size() % kWord) % kWord);
}

Result<Bytes> encode_list(const ItemTypes& types, std::span<const AbiValue> values);

Result<Bytes> encode_bytes(const AbiType& type, const Bytes& bytes) {
  Bytes out;
  if (type.kind != Kind::fixed_bytes) {
    append_word(out, bytes.size());
  } else if (bytes.size() != type.size) {
    return misfit(fmt::format("has {} bytes instead of {}", bytes.size(), type.size));
  }
  append_padded(out, bytes);
  return out;
}

Result<Bytes> encode_items(const AbiType& type, const Items& items) {
  if (type.kind == Kind::tuple) {
    return encode_list(ItemTypes(type.components), items);
  }
  if (!type.is_dynamic_array && items.size() != type.size) {
    return misfit(fmt::format("has {} items instead of {}", items.size(), type.size));
  }
  CAIRN_TRY(Bytes encoded, encode_list(ItemTypes(type.components[0], items.size()), items));
  if (!type.is_dynamic_array) {
    return encoded;
  }
  Bytes out;
  append_word(out, items.size());
  base::append(out, encoded);
  return out;
}

Result<Bytes> encode_value(const AbiType& type, const AbiValue& value) {
  switch (type.kind) {
    case Kind::array:
    case Kind::tuple:
      if (const auto* items = std::get_if<Items>(&value.value)) {
        return encode_items(type, *items);
      }
      return misfit("is not a list");
    case Kind::fixed_bytes:
    case Kind::bytes:
    case Kind::string:
      if (const auto* bytes = std::get_if<Bytes>(&value.value)) {
        return encode_bytes(type, *bytes);
      }
      return misfit("is not bytes");
    default:
      if (const auto* number = std::get_if<U256>(&value.value)) {
        if (!fits(type, *number)) {
          return misfit("is out of its type's range");
        }
        return base::to_bytes(base::to_hash(*number));
      }
      return misfit("is not a number");
  }
}

// Heads in order, then what the offsets among them point to.
Result<Bytes> encode_list(const ItemTypes& types, std::span<const AbiValue> values) {
  if (types.count() != values.size()) {
    return misfit(fmt::format("list has {} items instead of {}", values.size(), types.count()));
  }
  std::size_t tail_begin = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    tail_begin += head_size(types[i]);
  }
  Bytes heads;
  Bytes tails;
  for (std::size_t i = 0; i < values.size(); ++i) {
    CAIRN_TRY(const Bytes encoded, encode_value(types[i], values[i]));
    if (is_dynamic(types[i])) {
      append_word(heads, tail_begin + tails.size());
      base::append(tails, encoded);
    } else {
      base::append(heads, encoded);
    }
  }
  base::append(heads, tails);
  return heads;
}

std::unexpected<Error> malformed(std::string_view what) {
  return fail(ErrorCode::malformed, fmt::format("ABI data {}", what));
}

class Decoder {
 public:
  // No byte of honest data is read twice, so that is all the memory that values may take.
  explicit Decoder(BytesView data) : budget_(data.size()) {}

  Result<Items> list(const ItemTypes& types, BytesView frame) {
    Items items;
    std::size_t head = 0;
    for (std::size_t i = 0; i < types.count(); ++i) {
      const AbiType& type = types[i];
      const std::size_t size = head_size(type);
      if (size > frame.size() - head) {
        return malformed("ends inside a list");
      }
      BytesView at = frame.subspan(head);
      if (is_dynamic(type)) {
        CAIRN_TRY(const std::size_t offset, bounded(at, frame.size()));
        at = frame.subspan(offset);
      }
      CAIRN_TRY(items.emplace_back(), value(type, at));
      head += size;
    }
    return items;
  }

 private:
  Result<> spend(std::size_t bytes) {
    if (bytes > budget_) {
      return malformed("ends early, or its parts overlap");
    }
    budget_ -= bytes;
    return {};
  }

  Result<U256> word(BytesView at) {
    if (at.size() < kWord) {
      return malformed("ends inside a word");
    }
    CAIRN_CHECK(spend(kWord));
    return base::load_be(at.data());
  }

  // An offset or length, at most `limit`.
  Result<std::size_t> bounded(BytesView at, std::size_t limit) {
    CAIRN_TRY(const U256 number, word(at));
    if (number > U256{limit}) {
      return malformed("has an offset or a length beyond its end");
    }
    return number.low64();
  }

  Result<AbiValue> array(const AbiType& type, BytesView at) {
    std::size_t count = type.size;
    if (type.is_dynamic_array) {
      CAIRN_TRY(count, bounded(at, at.size()));
      at = at.subspan(kWord);
    }
    const std::size_t each = head_size(type.components[0]);
    if (each == 0 || count > at.size() / each) {
      return malformed("has an array longer than itself");
    }
    CAIRN_TRY(Items items, list(ItemTypes(type.components[0], count), at));
    return items;
  }

  Result<AbiValue> bytes(BytesView at) {
    CAIRN_TRY(const std::size_t size, bounded(at, at.size()));
    at = at.subspan(kWord);
    if (size > at.size()) {
      return malformed("ends inside a string");
    }
    CAIRN_CHECK(spend(size));
    return base::to_bytes(at.first(size));
  }

  Result<AbiValue> fixed_bytes(const AbiType& type, BytesView at) {
    CAIRN_TRY(const U256 padded, word(at));
    if (!(padded << (8 * type.size)).is_zero()) {
      return malformed("has a value out of its type's range");
    }
    return base::to_bytes(at.first(type.size));
  }

  Result<AbiValue> value(const AbiType& type, BytesView at) {
    switch (type.kind) {
      case Kind::array:
        return array(type, at);
      case Kind::tuple: {
        CAIRN_TRY(Items items, list(ItemTypes(type.components), at));
        return items;
      }
      case Kind::bytes:
      case Kind::string:
        return bytes(at);
      case Kind::fixed_bytes:
        return fixed_bytes(type, at);
      default: {
        CAIRN_TRY(const U256 number, word(at));
        if (!fits(type, number)) {
          return malformed("has a value out of its type's range");
        }
        return number;
      }
    }
  }

  std::size_t budget_;
};

Bytes call_data(const FixedBytes<4>& selector, BytesView arguments) {
  Bytes out = base::to_bytes(selector);
  base::append(out, arguments);
  return out;
}

struct PanicReason {
  std::uint64_t code;
  std::string_view meaning;
};
constexpr PanicReason kPanicReasons[] = {
    {0x00, "generic panic"},
    {0x01, "assert(false)"},
    {0x11, "arithmetic underflow or overflow"},
    {0x12, "division or modulo by zero"},
    {0x21, "enum overflow"},
    {0x22, "invalid encoded storage byte array accessed"},
    {0x31, "out-of-bounds array access; popping on an empty array"},
    {0x32, "out-of-bounds access of an array or bytesN"},
    {0x41, "out of memory"},
    {0x51, "uninitialized function"},
};

std::string panic_meaning(const U256& code) {
  for (const PanicReason& reason : kPanicReasons) {
    if (code == U256{reason.code}) {
      return std::string(reason.meaning);
    }
  }
  return "unknown panic code: " + base::to_quantity(code);
}

const AbiType kString{.kind = Kind::string};
const AbiType kUint256{.kind = Kind::unsigned_integer, .size = 256};

}  // namespace

Result<Bytes> encode_abi(std::span<const AbiType> types, std::span<const AbiValue> values) {
  return encode_list(ItemTypes(types), values);
}

Result<std::vector<AbiValue>> decode_abi(std::span<const AbiType> types, BytesView data) {
  return Decoder(data).list(ItemTypes(types), data);
}

Bytes encode_revert_error(std::string_view reason) {
  const AbiValue text = base::to_bytes(base::bytes_of(reason));
  return call_data(kErrorSelector, encode_abi({&kString, 1}, {&text, 1}).value());
}

Bytes encode_revert_panic(const U256& code) {
  return call_data(kPanicSelector, base::to_hash(code));
}

std::optional<std::string> decode_revert_reason(BytesView output) {
  if (output.size() < FixedBytes<4>::size()) {
    return std::nullopt;
  }
  const auto selector = FixedBytes<4>::from_right(output.first(4));
  const bool is_error = selector == kErrorSelector;
  if (!is_error && selector != kPanicSelector) {
    return std::nullopt;
  }
  const auto values = decode_abi({is_error ? &kString : &kUint256, 1}, output.subspan(4));
  if (!values) {
    return std::nullopt;
  }
  const AbiValue& argument = values->front();
  if (!is_error) {
    return panic_meaning(std::get<U256>(argument.value));
  }
  return std::string(base::text_of(std::get<Bytes>(argument.value)));
}

}  // namespace cairn::codec
