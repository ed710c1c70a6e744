#include "api/objects.hpp"

#include <algorithm>

#include "api/errors.hpp"
#include "evm/evm.hpp"
#include "execution/block_processor.hpp"
#include "execution/fees.hpp"
#include "types/fork_fields.hpp"

namespace cairn::api {

void write_access_list(JsonWriter& out, const types::AccessList& list) {
  out.key("accessList").begin_array();
  for (const auto& entry : list) {
    out.begin_object().field("address", entry.address);
    out.field("storageKeys", entry.storage_keys).end_object();
  }
  out.end_array();
}

namespace {

using types::TransactionType;

std::uint8_t number_of(TransactionType type) { return static_cast<std::uint8_t>(type); }

void write_authorizations(JsonWriter& out, const std::vector<types::Authorization>& list) {
  out.key("authorizationList").begin_array();
  for (const auto& authorization : list) {
    out.begin_object()
        .field("chainId", authorization.chain_id)
        .field("address", authorization.address)
        .field("nonce", authorization.nonce)
        .field("yParity", authorization.y_parity)
        .field("r", authorization.r)
        .field("s", authorization.s)
        .end_object();
  }
  out.end_array();
}

// What the sender wrote and signed; `gas_price` is what the block charged, or the cap.
void write_signed_fields(JsonWriter& out, const types::Transaction& tx, const Hash256& hash,
                         const U256& gas_price) {
  out.field("hash", hash)
      .field("type", std::uint64_t{number_of(tx.type)})
      .field("nonce", tx.nonce)
      .field("gas", tx.gas_limit)
      .field("gasPrice", gas_price)
      .field("to", tx.to)
      .field("value", tx.value)
      .field("input", tx.data);
  if (tx.chain_id) {
    out.field("chainId", *tx.chain_id);
  }
  if (tx.type >= TransactionType::dynamic_fee) {
    out.field("maxFeePerGas", tx.max_fee_per_gas)
        .field("maxPriorityFeePerGas", tx.max_priority_fee_per_gas);
  }
  if (tx.type == TransactionType::blob) {
    out.field("maxFeePerBlobGas", tx.max_fee_per_blob_gas)
        .field("blobVersionedHashes", tx.blob_hashes);
  }
  if (tx.type != TransactionType::legacy) {
    write_access_list(out, tx.access_list);
  }
  if (tx.type == TransactionType::set_code) {
    write_authorizations(out, tx.authorizations);
  }
  out.field("v", types::signature_v(tx)).field("r", tx.signature.r).field("s", tx.signature.s);
  if (tx.type != TransactionType::legacy) {
    out.field("yParity", std::uint64_t{tx.signature.y_parity});
  }
}

void write_header_fields(JsonWriter& out, const types::Header& header, const Hash256& hash,
                         bool mined, bool with_bloom = true) {
  out.key("hash");
  mined ? out.value(hash) : out.null();
  out.field("parentHash", header.parent_hash).field("sha3Uncles", header.ommers_hash);
  out.key("miner");
  mined ? out.value(header.beneficiary) : out.null();
  out.field("stateRoot", header.state_root)
      .field("transactionsRoot", header.transactions_root)
      .field("receiptsRoot", header.receipts_root)
      .key("logsBloom");
  with_bloom ? out.value(header.logs_bloom) : out.null();
  out.field("difficulty", header.difficulty)
      .field("number", header.number)
      .field("gasLimit", header.gas_limit)
      .field("gasUsed", header.gas_used)
      .field("timestamp", header.timestamp)
      .field("extraData", header.extra_data)
      .field("mixHash", header.prev_randao);
  out.key("nonce");
  mined ? out.value(header.nonce) : out.null();
  types::for_each_fork_field([&](const auto& field) {
    if (const auto& value = header.*field.member) {
      out.field(field.name, *value);
    }
  });
}

void write_withdrawals(JsonWriter& out, const std::vector<types::Withdrawal>& withdrawals) {
  out.key("withdrawals").begin_array();
  for (const auto& withdrawal : withdrawals) {
    out.begin_object()
        .field("index", withdrawal.index)
        .field("validatorIndex", withdrawal.validator_index)
        .field("address", withdrawal.address)
        .field("amount", withdrawal.amount)
        .end_object();
  }
  out.end_array();
}

struct LogPlace {
  const chain::SealedBlock& block;
  std::uint32_t transaction = 0;
  std::uint32_t index = 0;
};

chain::FoundLog located(const types::Log& log, const LogPlace& place) {
  const auto& header = place.block.block.header;
  return {log,
          header.number,
          place.block.hash,
          header.timestamp,
          place.block.transaction_hashes[place.transaction],
          place.transaction,
          place.index};
}

}  // namespace

void write_transaction(JsonWriter& out, const types::Transaction& transaction, const Hash256& hash,
                       const Address& sender, const std::optional<MinedAt>& place) {
  out.begin_object();
  if (place) {
    const auto& header = place->block.block.header;
    out.field("blockHash", place->block.hash)
        .field("blockNumber", header.number)
        .field("blockTimestamp", header.timestamp)
        .field("transactionIndex", std::uint64_t{place->index})
        .field("from", sender);
    write_signed_fields(out, transaction, hash,
                        types::effective_gas_price(transaction, header.base_fee_per_gas));
    if (place->output != nullptr) {
      const std::string reason = revert_reason(*place->output);
      if (!reason.empty()) {
        out.field("revertReason", reason);
      }
      out.field("output", *place->output);
    }
  } else {
    out.field("blockHash", nullptr)
        .field("blockNumber", nullptr)
        .field("blockTimestamp", nullptr)
        .field("transactionIndex", nullptr)
        .field("from", sender);
    write_signed_fields(out, transaction, hash, transaction.max_fee_per_gas);
  }
  out.end_object();
}

void write_signed_transaction(JsonWriter& out, const types::Transaction& transaction,
                              const Hash256& hash) {
  out.begin_object();
  write_signed_fields(out, transaction, hash, transaction.max_fee_per_gas);
  if (transaction.sidecar) {
    const auto each = [&out](std::string_view name, const auto& items) {
      out.key(name).begin_array();
      std::ranges::for_each(items, [&out](const auto& item) { out.value(item); });
      out.end_array();
    };
    each("blobs", transaction.sidecar->blobs);
    each("commitments", transaction.sidecar->commitments);
    each("proofs", transaction.sidecar->proofs);
  }
  out.end_object();
}

namespace {

void write_header_and_size(JsonWriter& out, const chain::SealedBlock& sealed, bool mined,
                           bool with_bloom = true) {
  write_header_fields(out, sealed.block.header, sealed.hash, mined, with_bloom);
  out.field("size", std::uint64_t{types::encode_block(sealed.block).size()});
}

void write_uncles_and_withdrawals(JsonWriter& out, const types::Block& block) {
  out.key("uncles").begin_array();
  for (const auto& ommer : block.ommers) {
    out.value(types::header_hash(ommer));
  }
  out.end_array();
  if (block.withdrawals) {
    write_withdrawals(out, *block.withdrawals);
  }
}

void write_block_fields(JsonWriter& out, const chain::SealedBlock& sealed, bool full_transactions,
                        bool mined, std::span<const Bytes> outputs) {
  const auto& block = sealed.block;
  write_header_and_size(out, sealed, mined);
  out.key("transactions").begin_array();
  for (std::uint32_t i = 0; i < block.transactions.size(); ++i) {
    if (full_transactions) {
      write_transaction(out, block.transactions[i], sealed.transaction_hashes[i], sealed.senders[i],
                        MinedAt{sealed, i, outputs.empty() ? nullptr : &outputs[i]});
    } else {
      out.value(sealed.transaction_hashes[i]);
    }
  }
  out.end_array();
  write_uncles_and_withdrawals(out, block);
}

}  // namespace

void write_block(JsonWriter& out, const chain::SealedBlock& sealed, bool full_transactions,
                 bool mined, std::span<const Bytes> outputs) {
  out.begin_object();
  write_block_fields(out, sealed, full_transactions, mined, outputs);
  out.end_object();
}

void write_block(JsonWriter& out, const chain::SealedBlock& sealed, bool full_transactions,
                 const std::function<void(JsonWriter&)>& write_more) {
  out.begin_object();
  write_block_fields(out, sealed, full_transactions, true, {});
  write_more(out);
  out.end_object();
}

void write_block_summary(JsonWriter& out, const chain::SealedBlock& sealed,
                         const std::function<void(JsonWriter&)>& write_more) {
  out.begin_object();
  write_header_and_size(out, sealed, true, false);
  out.key("transactionCount").decimal(sealed.block.transactions.size());
  write_uncles_and_withdrawals(out, sealed.block);
  if (write_more) {
    write_more(out);
  }
  out.end_object();
}

void write_uncle(JsonWriter& out, const types::Header& header) {
  types::Block alone;
  alone.header = header;
  out.begin_object();
  write_header_fields(out, header, types::header_hash(header), true);
  out.field("size", std::uint64_t{types::encode_block(alone).size()});
  out.key("uncles").begin_array().end_array().end_object();
}

std::uint32_t logs_before(const chain::Receipts& receipts, std::uint32_t index) {
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < index; ++i) {
    count += static_cast<std::uint32_t>(receipts[i].logs.size());
  }
  return count;
}

