#pragma once
// Where in a chain's history something began, found by asking the states of a few blocks.

#include <functional>
#include <optional>

#include "chain/chain_view.hpp"

namespace cairn::api {

// The first block after which the question is answered with yes; it has to stay so up to the head.
// Nothing: not even at the head.
std::optional<std::uint64_t> first_block_where(
    const chain::ChainView& chain, const std::function<bool(const state::StateView&)>& question);

// The mined transaction of an account and nonce.
std::optional<chain::TransactionPlace> place_of_nonce(const chain::ChainView& chain,
                                                      const Address& sender, std::uint64_t nonce);

}  // namespace cairn::api
