#pragma once
// What contracts say through console.log (Hardhat's console.sol, Foundry's forge-std): calls of an
// address at which there is no code. Such a call does nothing, on every chain.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"

namespace cairn::evm {

inline constexpr Address kConsoleAddress = "0x000000000000000000636f6e736f6c652e6c6f67"_address;

// The call data of a transaction's console calls, in order; those of frames that reverted too. A
// transaction may make hundreds of thousands with megabytes each: what is beyond the bounds is
// counted alone. One thread.
class ConsoleLog {
 public:
  static constexpr std::size_t kMostMessages = 1'000;
  static constexpr std::size_t kMostBytes = 256 * 1024;  // of all messages

  void add(BytesView input) {
    if (messages_.size() == kMostMessages || input.size() > kMostBytes - bytes_) {
      ++left_out_;
      return;
    }
    bytes_ += input.size();
    messages_.push_back(base::to_bytes(input));
  }

  // Keeps the count alone.
  void forget() {
    left_out_ += messages_.size();
    messages_.clear();
    bytes_ = 0;
  }

  bool empty() const { return messages_.empty() && left_out_ == 0; }
  const std::vector<Bytes>& messages() const { return messages_; }
  std::size_t bytes() const { return bytes_; }
  std::uint64_t left_out() const { return left_out_; }

 private:
  std::vector<Bytes> messages_;
  std::size_t bytes_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace cairn::evm
