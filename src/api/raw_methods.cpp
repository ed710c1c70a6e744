#include "api/raw_methods.hpp"

#include "api/json_writer.hpp"
#include "api/objects.hpp"
#include "execution/transaction_rules.hpp"

namespace cairn::api {

Answer debug_get_raw_header(Context& context, const BlockId& block) {
  CAIRN_TRY(const auto place, require_block(context, block));
  if (place.pending) {
    return to_json(types::encode_header(place.pending->block()->block.header));
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

namespace {

Answer raw_transaction_at(const Context& context, const BlockId& id, std::uint64_t index) {
  CAIRN_TRY(const auto place, find_block(context, id));
  const auto block = place ? place->block() : nullptr;
  if (!block || index >= block->block.transactions.size()) {
    return to_json(Bytes{});
  }
  return to_json(types::encode_transaction(block->block.transactions[index]));
}

// A sender that cannot be recovered is the zero address: it may be what the block is refused for.
chain::SealedBlock sealed(types::Block block, const chain::ChainView& chain) {
  chain::SealedBlock out;
  out.hash = types::header_hash(block.header);
  const types::Fork fork = chain.config().fork_of(block.header);
  for (const types::Transaction& transaction : block.transactions) {
    out.transaction_hashes.push_back(types::transaction_hash(transaction));
    out.senders.push_back(
        execution::sender_of(transaction, fork, chain.chain_id()).value_or(Address{}));
  }
  out.block = std::move(block);
  return out;
}

}  // namespace

Answer eth_get_raw_transaction_by_block_hash_and_index(Context& context, const Hash256& hash,
                                                       const std::uint64_t& index) {
  return raw_transaction_at(context, {hash}, index);
}

Answer eth_get_raw_transaction_by_block_number_and_index(Context& context, const BlockNumber& block,
                                                         const std::uint64_t& index) {
  return raw_transaction_at(context, block.id, index);
}

Answer debug_get_bad_blocks(Context& context) {
  const auto chain = context.node.head();
  JsonWriter out;
  out.begin_array();
  for (const Bytes& rlp : chain->bad_blocks()) {
    const chain::SealedBlock block = sealed(types::decode_block(rlp).value(), *chain);
    out.begin_object().key("block");
    write_block(out, block, true, true);
    out.field("hash", block.hash).field("rlp", rlp).end_object();
  }
  out.end_array();
  return std::move(out).take();
}

Answer debug_get_raw_block_access_list(Context& context, const BlockId& block) {
  CAIRN_CHECK(require_block(context, block));
  return rpc_fail(RpcCode::resource_not_found,
                  "the block has no access list: they begin with Amsterdam (EIP-7928)");
}

Answer block_access_list(Context& context, const BlockId& block) {
  CAIRN_CHECK(require_block(context, block));
  return "null";
}

}  // namespace cairn::api
