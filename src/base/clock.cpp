#include "base/clock.hpp"

#include <chrono>

namespace cairn::base {
namespace {

template <class Source>
std::uint64_t milliseconds() {
  const auto since = Source::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

}  // namespace

std::uint64_t SystemClock::unix_ms() const { return milliseconds<std::chrono::system_clock>(); }
std::uint64_t SystemClock::steady_ms() const { return milliseconds<std::chrono::steady_clock>(); }

}  // namespace cairn::base
