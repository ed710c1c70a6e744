#include "api/block_methods.hpp"

#include "api/json_writer.hpp"
#include "api/objects.hpp"

namespace cairn::api {
namespace {

const std::string kNull = "null";

template <class Write>
std::string written(Write write) {
  JsonWriter out;
  write(out);
  return std::move(out).take();
}

Answer block_json(const Context& context, const BlockId& id, bool hydrated) {
  CAIRN_TRY(const auto place, find_block(context, id));
  if (!place) {
    return kNull;
  }
  return written([&](JsonWriter& out) {
    write_block(out, *place->block(), hydrated, place->pending == nullptr);
  });
}

Answer transaction_count(const Context& context, const BlockId& id) {
  CAIRN_TRY(const auto place, find_block(context, id));
  return place ? to_json(std::uint64_t{place->block()->block.transactions.size()}) : kNull;
}

Answer uncle_count(const Context& context, const BlockId& id) {
  CAIRN_TRY(const auto place, find_block(context, id));
  return place ? to_json(std::uint64_t{place->block()->block.ommers.size()}) : kNull;
}

Answer uncle(const Context& context, const BlockId& id, std::uint64_t index) {
  CAIRN_TRY(const auto place, find_block(context, id));
  if (!place) {
    return kNull;
  }
  const auto sealed = place->block();
  const auto& ommers = sealed->block.ommers;
  if (index >= ommers.size()) {
    return kNull;
  }
  return written([&](JsonWriter& out) { write_uncle(out, ommers[index]); });
}

}  // namespace

Answer eth_block_number(Context& context) { return to_json(context.node.head()->number()); }

Answer eth_get_block_by_hash(Context& context, const Hash256& hash,
                             const std::optional<bool>& hydrated) {
  return block_json(context, {hash}, hydrated.value_or(false));
}

Answer eth_get_block_by_number(Context& context, const BlockNumber& block,
                               const std::optional<bool>& hydrated) {
  return block_json(context, block.id, hydrated.value_or(false));
}

Answer eth_get_block_transaction_count_by_hash(Context& context, const Hash256& hash) {
  return transaction_count(context, {hash});
}

Answer eth_get_block_transaction_count_by_number(Context& context, const BlockNumber& block) {
  return transaction_count(context, block.id);
}

Answer eth_get_block_receipts(Context& context, const BlockId& block) {
  CAIRN_TRY(const auto place, find_block(context, block));
  if (!place) {
    return kNull;
  }
  const auto sealed = place->block();
  const auto receipts = place->receipts();
  return written([&](JsonWriter& out) {
    out.begin_array();
    std::uint32_t first_log = 0;
    for (std::uint32_t i = 0; i < receipts->size(); ++i) {
      write_receipt(out, *sealed, *receipts, i, first_log, place->chain->config());
      first_log += static_cast<std::uint32_t>((*receipts)[i].logs.size());
    }
    out.end_array();
  });
}

Answer eth_get_uncle_count_by_block_hash(Context& context, const Hash256& hash) {
  return uncle_count(context, {hash});
}

Answer eth_get_uncle_count_by_block_number(Context& context, const BlockNumber& block) {
  return uncle_count(context, block.id);
}

Answer eth_get_uncle_by_block_hash_and_index(Context& context, const Hash256& hash,
                                             const std::uint64_t& index) {
  return uncle(context, {hash}, index);
}

Answer eth_get_uncle_by_block_number_and_index(Context& context, const BlockNumber& block,
                                               const std::uint64_t& index) {
  return uncle(context, block.id, index);
}

}  // namespace cairn::api
