#include "api/otterscan_methods.hpp"

#include <ranges>

#include "api/first_block.hpp"
#include "api/json_writer.hpp"
#include "api/objects.hpp"
#include "api/trace_run.hpp"
#include "chain/appearances.hpp"
#include "execution/rewards.hpp"
#include "trace/call_tracer.hpp"

namespace cairn::api {
namespace {

using trace::CallFrame;
using trace::FrameType;

// Keeps the tree of calls for whoever asked.
class TreeTracer final : public trace::FrameTracer {
 public:
  TreeTracer() : FrameTracer({}) {}
  void write(JsonWriter& out) override { out.null(); }
  const CallFrame& tree() const { return outermost(); }
};

// Otterscan's numbers.
enum class Operation : std::uint8_t { transfer, selfdestruct, create, create2 };

std::optional<Operation> operation_of(const CallFrame& frame) {
  switch (frame.type) {
    case FrameType::selfdestruct:
      return Operation::selfdestruct;
    case FrameType::create:
      return Operation::create;
    case FrameType::create2:
      return Operation::create2;
    case FrameType::call:
      return frame.value.value_or(U256{}).is_zero() ? std::nullopt
                                                    : std::optional(Operation::transfer);
    default:
      return std::nullopt;
  }
}

// What failed moved nothing.
void write_operations(JsonWriter& out, const CallFrame& frame) {
  for (const CallFrame& call : frame.calls) {
    if (call.status != evm::Status::success) {
      continue;
    }
    if (const auto operation = operation_of(call)) {
      out.begin_object().key("type").decimal(static_cast<std::uint64_t>(*operation));
      out.field("from", call.from).field("to", call.to);
      out.field("value", call.value.value_or(U256{})).end_object();
    }
    write_operations(out, call);
  }
}

void write_calls(JsonWriter& out, const CallFrame& frame, std::uint64_t depth) {
  const bool has_value =
      frame.type != FrameType::delegate_call && frame.type != FrameType::static_call;
  out.begin_object().field("type", trace::frame_type_name(frame.type));
  out.key("depth").decimal(depth).field("from", frame.from).field("to", frame.to);
  out.field("value", has_value ? frame.value : std::nullopt);
  out.field("input", frame.input).field("output", frame.output).end_object();
  for (const CallFrame& call : frame.calls) {
    write_calls(out, call, depth + 1);
  }
}

// The creation of this address that stayed, somewhere in the tree.
const CallFrame* creation_of(const CallFrame& frame, const Address& address) {
  if (frame.status != evm::Status::success) {
    return nullptr;
  }
  if (trace::is_creation(frame.type) && frame.to == address) {
    return &frame;
  }
  for (const CallFrame& call : frame.calls) {
    if (const CallFrame* found = creation_of(call, address)) {
      return found;
    }
  }
  return nullptr;
}

// Tips are the miner's, base fees are nobody's: what senders paid for gas.
U256 fees_of(const chain::SealedBlock& block, const chain::Receipts& receipts) {
  const U256 base_fee = block.block.header.base_fee_per_gas.value_or(U256{});
  U256 total;
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    const std::uint64_t used = receipts[i].cumulative_gas_used - before;
    before = receipts[i].cumulative_gas_used;
    total += types::effective_gas_price(block.block.transactions[i], base_fee) * U256{used};
  }
  return total;
}

// Runs a mined transaction again for its tree of calls.
RpcResult<execution::TransactionOutcome> trace_known(Context& context, const Hash256& hash,
                                                     TreeTracer& tracer) {
  CAIRN_TRY(auto outcome, trace_mined(context, hash, tracer));
  if (!outcome) {
    return rpc_fail(RpcCode::server, "transaction not found");
  }
  return std::move(*outcome);
}

Answer block_details(const BlockPlace& place) {
  const auto block = place.block();
  const auto receipts = place.receipts();
  const types::Header& header = block->block.header;
  const U256 reward =
      header.number == 0 ? U256{} : execution::block_reward(place.chain->config().fork_of(header));
  // What including ommers earns is the author's.
  const U256 author = reward + reward / U256{32} * U256{block->block.ommers.size()};
  U256 uncles;
  for (const types::Header& ommer : block->block.ommers) {
    uncles += reward * U256{8 + ommer.number - header.number} / U256{8};
  }
  JsonWriter out;
  out.begin_object().key("block");
  write_block_summary(out, *block);
  out.key("issuance").begin_object().field("blockReward", author).field("uncleReward", uncles);
  out.field("issuance", author + uncles).end_object();
  out.field("totalFees", fees_of(*block, *receipts)).end_object();
  return std::move(out).take();
}

// Those of a block in which an address appears; all of them where the block is older than the
// table.
std::vector<std::uint32_t> transactions_with(const chain::ChainView& chain, const Address& address,
                                             const chain::SealedBlock& block) {
  const std::uint64_t number = block.block.header.number;
  if (number >= chain.appearances_from()) {
    const auto found = chain.appearances_of({address}).next(number);
    return found && found->number == number ? found->transactions : std::vector<std::uint32_t>{};
  }
  const auto all = std::views::iota(0U, static_cast<std::uint32_t>(block.senders.size()));
  return {all.begin(), all.end()};
}

}  // namespace

