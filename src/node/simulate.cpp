#include "node/simulate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/hex.hpp"
#include "execution/block_processor.hpp"
#include "execution/block_rules.hpp"
#include "execution/requests.hpp"
#include "state/overlay.hpp"
#include "types/fork_fields.hpp"

namespace cairn::node {
namespace {

using execution::Refused;
using types::Fork;
using types::Header;
using types::Transaction;
using types::TransactionType;

constexpr std::uint64_t kSecondsBetweenBlocks = 12;

std::unexpected<SimulateRefusal> refuse(SimulateRefused code, std::string message,
                                        Refused rule = {}) {
  return std::unexpected(SimulateRefusal{code, std::move(message), rule});
}

Simulated<void> check_size(const SimulateRequest& request) {
  if (request.blocks.size() > kMostSimulatedBlocks) {
    return refuse(SimulateRefused::limit, "too many blocks");
  }
  std::size_t calls = 0;
  for (const SimulatedBlockRequest& block : request.blocks) {
    if (block.calls.size() > kMostSimulatedCallsInBlock) {
      return refuse(SimulateRefused::limit,
                    fmt::format("too many calls in block: {} > {}", block.calls.size(),
                                kMostSimulatedCallsInBlock));
    }
    calls += block.calls.size();
  }
  if (calls > kMostSimulatedCalls) {
    return refuse(SimulateRefused::limit,
                  fmt::format("too many calls: {} > {}", calls, kMostSimulatedCalls));
  }
  return {};
}

// Every block with its number and time, those in the gaps between them too.
Simulated<std::vector<SimulatedBlockRequest>> lined_up(std::vector<SimulatedBlockRequest> blocks,
                                                       const Header& base) {
  std::vector<SimulatedBlockRequest> out;
  std::uint64_t number = base.number;
  std::uint64_t time = base.timestamp;
  for (SimulatedBlockRequest& block : blocks) {
    const std::uint64_t wanted = block.block.number.value_or(number + 1);
    if (wanted <= number) {
      return refuse(SimulateRefused::block_number,
                    fmt::format("block numbers must be in order: {} <= {}", wanted, number));
    }
    if (wanted - base.number > kMostSimulatedBlocks) {
      return refuse(SimulateRefused::limit, "too many blocks");
    }
    while (++number < wanted) {
      time += kSecondsBetweenBlocks;
      out.emplace_back().block = {.number = number, .time = time};
    }
    const std::uint64_t wanted_time = block.block.time.value_or(time + kSecondsBetweenBlocks);
    if (wanted_time <= time) {
      return refuse(SimulateRefused::block_timestamp,
                    fmt::format("block timestamps must be in order: {} <= {}", wanted_time, time));
    }
    time = wanted_time;
    block.block.number = number;
    block.block.time = time;
    out.push_back(std::move(block));
  }
  return out;
}

// What changed from one changeset over a base to a later one over the same.
state::Changeset difference(const state::Changeset& before, const state::Changeset& after) {
  state::Changeset out;
  const auto add_slots = [](state::AccountChange& change, const auto& from, const auto& to) {
    for (const auto& [key, slot] : from) {
      if (!to.contains(key)) {
        change.slots[key] = {slot.after, slot.before};
      }
    }
    for (const auto& [key, slot] : to) {
      if (const auto old = from.find(key); old == from.end() || old->second != slot) {
        change.slots[key] = slot;
      }
    }
  };
  for (const auto& [address, change] : after.accounts) {
    const auto old = before.accounts.find(address);
    if (old == before.accounts.end()) {
      out.accounts.emplace(address, change);
    } else if (old->second != change) {
      state::AccountChange& change_now = out.accounts[address];
      change_now.after = change.after;
      add_slots(change_now, old->second.slots, change.slots);
    }
  }
  for (const auto& [address, change] : before.accounts) {
    if (!after.accounts.contains(address)) {
      state::AccountChange& change_now = out.accounts[address];
      change_now.after = change.before;
      add_slots(change_now, change.slots, std::map<U256, state::SlotChange>{});
    }
  }
  return out;
}

class Simulator {
 public:
  Simulator(SimulateSite site, const SimulateRequest& request, const SimulateOptions& options)
      : site_(std::move(site)),
        request_(request),
        stop_(options.stop),
        gas_left_(options.gas_cap == 0 ? std::numeric_limits<std::uint64_t>::max()
                                       : options.gas_cap),
        overlay_(*site_.state),
        parent_(site_.base) {}

