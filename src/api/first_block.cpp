#include "api/first_block.hpp"

namespace cairn::api {

std::optional<std::uint64_t> first_block_where(
    const chain::ChainView& chain, const std::function<bool(const state::StateView&)>& question) {
  std::uint64_t first = chain.first_block();
  std::uint64_t last = chain.number();
  if (!question(*chain.state_at(last))) {
    return std::nullopt;
  }
  while (first < last) {
    const std::uint64_t middle = first + (last - first) / 2;
    if (question(*chain.state_at(middle))) {
      last = middle;
    } else {
      first = middle + 1;
    }
  }
  return first;
}

std::optional<chain::TransactionPlace> place_of_nonce(const chain::ChainView& chain,
                                                      const Address& sender, std::uint64_t nonce) {
  const auto number = first_block_where(chain, [&](const state::StateView& state) {
    const auto account = state.account(sender);
    return account && account->nonce > nonce;
  });
  if (!number) {
    return std::nullopt;
  }
  const auto block = chain.block_at(*number);
  for (std::uint32_t i = 0; i < block->senders.size(); ++i) {
    if (block->senders[i] == sender && block->block.transactions[i].nonce == nonce) {
      return chain::TransactionPlace{*number, i};
    }
  }
  return std::nullopt;
}

}  // namespace cairn::api
