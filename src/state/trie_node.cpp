#include "state/trie_node.hpp"

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "state/state_view.hpp"

namespace cairn::state {
namespace {

constexpr std::uint8_t kEmptyString = 0x80;

// Yellow Paper appendix C, for paths of at most 64 nibbles and a few more in tests.
class HexPrefix {
 public:
  HexPrefix(Nibbles path, bool is_leaf) : bytes_(path.size() / 2 + 1) {
    const bool odd = path.size() % 2 != 0;
    bytes_[0] = static_cast<std::uint8_t>((is_leaf ? 0x20 : 0) | (odd ? 0x10 | path.front() : 0));
    for (std::size_t i = odd ? 1 : 0, at = 1; i < path.size(); i += 2, ++at) {
      bytes_[at] = static_cast<std::uint8_t>((path[i] << 4) | path[i + 1]);
    }
  }

  BytesView bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

[[noreturn]] void fault() { throw StateFault("a stored trie node does not decode"); }

template <class T>
T sound(Result<T> result) {
  if (!result) {
    fault();
  }
  return *std::move(result);
}

ChildRef child_of(const codec::RlpItem& item) {
  return !item.is_list && item.payload.empty() ? ChildRef{} : ChildRef{item.encoded};
}

}  // namespace

ChildRef::ChildRef(BytesView rlp) : size_(static_cast<std::uint8_t>(rlp.size())) {
  if (rlp.size() > bytes_.size()) {
    fault();
  }
  std::ranges::copy(rlp, bytes_.begin());
}

Hash256 ChildRef::hash() const { return Hash256::from_right(rlp()); }

Bytes encode_leaf(Nibbles path, BytesView value) {
  const HexPrefix prefix(path, true);
  return codec::encode_rlp([&](auto& sink) {
    sink.list([&](auto& fields) {
      fields.string(prefix.bytes());
      fields.string(value);
    });
  });
}

Bytes encode_extension(Nibbles path, const ChildRef& child) {
  const HexPrefix prefix(path, false);
  return codec::encode_rlp([&](auto& sink) {
    sink.list([&](auto& fields) {
      fields.string(prefix.bytes());
      fields.raw(child.rlp());
    });
  });
}

Bytes encode_branch(const std::array<ChildRef, 16>& children, BytesView value) {
  return codec::encode_rlp([&](auto& sink) {
    sink.list([&](auto& fields) {
      for (const ChildRef& child : children) {
        if (child.none()) {
          fields.raw_byte(kEmptyString);
        } else {
          fields.raw(child.rlp());
        }
      }
      fields.string(value);
    });
  });
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
  codec::RlpReader rest = sound(codec::read_rlp_list(bytes, "node"));
  std::array<codec::RlpItem, 17> items{};
  std::size_t count = 0;
  for (; !rest.at_end(); ++count) {
    if (count == items.size()) {
      fault();
    }
    items[count] = sound(rest.item("node"));
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