  Simulated<SimulatedBlock> run(const SimulatedBlockRequest& block);

 private:
  const types::ChainConfig& config() const { return site_.chain->config(); }
  bool is_stopped() const { return stop_ != nullptr && stop_->load(std::memory_order_relaxed); }

  Header header_of(const BlockOverrides& overrides, Fork fork) const;
  execution::BlockEnvironment environment_of(const Header& header, const BlockOverrides& overrides,
                                             Fork fork) const;
  Transaction transaction_of(const CallRequest& call, std::uint64_t gas, bool has_base_fee);
  Simulated<SimulatedCall> run_call(const CallRequest& call, execution::BlockProcessor& processor,
                                    TransferLogs& logs, chain::SealedBlock& sealed);
  std::optional<SimulateRefusal> refused_nonce(const Transaction& transaction,
                                               const Address& sender);
  SimulateRefusal refused(const execution::Refusal& refusal, const Transaction& transaction,
                          const Address& sender);
  Hash256 state_root();
  Simulated<void> seal(chain::SealedBlock& sealed, execution::BlockProcessor& processor,
                       const BlockOverrides& overrides, Fork fork);

  SimulateSite site_;
  const SimulateRequest& request_;
  const std::atomic<bool>* stop_;
  std::uint64_t gas_left_;  // of the node's limit for all calls
  state::Overlay overlay_;
  state::Changeset rooted_;  // what the tries have of the overlay's changes
  chain::SealedHeader parent_;
  std::vector<Hash256> hashes_;  // of the blocks so far
};

Header Simulator::header_of(const BlockOverrides& overrides, Fork fork) const {
  Header out;
  out.parent_hash = parent_.hash;
  out.number = *overrides.number;
  out.timestamp = *overrides.time;
  out.beneficiary = overrides.fee_recipient.value_or(parent_.header.beneficiary);
  out.gas_limit = overrides.gas_limit.value_or(parent_.header.gas_limit);
  out.prev_randao = overrides.prev_randao.value_or(Hash256{});
  out.difficulty = fork >= Fork::paris ? U256{} : parent_.header.difficulty;
  out = types::with_fork_fields(std::move(out), fork);
  if (fork >= Fork::london) {
    const bool parent_has_fee = parent_.header.base_fee_per_gas.has_value();
    out.base_fee_per_gas = overrides.base_fee.value_or(
        request_.validation ? execution::next_base_fee(parent_.header, parent_has_fee) : U256{});
  }
  if (fork >= Fork::cancun) {
    out.excess_blob_gas = execution::next_excess_blob_gas(
        parent_.header, config().blob_params_at(out.timestamp), fork);
    out.parent_beacon_block_root = overrides.beacon_root.value_or(Hash256{});
  }
  return out;
}

execution::BlockEnvironment Simulator::environment_of(const Header& header,
                                                      const BlockOverrides& overrides,
                                                      Fork fork) const {
  const auto block_hash = [chain = site_.chain->block_hashes(), base = site_.base,
                           this](std::uint64_t number) {
    if (number <= base.header.number) {
      return number == base.header.number ? base.hash : chain(number);
    }
    const std::uint64_t index = number - base.header.number - 1;
    return index < hashes_.size() ? hashes_[index] : Hash256{};
  };
  auto out = execution::environment_of(header, config(), fork, block_hash);
  out.context.chain_id = site_.chain->chain_id();
  out.context.max_code_size = site_.environment.context.max_code_size;
  out.context.max_memory = site_.environment.context.max_memory;
  out.context.blob_base_fee = overrides.blob_base_fee.value_or(out.context.blob_base_fee);
  out.code_cache = site_.environment.code_cache;
  out.stop = stop_;
  return out;
}

// geth's choice of a type, with fees of zero where none are given.
Transaction Simulator::transaction_of(const CallRequest& call, std::uint64_t gas,
                                      bool has_base_fee) {
  Transaction out;
  if (call.gas_price || !has_base_fee) {
    out.type = TransactionType::legacy;
    out.max_fee_per_gas = call.gas_price.value_or(U256{});
    out.max_priority_fee_per_gas = out.max_fee_per_gas;
  } else {
    out.type = call.authorizations ? TransactionType::set_code
               : call.blob_hashes  ? TransactionType::blob
                                   : TransactionType::dynamic_fee;
    out.chain_id = site_.chain->chain_id();
    out.max_fee_per_gas = call.max_fee_per_gas.value_or(U256{});
    out.max_priority_fee_per_gas = call.max_priority_fee_per_gas.value_or(U256{});
    out.access_list = call.access_list.value_or(types::AccessList{});
  }
  // Whatever the type: it is run with all of them.
  out.max_fee_per_blob_gas = call.max_fee_per_blob_gas.value_or(U256{});
  out.blob_hashes = call.blob_hashes.value_or(std::vector<Hash256>{});
  out.authorizations = call.authorizations.value_or(std::vector<types::Authorization>{});
  const types::Account* sender = overlay_.account(call.from.value_or(Address{}));
  out.nonce = call.nonce.value_or(sender != nullptr ? sender->nonce : 0);
  out.gas_limit = gas;
  out.to = call.to;
  out.value = call.value;
  out.data = call.data;
  return out;
}

std::optional<SimulateRefusal> Simulator::refused_nonce(const Transaction& transaction,
                                                        const Address& sender) {
  const types::Account* account = overlay_.account(sender);
  const std::uint64_t nonce = account != nullptr ? account->nonce : 0;
  const auto refusal = [&](Refused rule, std::string_view what) {
    return SimulateRefusal{
        SimulateRefused::transaction,
        fmt::format("err: {}: address {}, tx: {} state: {} (supplied gas {})", what,
                    base::to_hex(sender), transaction.nonce, nonce, transaction.gas_limit),
        rule};
  };
  if (nonce < transaction.nonce) {
    return refusal(Refused::nonce_too_high, "nonce too high");
  }
  if (nonce > transaction.nonce) {
    return refusal(Refused::nonce_too_low, "nonce too low");
  }
  if (nonce == std::numeric_limits<std::uint64_t>::max()) {
    return refusal(Refused::nonce_is_max, "nonce has max value");
  }
  return std::nullopt;
}

// Of several faults geth tells a lack of funds before a lack of gas.
SimulateRefusal Simulator::refused(const execution::Refusal& refusal,
                                   const Transaction& transaction, const Address& sender) {
  execution::Refusal told = refusal;
  if (refusal.code == Refused::intrinsic_gas_too_low ||
      refusal.code == Refused::floor_data_gas_too_low) {
    const types::Account* account = overlay_.account(sender);
    const U256 balance = account != nullptr ? account->balance : U256{};
    const U256 cost = transaction.max_fee_per_gas * U256{transaction.gas_limit};
    if (transaction.value > balance || cost > balance - transaction.value) {
      told = {Refused::insufficient_funds, "insufficient funds for gas * price + value"};
    }
  }
  return {SimulateRefused::transaction,
          fmt::format("err: {} (supplied gas {})", told.message, transaction.gas_limit), told.code};
}

Simulated<SimulatedCall> Simulator::run_call(const CallRequest& call,
                                             execution::BlockProcessor& processor,
                                             TransferLogs& logs, chain::SealedBlock& sealed) {
  const execution::BlockEnvironment& environment = processor.environment();
  const std::uint64_t room = environment.context.gas_limit - processor.gas_used();
  const std::uint64_t wanted = call.gas.value_or(room);
  if (room < wanted) {
    return refuse(
        SimulateRefused::block_gas_limit,
        fmt::format("block gas limit reached: remaining: {}, required: {}", room, wanted));
  }
  if (const auto allowed = check_creates_nothing(call); !allowed) {
    return refuse(SimulateRefused::transaction, allowed.error().message, allowed.error().code);
  }
  const std::uint64_t gas = std::min(wanted, gas_left_);
  const Address sender = call.from.value_or(Address{});
  const Transaction transaction =
      transaction_of(call, gas, environment.context.fork >= Fork::london);
  if (request_.validation) {
    if (auto refusal = refused_nonce(transaction, sender)) {
      return std::unexpected(*std::move(refusal));
    }
  }
  if (const auto allowed = check_lists(call, environment.context.fork); !allowed) {
    return std::unexpected(refused(allowed.error(), transaction, sender));
  }
  const execution::Leniency leniency{.nonce = !request_.validation,
                                     .sender_code = true,
                                     .base_fee = !request_.validation,
                                     .gas_cap = true,
                                     .shown_base_fee = true};
  auto outcome = processor.add(transaction, sender, &logs, leniency);
  if (is_stopped()) {
    return refuse(SimulateRefused::stopped, "execution aborted");
  }
  if (!outcome) {
    return std::unexpected(refused(outcome.error(), transaction, sender));
  }
  gas_left_ -= std::min(gas_left_, outcome->gas_used);
  SimulatedCall out{.status = outcome->status,
                    .output = std::move(outcome->output),
                    .gas_used = outcome->gas_used,
                    .gas_spent_peak = outcome->gas_spent_peak,
                    .gas_was_capped = gas < wanted,
                    .logs = logs.take()};
  if (outcome->created) {
    out.output = *overlay_.code(*outcome->created);
  }
  sealed.transaction_hashes.push_back(types::transaction_hash(transaction));
  sealed.senders.push_back(sender);
  sealed.block.transactions.push_back(transaction);
  if (transaction.type != TransactionType::blob) {  // the block shows what its type has
    sealed.block.transactions.back().blob_hashes.clear();
  }
  return out;
}

Hash256 Simulator::state_root() {
  state::Changeset now = overlay_.changeset();
  if (!site_.tries) {
    return {};
  }
  site_.tries->apply(difference(rooted_, now));
  rooted_ = std::move(now);
  return site_.tries->root();
}

Simulated<void> Simulator::seal(chain::SealedBlock& sealed, execution::BlockProcessor& processor,
                                const BlockOverrides& overrides, Fork fork) {
  const auto withdrawals = overrides.withdrawals.value_or(std::vector<types::Withdrawal>{});
  const auto outcome =
      processor.finish(fork >= Fork::shanghai ? withdrawals : std::vector<types::Withdrawal>{}, {});
  if (!outcome) {
    return refuse(SimulateRefused::transaction, outcome.error().message, outcome.error().code);
  }
  Header& header = sealed.block.header;
  header = execution::with_outcome(std::move(header), sealed.block.transactions, *outcome);
  if (fork >= Fork::shanghai) {
    header.withdrawals_root = execution::withdrawals_root(withdrawals);
    sealed.block.withdrawals = withdrawals;
  }
  if (header.blob_gas_used) {
    header.blob_gas_used = 0;
    for (const Transaction& transaction : sealed.block.transactions) {
      *header.blob_gas_used += execution::blob_gas_of(transaction);
    }
  }
  header.state_root = state_root();
  sealed.hash = types::header_hash(header);
  return {};
}

Simulated<SimulatedBlock> Simulator::run(const SimulatedBlockRequest& block) {
  const Fork fork =
      config().fork_at(*block.block.number, *block.block.time, parent_.header.difficulty.is_zero());
  SimulatedBlock out;
  out.sealed.block.header = header_of(block.block, fork);
  const auto moves = precompile_moves(block.state, fork);
  if (!moves) {
    return refuse(SimulateRefused::state, moves.error().message);
  }
  override_state(overlay_, block.state);
  auto environment = environment_of(out.sealed.block.header, block.block, fork);
  environment.context.precompile_moves = moves->empty() ? nullptr : &*moves;
  const Header preliminary = out.sealed.block.header;
  execution::BlockProcessor processor(overlay_, preliminary, config(), std::move(environment),
                                      [this](const state::Overlay&) { return state_root(); });
  processor.begin();
  TransferLogs logs(request_.trace_transfers);
  for (const CallRequest& call : block.calls) {
    CAIRN_TRY(SimulatedCall done, run_call(call, processor, logs, out.sealed));
    out.calls.push_back(std::move(done));
  }
  CAIRN_CHECK(seal(out.sealed, processor, block.block, fork));
  if (is_stopped()) {
    return refuse(SimulateRefused::stopped, "execution aborted");
  }
  hashes_.push_back(out.sealed.hash);
  parent_ = {out.sealed.hash, out.sealed.block.header};
  return out;
}

}  // namespace

Simulated<std::vector<SimulatedBlock>> simulate(SimulateSite site, SimulateRequest request,
                                                const SimulateOptions& options) {
  CAIRN_CHECK(check_size(request));
  CAIRN_TRY(const auto blocks, lined_up(std::move(request.blocks), site.base.header));
  Simulator simulator(std::move(site), request, options);
  std::vector<SimulatedBlock> out;
  for (const SimulatedBlockRequest& block : blocks) {
    CAIRN_TRY(SimulatedBlock done, simulator.run(block));
    out.push_back(std::move(done));
  }
  return out;
}

}  // namespace cairn::node
