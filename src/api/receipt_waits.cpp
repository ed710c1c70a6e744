#include "api/receipt_waits.hpp"

#include <algorithm>
#include <chrono>

namespace cairn::api {

ReceiptWaits::ReceiptWaits(node::DevNode& node, std::shared_ptr<const base::Clock> clock)
    : node_(node), clock_(std::move(clock)) {
  events_ = node_.events().subscribe([this](const node::Event& event) {
    const std::scoped_lock lock(mutex_);
    if (!waiting_.empty() && !std::holds_alternative<node::TransactionPooled>(event)) {
      look_ = true;
      wake_.notify_one();
    }
  });
  thread_ = std::thread([this] { run(); });
}

ReceiptWaits::~ReceiptWaits() {
  events_ = {};
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  thread_.join();
}

void ReceiptWaits::wait(const Hash256& transaction, std::uint64_t deadline, Done done) {
  const std::scoped_lock lock(mutex_);
  waiting_.push_back({.transaction = transaction, .deadline = deadline, .done = std::move(done)});
  look_ = true;
  wake_.notify_one();
}

void ReceiptWaits::run() {
  // A clock that is not the machine's may jump, so it is looked at now and then.
  constexpr std::chrono::milliseconds kLongestSleep{20};
  std::unique_lock lock(mutex_);
  while (true) {
    const auto has_work = [this] { return look_ || stopping_; };
    if (waiting_.empty()) {
      wake_.wait(lock, has_work);
    } else {
      wake_.wait_for(lock, kLongestSleep, has_work);
    }
    if (stopping_) {
      return;
    }
    const auto done = take_done();
    lock.unlock();
    std::ranges::for_each(done, [](const auto& call) { call(); });
    lock.lock();
  }
}

std::optional<ReceiptWaits::End> ReceiptWaits::end_of(const Waiting& one,
                                                      const chain::ChainView& head,
                                                      bool pooled) const {
  if (!pooled) {
    return head.place_of(one.transaction) ? End::mined : End::dropped;
  }
  return clock_->steady_ms() >= one.deadline ? std::optional(End::timeout) : std::nullopt;
}

std::vector<std::function<void()>> ReceiptWaits::take_done() {
  const bool look = std::exchange(look_, false);
  std::vector<std::function<void()>> out;
  std::erase_if(waiting_, [&](Waiting& one) {
    // The pool before the head: what goes from the one to the other is in the head by then.
    const bool pooled = !look || node_.find_pooled(one.transaction) != nullptr;
    const auto head = node_.head();
    const auto end = end_of(one, *head, pooled);
    if (end) {
      out.emplace_back([done = std::move(one.done), end, head] { done(*end, head); });
    }
    return end.has_value();
  });
  return out;
}

}  // namespace cairn::api
