#pragma once
// What polling clients wait for: eth_newFilter, eth_newBlockFilter,
// eth_newPendingTransactionFilter.
//
// A filter keeps how far its client has been told, not what came since: a poll reads that from the
// chain. Only what the chain forgets is kept here, the blocks taken back and the transactions
// pooled, and only as long as a filter has not been told of them.
//
// Any thread may call; the listener that runs on the node's writer only takes notes.

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/log_methods.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "node/dev_node.hpp"

namespace cairn::api {

struct FilterLimits {
  std::size_t filters = 10'000;
  std::uint64_t idle_ms = 300'000;  // a filter that is not polled for longer is gone
  // A filter that is further behind than this is gone too.
  std::size_t notes = 100'000;  // transactions pooled; blocks taken back
  chain::LogLimits poll{};      // of one poll: the next one goes on from there
  std::size_t hashes_of_a_poll = 100'000;
};

// Entries with growing numbers, of which the oldest go.
template <class T>
class Notes {
 public:
  std::uint64_t end() const { return first_ + entries_.size(); }
  std::uint64_t first() const { return first_; }
  std::size_t size() const { return entries_.size(); }
  const T& at(std::uint64_t number) const { return entries_[number - first_]; }

  void add(T entry) { entries_.push_back(std::move(entry)); }
  void drop_before(std::uint64_t number) {
    while (first_ < number && !entries_.empty()) {
      entries_.pop_front();
      ++first_;
    }
  }

 private:
  std::uint64_t first_ = 0;
  std::deque<T> entries_;
};

class Filters {
 public:
  // `node` must outlive it.
  Filters(node::DevNode& node, std::shared_ptr<const base::Clock> clock,
          const FilterLimits& limits = {});
  Filters(const Filters&) = delete;
  Filters& operator=(const Filters&) = delete;

  // The new filter's id.
  RpcResult<std::string> add_logs(const LogFilterObject& filter);
  RpcResult<std::string> add_blocks();
  RpcResult<std::string> add_transactions(bool whole);  // hashes, or whole transactions
  bool remove(const std::string& id);                   // false: there was none

  // What came since the last call, as JSON: logs, block hashes, transactions.
  Answer changes(const std::string& id);
  // What the log filter was made of.
  RpcResult<LogFilterObject> log_filter(const std::string& id);

  std::size_t size() const;
  std::size_t notes() const;

 private:
  enum class Kind : std::uint8_t { logs, blocks, transactions };
  struct Filter {
    explicit Filter(Kind of) : kind(of) {}
    const Kind kind;
    LogFilterObject logs{};
    bool whole = false;
    std::mutex polling;  // held for a whole poll; before mutex_
    // Under mutex_:
    std::uint64_t next = 0;         // block
    std::uint64_t next_note = 0;    // of removed_ or pooled_
    std::uint64_t last_polled = 0;  // steady milliseconds
  };
  using FilterPtr = std::shared_ptr<Filter>;
  // What a poll looks at.
  struct News {
    std::shared_ptr<const chain::ChainView> head;
    std::uint64_t next = 0;  // block
    std::vector<chain::RemovedBlock> removed;
    std::vector<txpool::EntryPtr> pooled;
  };

  RpcResult<std::string> add(const FilterPtr& filter);
  void note(const node::Event& event);
  void expire();
  void forget_told();
  std::uint64_t notes_end(Kind kind) const;
  RpcResult<FilterPtr> find(const std::string& id);
  News take_news(Filter& filter);
  void told(Filter& filter, std::uint64_t next);
  std::string log_changes(Filter& filter, const News& news);
  std::string block_changes(Filter& filter, const News& news);

  std::shared_ptr<const base::Clock> clock_;
  FilterLimits limits_;
  base::SystemRandom random_;
  mutable std::mutex mutex_;
  std::shared_ptr<const chain::ChainView> head_;  // as the last event left it
  std::map<std::string, FilterPtr> filters_;
  Notes<chain::RemovedBlock> removed_;  // as they were taken back, the newest block of each first
  Notes<txpool::EntryPtr> pooled_;
  node::EventStream::Subscription events_;  // last: its listener uses all of the above
};

}  // namespace cairn::api
