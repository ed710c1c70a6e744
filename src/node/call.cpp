#include "node/call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "crypto/keccak.hpp"
#include "execution/block_processor.hpp"
#include "state/overlay.hpp"
#include "trace/transaction_tracer.hpp"

namespace cairn::node {
namespace {

using execution::BlockEnvironment;
using execution::Judged;
using execution::Leniency;
using types::Fork;
using types::Transaction;
using types::TransactionType;

constexpr std::uint64_t kTransferGas = 21'000;

// What a call need not keep to.
constexpr Leniency kCallLeniency{.nonce = true,
                                 .sender_code = true,
                                 .base_fee = true,
                                 .gas_cap = true,
                                 .block_gas = true,
                                 .balance = false};

TransactionType type_of(const CallRequest& request, Fork fork) {
  if (request.authorizations) {
    return TransactionType::set_code;
  }
  if (request.blob_hashes) {
    return TransactionType::blob;
  }
  if (fork >= Fork::london && !request.gas_price) {
    return TransactionType::dynamic_fee;
  }
  return request.access_list ? TransactionType::access_list : TransactionType::legacy;
}

Transaction transaction_of(const CallRequest& request, const BlockEnvironment& environment,
                           std::uint64_t gas) {
  Transaction out;
  out.type = type_of(request, environment.context.fork);
  if (out.type != TransactionType::legacy) {
    out.chain_id = environment.context.chain_id;
  }
  out.nonce = request.nonce.value_or(0);
  out.gas_limit = gas;
  out.to = request.to;
  out.value = request.value;
  out.data = request.data;
  out.access_list = request.access_list.value_or(types::AccessList{});
  out.blob_hashes = request.blob_hashes.value_or(std::vector<Hash256>{});
  out.authorizations = request.authorizations.value_or(std::vector<types::Authorization>{});
  out.max_fee_per_blob_gas = request.max_fee_per_blob_gas.value_or(U256{});
  if (request.gas_price) {
    out.max_fee_per_gas = *request.gas_price;
    out.max_priority_fee_per_gas = *request.gas_price;
    return out;
  }
  if (environment.context.fork < Fork::london) {
    return out;  // which knows of no caps
  }
  out.max_priority_fee_per_gas = request.max_priority_fee_per_gas.value_or(U256{});
  out.max_fee_per_gas = request.max_fee_per_gas.value_or(
      request.max_priority_fee_per_gas ? environment.context.base_fee + out.max_priority_fee_per_gas
                                       : U256{});
  return out;
}

// Blobs are free where the call caps their price at zero, which blobs without a cap do too: the
// block around the call then has that price. Without blobs and cap it keeps its own.
bool has_free_blobs(const CallRequest& request) {
  return request.max_fee_per_blob_gas ? request.max_fee_per_blob_gas->is_zero()
                                      : request.blob_hashes.has_value();
}

// Whether more gas may help.
bool lacks_gas(const execution::Refusal& refusal) {
  return refusal.code == execution::Refused::intrinsic_gas_too_low ||
         refusal.code == execution::Refused::floor_data_gas_too_low;
}

bool is_stopped(const CallOptions& options) {
  return options.stop != nullptr && options.stop->load(std::memory_order_relaxed);
}

// One site and request, run with different gas limits.
class Call {
 public:
  Call(const CallSite& site, const CallRequest& request, const CallOptions& options)
      : state_(*site.state),
        request_(request),
        options_(options),
        environment_(site.environment),
        most_gas_(options.gas_cap == 0 ? site.environment.context.gas_limit : options.gas_cap) {
    override_block(environment_, options.block_overrides);
    if (!options.precompile_moves.empty()) {
      environment_.context.precompile_moves = &options.precompile_moves;
    }
    if (has_free_blobs(request)) {
      environment_.context.blob_base_fee = 0;
    }
    environment_.stop = options.stop;
    environment_.keeps_console = options.keeps_console;
  }

  const BlockEnvironment& environment() const { return environment_; }
  Address sender() const { return request_.from.value_or(Address{}); }
  Transaction transaction(std::uint64_t gas) const {
    return transaction_of(request_, environment_, gas);
  }
  std::uint64_t gas_limit() const { return capped(request_.gas.value_or(most_gas_)); }

  // Where an estimate's search begins; a limit below a transfer's is none.
  std::uint64_t highest_gas() const {
    const std::uint64_t asked = request_.gas.value_or(0);
    return asked >= kTransferGas ? asked : environment_.context.gas_limit;
  }
  std::uint64_t capped(std::uint64_t gas) const { return std::min(gas, most_gas_); }

