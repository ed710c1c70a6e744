#include "api/testing_methods.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/json_members.hpp"
#include "api/json_writer.hpp"
#include "execution/header_rules.hpp"

namespace cairn::api {
namespace {

using node::PayloadTransaction;

RpcResult<std::vector<PayloadTransaction>> decoded(const chain::ChainView& head,
                                                   const types::Header& header,
                                                   const RawTransactions& raw) {
  const auto fork = head.config().fork_at(header.number, header.timestamp, true);
  std::vector<PayloadTransaction> out;
  for (std::size_t i = 0; i < raw.bytes.size(); ++i) {
    auto transaction = types::decode_transaction(raw.bytes[i]);
    if (!transaction) {
      return rpc_fail(RpcCode::invalid_params,
                      fmt::format("transaction {}: {}", i, transaction.error().message));
    }
    CAIRN_TRY(const Address sender,
              as_rpc(execution::sender_of(*transaction, fork, head.chain_id())));
    out.push_back({*std::move(transaction), sender});
  }
  return out;
}

// What waits, each sender's in the order of nonces, the best tip first.
std::vector<PayloadTransaction> waiting(const Context& context, const types::Header& header) {
  struct Line {
    std::vector<txpool::EntryPtr> entries;
    std::size_t next = 0;
  };
  std::vector<Line> lines;
  for (const txpool::EntryPtr& entry : context.node.pool_content().pending) {
    if (lines.empty() || lines.back().entries.front()->sender != entry->sender) {
      lines.emplace_back();
    }
    lines.back().entries.push_back(entry);
  }
  const auto price = [&](const Line& line) {
    return types::effective_gas_price(line.entries[line.next]->transaction,
                                      header.base_fee_per_gas);
  };
  std::vector<PayloadTransaction> out;
  while (!lines.empty()) {
    const auto best = std::ranges::max_element(lines, {}, price);
    const txpool::Entry& entry = *best->entries[best->next];
    out.push_back({entry.transaction, entry.sender});
    if (++best->next == best->entries.size()) {
      lines.erase(best);
    }
  }
  return out;
}

void write_withdrawals(JsonWriter& out, const std::vector<types::Withdrawal>& withdrawals) {
  out.key("withdrawals").begin_array();
  for (const types::Withdrawal& one : withdrawals) {
    out.begin_object().field("index", one.index).field("validatorIndex", one.validator_index);
    out.field("address", one.address).field("amount", one.amount).end_object();
  }
  out.end_array();
}

void write_execution_payload(JsonWriter& out, const chain::SealedBlock& sealed) {
  const types::Header& header = sealed.block.header;
  out.begin_object()
      .field("parentHash", header.parent_hash)
      .field("feeRecipient", header.beneficiary)
      .field("stateRoot", header.state_root)
      .field("receiptsRoot", header.receipts_root)
      .field("logsBloom", header.logs_bloom)
      .field("prevRandao", header.prev_randao)
      .field("blockNumber", header.number)
      .field("gasLimit", header.gas_limit)
      .field("gasUsed", header.gas_used)
      .field("timestamp", header.timestamp)
      .field("extraData", header.extra_data)
      .field("baseFeePerGas", header.base_fee_per_gas)
      .field("blockHash", sealed.hash);
  out.key("transactions").begin_array();
  for (const types::Transaction& transaction : sealed.block.transactions) {
    out.value(types::encode_transaction(transaction));
  }
  out.end_array();
  if (sealed.block.withdrawals) {
    write_withdrawals(out, *sealed.block.withdrawals);
  }
  if (header.blob_gas_used) {
    out.field("blobGasUsed", *header.blob_gas_used).field("excessBlobGas", header.excess_blob_gas);
  }
  out.end_object();
}

template <class List>
void write_of_each_sidecar(JsonWriter& out, std::string_view name, const chain::SealedBlock& sealed,
                           List list) {
  out.key(name).begin_array();
  for (const types::Transaction& transaction : sealed.block.transactions) {
    if (transaction.sidecar) {
      for (const auto& item : (*transaction.sidecar).*list) {
        out.value(item);
      }
    }
  }
  out.end_array();
}

std::string payload_json(const node::Payload& payload) {
  JsonWriter out;
  out.begin_object().key("executionPayload");
  write_execution_payload(out, payload.sealed);
  out.field("blockValue", payload.value).key("blobsBundle").begin_object();
  write_of_each_sidecar(out, "commitments", payload.sealed, &types::BlobSidecar::commitments);
  write_of_each_sidecar(out, "proofs", payload.sealed, &types::BlobSidecar::proofs);
  write_of_each_sidecar(out, "blobs", payload.sealed, &types::BlobSidecar::blobs);
  out.end_object().key("executionRequests").begin_array();
  for (const Bytes& request : payload.requests) {
    out.value(request);
  }
  out.end_array().field("shouldOverrideBuilder", false).end_object();
  return std::move(out).take();
}

}  // namespace

Read<node::PayloadAttributes> read_payload_attributes(JsonValue value) {
  CAIRN_TRY(const auto from, read_object(value));
  node::PayloadAttributes out;
  CAIRN_TRY(out.timestamp, require_member<std::uint64_t>(from, "timestamp"));
  CAIRN_TRY(out.prev_randao, require_member<Hash256>(from, "prevRandao"));
  CAIRN_TRY(out.fee_recipient, require_member<Address>(from, "suggestedFeeRecipient"));
  CAIRN_TRY(auto withdrawals, read_withdrawals(from));
  out.withdrawals = std::move(withdrawals).value_or(std::vector<types::Withdrawal>{});
  CAIRN_TRY(out.parent_beacon_block_root, read_member<Hash256>(from, "parentBeaconBlockRoot"));
  return out;
}

Read<RawTransactions> read_raw_transactions(JsonValue value) {
  CAIRN_TRY(auto bytes, read_list<Bytes>(value, "transactions", read_data));
  return RawTransactions{std::move(bytes)};
}

Answer testing_build_block_v1(Context& context, const Hash256& parent,
                              const node::PayloadAttributes& attributes,
                              const std::optional<RawTransactions>& transactions,
                              const std::optional<Bytes>& extra_data) {
  const auto head = context.node.head();
  if (parent != head->hash()) {
    return rpc_fail(RpcCode::server, "parentHash is not current head");
  }
  if (attributes.timestamp <= head->header().timestamp) {
    return rpc_fail(RpcCode::server, fmt::format("invalid timestamp, parent {} given {}",
                                                 head->header().timestamp, attributes.timestamp));
  }
  node::PayloadAttributes all = attributes;
  all.extra_data = extra_data.value_or(Bytes{});
  if (all.extra_data.size() > execution::kMaxExtraData) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("extraData: want at most {} bytes", execution::kMaxExtraData));
  }
  const auto header = node::payload_header(*head, all, head->settings().gas_limit);
  std::vector<PayloadTransaction> chosen;
  if (transactions) {
    CAIRN_TRY(chosen, decoded(*head, header, *transactions));
  } else {
    chosen = waiting(context, header);
  }
  CAIRN_TRY(const auto payload,
            as_rpc(node::build_payload(
                *head, header, all, std::move(chosen),
                transactions ? node::Inclusion::all : node::Inclusion::what_fits)));
  return payload_json(payload);
}

}  // namespace cairn::api
