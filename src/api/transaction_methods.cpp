#include "api/transaction_methods.hpp"

#include "api/first_block.hpp"
#include "api/json_writer.hpp"
#include "api/objects.hpp"

namespace cairn::api {
namespace {

const std::string kNull = "null";

Answer transaction_in(const chain::SealedBlock& block, std::uint64_t index) {
  if (index >= block.block.transactions.size()) {
    return kNull;
  }
  JsonWriter out;
  write_transaction(out, block.block.transactions[index], block.transaction_hashes[index],
                    block.senders[index], MinedAt{block, static_cast<std::uint32_t>(index)});
  return std::move(out).take();
}

Answer transaction_at(const Context& context, const BlockId& id, std::uint64_t index) {
  CAIRN_TRY(const auto place, find_block(context, id));
  return place ? transaction_in(*place->block(), index) : kNull;
}

Answer pooled(const txpool::EntryPtr& entry) {
  if (!entry) {
    return kNull;
  }
  JsonWriter out;
  write_transaction(out, entry->transaction, entry->hash, entry->sender, std::nullopt);
  return std::move(out).take();
}

txpool::EntryPtr find_pooled(const Context& context, const Address& sender, std::uint64_t nonce) {
  const auto content = context.node.pool_content_of(sender);
  for (const auto* part : {&content.pending, &content.queued}) {
    for (const txpool::EntryPtr& entry : *part) {
      if (entry->transaction.nonce == nonce) {
        return entry;
      }
    }
  }
  return nullptr;
}

}  // namespace

Answer eth_get_transaction_by_hash(Context& context, const Hash256& hash) {
  // The pool first and the chain after it: a transaction that moves meanwhile is never missed.
  const Answer waiting = pooled(context.node.find_pooled(hash));
  const auto chain = context.node.head();
  const auto place = chain->place_of(hash);
  return place ? transaction_in(*chain->block_at(place->number), place->index) : waiting;
}

Answer eth_get_transaction_by_block_hash_and_index(Context& context, const Hash256& hash,
                                                   const std::uint64_t& index) {
  return transaction_at(context, {hash}, index);
}

Answer eth_get_transaction_by_block_number_and_index(Context& context, const BlockNumber& block,
                                                     const std::uint64_t& index) {
  return transaction_at(context, block.id, index);
}

Answer eth_get_transaction_by_sender_and_nonce(Context& context, const Address& sender,
                                               const Count& nonce) {
  // The pool first, as above.
  const Answer waiting = pooled(find_pooled(context, sender, nonce.value));
  const auto chain = context.node.head();
  const auto place = place_of_nonce(*chain, sender, nonce.value);
  return place ? transaction_in(*chain->block_at(place->number), place->index) : waiting;
}

std::string receipt_text(const chain::ChainView& chain, const Hash256& hash) {
  const auto place = chain.place_of(hash);
  if (!place) {
    return kNull;
  }
  const auto receipts = chain.receipts_at(place->number);
  JsonWriter out;
  write_receipt(out, *chain.block_at(place->number), *receipts, place->index,
                logs_before(*receipts, place->index), chain.config());
  return std::move(out).take();
}

Answer eth_get_transaction_receipt(Context& context, const Hash256& hash) {
  return receipt_text(*context.node.head(), hash);
}

}  // namespace cairn::api
