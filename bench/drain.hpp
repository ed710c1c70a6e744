#pragma once
// Answers too large to keep.

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace cairn::bench {

// One request on a connection of its own; the answer is read to its end and dropped.
class Drain {
 public:
  // `request` asks the server to close. Throws where it cannot be sent.
  Drain(std::uint16_t port, std::string_view request);
  ~Drain();
  Drain(const Drain&) = delete;
  Drain& operator=(const Drain&) = delete;

  // Bytes of the answer; of what came in `limit` milliseconds where it is longer.
  std::size_t run(double limit = std::numeric_limits<double>::infinity());
  // The last bytes that came.
  const std::string& end() const { return end_; }

 private:
  int socket_;
  std::string end_;
};

}  // namespace cairn::bench
