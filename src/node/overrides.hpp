#pragma once
// What a call of JSON-RPC may pretend about the state and the block (execution-apis, StateOverrides
// and BlockOverrides; geth's rules). Pure; any thread.

#include <map>
#include <optional>
#include <vector>

#include "evm/precompile_moves.hpp"
#include "execution/transaction_processor.hpp"
#include "types/block.hpp"

namespace cairn::node {

// `state` replaces the whole storage, `state_diff` single slots.
struct AccountOverride {
  std::optional<std::uint64_t> nonce{};
  std::optional<Bytes> code{};
  std::optional<U256> balance{};
  std::optional<std::map<U256, U256>> state{};
  std::map<U256, U256> state_diff{};
  std::optional<Address> move_precompile_to{};
};
using StateOverrides = std::map<Address, AccountOverride>;

struct BlockOverrides {
  std::optional<std::uint64_t> number{};
  std::optional<std::uint64_t> time{};
  std::optional<std::uint64_t> gas_limit{};
  std::optional<Address> fee_recipient{};
  std::optional<Hash256> prev_randao{};
  std::optional<U256> base_fee{};
  std::optional<U256> blob_base_fee{};
  // Of simulated blocks alone.
  std::optional<Hash256> beacon_root{};
  std::optional<std::vector<types::Withdrawal>> withdrawals{};
};

// Adds to `moves` where the precompiles are under these overrides: an overridden precompile is one
// no more. Conflict for a move of what is none, and for two overrides of one address.
Result<evm::PrecompileMoves> precompile_moves(const StateOverrides& overrides, types::Fork fork);

// As if an earlier transaction had written it.
void override_state(state::Overlay& overlay, const StateOverrides& overrides);

void override_block(execution::BlockEnvironment& environment, const BlockOverrides& overrides);

}  // namespace cairn::node
