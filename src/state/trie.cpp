#include "state/trie.hpp"

#include <algorithm>

#include "codec/rlp.hpp"
#include "state/trie_builder.hpp"

namespace cairn::state {

Hash256 root_of_sorted(std::span<const std::pair<Bytes, Bytes>> pairs) {
  TrieBuilder builder;
  for (const auto& [key, value] : pairs) {
    builder.add(key, value);
  }
  return builder.root();
}

Hash256 ordered_root(std::span<const Bytes> items) {
  std::vector<std::pair<Bytes, std::size_t>> keys;
  keys.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    keys.emplace_back(codec::encode_rlp_number(i), i);
  }
  std::ranges::sort(keys);
  TrieBuilder builder;
  for (const auto& [key, i] : keys) {
    builder.add(key, items[i]);
  }
  return builder.root();
}

}  // namespace cairn::state
