#include "execution/transaction_processor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/hex.hpp"
#include "evm/address_set.hpp"
#include "evm/code.hpp"
#include "execution/authorizations.hpp"
#include "execution/overlay_host.hpp"

namespace cairn::execution {
namespace {

using types::Fork;
using types::Transaction;

constexpr std::uint64_t kRefundQuotient = 5;  // EIP-3529
constexpr std::uint64_t kRefundQuotientBeforeLondon = 2;

// a + b, a * b, or nothing when they do not fit into 256 bits.
std::optional<U256> sum(const std::optional<U256>& a, const std::optional<U256>& b) {
  if (!a || !b) {
    return std::nullopt;
  }
  const auto [value, carry] = base::add_with_carry(*a, *b);
  return carry ? std::nullopt : std::optional(value);
}

std::optional<U256> product(const U256& a, const U256& b) {
  const auto full = base::multiply_full(a, b);
  if ((full[4] | full[5] | full[6] | full[7]) != 0) {
    return std::nullopt;
  }
  return U256{full[0], full[1], full[2], full[3]};
}

// The most that the transaction can take from its sender. A call's cap on blob gas may be zero,
// below the fee that it pays.
std::optional<U256> highest_cost(const Transaction& transaction, const Leniency& leniency,
                                 const U256& blob_base_fee) {
  if (leniency.balance) {
    return transaction.value;
  }
  return sum(sum(product(transaction.max_fee_per_gas, U256{transaction.gas_limit}),
                 product(std::max(transaction.max_fee_per_blob_gas, blob_base_fee),
                         U256{blob_gas_of(transaction)})),
             transaction.value);
}

Judged<void> check_sender(state::Overlay& overlay, const Transaction& transaction,
                          const Address& sender, const Leniency& leniency,
                          const U256& blob_base_fee) {
  const types::Account* found = overlay.account(sender);
  const types::Account account = found != nullptr ? *found : types::Account{};
  if (!leniency.nonce && transaction.nonce < account.nonce) {
    return refuse(Refused::nonce_too_low,
                  fmt::format("nonce too low: address {}, tx: {} state: {}", base::to_hex(sender),
                              transaction.nonce, account.nonce));
  }
  if (!leniency.nonce && transaction.nonce > account.nonce) {
    return refuse(Refused::nonce_too_high,
                  fmt::format("nonce too high: address {}, tx: {} state: {}", base::to_hex(sender),
                              transaction.nonce, account.nonce));
  }
  const auto cost = highest_cost(transaction, leniency, blob_base_fee);
  if (!cost || *cost > account.balance) {
    return refuse(
        Refused::insufficient_funds,
        fmt::format("insufficient funds for gas * price + value: address {} have {} want {}",
                    base::to_hex(sender), to_decimal(account.balance),
                    cost ? to_decimal(*cost) : "more than 256 bits"));
  }
  if (!leniency.sender_code && account.has_code() && !is_delegation(*overlay.code(sender))) {
    return refuse(Refused::sender_not_eoa,
                  fmt::format("sender not an eoa: address {}, codehash: {}", base::to_hex(sender),
                              base::to_hex(account.code_hash)));
  }
  return {};
}

// EIP-2930, EIP-3651. That precompiles are warm is OverlayHost's.
void warm_ahead(state::Overlay& overlay, const evm::BlockContext& block,
                const Transaction& transaction, const Address& sender) {
  if (block.fork < Fork::berlin) {
    return;
  }
  overlay.warm_account(sender);
  if (transaction.to) {
    overlay.warm_account(*transaction.to);
  }
  if (block.fork >= Fork::shanghai) {
    overlay.warm_account(block.coinbase);
  }
  for (const types::AccessListEntry& entry : transaction.access_list) {
    overlay.warm_account(entry.address);
    for (const Hash256& key : entry.storage_keys) {
      overlay.warm_slot(entry.address, base::to_u256(key));
    }
  }
}

// EIP-7702: what the called account delegates to is warm from the start.
void warm_delegate(state::Overlay& overlay, const Address& called) {
  const types::Account* account = overlay.account(called);
  if (account != nullptr && account->has_code()) {
    if (const auto target = evm::delegation_of(*overlay.code(called))) {
      overlay.warm_account(*target);
    }
  }
}

evm::Message outermost_message(const Transaction& transaction, const Address& sender,
                               std::uint64_t gas) {
  evm::Message message;
  message.kind = transaction.is_create() ? evm::CallKind::create : evm::CallKind::call;
  message.gas = static_cast<std::int64_t>(gas);
  message.sender = sender;
  message.recipient = transaction.to.value_or(Address{});
  message.code_address = message.recipient;
  message.value = transaction.value;
  message.input = transaction.data;
  return message;
}

evm::CallResult call_evm(OverlayHost& host, const evm::BlockContext& block,
                         const evm::TransactionContext& context, const evm::Message& message,
                         evm::Tracer* tracer, evm::Workspace* workspace) {
  return workspace != nullptr ? evm::Evm(host, block, context, *workspace, tracer).call(message)
                              : evm::Evm(host, block, context, tracer).call(message);
}

struct GasBill {
  std::uint64_t peak;  // before refunds
  std::uint64_t used;  // after them
};

GasBill bill_gas(const Transaction& transaction, const evm::CallResult& result,
                 std::uint64_t authorization_refund, const IntrinsicGas& intrinsic, Fork fork) {
  const std::uint64_t spent =
      transaction.gas_limit -
      static_cast<std::uint64_t>(std::max<std::int64_t>(result.gas_left, 0));
  const std::int64_t frame_refund = result.succeeded() ? result.gas_refund : 0;
  const std::uint64_t refund =
      authorization_refund + static_cast<std::uint64_t>(std::max<std::int64_t>(frame_refund, 0));
  const std::uint64_t quotient =
      fork >= Fork::london ? kRefundQuotient : kRefundQuotientBeforeLondon;
  const std::uint64_t used = spent - std::min(refund, spent / quotient);
  return {.peak = std::max(spent, intrinsic.floor), .used = std::max(used, intrinsic.floor)};
}

}  // namespace

Judged<TransactionOutcome> execute_transaction(state::Overlay& overlay, const BlockEnvironment& env,
                                               const Transaction& transaction,
                                               const Address& sender, const BlockUsage& before,
                                               const Leniency& leniency, evm::Tracer* tracer,
                                               evm::Workspace* workspace) {
  CAIRN_CHECK(validate_statically(transaction, env, leniency, before));
  CAIRN_CHECK(check_sender(overlay, transaction, sender, leniency, env.context.blob_base_fee));

  evm::BlockContext block = env.context;
  const bool free_gas = leniency.base_fee && transaction.max_fee_per_gas.is_zero();
  if (free_gas && !leniency.shown_base_fee) {
    block.base_fee = 0;
  }
  const Fork fork = block.fork;
  const U256 base_fee = fork >= Fork::london && !free_gas ? block.base_fee : U256{};
  const U256 gas_price = types::effective_gas_price(transaction, base_fee);
  const IntrinsicGas intrinsic = intrinsic_gas(transaction, fork);

  if (!leniency.balance) {
    overlay.subtract_balance(sender, gas_price * U256{transaction.gas_limit} +
                                         block.blob_base_fee * U256{blob_gas_of(transaction)});
  }
  const types::Account* account = overlay.account(sender);
  overlay.set_nonce(sender, (account != nullptr ? account->nonce : 0) + 1);
  warm_ahead(overlay, block, transaction, sender);
  const std::uint64_t authorization_refund =
      apply_authorizations(overlay, transaction.authorizations, block.chain_id);
  if (fork >= Fork::prague && transaction.to) {
    warm_delegate(overlay, *transaction.to);
  }

  OverlayHost host(overlay, fork, env.block_hashes, env.code_cache.get());
  TransactionOutcome outcome;
  const evm::TransactionContext context{.origin = sender,
                                        .gas_price = gas_price,
                                        .blob_hashes = transaction.blob_hashes,
                                        .stop = env.stop,
                                        .console = env.keeps_console ? &outcome.console : nullptr,
                                        .appearances = env.appearances};
  if (env.appearances != nullptr) {
    env.appearances->add(sender);
  }
  evm::CallResult result =
      call_evm(host, block, context,
               outermost_message(transaction, sender, transaction.gas_limit - intrinsic.intrinsic),
               tracer, workspace);

  const GasBill bill = bill_gas(transaction, result, authorization_refund, intrinsic, fork);
  if (!leniency.balance) {
    overlay.add_balance(sender, gas_price * U256{transaction.gas_limit - bill.used});
    if (!free_gas) {  // which leaves the coinbase untouched
      overlay.add_balance(block.coinbase, (gas_price - base_fee) * U256{bill.used});
    }
  }

  outcome.receipt.type = transaction.type;
  outcome.receipt.success = result.succeeded();
  outcome.receipt.cumulative_gas_used = before.gas + bill.used;
  outcome.receipt.logs = overlay.end_transaction(fork);
  outcome.status = result.status;
  outcome.output = std::move(result.output);
  outcome.gas_used = bill.used;
  outcome.gas_spent_peak = bill.peak;
  if (transaction.is_create() && result.succeeded()) {
    outcome.created = result.created;
  }
  outcome.effective_gas_price = gas_price;
  return outcome;
}

}  // namespace cairn::execution
