#pragma once
// Who waits for a receipt (EIP-7966): answered when the transaction is in a block, when it has left
// the pool without one, or when its time is over. Waiting holds no thread of those that answer
// requests. Any thread may call.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "node/dev_node.hpp"

namespace cairn::api {

class ReceiptWaits {
 public:
  enum class End : std::uint8_t { mined, dropped, timeout };
  // How it ended, and the head of then, whose chain has the transaction if it was mined. On a
  // thread that must not be kept.
  using Done = std::function<void(End, const std::shared_ptr<const chain::ChainView>&)>;

  // `node` must outlive it.
  ReceiptWaits(node::DevNode& node, std::shared_ptr<const base::Clock> clock);
  ~ReceiptWaits();  // those who still wait are not called
  ReceiptWaits(const ReceiptWaits&) = delete;
  ReceiptWaits& operator=(const ReceiptWaits&) = delete;

  // `deadline`: of the clock's steady milliseconds.
  void wait(const Hash256& transaction, std::uint64_t deadline, Done done);

  const base::Clock& clock() const { return *clock_; }

 private:
  struct Waiting {
    Hash256 transaction;
    std::uint64_t deadline = 0;
    Done done;
  };
  void run();
  std::optional<End> end_of(const Waiting& one, const chain::ChainView& head, bool pooled) const;
  std::vector<std::function<void()>> take_done();

  node::DevNode& node_;
  std::shared_ptr<const base::Clock> clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Waiting> waiting_;
  bool look_ = false;  // the chain or the pool may have changed, or somebody came
  bool stopping_ = false;
  node::EventStream::Subscription events_;
  std::thread thread_;  // last: uses all of the above
};

}  // namespace cairn::api
