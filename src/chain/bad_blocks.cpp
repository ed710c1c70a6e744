#include "chain/bad_blocks.hpp"

#include <algorithm>

#include "codec/rlp.hpp"

namespace cairn::chain {
namespace {

constexpr std::string_view kKey = "bad_blocks";

}  // namespace

Result<void> keep_bad_block(Chain& chain, BytesView rlp) {
  CAIRN_TRY(std::vector<Bytes> blocks, read_bad_blocks(chain.store()));
  std::erase_if(blocks, [&](const Bytes& one) { return base::equal(one, rlp); });
  blocks.insert(blocks.begin(), base::to_bytes(rlp));
  blocks.resize(std::min(blocks.size(), kMostBadBlocks));
  store::Batch batch;
  batch.put(store::Column::meta, base::bytes_of(kKey), codec::encode_rlp([&](auto& sink) {
              sink.list([&](auto& items) {
                for (const Bytes& block : blocks) {
                  items.string(block);
                }
              });
            }));
  return chain.write_beside(std::move(batch));
}

Result<std::vector<Bytes>> read_bad_blocks(const store::Reader& reader) {
  std::vector<Bytes> out;
  const auto bytes = reader.get(store::Column::meta, base::bytes_of(kKey));
  if (!bytes) {
    return out;
  }
  CAIRN_TRY(codec::RlpReader items, codec::read_rlp_list(*bytes, "bad blocks"));
  while (!items.at_end()) {
    CAIRN_TRY(const BytesView block, items.string("bad block"));
    out.push_back(base::to_bytes(block));
  }
  return out;
}

}  // namespace cairn::chain
