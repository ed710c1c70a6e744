#include "api/subscriptions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "api/json_writer.hpp"
#include "api/objects.hpp"
#include "api/random_id.hpp"

namespace cairn::api {

Subscriptions::Subscriptions(node::DevNode& node, base::Logger logger,
                             const SubscriptionLimits& limits)
    : node_(node), logger_(std::move(logger)), limits_(limits) {
  events_ = node_.events().subscribe([this](const node::Event& event) { listen(event); });
  {
    const std::scoped_lock lock(mutex_);
    if (!head_) {
      head_ = node_.head();
    }
  }
  thread_ = std::thread([this] { run(); });
}

Subscriptions::~Subscriptions() {
  events_ = {};
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  thread_.join();
}

// On the writer's thread: as little as can be. Our thread, and a thousand pushes that would take
// every core, wait for the reply to who brought the block; but not for a command that brings block
// after block: from its second on, each wakes us.
void Subscriptions::listen(const node::Event& event) {
  const std::scoped_lock lock(mutex_);
  if (std::holds_alternative<node::Answered>(event)) {
    unanswered_heads_ = 0;
    if (!queue_.empty()) {
      wake_.notify_one();
    }
    return;
  }
  const auto* changed = std::get_if<node::HeadChanged>(&event);
  if (changed != nullptr) {
    head_ = changed->head;
  }
  if (subscriptions_.empty()) {
    return;
  }
  if (changed == nullptr) {
    if (announced_to_ == 0 || queue_.size() >= limits_.queue) {
      return;
    }
    queue_.emplace_back(std::get<node::TransactionPooled>(event));
  } else {
    // Blocks upon blocks are one change of the head: the queue holds one view of the chain for it.
    auto* before = queue_.empty() ? nullptr : std::get_if<node::HeadChanged>(&queue_.back());
    if (++unanswered_heads_ > 1) {
      wake_.notify_one();
    }
    if (before != nullptr && changed->removed.empty() && before->removed.empty()) {
      before->head = changed->head;
    } else {
      queue_.emplace_back(*changed);
    }
  }
}

RpcResult<void> Subscriptions::check_room(const std::shared_ptr<Peer>& peer) {
  const auto of_peer = [&] {
    const auto at = counts_.find(peer);
    return at == counts_.end() ? 0 : at->second;
  };
  if (of_peer() >= limits_.of_a_peer) {
    return rpc_fail(
        RpcCode::invalid_params,
        fmt::format("too many subscriptions: at most {} on one connection", limits_.of_a_peer));
  }
  if (subscriptions_.size() >= limits_.of_all) {
    sweep();
  }
  if (subscriptions_.size() >= limits_.of_all) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("too many subscriptions: at most {} in all", limits_.of_all));
  }
  return {};
}

RpcResult<std::string> Subscriptions::subscribe(const std::shared_ptr<Peer>& peer, Topic topic,
                                                std::optional<std::uint64_t> first,
                                                std::vector<Text> before) {
  std::string id = random_id(random_);
  const std::scoped_lock lock(mutex_);
  CAIRN_CHECK(check_room(peer));
  const std::uint64_t next = head_->number() + 1;
  if (first && *first > next) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("fromBlock {:#x} is beyond the next block, {:#x}", *first, next));
  }
  if (first && *first < head_->first_block()) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("fromBlock {:#x} is from before the fork: the first own block is "
                                "{:#x}",
                                *first, head_->first_block()));
  }
  auto made = std::make_shared<Subscription>(id, peer, std::move(topic), first.value_or(next));
  made->begin_with(std::move(before));
  ++counts_[peer];
  announced_to_ += std::holds_alternative<PooledTopic>(made->topic()) ? 1 : 0;
  subscriptions_.emplace(id, made);
  queue_.emplace_back(Added{std::move(made), head_});
  return id;
}

void Subscriptions::activate(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  const auto at = subscriptions_.find(id);
  if (at != subscriptions_.end()) {
    queue_.emplace_back(Activated{at->second});
    wake_.notify_one();
  }
}

bool Subscriptions::unsubscribe(const std::shared_ptr<Peer>& peer, const std::string& id) {
  const std::scoped_lock lock(mutex_);
  const auto at = subscriptions_.find(id);
  if (at == subscriptions_.end() || !at->second->belongs_to(peer)) {
    return false;
  }
  at->second->end();
  erase(SubscriptionPtr(at->second));
  return true;
}

// Under the mutex.
void Subscriptions::erase(const SubscriptionPtr& subscription) {
  if (subscriptions_.erase(subscription->id()) == 0) {
    return;
  }
  announced_to_ -= std::holds_alternative<PooledTopic>(subscription->topic()) ? 1 : 0;
  const auto count = counts_.find(subscription->peer());
  if (count != counts_.end() && --count->second == 0) {
    counts_.erase(count);
  }
}

// Forgets those of closed connections that nothing was to be told since. Under the mutex.
void Subscriptions::sweep() {
  std::vector<SubscriptionPtr> gone;
  for (const auto& [id, one] : subscriptions_) {
    if (one->is_gone()) {
      gone.push_back(one);
    }
  }
  std::ranges::for_each(gone, [this](const SubscriptionPtr& one) { erase(one); });
}

std::size_t Subscriptions::size() const {
  const std::scoped_lock lock(mutex_);
  return subscriptions_.size();
}

