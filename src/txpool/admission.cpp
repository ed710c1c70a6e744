#include "txpool/admission.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "evm/code.hpp"
#include "execution/fees.hpp"
#include "txpool/sidecar.hpp"

namespace cairn::txpool {
namespace {

using execution::Refused;
using types::Transaction;

U256 saturating_add(const U256& a, const U256& b) {
  const auto [sum, carry] = base::add_with_carry(a, b);
  return carry ? ~U256{} : sum;
}

U256 saturating_multiply(const U256& a, const U256& b) {
  const auto product = base::multiply_full(a, b);
  const bool overflows = (product[4] | product[5] | product[6] | product[7]) != 0;
  return overflows ? ~U256{} : U256{product[0], product[1], product[2], product[3]};
}

// The largest number where none is enough.
U256 least_raise(const U256& old, unsigned per_cent) {
  return std::max(saturating_add(old, 1), saturating_multiply(old, 100 + per_cent) / U256{100});
}

bool raised_by(const U256& old, const U256& fresh, unsigned per_cent) {
  return fresh > old && fresh >= least_raise(old, per_cent);
}

unsigned bump_of(const Transaction& old, const Limits& limits) {
  return has_blobs(old) ? limits.blob_price_bump : limits.price_bump;
}

Admitted<void> validate_fees(const Transaction& transaction, const Ground& ground,
                             const Limits& limits) {
  if (transaction.max_priority_fee_per_gas < limits.minimum_tip) {
    return refuse(PoolRefused::underpriced,
                  fmt::format("transaction underpriced: gas tip cap {}, minimum needed {}",
                              to_decimal(transaction.max_priority_fee_per_gas),
                              to_decimal(limits.minimum_tip)));
  }
  if (has_blobs(transaction) && transaction.max_fee_per_blob_gas < limits.minimum_blob_fee) {
    return refuse(PoolRefused::underpriced,
                  fmt::format("transaction underpriced: blob fee cap {}, minimum needed {}",
                              to_decimal(transaction.max_fee_per_blob_gas),
                              to_decimal(limits.minimum_blob_fee)));
  }
  if (transaction.gas_limit > ground.next.context.gas_limit) {
    return refuse({Refused::gas_limit_above_block,
                   fmt::format("exceeds block gas limit: transaction gas limit {}, block gas "
                               "limit {}",
                               transaction.gas_limit, ground.next.context.gas_limit)});
  }
  return {};
}

Admitted<void> validate_by_rules(const Transaction& transaction, const Ground& ground,
                                 const Limits& limits) {
  execution::BlockEnvironment env = ground.next;
  if (!limits.refuse_below_base_fee) {  // it may wait until the fee has fallen
    env.context.base_fee = 0;
    env.context.blob_base_fee = 0;
  }
  if (auto judged = execution::validate_statically(transaction, env); !judged) {
    return refuse(std::move(judged).error());
  }
  return {};
}

}  // namespace

U256 max_cost_of(const Transaction& transaction) {
  const U256 gas = saturating_multiply(transaction.max_fee_per_gas, transaction.gas_limit);
  const U256 blob_gas =
      saturating_multiply(transaction.max_fee_per_blob_gas, execution::blob_gas_of(transaction));
  return saturating_add(saturating_add(gas, blob_gas), transaction.value);
}

Admitted<SenderState> sender_state(const Ground& ground, const Entry& entry) {
  const auto account = ground.state->account(entry.sender);
  if (!account) {
    return SenderState{};
  }
  SenderState out{.nonce = account->nonce, .balance = account->balance, .delegated = false};
  if (account->has_code()) {
    const auto code = ground.state->code(account->code_hash);
    out.delegated = code && evm::delegation_of(*code).has_value();
    if (!out.delegated && !entry.impersonated) {
      return refuse({Refused::sender_not_eoa,
                     fmt::format("sender not an eoa: address {}, codehash: {}",
                                 base::to_hex(entry.sender), base::to_hex(account->code_hash))});
    }
  }
  return out;
}

Admitted<void> validate_entry(const Entry& entry, const Ground& ground, const Limits& limits) {
  const Transaction& transaction = entry.transaction;
  std::size_t blob_bytes = 0;
  if (transaction.sidecar) {
    for (const Bytes& blob : transaction.sidecar->blobs) {
      blob_bytes += blob.size();
    }
  }
  if (entry.byte_size > limits.transaction_bytes + blob_bytes) {
    return refuse(PoolRefused::too_large,
                  fmt::format("oversized data: transaction size {}, limit {}", entry.byte_size,
                              limits.transaction_bytes));
  }
  if (limits.protected_only && transaction.type == types::TransactionType::legacy &&
      !transaction.chain_id) {
    return refuse(PoolRefused::unprotected,
                  "only replay-protected (EIP-155) transactions allowed over RPC");
  }
  CAIRN_CHECK(validate_by_rules(transaction, ground, limits));
  CAIRN_CHECK(validate_fees(transaction, ground, limits));
  // That takes milliseconds: whoever finds the sender has proven the blobs, too.
  return validate_sidecar(transaction, ground.next.context.fork, nullptr);
}

Fees least_replacement(const Transaction& old, const Limits& limits) {
  const unsigned bump = bump_of(old, limits);
  Fees out;
  out.tip = std::max(least_raise(old.max_priority_fee_per_gas, bump), limits.minimum_tip);
  out.cap = std::max(least_raise(old.max_fee_per_gas, bump), out.tip);
  if (has_blobs(old)) {
    out.blob_cap = std::max(least_raise(old.max_fee_per_blob_gas, bump), limits.minimum_blob_fee);
  }
  return out;
}

bool pays_for_replacement(const Transaction& old, const Transaction& fresh, const Limits& limits) {
  const unsigned bump = bump_of(old, limits);
  return raised_by(old.max_fee_per_gas, fresh.max_fee_per_gas, bump) &&
         raised_by(old.max_priority_fee_per_gas, fresh.max_priority_fee_per_gas, bump) &&
         (!has_blobs(old) || raised_by(old.max_fee_per_blob_gas, fresh.max_fee_per_blob_gas, bump));
}

}  // namespace cairn::txpool
