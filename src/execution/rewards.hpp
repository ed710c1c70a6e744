#pragma once
// Wei from nothing: block and ommer rewards before the merge (Yellow Paper 11.3; EIP-649,
// EIP-1234), withdrawals after it (EIP-4895); and wei that one fork moved (the DAO fork).

#include <span>

#include "state/overlay.hpp"
#include "types/block.hpp"

namespace cairn::execution {

U256 block_reward(types::Fork fork);  // wei; 0 from Paris on

void pay_rewards(state::Overlay& overlay, const types::Header& header,
                 std::span<const types::Header> ommers, types::Fork fork);

void pay_withdrawals(state::Overlay& overlay, std::span<const types::Withdrawal> withdrawals);

// EIP-779: the balances of the DAO and its children go to the refund contract.
void move_dao_balances(state::Overlay& overlay);

}  // namespace cairn::execution
