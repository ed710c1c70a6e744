#pragma once
// A dev chain that runs: one writer over chain and pool, fed by a queue of commands.
//
// Any thread may call anything here. Reading never waits for a block or the disk's sync. Commands
// return at once, but for submit(): where the writer is idle it does the work on the caller's
// thread and replies before it returns, because waking another thread, and being woken by it, costs
// as much as a small block. The reply is called after everything a command did is on disk and
// visible to every reader; it must be quick (post to an executor, set a promise) and must not
// throw. Commands take effect in the order of the calls. When the node stops, commands not yet
// begun are answered with an error (ErrorCode::conflict, PoolRefused::unavailable); the same after
// a fault of the disk (ErrorCode::io), which ends all writing.

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <vector>

#include "chain/chain.hpp"
#include "crypto/secp256k1.hpp"
#include "node/call.hpp"
#include "node/dev_options.hpp"
#include "node/dev_writer.hpp"
#include "node/events.hpp"
#include "node/submission.hpp"
#include "state/overlay.hpp"
#include "txpool/txpool.hpp"

namespace cairn::base {
class Clock;
}

namespace cairn::node {

template <class T>
using Reply = std::function<void(T)>;

// A command's reply as a return value:
// await<SubmitReply>([&](auto reply) { node.submit(std::move(list), std::move(reply)); })
template <class T, class Start>
T await(Start&& start) {
  auto promise = std::make_shared<std::promise<T>>();
  std::future<T> future = promise->get_future();
  std::forward<Start>(start)(
      Reply<T>([promise](T value) { promise->set_value(std::move(value)); }));
  return future.get();
}

struct Submitted {
  Hash256 hash;
  bool mined = false;  // in a block of head(), else waiting in the pool
};
using SubmitReply = std::vector<txpool::Admitted<Submitted>>;  // one a submission, in order

class DevNode {
 public:
  // Continues the store's chain, or makes it from `genesis`.
  static Result<std::unique_ptr<DevNode>> start(std::shared_ptr<store::Store> store,
                                                const types::Genesis& genesis,
                                                const DevOptions& options,
                                                std::shared_ptr<const base::Clock> clock);
  ~DevNode();
  // Lets what takes long come to its end soon: many blocks that are mined, questions to a fork's
  // source. Such commands are refused from now on.
  void interrupt();
  // Finishes the command under way and ends the writer: well under a second.
  void stop();

  // Reading
  std::shared_ptr<const chain::ChainView> head() const;
  Result<std::shared_ptr<const PendingBlock>> pending_block() const;
  txpool::EntryPtr find_pooled(const Hash256& hash) const;  // null: not in the pool
  txpool::Status pool_status() const;
  txpool::Limits pool_limits() const;
  txpool::Txpool::Content pool_content() const;
  txpool::Txpool::Content pool_content_of(const Address& sender) const;
  std::optional<txpool::Dropped> why_dropped(const Hash256& hash) const;
  // The place, from 1, in the order in which blocks would take what is pending at the next base
  // fee; nothing for one that waits for another reason.
  std::optional<std::uint64_t> pool_position(const Hash256& hash) const;
  // eth_getTransactionCount(address, "pending"): the nonce after the pool's executable run.
  std::uint64_t pending_nonce(const Address& address) const;
  // The header (without roots) and the environment that the next block would have now.
  types::Header next_header() const;
  execution::BlockEnvironment next_environment() const;
  // Where calls run: at a block (not found beyond the head), and on the pending block.
  Result<CallSite> call_site(std::uint64_t number) const;
  Result<CallSite> pending_call_site() const;
  EventStream& events();
  const DevOptions& options() const;
  const crypto::KzgSetup& kzg() const;

  // Commands. Sends that wait in the queue together share a block; each reply comes when its
  // transactions are in a block (instant mining) or in the synced journal of the pool. On a fork
  // the caller waits first for what they need of the other node.
  void submit(std::vector<Submission> submissions, Reply<SubmitReply> reply);
  // The hashes of the new blocks.
  void mine(const MineOrder& order, Reply<Result<std::vector<Hash256>>> reply);
  void change_settings(std::function<Result<void>(chain::Settings&)> change,
                       Reply<Result<void>> reply);
  // Runs `change` on an overlay over the head's state and keeps what it did (setBalance and so on).
  void cheat(std::function<Result<void>(state::Overlay&)> change, Reply<Result<void>> reply);
  void snapshot(Reply<Result<std::uint64_t>> reply);
  // False: there is no such snapshot. Afterwards this id and those after it are gone.
  void revert(std::uint64_t snapshot_id, Reply<Result<bool>> reply);
  void set_next_block_timestamp(std::uint64_t timestamp, Reply<Result<void>> reply);
  // Answers the whole offset in seconds.
  void increase_time(std::int64_t seconds, Reply<Result<std::int64_t>> reply);
  // False: it was not in the pool.
  void drop_transaction(const Hash256& hash, Reply<Result<bool>> reply);
  // Anything else that the writer does, in its place among the other commands.
  void perform(std::function<Result<void>(DevWriter&)> work, Reply<Result<void>> reply);
  // What submit() does first: finds the senders. Any thread.
  std::vector<txpool::Admitted<Prepared>> prepare(std::vector<Submission> submissions) const;

 private:
  struct Impl;
  explicit DevNode(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::node
