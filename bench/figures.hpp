#pragma once
// Figures, and lines that hold them beside their bars.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::bench {

using Clock = std::chrono::steady_clock;

inline double milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

// Processor time of all of the process's threads: what other programs take meanwhile does not
// count.
inline double cpu_milliseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

inline double quantile(std::vector<double> figures, double q) {
  std::ranges::sort(figures);
  return figures[static_cast<std::size_t>(static_cast<double>(figures.size() - 1) * q)];
}

// The lowest of several timings of the same work: what others on the machine do only adds to it.
class Best {
 public:
  void add(double figure) {
    second_ = std::min(second_, std::max(figure, best_));
    best_ = std::min(best_, figure);
    sum_ += figure;
    ++count_;
  }
  double value() const { return best_; }
  int count() const { return count_; }
  // Short timings want many.
  bool is_long_enough() const { return sum_ >= kLongEnough; }
  // Whether more would hardly lower it: the two lowest are within 3 % of each other.
  bool is_settled() const { return is_long_enough() && second_ <= best_ * 1.03; }

 private:
  static constexpr double kLongEnough = 50;  // milliseconds of all

  double best_ = std::numeric_limits<double>::max();
  double second_ = std::numeric_limits<double>::max();
  double sum_ = 0;
  int count_ = 0;
};

struct Line {
  std::string what;
  double bar;
  double figure;
  std::string_view unit;
};

// Whether the figure is within its bar.
inline bool print(const Line& line) {
  const bool pass = line.figure <= line.bar;
  fmt::print("{:<48} bar {:>8.2f} {:<2}  figure {:>8.2f} {:<2}  {}\n", line.what, line.bar,
             line.unit, line.figure, line.unit, pass ? "PASS" : "MISS");
  return pass;
}

}  // namespace cairn::bench
