#include "api/raw_methods.hpp"

#include "api/json_writer.hpp"

namespace cairn::api {

Answer debug_get_raw_header(Context& context, const BlockId& block) {
  CAIRN_TRY(const auto place, require_block(context, block));
  if (place.pending) {
    return to_json(types::encode_header(place.pending->block->block.header));
  }
  return to_json(types::encode_header(place.chain->header_at(place.number)->header));
}

Answer debug_get_raw_block(Context& context, const BlockId& block) {
  CAIRN_TRY(const auto place, require_block(context, block));
  return to_json(types::encode_block(place.block()->block));
}

Answer debug_get_raw_receipts(Context& context, const BlockId& block) {
  CAIRN_TRY(const auto place, require_block(context, block));
  JsonWriter out;
  out.begin_array();
  for (const types::Receipt& receipt : *place.receipts()) {
    out.value(types::encode_receipt(receipt));
  }
  out.end_array();
  return std::move(out).take();
}

Answer debug_get_raw_transaction(Context& context, const Hash256& hash) {
  // The pool first and the chain after it: a transaction that moves meanwhile is never missed.
  const auto waiting = context.node.find_pooled(hash);
  const auto chain = context.node.head();
  if (const auto place = chain->place_of(hash)) {
    const auto block = chain->block_at(place->number);
    return to_json(types::encode_transaction(block->block.transactions[place->index]));
  }
  return to_json(waiting ? types::encode_pooled_transaction(waiting->transaction) : Bytes{});
}

Answer debug_get_bad_blocks(Context& /*context*/) { return "[]"; }

Answer block_access_list(Context& context, const BlockId& block) {
  CAIRN_CHECK(require_block(context, block));
  return "null";
}

}  // namespace cairn::api
