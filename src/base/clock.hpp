#pragma once
// Time as an argument: whoever needs it takes a Clock, so that tests and simulations own it.

#include <atomic>
#include <cstdint>

namespace cairn::base {

// Any thread may call.
class Clock {
 public:
  virtual ~Clock() = default;

  // Milliseconds since 1970-01-01 UTC. Follows the machine's clock, so it may jump back.
  virtual std::uint64_t unix_ms() const = 0;
  // Milliseconds since an unnamed moment; never goes back. For timeouts and durations.
  virtual std::uint64_t steady_ms() const = 0;

  std::uint64_t unix_seconds() const { return unix_ms() / 1000; }
};

class SystemClock final : public Clock {
 public:
  std::uint64_t unix_ms() const override;
  std::uint64_t steady_ms() const override;
};

// Stands still until it is told to move.
class SimulatedClock final : public Clock {
 public:
  explicit SimulatedClock(std::uint64_t unix_ms = 0) : unix_ms_(unix_ms) {}

  std::uint64_t unix_ms() const override { return unix_ms_; }
  std::uint64_t steady_ms() const override { return steady_ms_; }

  void advance(std::uint64_t ms) {
    unix_ms_ += ms;
    steady_ms_ += ms;
  }
  // As when an operator sets the machine's clock: steady time does not notice.
  void set_unix_ms(std::uint64_t ms) { unix_ms_ = ms; }

 private:
  std::atomic<std::uint64_t> unix_ms_;
  std::atomic<std::uint64_t> steady_ms_{0};
};

}  // namespace cairn::base
