#include "state/trie_node.hpp"

#include "crypto/keccak.hpp"
#include "state/state_view.hpp"

namespace cairn::state {
namespace {

constexpr std::uint8_t kEmptyString = 0x80;

void append_header(Bytes& out, std::uint8_t offset, std::size_t size) {
  if (size < 56) {
    out.push_back(static_cast<std::uint8_t>(offset + size));
    return;
  }
  std::array<std::uint8_t, 8> digits{};
  std::size_t count = 0;
  for (std::size_t rest = size; rest != 0; rest >>= 8) {
    digits[7 - count] = static_cast<std::uint8_t>(rest);
    ++count;
  }
  out.push_back(static_cast<std::uint8_t>(offset + 55 + count));
  out.insert(out.end(), digits.end() - static_cast<std::ptrdiff_t>(count), digits.end());
}

void append_hex_prefix(Bytes& out, Nibbles path, bool is_leaf) {
  const bool odd = path.size() % 2 != 0;
  const std::size_t size = path.size() / 2 + 1;
  const auto first =
      static_cast<std::uint8_t>((is_leaf ? 0x20 : 0) | (odd ? 0x10 | path.front() : 0));
  if (size > 1) {  // a single byte below 0x80 is its own RLP
    append_header(out, kEmptyString, size);
  }
  out.push_back(first);
  for (std::size_t i = odd ? 1 : 0; i < path.size(); i += 2) {
    out.push_back(static_cast<std::uint8_t>((path[i] << 4) | path[i + 1]));
  }
}

[[noreturn]] void fault() { throw StateFault("a stored trie node does not decode"); }

struct Item {
  bool is_list;
  BytesView payload;
  BytesView whole;
};

// The first RLP item of `bytes`, which moves past it.
Item take_item(BytesView& bytes) {
  if (bytes.empty()) {
    fault();
  }
  const std::uint8_t first = bytes[0];
  std::size_t header = 1;
  std::size_t size = 0;
  const bool is_list = first >= 0xc0;
  if (first < kEmptyString) {
    header = 0;
    size = 1;
  } else {
    const std::size_t code = first - (is_list ? 0xc0u : 0x80u);
    size = code;
    if (code > 55) {
      header += code - 55;
      size = 0;
      for (std::size_t i = 1; i < header && i < bytes.size(); ++i) {
        size = (size << 8) | bytes[i];
      }
    }
  }
  if (bytes.size() < header || bytes.size() - header < size) {
    fault();
  }
  const Item item{is_list, bytes.subspan(header, size), bytes.first(header + size)};
  bytes = bytes.subspan(header + size);
  return item;
}

ChildRef child_of(const Item& item) {
  return item.whole.size() == 1 && item.whole[0] == kEmptyString ? ChildRef{}
                                                                 : ChildRef{item.whole};
}

}  // namespace

ChildRef::ChildRef(BytesView rlp) : size_(static_cast<std::uint8_t>(rlp.size())) {
  if (rlp.size() > bytes_.size()) {
    fault();
  }
  std::ranges::copy(rlp, bytes_.begin());
}

Hash256 ChildRef::hash() const { return Hash256::from_right(rlp()); }

void append_rlp_string(Bytes& out, BytesView text) {
  if (text.size() != 1 || text[0] >= kEmptyString) {
    append_header(out, kEmptyString, text.size());
  }
  base::append(out, text);
}

Bytes rlp_list(BytesView payload) {
  Bytes out;
  out.reserve(payload.size() + 4);
  append_header(out, 0xc0, payload.size());
  base::append(out, payload);
  return out;
}

Bytes encode_leaf(Nibbles path, BytesView value) {
  Bytes payload;
  payload.reserve(path.size() / 2 + value.size() + 8);
  append_hex_prefix(payload, path, true);
  append_rlp_string(payload, value);
  return rlp_list(payload);
}

Bytes encode_extension(Nibbles path, const ChildRef& child) {
  Bytes payload;
  payload.reserve(path.size() / 2 + 40);
  append_hex_prefix(payload, path, false);
  base::append(payload, child.rlp());
  return rlp_list(payload);
}

Bytes encode_branch(const std::array<ChildRef, 16>& children, BytesView value) {
  Bytes payload;
  payload.reserve(16 * 33 + value.size() + 4);
  for (const ChildRef& child : children) {
    if (child.none()) {
      payload.push_back(kEmptyString);
    } else {
      base::append(payload, child.rlp());
    }
  }
  append_rlp_string(payload, value);
  return rlp_list(payload);
}

ChildRef reference(BytesView node) {
  if (node.size() < 32) {
    return ChildRef{node};
  }
  std::array<std::uint8_t, 33> rlp{};
  rlp[0] = kEmptyString + 32;
  std::ranges::copy(crypto::keccak256(node), rlp.begin() + 1);
  return ChildRef{rlp};
}

DecodedNode decode_node(BytesView bytes) {
  const Item list = take_item(bytes);
  if (!list.is_list || !bytes.empty()) {
    fault();
  }
  std::array<Item, 17> items{};
  std::size_t count = 0;
  for (BytesView rest = list.payload; !rest.empty(); ++count) {
    if (count == items.size()) {
      fault();
    }
    items[count] = take_item(rest);
  }
  DecodedNode node;
  if (count == 17) {
    for (std::size_t i = 0; i < 16; ++i) {
      node.children[i] = child_of(items[i]);
    }
    node.value = base::to_bytes(items[16].payload);
    return node;
  }
  if (count != 2 || items[0].is_list || items[0].payload.empty()) {
    fault();
  }
  const Bytes path = nibbles_of(items[0].payload);
  node.path.assign(path.begin() + ((path[0] & 1) != 0 ? 1 : 2), path.end());
  if ((path[0] & 2) != 0) {
    node.kind = DecodedNode::Kind::leaf;
    node.value = base::to_bytes(items[1].payload);
  } else {
    node.kind = DecodedNode::Kind::extension;
    node.child = child_of(items[1]);
  }
  return node;
}

Bytes nibbles_of(BytesView key) {
  Bytes out;
  out.reserve(2 * key.size());
  for (const std::uint8_t b : key) {
    out.push_back(b >> 4);
    out.push_back(b & 15);
  }
  return out;
}

std::size_t common_prefix(Nibbles a, Nibbles b) {
  const auto end = std::ranges::mismatch(a, b);
  return static_cast<std::size_t>(end.in1 - a.begin());
}

}  // namespace cairn::state
