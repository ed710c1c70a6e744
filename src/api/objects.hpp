#pragma once
// Blocks, transactions, receipts and logs as JSON (execution-apis, src/schemas). Exactly the fields
// of the schemas: extra keys have broken readers.

#include <cstdint>
#include <functional>
#include <optional>

#include "api/json_writer.hpp"
#include "chain/chain_view.hpp"
#include "chain/log_query.hpp"
#include "types/chain_config.hpp"

namespace cairn::api {

// Where a transaction stands; none: it waits in the pool.
struct MinedAt {
  const chain::SealedBlock& block;
  std::uint32_t index = 0;
  const Bytes* output = nullptr;  // shown where given, with the reason if it is a revert's
};

void write_transaction(JsonWriter& out, const types::Transaction& transaction, const Hash256& hash,
                       const Address& sender, const std::optional<MinedAt>& place);
// A signed transaction by itself (eth_signTransaction).
void write_signed_transaction(JsonWriter& out, const types::Transaction& transaction,
                              const Hash256& hash);

// The member accessList.
void write_access_list(JsonWriter& out, const types::AccessList& list);

// A block that is not mined has no hash, nonce and miner yet. `outputs`: one a transaction, or
// none.
void write_block(JsonWriter& out, const chain::SealedBlock& sealed, bool full_transactions,
                 bool mined, std::span<const Bytes> outputs = {});
// A block with more members than a block has.
void write_block(JsonWriter& out, const chain::SealedBlock& sealed, bool full_transactions,
                 const std::function<void(JsonWriter&)>& write_more);
// A block with the number of its transactions in their place and without a bloom, as Otterscan
// shows it.
void write_block_summary(JsonWriter& out, const chain::SealedBlock& sealed,
                         const std::function<void(JsonWriter&)>& write_more = {});
void write_uncle(JsonWriter& out, const types::Header& header);

// How Otterscan's receipts differ.
struct ReceiptForm {
  bool with_logs = true;  // false: `logs` and `logsBloom` are null
  bool with_time = false;
};

// The receipt of transaction `index`; `first_log` counts the block's logs before it.
void write_receipt(JsonWriter& out, const chain::SealedBlock& sealed,
                   const chain::Receipts& receipts, std::uint32_t index, std::uint32_t first_log,
                   const types::ChainConfig& config, const ReceiptForm& form = {});
std::uint32_t logs_before(const chain::Receipts& receipts, std::uint32_t index);

// `removed`: the block that held it was taken back.
void write_log(JsonWriter& out, const chain::FoundLog& log, bool removed = false);
// A header alone, as newHeads tells it.
void write_header(JsonWriter& out, const chain::SealedHeader& sealed);

}  // namespace cairn::api