void write_header(JsonWriter& out, const chain::SealedHeader& sealed) {
  out.begin_object();
  write_header_fields(out, sealed.header, sealed.hash, true);
  out.end_object();
}

void write_log(JsonWriter& out, const chain::FoundLog& log, bool removed) {
  out.begin_object()
      .field("address", log.log.address)
      .field("topics", log.log.topics)
      .field("data", log.log.data)
      .field("blockNumber", log.block_number)
      .field("blockHash", log.block_hash)
      .field("blockTimestamp", log.block_timestamp)
      .field("transactionHash", log.transaction_hash)
      .field("transactionIndex", std::uint64_t{log.transaction_index})
      .field("logIndex", std::uint64_t{log.log_index})
      .field("removed", removed)
      .end_object();
}

void write_receipt(JsonWriter& out, const chain::SealedBlock& sealed,
                   const chain::Receipts& receipts, std::uint32_t index, std::uint32_t first_log,
                   const types::ChainConfig& config, const ReceiptForm& form) {
  const auto& header = sealed.block.header;
  const auto& tx = sealed.block.transactions[index];
  const auto& receipt = receipts[index];
  const std::uint64_t gas_before = index == 0 ? 0 : receipts[index - 1].cumulative_gas_used;
  out.begin_object()
      .field("type", std::uint64_t{number_of(tx.type)})
      .field("transactionHash", sealed.transaction_hashes[index])
      .field("transactionIndex", std::uint64_t{index})
      .field("blockHash", sealed.hash)
      .field("blockNumber", header.number)
      .field("from", sealed.senders[index])
      .field("to", tx.to)
      .field("cumulativeGasUsed", receipt.cumulative_gas_used)
      .field("gasUsed", receipt.cumulative_gas_used - gas_before)
      .field("effectiveGasPrice", types::effective_gas_price(tx, header.base_fee_per_gas));
  out.key("contractAddress");
  tx.is_create() ? out.value(evm::create_address(sealed.senders[index], tx.nonce)) : out.null();
  if (receipt.state_root) {
    out.field("root", *receipt.state_root);
  } else {
    out.field("status", std::uint64_t{receipt.success});
  }
  if (tx.type == TransactionType::blob) {
    out.field("blobGasUsed", execution::kGasPerBlob * tx.blob_hashes.size())
        .field("blobGasPrice", execution::blob_base_fee(header.excess_blob_gas.value_or(0),
                                                        config.blob_params_at(header.timestamp)));
  }
  if (form.with_time) {
    out.key("timestamp").decimal(header.timestamp);
  }
  if (!form.with_logs) {
    out.field("logsBloom", nullptr).field("logs", nullptr).end_object();
    return;
  }
  out.field("logsBloom", types::bloom_of(receipt.logs));
  out.key("logs").begin_array();
  for (std::uint32_t i = 0; i < receipt.logs.size(); ++i) {
    write_log(out, located(receipt.logs[i], {sealed, index, first_log + i}));
  }
  out.end_array().end_object();
}

}  // namespace cairn::api