void Subscriptions::run() {
  constexpr auto kSlowReaders = std::chrono::milliseconds(2);
  std::unique_lock lock(mutex_);
  while (true) {
    const auto has_work = [this] { return stopping_ || !queue_.empty(); };
    if (any_behind_) {
      wake_.wait_for(lock, kSlowReaders, has_work);
    } else {
      wake_.wait(lock, has_work);
    }
    if (stopping_) {
      return;
    }
    std::deque<Item> items = std::exchange(queue_, {});
    lock.unlock();
    try {
      for (std::size_t left = items.size(); !items.empty(); items.pop_front()) {
        take(items.front(), --left);
      }
      deliver(true);
      rest();
    } catch (const std::exception& fault) {  // of no subscription: there is no memory
      logger_.error("subscriptions end", {{"fault", fault.what()}});
      return;
    }
    lock.lock();
  }
}

template <class Work>
bool Subscriptions::alone(Subscription& one, Work&& work) {
  try {
    work();
    return true;
  } catch (const std::exception& fault) {
    logger_.error("a subscription ends", {{"id", one.id()}, {"fault", fault.what()}});
    try {
      one.fail(fault.what());
    } catch (const std::exception&) {  // its peer's end
      one.end();
    }
    return false;
  }
}

void Subscriptions::take(Item& item, std::size_t items_left) {
  constexpr std::size_t kHurry = 64;  // with more waiting, the chain is told of at the end
  if (auto* added = std::get_if<Added>(&item)) {
    at_ = added->head;
    if (std::holds_alternative<PooledTopic>(added->subscription->topic())) {
      announced_.push_back(added->subscription);
    } else if (!std::holds_alternative<SyncingTopic>(added->subscription->topic())) {
      followed_.push_back({added->subscription, true});
    }
  } else if (auto* activated = std::get_if<Activated>(&item)) {
    Subscription& one = *activated->subscription;
    alone(one, [&] { one.activate(); });
  } else if (auto* changed = std::get_if<node::HeadChanged>(&item)) {
    take_head(*changed);
    if (items_left < kHurry) {
      deliver(false);
    }
  } else {
    announce(*std::get<node::TransactionPooled>(item).entry);
  }
}

void Subscriptions::take_head(const node::HeadChanged& changed) {
  const auto before = std::exchange(at_, changed.head);
  if (changed.removed.empty()) {
    // A reset to another fork drops everything, whatever the heights.
    if (before && before->settings().instance_id != at_->settings().instance_id) {
      texts_.clear();
      std::ranges::for_each(followed_, [&](Followed& one) { one.subscription->begin_anew(*at_); });
    }
    return;
  }
  texts_.clear();
  for (const chain::RemovedBlock& block : changed.removed) {
    BlockTexts removed(block.block, block.receipts, true);
    for (Followed& one : followed_) {
      alone(*one.subscription, [&] { one.subscription->take_back(removed); });
    }
  }
  for (Followed& one : followed_) {
    if (changed.first_added > at_->number()) {
      one.subscription->head_after_removal(*at_);
    }
  }
}

void Subscriptions::announce(const txpool::Entry& entry) {
  Text hash;
  Text whole;
  std::vector<SubscriptionPtr> gone;
  for (const SubscriptionPtr& one : announced_) {
    const bool wants_whole = std::get<PooledTopic>(one->topic()).whole;
    Text& text = wants_whole ? whole : hash;
    if (!text) {
      JsonWriter out;
      wants_whole ? write_transaction(out, entry.transaction, entry.hash, entry.sender, {})
                  : static_cast<void>(out.value(entry.hash));
      text = message_end(std::move(out).take());
    }
    bool open = !one->is_gone();
    open = open && alone(*one, [&] { open = one->announce(text); }) && open;
    if (!open) {
      gone.push_back(one);
    }
  }
  forget(std::move(gone));
}

void Subscriptions::deliver(bool to_those_behind) {
  std::vector<SubscriptionPtr> gone;
  any_behind_ = false;
  for (Followed& one : followed_) {
    if (one.behind && !to_those_behind) {
      any_behind_ = true;
      continue;
    }
    auto progress = Subscription::Progress::gone;
    alone(*one.subscription, [&] { progress = one.subscription->deliver(*at_, texts_); });
    one.behind = progress == Subscription::Progress::behind;
    any_behind_ = any_behind_ || one.behind;
    if (progress == Subscription::Progress::gone) {
      gone.push_back(one.subscription);
    }
  }
  forget(std::move(gone));
}

// A view of the chain keeps the store from tidying up: none is held for nobody.
void Subscriptions::rest() {
  if (followed_.empty()) {
    at_.reset();
    texts_.clear();
  }
}

void Subscriptions::forget(std::vector<SubscriptionPtr> gone) {
  if (gone.empty()) {
    return;
  }
  std::ranges::sort(gone);
  const auto is_gone = [&](const SubscriptionPtr& one) {
    return std::ranges::binary_search(gone, one);
  };
  std::erase_if(followed_, [&](const Followed& one) { return is_gone(one.subscription); });
  std::erase_if(announced_, is_gone);
  const std::scoped_lock lock(mutex_);
  for (const SubscriptionPtr& one : gone) {
    erase(one);
  }
}

}  // namespace cairn::api