Read<StateBlock> read_state_block(JsonValue value) {
  std::uint64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) {
    return StateBlock{{number}};
  }
  CAIRN_TRY(const auto id, read_block_id(value));
  return StateBlock{id};
}

Answer ots_get_api_level(Context& /*context*/) { return "8"; }

Answer ots_get_internal_operations(Context& context, const Hash256& hash) {
  TreeTracer tracer;
  CAIRN_TRY(const auto outcome, trace_known(context, hash, tracer));
  JsonWriter out;
  out.begin_array();
  if (outcome.status == evm::Status::success) {
    write_operations(out, tracer.tree());
  }
  out.end_array();
  return std::move(out).take();
}

Answer ots_trace_transaction(Context& context, const Hash256& hash) {
  TreeTracer tracer;
  CAIRN_CHECK(trace_known(context, hash, tracer));
  JsonWriter out;
  out.begin_array();
  write_calls(out, tracer.tree(), 0);
  out.end_array();
  return std::move(out).take();
}

Answer ots_get_transaction_error(Context& context, const Hash256& hash) {
  TreeTracer tracer;
  CAIRN_TRY(const auto outcome, trace_known(context, hash, tracer));
  return to_json(outcome.status == evm::Status::revert ? outcome.output : Bytes{});
}

Answer ots_has_code(Context& context, const Address& address,
                    const std::optional<StateBlock>& block) {
  CAIRN_TRY(const auto place, require_block(context, block.value_or(StateBlock{}).id));
  const auto account = place.state()->account(address);
  return to_json(account.has_value() && account->has_code());
}

Answer ots_get_block_details(Context& context, const HeightOrTag& block) {
  CAIRN_TRY(const auto place, find_block(context, block.id));
  return place && !place->pending ? block_details(*place) : Answer("null");
}

Answer ots_get_block_details_by_hash(Context& context, const Hash256& hash) {
  CAIRN_TRY(const auto place, find_block(context, {hash}));
  return place ? block_details(*place) : Answer("null");
}

Answer ots_get_transaction_by_sender_and_nonce(Context& context, const Address& sender,
                                               const Count& nonce) {
  const auto chain = context.node.head();
  const auto place = place_of_nonce(*chain, sender, nonce.value);
  return place ? to_json(chain->block_at(place->number)->transaction_hashes[place->index])
               : Answer("null");
}

Answer ots_get_contract_creator(Context& context, const Address& address) {
  const auto chain = context.node.head();
  const auto number = first_block_where(*chain, [&](const state::StateView& state) {
    const auto account = state.account(address);
    return account && account->has_code();
  });
  if (!number || *number == 0) {
    return "null";
  }
  CAIRN_TRY(const auto replay, open_replay(context, chain, *number));
  const auto running = context.call_timer->start(kTraceTimeout);
  for (const std::uint32_t index : transactions_with(*chain, address, replay->block())) {
    const Hash256 hash = replay->block().transaction_hashes[index];
    TreeTracer tracer;
    CAIRN_CHECK(as_rpc(replay->skip_to(index, running.stop())));
    CAIRN_CHECK(check_trace(running, false));
    CAIRN_CHECK(as_rpc(replay->run_next(&tracer, running.stop())));
    CAIRN_CHECK(check_trace(running, tracer.is_truncated()));
    if (const CallFrame* creation = creation_of(tracer.tree(), address)) {
      JsonWriter out;
      out.begin_object().field("hash", hash).field("creator", creation->from).end_object();
      return std::move(out).take();
    }
  }
  return "null";
}

Answer erigon_get_header_by_number(Context& context, const HeightOrTag& block) {
  CAIRN_TRY(const auto place, find_block(context, block.id));
  if (!place || place->pending) {
    return "null";
  }
  JsonWriter out;
  write_header(out, *place->chain->header_at(place->number));
  return std::move(out).take();
}

}  // namespace cairn::api
