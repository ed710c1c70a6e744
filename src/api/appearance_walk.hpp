#pragma once
// The blocks in which an address appears: by the chain's table, and where a chain is older than
// that by running its blocks again.

#include "api/trace_run.hpp"
#include "chain/appearances.hpp"

namespace cairn::api {

// Of the blocks that are this chain's own: on a fork, those after its source's. One thread.
class AppearanceWalk {
 public:
  // `running` bounds what is run again; both must outlive the walk.
  AppearanceWalk(const Context& context, std::shared_ptr<const chain::ChainView> chain,
                 const Address& address, const CallTimer::Running& running);

  // The first at or after `number`, and the last at or before it.
  using Found = RpcResult<std::optional<chain::BlockAppearances>>;
  Found next(std::uint64_t number);
  Found previous(std::uint64_t number);

 private:
  Found run_again(std::uint64_t number) const;

  const Context& context_;
  std::shared_ptr<const chain::ChainView> chain_;
  Address address_;
  const CallTimer::Running& running_;
  chain::AppearanceCursor cursor_;
};

}  // namespace cairn::api
