#include "node/overrides.hpp"

#include <fmt/format.h>

#include <set>

#include "base/hex.hpp"

namespace cairn::node {
namespace {

void override_storage(state::Overlay& overlay, const Address& address,
                      const AccountOverride& account) {
  // Whoever's storage is overridden exists, if only as an empty account: slots make none.
  if (account.state || !account.state_diff.empty()) {
    overlay.add_balance(address, 0);
  }
  if (account.state) {
    overlay.clear_storage(address);
    for (const auto& [key, value] : *account.state) {
      overlay.set_storage(address, key, value);
    }
  }
  for (const auto& [key, value] : account.state_diff) {
    overlay.set_storage(address, key, value);
  }
}

}  // namespace

Result<evm::PrecompileMoves> precompile_moves(const StateOverrides& overrides, types::Fork fork) {
  evm::PrecompileMoves moves;
  std::set<Address> moved_to;
  for (const auto& [address, account] : overrides) {
    if (moved_to.contains(address)) {
      return fail(ErrorCode::conflict,
                  fmt::format("account {} has already been overridden by a precompile",
                              base::to_hex(address)));
    }
    const bool is_precompile = evm::is_precompile(address, fork);
    if (account.move_precompile_to) {
      if (!is_precompile) {
        return fail(ErrorCode::conflict,
                    fmt::format("account {} is not a precompile", base::to_hex(address)));
      }
      if (overrides.contains(*account.move_precompile_to)) {
        return fail(ErrorCode::conflict, fmt::format("account {} is already overridden",
                                                     base::to_hex(*account.move_precompile_to)));
      }
      moves[*account.move_precompile_to] = address;
      moved_to.insert(*account.move_precompile_to);
    }
    if (is_precompile) {
      moves[address] = std::nullopt;
    }
  }
  return moves;
}

void override_state(state::Overlay& overlay, const StateOverrides& overrides) {
  for (const auto& [address, account] : overrides) {
    if (account.nonce) {
      overlay.set_nonce(address, *account.nonce);
    }
    if (account.code) {
      overlay.set_code(address, *account.code);
    }
    if (account.balance) {
      overlay.set_balance(address, *account.balance);
    }
    override_storage(overlay, address, account);
  }
  (void)overlay.end_transaction(types::Fork::frontier);
}

void override_block(execution::BlockEnvironment& environment, const BlockOverrides& overrides) {
  evm::BlockContext& context = environment.context;
  context.number = overrides.number.value_or(context.number);
  context.timestamp = overrides.time.value_or(context.timestamp);
  context.gas_limit = overrides.gas_limit.value_or(context.gas_limit);
  context.coinbase = overrides.fee_recipient.value_or(context.coinbase);
  if (overrides.prev_randao) {
    context.prev_randao = base::to_u256(*overrides.prev_randao);
  }
  context.base_fee = overrides.base_fee.value_or(context.base_fee);
  context.blob_base_fee = overrides.blob_base_fee.value_or(context.blob_base_fee);
}

}  // namespace cairn::node