  Judged<execution::TransactionOutcome> run(std::uint64_t gas) const {
    state::Overlay overlay(state_);
    override_state(overlay, options_.state_overrides);
    auto outcome = execute(overlay, transaction(gas));
    if (outcome && is_stopped(options_)) {
      outcome->status = evm::Status::stopped;
    } else if (outcome && outcome->created) {  // a creation answers the code, as geth's does
      outcome->output = *overlay.code(*outcome->created);
    }
    return outcome;
  }

  // As run(), and what it changed.
  Judged<std::pair<execution::TransactionOutcome, state::Changeset>> run_keeping(
      std::uint64_t gas) const {
    state::Overlay overlay(state_);
    override_state(overlay, options_.state_overrides);
    CAIRN_TRY(auto outcome, execute(overlay, transaction(gas)));
    return std::pair(std::move(outcome), overlay.changeset());
  }

  // The account as the overrides leave it.
  types::Account account(const Address& address) const {
    state::Overlay overlay(state_);
    override_state(overlay, options_.state_overrides);
    const types::Account* found = overlay.account(address);
    return found != nullptr ? *found : types::Account{};
  }

 private:
  Judged<execution::TransactionOutcome> execute(state::Overlay& overlay,
                                                const Transaction& transaction) const {
    trace::TransactionTracer* const tracer = options_.transaction_tracer;
    if (tracer == nullptr) {
      return execution::execute_transaction(overlay, environment_, transaction, sender(), {},
                                            kCallLeniency, options_.tracer);
    }
    tracer->begin({.overlay = overlay,
                   .environment = environment_,
                   .transaction = transaction,
                   .sender = sender(),
                   .base = state_});
    auto outcome = execution::execute_transaction(overlay, environment_, transaction, sender(), {},
                                                  kCallLeniency, tracer);
    if (outcome) {
      tracer->end(*outcome);
    }
    return outcome;
  }

