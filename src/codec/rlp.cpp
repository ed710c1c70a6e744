#include "codec/rlp.hpp"

#include <fmt/format.h>

#include <vector>

namespace cairn::codec {
namespace {

struct Prefix {
  bool is_list;
  std::size_t size;     // of the prefix itself
  std::size_t payload;  // after it
};

std::unexpected<Error> refuse(std::string_view field, std::string_view what) {
  return fail(ErrorCode::malformed, fmt::format("{}: {}", field, what));
}

// The length after 0xb7 + n or 0xf7 + n, n big-endian bytes.
Result<Prefix> read_long_prefix(BytesView input, bool is_list, std::size_t n,
                                std::string_view field) {
  if (input.size() < 1 + n) {
    return refuse(field, "the input ends inside the length");
  }
  if (input[1] == 0) {
    return refuse(field, "the length has leading zeros");
  }
  std::size_t length = 0;
  for (std::size_t i = 0; i < n; ++i) {
    length = length << 8 | input[1 + i];
  }
#ifndef CAIRN_PLANTED_BUG  // fuzz/rlp_fuzz.cpp finds that this is missing
  if (length < 56) {
    return refuse(field, "the length is not in its shortest form");
  }
#endif
  return Prefix{is_list, 1 + n, length};
}

Result<Prefix> read_prefix(BytesView input, std::string_view field) {
  if (input.empty()) {
    return refuse(field, "is missing");
  }
  const std::uint8_t first = input[0];
  Prefix prefix{};
  if (first < 0x80) {
    return Prefix{false, 0, 1};
  }
  if (first < 0xb8) {
    prefix = {false, 1, first - 0x80u};
  } else if (first >= 0xc0 && first < 0xf8) {
    prefix = {true, 1, first - 0xc0u};
  } else {
    const bool is_list = first >= 0xf8;
    CAIRN_TRY(prefix, read_long_prefix(input, is_list, first - (is_list ? 0xf7u : 0xb7u), field));
  }
  if (prefix.payload > input.size() - prefix.size) {
    return refuse(field, "runs past the end of the input");
  }
  if (first == 0x81 && input[1] < 0x80) {
    return refuse(field, "a low byte has a length");
  }
  return prefix;
}

}  // namespace

void RlpWriter::prefix(std::uint8_t base, std::size_t payload) {
  if (payload < 56) {
    *out_++ = static_cast<std::uint8_t>(base + payload);
    return;
  }
  const std::size_t n = rlp_prefix_size(payload) - 1;
  *out_++ = static_cast<std::uint8_t>(base + 55 + n);
  for (std::size_t i = n; i > 0; --i) {
    *out_++ = static_cast<std::uint8_t>(payload >> (8 * (i - 1)));
  }
}

void RlpWriter::number(std::uint64_t value) {
  if (value != 0 && value < 0x80) {
    *out_++ = static_cast<std::uint8_t>(value);
    return;
  }
  const auto n = (static_cast<std::size_t>(std::bit_width(value)) + 7) / 8;
  *out_++ = static_cast<std::uint8_t>(0x80 + n);
  for (std::size_t i = n; i > 0; --i) {
    *out_++ = static_cast<std::uint8_t>(value >> (8 * (i - 1)));
  }
}

void RlpWriter::number(const U256& value) {
  if (value.fits_u64()) {
    number(value.low64());
    return;
  }
  const Hash256 full = base::to_hash(value);
  const std::size_t n = base::byte_length(value);
  *out_++ = static_cast<std::uint8_t>(0x80 + n);
  raw(BytesView{full}.last(n));
}

Result<RlpItem> RlpReader::item(std::string_view field) {
  CAIRN_TRY(const Prefix prefix, read_prefix(rest_, field));
  const RlpItem item{prefix.is_list, rest_.subspan(prefix.size, prefix.payload),
                     rest_.first(prefix.size + prefix.payload)};
  rest_ = rest_.subspan(item.encoded.size());
  return item;
}

Result<BytesView> RlpReader::string(std::string_view field) {
  CAIRN_TRY(const RlpItem next, item(field));
  if (next.is_list) {
    return refuse(field, "is a list where bytes should be");
  }
  return next.payload;
}

Result<BytesView> RlpReader::sized_string(std::string_view field, std::size_t size) {
  CAIRN_TRY(const BytesView bytes, string(field));
  if (bytes.size() != size) {
    return refuse(field, fmt::format("has {} bytes instead of {}", bytes.size(), size));
  }
  return bytes;
}

Result<std::uint64_t> RlpReader::u64(std::string_view field) {
  CAIRN_TRY(const BytesView bytes, string(field));
  if (!bytes.empty() && bytes[0] == 0) {
    return refuse(field, "has leading zeros");
  }
  if (bytes.size() > 8) {
    return refuse(field, "does not fit into 64 bits");
  }
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) {
    value = value << 8 | byte;
  }
  return value;
}

Result<U256> RlpReader::u256(std::string_view field) {
  CAIRN_TRY(const BytesView bytes, string(field));
  return read_rlp_number(bytes, field);
}

Result<RlpReader> RlpReader::list(std::string_view field) {
  CAIRN_TRY(const RlpItem next, item(field));
  if (!next.is_list) {
    return refuse(field, "is not a list");
  }
  return RlpReader(next.payload);
}

Result<> RlpReader::finish(std::string_view owner) const {
  if (!at_end()) {
    return refuse(owner, "has more items than it should");
  }
  return {};
}

Result<RlpItem> read_rlp_item(BytesView input, std::string_view name) {
  RlpReader reader(input);
  CAIRN_TRY(const RlpItem item, reader.item(name));
  if (!reader.at_end()) {
    return refuse(name, "bytes follow after its end");
  }
  return item;
}

Result<RlpReader> read_rlp_list(BytesView input, std::string_view name) {
  CAIRN_TRY(const RlpItem item, read_rlp_item(input, name));
  if (!item.is_list) {
    return refuse(name, "is not a list");
  }
  return RlpReader(item.payload);
}

Result<U256> read_rlp_number(BytesView payload, std::string_view field) {
  if (!payload.empty() && payload[0] == 0) {
    return refuse(field, "has leading zeros");
  }
  if (payload.size() > 32) {
    return refuse(field, "does not fit into 256 bits");
  }
  return base::from_be(payload);
}

Result<> check_rlp(BytesView input) {
  CAIRN_TRY(const RlpItem root, read_rlp_item(input, "rlp"));
  if (!root.is_list) {
    return {};
  }
  // A stack of its own: an attacker chooses the depth.
  std::vector<RlpReader> open{RlpReader(root.payload)};
  while (!open.empty()) {
    if (open.back().at_end()) {
      open.pop_back();
      continue;
    }
    CAIRN_TRY(const RlpItem item, open.back().item("rlp"));
    if (!item.is_list) {
      continue;
    }
    if (open.size() == kMaxRlpDepth) {
      return fail(ErrorCode::limit, fmt::format("rlp: nested deeper than {} lists", kMaxRlpDepth));
    }
    open.emplace_back(item.payload);
  }
  return {};
}

}  // namespace cairn::codec
