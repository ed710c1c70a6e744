#include "tests/evm/twin.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace cairn::evm {
namespace {

// Bytecode that gets somewhere: instructions with operands on the stack, small offsets, addresses
// that are there, jumps to where JUMPDESTs are.
class CodeMaker {
 public:
  explicit CodeMaker(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  Bytes make(std::size_t instructions) {
    code_.clear();
    destinations_.clear();
    for (std::size_t i = 0; i < instructions; ++i) {
      add_instruction();
    }
    for (const std::size_t at : jumps_) {
      if (!destinations_.empty()) {
        const std::size_t target = destinations_[below(destinations_.size())];
        code_[at] = static_cast<std::uint8_t>(target >> 8);
        code_[at + 1] = static_cast<std::uint8_t>(target);
      }
    }
    jumps_.clear();
    return code_;
  }

 private:
  void byte(std::uint64_t value) { code_.push_back(static_cast<std::uint8_t>(value)); }

  void push_number() {
    switch (below(8)) {
      case 0:
        byte(0x7f);
        for (int i = 0; i < 32; ++i) {
          byte(below(3) == 0 ? 0xff : random_());
        }
        break;
      case 1: {
        const std::uint64_t size = 1 + below(20);
        byte(0x5f + size);
        for (std::uint64_t i = 0; i < size; ++i) {
          byte(random_());
        }
        break;
      }
      case 2:
        byte(0x60);
        byte(std::uint64_t{1} << below(8));
        break;
      case 3:
        byte(0x60);
        byte(below(2) == 0 ? 0xc0 : 0xca);
        break;
      default:
        byte(0x60);
        byte(below(70));
    }
  }

  void call(std::uint64_t op) {
    static constexpr std::array<std::uint8_t, 6> kTargets = {0xc0, 0xca, 0x02, 0x04, 0x77, 0xca};
    for (int i = 0; i < 4; ++i) {
      byte(0x60);
      byte(below(3) == 0 ? 0 : below(70));
    }
    if (op <= 0xf2) {
      byte(0x60);
      byte(below(2) == 0 ? 0 : below(1100) % 256);
    }
    byte(0x60);
    byte(kTargets[below(kTargets.size())]);
    byte(0x61);
    byte(below(80));
    byte(random_());
    byte(op);
  }

  void add_instruction() {
    switch (below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return push_number();
      case 4:
        return byte(0x80 + below(below(4) == 0 ? 16 : 3));
      case 5:
        return byte(0x90 + below(below(4) == 0 ? 16 : 3));
      case 6:
      case 7:
      case 8:
        return byte(below(0x1f));
      case 9:
        push_number();
        byte(0x51 + below(3));
        return;
      case 10:
        byte(0x60);
        byte(below(3));
        byte(0x54 + below(2));
        return;
      case 11:
        destinations_.push_back(code_.size());
        byte(0x5b);
        if (below(4) == 0) {
          byte(0x5b);
        }
        return;
      case 12: {
        if (below(2) == 0) {
          byte(0x10 + below(6));
        }
        byte(0x61);
        jumps_.push_back(code_.size());
        byte(0);
        byte(0);
        byte(0x56 + (below(5) == 0 ? 0u : 1u));
        return;
      }
      case 13: {
        static constexpr std::array<std::uint8_t, 8> kCalls = {0xf1, 0xf2, 0xf4, 0xfa,
                                                               0xf1, 0xf0, 0xf5, 0xff};
        const std::uint8_t op = kCalls[below(kCalls.size())];
        if (op == 0xff) {
          return byte(below(3) == 0 ? 0xff : 0x5a);
        }
        if (op == 0xf0 || op == 0xf5) {
          for (int i = 0; i < 4; ++i) {
            byte(0x60);
            byte(below(40));
          }
          return byte(op);
        }
        return call(op);
      }
      case 14:
        return byte(0x30 + below(0x30));
      default:
        switch (below(6)) {
          case 0:
            byte(0xa0 + below(5));
            return;
          case 1:
            byte(below(2) == 0 ? 0xf3 : 0xfd);
            return;
          case 2:
            byte(0x5a + below(6));
            return;
          case 3:
            byte(0x20);
            return;
          default:
            byte(random_());
        }
    }
  }

  std::mt19937_64 random_;
  Bytes code_;
  std::vector<std::size_t> destinations_;
  std::vector<std::size_t> jumps_;
};

TwinCase random_case(std::uint64_t seed) {
  CodeMaker maker(seed);
  TwinCase test;
  test.fork = static_cast<Fork>(maker.below(types::kForkCount));
  test.gas =
      static_cast<std::int64_t>(maker.below(4) == 0 ? maker.below(3'000) : maker.below(300'000));
  // A few pushes first, so that most instructions find operands.
  test.code = maker.make(5 + maker.below(120));
  Bytes stack;
  for (std::uint64_t i = maker.below(12); i > 0; --i) {
    stack.push_back(0x60);
    stack.push_back(static_cast<std::uint8_t>(maker.below(40)));
  }
  if (maker.below(2) == 0) {  // jumps then miss their targets, mostly
    test.code.insert(test.code.begin(), stack.begin(), stack.end());
  }
  test.callee = maker.make(maker.below(40));
  test.input.resize(maker.below(100));
  std::ranges::generate(test.input, [&] { return static_cast<std::uint8_t>(maker.below(256)); });
  test.is_static = test.fork >= Fork::byzantium && maker.below(5) == 0;
  return test;
}

TEST(Twin, EveryLoopDoesWhatTheReferenceDoesOnRandomCode) {
  constexpr std::uint64_t kCases = 20'000;
  for (std::uint64_t seed = 1; seed <= kCases; ++seed) {
    const auto difference = compare_with_twin(random_case(seed));
    ASSERT_FALSE(difference) << "seed " << seed << ": " << *difference;
  }
}

}  // namespace
}  // namespace cairn::evm
