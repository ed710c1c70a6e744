#pragma once
// Chance as an argument: a simulation repeats itself from a seed, a node asks its machine.

#include <cstdint>
#include <span>

namespace cairn::base {

class Random {
 public:
  virtual ~Random() = default;

  virtual std::uint64_t next() = 0;

  // Evenly distributed below `bound`, which is not 0.
  std::uint64_t below(std::uint64_t bound);
  void fill(std::span<std::uint8_t> bytes);
};

// xoshiro256** seeded by splitmix64: the same numbers on every machine. Not for secrets; one
// thread.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  std::uint64_t next() override;

 private:
  std::uint64_t state_[4];
};

// The operating system's generator, fit for keys. Any thread. Throws where there is none.
class SystemRandom final : public Random {
 public:
  std::uint64_t next() override;
};

}  // namespace cairn::base
