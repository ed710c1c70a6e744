#include "api/appearance_walk.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cairn::api {

AppearanceWalk::AppearanceWalk(const Context& context,
                               std::shared_ptr<const chain::ChainView> chain,
                               const Address& address, const CallTimer::Running& running)
    : context_(context),
      chain_(std::move(chain)),
      address_(address),
      running_(running),
      cursor_(chain_->appearances_of({address})) {}

AppearanceWalk::Found AppearanceWalk::run_again(std::uint64_t number) const {
  if (number == 0) {
    return std::nullopt;
  }
  CAIRN_TRY(const auto replay, open_replay(context_, chain_, number));
  replay->keep_appearances();
  CAIRN_CHECK(as_rpc(replay->skip_to(replay->block().senders.size(), running_.stop())));
  if (running_.stop()->load()) {
    return rpc_fail(RpcCode::server,
                    fmt::format("execution timeout: blocks before {} are from before the table of "
                                "appearances, so that each has to be run again",
                                chain_->appearances_from()));
  }
  const types::Block& block = replay->block().block;
  const auto rewarded = chain::rewarded_by(block, chain_->config().fork_of(block.header));
  chain::BlockAppearances out{.number = number, .reward = false, .transactions = {}};
  out.reward = std::ranges::find(rewarded, address_) != rewarded.end();
  for (const execution::Appearance& one : replay->appearances()) {
    if (one.address == address_) {
      out.transactions.push_back(one.transaction);
    }
  }
  return out.reward || !out.transactions.empty() ? std::optional(std::move(out)) : std::nullopt;
}

AppearanceWalk::Found AppearanceWalk::next(std::uint64_t number) {
  number = std::max(number, chain_->first_block());
  for (; number < chain_->appearances_from() && number <= chain_->number(); ++number) {
    CAIRN_TRY(auto found, run_again(number));
    if (found) {
      return found;
    }
  }
  return cursor_.next(number);
}

AppearanceWalk::Found AppearanceWalk::previous(std::uint64_t number) {
  const std::uint64_t from = std::max(chain_->first_block(), chain_->appearances_from());
  if (number >= from) {
    if (auto found = cursor_.previous(number)) {
      return found;
    }
    if (from == 0) {
      return std::nullopt;
    }
    number = from - 1;
  }
  for (; number >= std::max<std::uint64_t>(chain_->first_block(), 1); --number) {
    CAIRN_TRY(auto found, run_again(number));
    if (found) {
      return found;
    }
  }
  return std::nullopt;
}

}  // namespace cairn::api
