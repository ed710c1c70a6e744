#pragma once
// What happens on the chain, told in one place: subscriptions, filters and indices learn from here.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <variant>
#include <vector>

#include "chain/chain.hpp"
#include "evm/console.hpp"
#include "txpool/txpool.hpp"

namespace cairn::node {

// By transaction: what contracts said through console.log when its block was made.
using ConsoleLogs = std::map<Hash256, evm::ConsoleLog>;

// The head moved: `removed` went (newest first), then the blocks first_added..head came (none when
// first_added is above the head). The view already answers about all of them.
struct HeadChanged {
  std::shared_ptr<const chain::ChainView> head;
  std::vector<chain::RemovedBlock> removed;
  std::uint64_t first_added = 0;
  std::shared_ptr<const ConsoleLogs> console = {};  // null: nothing, or nobody listens
};

struct TransactionPooled {
  txpool::EntryPtr entry;
  bool executable = false;  // no gap before it, and its account can pay
};

// Those who caused what was told before have their replies, or will have them without the writer:
// the time for what can wait until then.
struct Answered {};

using Event = std::variant<HeadChanged, TransactionPooled, Answered>;

// Listeners are called by the writer, one after the other and in order, and but for Answered before
// the replies to those who caused the event; they must be quick and must not throw. Any thread may
// subscribe, but not from a listener. The stream outlives its subscriptions.
class EventStream {
 public:
  using Listener = std::function<void(const Event&)>;

  // Ends when it dies: afterwards the listener is neither running nor ever called.
  class Subscription {
   public:
    Subscription() = default;
    ~Subscription();
    Subscription(Subscription&& other) noexcept;
    Subscription& operator=(Subscription&& other) noexcept;

   private:
    friend class EventStream;
    Subscription(EventStream* stream, std::uint64_t id) : stream_(stream), id_(id) {}
    EventStream* stream_ = nullptr;
    std::uint64_t id_ = 0;
  };

  [[nodiscard]] Subscription subscribe(Listener listener);
  void publish(const Event& event);

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, Listener> listeners_;
  std::uint64_t next_id_ = 0;
};

}  // namespace cairn::node
