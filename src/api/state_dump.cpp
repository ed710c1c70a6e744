#include "api/state_dump.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/json_writer.hpp"
#include "api/objects.hpp"
#include "base/hex.hpp"
#include "codec/gzip.hpp"
#include "evm/code.hpp"
#include "evm/evm.hpp"
#include "execution/fees.hpp"
#include "node/submission.hpp"

namespace cairn::api {
namespace {

Hash256 word(const U256& value) { return base::to_hash(value); }

void write_environment(JsonWriter& out, const chain::ChainView& chain) {
  const types::Header& header = chain.header();
  const std::uint64_t excess = header.excess_blob_gas.value_or(0);
  const U256 blob_price =
      execution::blob_base_fee(excess, chain.config().blob_params_at(header.timestamp));
  out.key("block").begin_object();
  out.field("number", header.number).field("beneficiary", header.beneficiary);
  out.field("timestamp", header.timestamp).key("gas_limit").decimal(header.gas_limit);
  out.key("basefee").raw(to_decimal(header.base_fee_per_gas.value_or(U256{})));
  out.field("difficulty", header.difficulty).field("prevrandao", header.prev_randao);
  out.key("blob_excess_gas_and_price").begin_object().key("excess_blob_gas").decimal(excess);
  out.key("blob_gasprice").raw(to_decimal(blob_price)).end_object();
  out.key("slot_num").decimal(0).end_object();
}

void write_accounts(JsonWriter& out, const chain::ChainView& chain) {
  const auto state = chain.state();
  out.key("accounts").begin_object();
  chain.for_each_account([&](const Address& address, const types::Account& account) {
    out.key(base::to_hex(address)).begin_object().key("nonce").decimal(account.nonce);
    out.field("balance", account.balance);
    out.field("code", account.has_code() ? *state->code(account.code_hash) : Bytes{});
    out.key("storage").begin_object();
    state->for_each_slot(address, [&](const U256& key, const U256& value) {
      out.field(base::to_hex(word(key)), word(value));
      return true;
    });
    out.end_object().end_object();
    return true;
  });
  out.end_object();
}

void write_dumped_block(JsonWriter& out, const chain::SealedBlock& sealed) {
  out.begin_object().key("header");
  write_header(out, {.hash = sealed.hash, .header = sealed.block.header});
  out.key("transactions").begin_array();
  for (std::size_t i = 0; i < sealed.senders.size(); ++i) {
    const types::Transaction& transaction = sealed.block.transactions[i];
    out.begin_object().key("transaction");
    write_signed_transaction(out, transaction, sealed.transaction_hashes[i]);
    out.key("impersonated_sender");
    node::is_impersonated(transaction, sealed.senders[i]) ? out.value(sealed.senders[i])
                                                          : out.null();
    out.end_object();
  }
  out.end_array().key("ommers").begin_array().end_array().field("withdrawals", nullptr);
  out.end_object();
}

void write_dumped_receipt(JsonWriter& out, const types::Receipt& receipt) {
  out.begin_object().field("type", std::uint64_t{static_cast<std::uint8_t>(receipt.type)});
  out.field("status", std::uint64_t{receipt.success});
  out.field("cumulativeGasUsed", receipt.cumulative_gas_used).key("logs").begin_array();
  for (const types::Log& log : receipt.logs) {
    out.begin_object().field("address", log.address).field("topics", log.topics);
    out.field("data", log.data).end_object();
  }
  out.end_array().field("logsBloom", types::bloom_of(receipt.logs)).end_object();
}

void write_mined(JsonWriter& out, const chain::SealedBlock& sealed,
                 const chain::Receipts& receipts) {
  std::uint64_t gas_before = 0;
  for (std::size_t i = 0; i < sealed.senders.size(); ++i) {
    const types::Transaction& transaction = sealed.block.transactions[i];
    const types::Receipt& receipt = receipts[i];
    out.begin_object().key("info").begin_object();
    out.field("transaction_hash", sealed.transaction_hashes[i]);
    out.key("transaction_index").decimal(i);
    out.field("from", sealed.senders[i]).field("to", transaction.to).key("contract_address");
    transaction.is_create() ? out.value(evm::create_address(sealed.senders[i], transaction.nonce))
                            : out.null();
    out.key("traces").begin_array().end_array();
    out.field("exit", receipt.success ? "Stop" : "Revert").field("out", nullptr);
    out.key("nonce").decimal(transaction.nonce);
    out.key("gas_used").decimal(receipt.cumulative_gas_used - gas_before).end_object();
    out.key("receipt");
    write_dumped_receipt(out, receipt);
    out.field("block_hash", sealed.hash);
    out.key("block_number").decimal(sealed.block.header.number).end_object();
    gas_before = receipt.cumulative_gas_used;
  }
}

// How many bytes of zeros (STOP) make every instruction whole and the last one a STOP.
std::size_t missing_end(BytesView code) {
  constexpr std::uint8_t kPush1 = 0x60;
  constexpr std::uint8_t kPush32 = 0x7f;
  std::size_t next = 0;
  std::uint8_t last = 0xff;
  while (next < code.size()) {
    last = code[next];
    next += last >= kPush1 && last <= kPush32 ? std::size_t{2} + last - kPush1 : 1;
  }
  return next - code.size() + (last == 0 ? std::size_t{0} : std::size_t{1});
}

// As anvil's EVM keeps it: with the end that every code needs there, and a bit for each byte that
// may be jumped to.
void write_analysed_code(JsonWriter& out, BytesView bytes) {
  if (const auto delegate = evm::delegation_of(bytes)) {
    out.begin_object().key("Eip7702").begin_object();
    out.field("delegated_address", *delegate).end_object().end_object();
    return;
  }
  const evm::Code code(bytes);
  Bytes with_end = base::to_bytes(bytes);
  with_end.resize(bytes.size() + missing_end(bytes));
  std::vector<std::uint64_t> destinations((bytes.size() + 7) / 8);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    destinations[i / 8] |= std::uint64_t{code.is_jump_destination(i)} << i % 8;
  }
  out.begin_object().key("LegacyAnalyzed").begin_object().field("bytecode", with_end);
  out.key("original_len").decimal(bytes.size()).key("jump_table").begin_object();
  out.field("order", "bitvec::order::Lsb0").key("head").begin_object();
  out.key("width").decimal(8).key("index").decimal(0).end_object();
  out.key("bits").decimal(bytes.size()).key("data").begin_array();
  for (const std::uint64_t byte : destinations) {
    out.decimal(byte);
  }
  out.end_array().end_object().end_object().end_object();
}

void write_past_state(JsonWriter& out, const chain::ChainView& chain, std::uint64_t number) {
  const auto state = chain.state_at(number);
  std::vector<Address> addresses;
  out.begin_array().value(chain.header_at(number)->hash).begin_object();
  out.key("accounts").begin_object();
  chain.for_each_account_at(number, [&](const Address& address, const types::Account& account) {
    addresses.push_back(address);
    out.key(base::to_hex(address)).begin_object().key("nonce").decimal(account.nonce);
    out.field("balance", account.balance).field("code_hash", account.code_hash);
    out.key("code");
    write_analysed_code(out, account.has_code() ? *state->code(account.code_hash) : Bytes{});
    out.end_object();
    return true;
  });
  out.end_object().key("storage").begin_object();
  for (const Address& address : addresses) {
    out.key(base::to_hex(address)).begin_object();
    state->for_each_slot(address, [&](const U256& key, const U256& value) {
      out.field(base::to_hex(word(key)), word(value));
      return true;
    });
    out.end_object();
  }
  out.end_object().key("block_hashes").begin_object().end_object().end_object().end_array();
}

// The head's is in the dump anyway.
void write_past_states(JsonWriter& out, const chain::ChainView& chain) {
  constexpr std::uint64_t kMost = 500;
  const std::uint64_t newest = chain.number();
  out.begin_array();
  const std::uint64_t first = std::max(chain.first_block(), chain.states_from());
  for (std::uint64_t number = std::max(first, newest - std::min(newest, kMost)); number < newest;
       ++number) {
    write_past_state(out, chain, number);
  }
  out.end_array();
}

}  // namespace

