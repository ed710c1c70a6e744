#pragma once
// A chain that another client made, through every fork from Frontier to the second BPO fork.

#include <vector>

#include "tests/fixtures.hpp"
#include "types/genesis.hpp"

namespace cairn::chain::test {

struct ForeignChain {
  types::Genesis genesis;
  std::vector<Bytes> blocks;  // RLP, in the order of their numbers

  // `fixtures`: the folder of all official test data.
  static ForeignChain read(const std::filesystem::path& fixtures) {
    const auto folder = fixtures / "execution-apis" / "tests";
    ForeignChain out;
    out.genesis = types::parse_genesis(testing::read_text(folder / "genesis.json"))->genesis;
    const std::string bytes = testing::read_text(folder / "chain.rlp");
    for (BytesView rest = base::bytes_of(bytes); !rest.empty();) {
      const std::size_t size = item_size(rest);
      out.blocks.push_back(base::to_bytes(rest.first(size)));
      rest = rest.subspan(size);
    }
    return out;
  }

  // Of an RLP list with its prefix.
  static std::size_t item_size(BytesView bytes) {
    const std::uint8_t first = bytes[0];
    if (first <= 0xf7) {
      return std::size_t{first} - 0xc0 + 1;
    }
    const std::size_t digits = std::size_t{first} - 0xf7;
    return 1 + digits + base::from_be(bytes.subspan(1, digits)).low64();
  }
};

// Another block of the same number on `parent`: nothing that is executed sees the extra data.
inline types::Block sibling_of(const Bytes& block, const Hash256& parent) {
  types::Block out = *types::decode_block(block);
  out.header.parent_hash = parent;
  out.header.extra_data = Bytes{1};
  return out;
}

}  // namespace cairn::chain::test
