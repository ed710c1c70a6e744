#include "chain/fork_source.hpp"

#include "codec/rlp.hpp"

namespace cairn::chain {

Bytes encode_fork_point(const ForkPoint& point) {
  return codec::encode_rlp([&](auto& sink) {
    sink.list([&](auto& fields) {
      fields.string(base::bytes_of(point.url));
      fields.number(point.chain_id);
      fields.string(point.block.hash);
      fields.string(types::encode_header(point.block.header));
    });
  });
}

Result<ForkPoint> decode_fork_point(BytesView rlp) {
  CAIRN_TRY(codec::RlpReader fields, codec::read_rlp_list(rlp, "fork"));
  ForkPoint out;
  CAIRN_TRY(const BytesView url, fields.string("fork url"));
  out.url = base::text_of(url);
  CAIRN_TRY(out.chain_id, fields.u64("fork chain id"));
  CAIRN_TRY(out.block.hash, fields.fixed<32>("fork block"));
  CAIRN_TRY(const BytesView header, fields.string("fork header"));
  CAIRN_TRY(out.block.header, types::decode_header(header));
  CAIRN_CHECK(fields.finish("fork"));
  return out;
}

}  // namespace cairn::chain