std::string state_dump_json(const chain::ChainView& chain, bool past_states) {
  JsonWriter out;
  out.begin_object();
  write_environment(out, chain);
  write_accounts(out, chain);
  out.key("best_block_number").decimal(chain.number()).key("blocks").begin_array();
  const std::uint64_t first = chain.first_block();
  for (std::uint64_t number = first; number <= chain.number(); ++number) {
    write_dumped_block(out, *chain.block_at(number));
  }
  out.end_array().key("transactions").begin_array();
  for (std::uint64_t number = std::max<std::uint64_t>(first, 1); number <= chain.number();
       ++number) {
    write_mined(out, *chain.block_at(number), *chain.receipts_at(number));
  }
  out.end_array().key("historical_states");
  if (past_states) {
    write_past_states(out, chain);
  } else {
    out.null();
  }
  out.end_object();
  return std::move(out).take();
}

Result<void> load_state(node::DevNode& node, BytesView dump) {
  CAIRN_TRY(node::StateDump read, read_state_dump(dump));
  return node::await<Result<void>>([&](auto reply) {
    node.perform([&](node::DevWriter& writer) { return writer.load(std::move(read)); },
                 std::move(reply));
  });
}

Answer anvil_dump_state(Context& context, const std::optional<bool>& historical_states) {
  const auto head = context.node.head();
  return to_json(codec::gzip(state_dump_json(*head, historical_states.value_or(false))));
}

Answer anvil_load_state(Context& context, const Bytes& dump) {
  CAIRN_CHECK(as_rpc(load_state(context.node, dump)));
  return to_json(true);
}

}  // namespace cairn::api
