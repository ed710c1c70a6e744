#pragma once
// Everybody's subscriptions. The node's writer only puts what happens into a queue; a thread of
// this class makes the texts and hands them to the peers, which never wait.
//
//   events ──► queue ──► thread: BlockTexts, made once ──► Subscription::deliver ──► Peer::push
//
// A slow reader is left behind and told from the chain later; how long it may take is the
// connection's rule. Any thread may call.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "api/errors.hpp"
#include "api/subscription.hpp"
#include "base/logger.hpp"
#include "base/random.hpp"
#include "node/dev_node.hpp"

namespace cairn::api {

struct SubscriptionLimits {
  std::size_t of_a_peer = 10'000;
  std::size_t of_all = 100'000;
  // Transactions that wait to be announced; beyond it they are not (the thread cannot keep up).
  std::size_t queue = 100'000;
};

class Subscriptions {
 public:
  // `node` must outlive it.
  Subscriptions(node::DevNode& node, base::Logger logger, const SubscriptionLimits& limits = {});
  ~Subscriptions();
  Subscriptions(const Subscriptions&) = delete;
  Subscriptions& operator=(const Subscriptions&) = delete;

  // The new subscription's id. Nothing is told before activate(). About the chain it tells of the
  // blocks from `first` on, else of those to come; refused where `first` is beyond the next block,
  // or none of this chain's own (chain_view.hpp: first_block). `before` is told ahead of them.
  RpcResult<std::string> subscribe(const std::shared_ptr<Peer>& peer, Topic topic,
                                   std::optional<std::uint64_t> first,
                                   std::vector<Text> before = {});
  void activate(const std::string& id);
  // False: this peer has none of that id.
  bool unsubscribe(const std::shared_ptr<Peer>& peer, const std::string& id);

  std::size_t size() const;

 private:
  using SubscriptionPtr = std::shared_ptr<Subscription>;
  struct Added {
    SubscriptionPtr subscription;
    std::shared_ptr<const chain::ChainView> head;
  };
  struct Activated {
    SubscriptionPtr subscription;
  };
  using Item = std::variant<Added, Activated, node::HeadChanged, node::TransactionPooled>;

  void listen(const node::Event& event);
  RpcResult<void> check_room(const std::shared_ptr<Peer>& peer);
  void erase(const SubscriptionPtr& subscription);
  void sweep();

  void run();
  void take(Item& item, std::size_t items_left);
  void take_head(const node::HeadChanged& changed);
  void announce(const txpool::Entry& entry);
  void deliver(bool to_those_behind);
  void rest();
  void forget(std::vector<SubscriptionPtr> gone);
  // What one does about itself. Where it fails it alone ends; false then.
  template <class Work>
  bool alone(Subscription& one, Work&& work);

  node::DevNode& node_;
  base::Logger logger_;
  SubscriptionLimits limits_;
  base::SystemRandom random_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::shared_ptr<const chain::ChainView> head_;  // as the last event left it
  std::unordered_map<std::string, SubscriptionPtr> subscriptions_;
  std::map<std::weak_ptr<Peer>, std::size_t, std::owner_less<>> counts_;
  std::size_t announced_to_ = 0;      // subscriptions to the pool
  std::size_t unanswered_heads_ = 0;  // of the command that the writer is at
  std::deque<Item> queue_;
  bool stopping_ = false;

  // The thread's:
  struct Followed {
    SubscriptionPtr subscription;
    bool behind = false;
  };
  std::shared_ptr<const chain::ChainView> at_;  // as the last item taken left it
  std::vector<Followed> followed_;              // about the chain
  std::vector<SubscriptionPtr> announced_;      // about the pool
  bool any_behind_ = false;
  BlockTextsCache texts_;

  node::EventStream::Subscription events_;
  std::thread thread_;  // last: uses all of the above
};

}  // namespace cairn::api