  const state::StateView& state_;
  const CallRequest& request_;
  const CallOptions& options_;
  BlockEnvironment environment_;
  std::uint64_t most_gas_;
};

// The most gas that a transaction may ask for here, and that its sender can pay for.
Judged<std::uint64_t> highest_limit(const Call& call) {
  std::uint64_t out = call.highest_gas();
  const BlockEnvironment& environment = call.environment();
  if (environment.context.fork >= Fork::osaka && environment.gas_cap_per_transaction) {
    out = std::min(out, execution::kMaxTransactionGas);
  }
  const Transaction transaction = call.transaction(out);
  if (!transaction.max_fee_per_gas.is_zero()) {
    const U256 balance = call.account(call.sender()).balance;
    if (transaction.value >= balance) {
      return execution::refuse(execution::Refused::insufficient_funds,
                               "insufficient funds for transfer");
    }
    const U256 blob_fee =
        transaction.max_fee_per_blob_gas * U256{execution::blob_gas_of(transaction)};
    if (!blob_fee.is_zero() && blob_fee >= balance - transaction.value) {
      return execution::refuse(execution::Refused::insufficient_funds,
                               "insufficient funds for gas * price + value");
    }
    const U256 rest = balance - transaction.value - blob_fee;
    out = std::min(out, (rest / transaction.max_fee_per_gas).saturated64());
  }
  return call.capped(out);
}

bool may_be_plain_transfer(const Call& call) {
  const Transaction transaction = call.transaction(kTransferGas);
  return transaction.to && transaction.data.empty() && !call.account(*transaction.to).has_code();
}

Judged<bool> succeeds(const Call& call, std::uint64_t gas) {
  const auto outcome = call.run(gas);
  if (outcome) {
    return outcome->status == evm::Status::success;
  }
  if (lacks_gas(outcome.error())) {
    return false;
  }
  return std::unexpected(outcome.error());
}

// Halves (failing, working] until its width is below 1.5 % of its end: wallets add more than that
// anyway. Most need little above what fails, so no step more than doubles it.
Judged<std::uint64_t> search(const Call& call, std::uint64_t failing, std::uint64_t working) {
  constexpr double kErrorRatio = 0.015;
  while (failing + 1 < working) {
    const std::uint64_t width = working - failing;
    if (static_cast<double>(width) / static_cast<double>(working) < kErrorRatio) {
      break;
    }
    const std::uint64_t middle = failing + std::min(width / 2, failing);
    CAIRN_TRY(const bool works, succeeds(call, middle));
    (works ? working : failing) = middle;
  }
  return working;
}

// `outcome`: of the run with the highest limit.
Judged<std::uint64_t> least_gas(const Call& call, const execution::TransactionOutcome& outcome,
                                std::uint64_t highest) {
  constexpr std::uint64_t kCallStipend = 2'300;
  std::uint64_t failing = outcome.gas_used - 1;
  std::uint64_t working = highest;
  // Calls keep back a 64th of the gas (EIP-150): mostly this much more is enough.
  const std::uint64_t likely = (outcome.gas_spent_peak + kCallStipend) * 64 / 63;
  if (likely < working) {
    CAIRN_TRY(const bool works, succeeds(call, likely));
    (works ? working : failing) = likely;
  }
  return search(call, failing, working);
}

// go-ethereum, eth/gasestimator: wallets compare estimates of different nodes, so each step is its.
Judged<Estimate> find_least_gas(const Call& call) {
  CAIRN_TRY(const std::uint64_t highest, highest_limit(call));
  if (may_be_plain_transfer(call)) {
    const auto works = succeeds(call, kTransferGas);
    if (works && *works) {
      return Estimate{.status = evm::Status::success, .gas = kTransferGas, .output = {}};
    }
  }
  auto outcome = call.run(highest);
  if (!outcome && lacks_gas(outcome.error())) {
    outcome.error().message = fmt::format("gas required exceeds allowance ({})", highest);
  }
  if (!outcome) {
    return std::unexpected(std::move(outcome).error());
  }
  Estimate out{.status = outcome->status,
               .gas = highest,
               .output = {},
               .gas_used = outcome->gas_used,
               .console = std::move(outcome->console)};
  if (out.status == evm::Status::success) {
    CAIRN_TRY(out.gas, least_gas(call, *outcome, highest));
  } else {
    out.output = std::move(outcome->output);
  }
  return out;
}

}  // namespace

Result<CallSite> call_site_at(const chain::ChainView& chain, std::uint64_t number) {
  const auto header = chain.header_at(number);
  if (!header) {
    return fail(ErrorCode::not_found, fmt::format("block {} is beyond the head", number));
  }
  const Fork fork = chain.config().fork_of(header->header);
  CallSite site{.state = chain.state_at(number),
                .environment = execution::environment_of(header->header, chain.config(), fork,
                                                         chain.block_hashes())};
  site.environment.code_cache = chain.code_cache();
  site.environment.context.chain_id = chain.chain_id();
  return site;
}

Transaction transaction_of(const CallSite& site, const CallRequest& request,
                           const CallOptions& options) {
  const Call call(site, request, options);
  return call.transaction(call.gas_limit());
}

Judged<void> check_creates_nothing(const CallRequest& request) {
  if (!request.to && request.blob_hashes) {
    return execution::refuse(execution::Refused::blob_transaction_creates,
                             "blob transaction of type create");
  }
  if (!request.to && request.authorizations) {
    return execution::refuse(execution::Refused::set_code_transaction_creates,
                             "EIP-7702 transaction cannot be used to create contract");
  }
  return {};
}

Judged<void> check_lists(const CallRequest& request, Fork fork) {
  for (const auto& [is_there, type] :
       {std::pair{request.blob_hashes.has_value(), TransactionType::blob},
        std::pair{request.authorizations.has_value(), TransactionType::set_code}}) {
    if (is_there && !execution::knows_type(fork, type)) {
      return execution::refuse(execution::Refused::type_not_supported,
                               fmt::format("transaction type {} not supported in {}",
                                           static_cast<int>(type), fork_name(fork)));
    }
  }
  if (request.blob_hashes && request.blob_hashes->empty()) {
    return execution::refuse(execution::Refused::no_blobs, "blob transaction missing blob hashes");
  }
  if (request.authorizations && request.authorizations->empty()) {
    return execution::refuse(execution::Refused::no_authorizations,
                             "EIP-7702 transaction with empty auth list");
  }
  return {};
}

Judged<CallOutcome> execute_call(const CallSite& site, const CallRequest& request,
                                 const CallOptions& options) {
  CAIRN_CHECK(check_creates_nothing(request));
  CAIRN_CHECK(check_lists(request, site.environment.context.fork));
  const Call call(site, request, options);
  const std::uint64_t gas = call.gas_limit();
  execution::TransactionOutcome outcome;
  state::Changeset changes;
  if (options.keeps_changes) {
    CAIRN_TRY(std::tie(outcome, changes), call.run_keeping(gas));
  } else {
    CAIRN_TRY(outcome, call.run(gas));
  }
  return CallOutcome{.status = outcome.status,
                     .output = std::move(outcome.output),
                     .gas_used = outcome.gas_used,
                     .gas_limit = gas,
                     .logs = std::move(outcome.receipt.logs),
                     .console = std::move(outcome.console),
                     .changes = std::move(changes)};
}

Judged<Estimate> estimate_gas(const CallSite& site, const CallRequest& request,
                              const CallOptions& options) {
  CAIRN_CHECK(check_creates_nothing(request));
  CAIRN_CHECK(check_lists(request, site.environment.context.fork));
  const Call call(site, request, options);
  auto found = find_least_gas(call);
  if (is_stopped(options)) {
    return Estimate{.status = evm::Status::stopped, .gas = 0, .output = {}};
  }
  return found;
}

}  // namespace cairn::node
