#pragma once
// How long a thread that found nothing to do goes on looking before it sleeps.
//
// Who has an answer often asks again at once (a transaction's sender for its receipt), and a thread
// that sleeps takes tens of microseconds to wake for it. So looking may take half of the CPU time
// that work has taken, and 200 microseconds at most: nothing where a node is idle. Short questions
// earn nothing, because looking for more of them would be much of what they cost.

#include <algorithm>
#include <chrono>

namespace cairn::api {

// One thread's. Times are the CPU time that it has used so far.
class SpinBudget {
 public:
  using Time = std::chrono::nanoseconds;
  static constexpr Time kMost = std::chrono::microseconds(200);
  static constexpr Time kShort = std::chrono::microseconds(100);

  // It has done something.
  void worked(Time now) {
    const Time took = now - at_;
    left_ = std::min(took < kShort ? left_ : left_ + took / 2, kMost);
    at_ = now;
  }
  // Whether it may look for more before it sleeps.
  bool may_look() const { return left_ > Time{0}; }
  // It has looked and found nothing.
  void looked(Time now) {
    left_ -= std::min(left_, now - at_);
    at_ = now;
  }

 private:
  Time left_{0};
  Time at_{0};
};

}  // namespace cairn::api
