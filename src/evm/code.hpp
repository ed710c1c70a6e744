#pragma once
// Bytecode with what the interpreter knows about it. Immutable to its users: the analysis is made
// on first use, once, and any thread may share one Code.

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "types/fork.hpp"

namespace cairn::evm {

struct ThreadedCode;  // evm/threaded_code.hpp

class Code {
 public:
  // Counts the bytes of memory that its codes take, what they are translated to included.
  using Tally = std::atomic<std::size_t>;

  Code() : Code(BytesView{}) {}
  explicit Code(BytesView bytecode, std::shared_ptr<Tally> tally = nullptr);
  ~Code();
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;

  BytesView bytes() const { return {padded_.data(), size_}; }
  std::size_t size() const { return size_; }
  // Bytes of it as of now: grows when the code is analysed and translated.
  std::size_t memory() const { return memory_; }
  bool empty() const { return size_ == 0; }

  // The bytes followed by kPadding zeros: an instruction with its data can be read at any position,
  // and execution past the end meets STOP.
  const std::uint8_t* padded() const { return padded_.data(); }
  static constexpr std::size_t kPadding = 33;

  // A JUMPDEST that is not inside a PUSH's data.
  bool is_jump_destination(std::uint64_t position) const {
    if (position >= size_) {
      return false;
    }
    std::call_once(jump_destinations_once_, [this] { find_jump_destinations(); });
    return ((jump_destinations_[position / 64] >> (position % 64)) & 1) != 0;
  }

  // Forty times the longest that Ethereum allows (EIP-170), and above what other chains do.
  static constexpr std::size_t kLongestTranslated = std::size_t{1} << 20;  // bytes

  // The form that the fast loop runs, made now if it is not there. Null for what is longer than
  // kLongestTranslated: the form takes up to forty times the memory of the bytes.
  const ThreadedCode* threaded(types::Fork fork) const;
  // A frame begins: the same, and null while the code has not run often enough to be worth it.
  const ThreadedCode* threaded_if_hot(types::Fork fork) const;

 private:
  void find_jump_destinations() const;
  void count(std::size_t bytes) const;

  Bytes padded_;
  std::size_t size_;
  mutable std::once_flag jump_destinations_once_;
  mutable std::vector<std::uint64_t> jump_destinations_;
  mutable std::atomic<int> runs_ = 0;
  mutable std::array<std::atomic<const ThreadedCode*>, types::kForkCount> threaded_{};
  mutable std::mutex translating_;
  std::shared_ptr<Tally> tally_;
  mutable std::atomic<std::size_t> memory_ = 0;
};

// EIP-7702: an account whose code is 0xef0100 and an address runs the code at that address.
std::optional<Address> delegation_of(BytesView code);

}  // namespace cairn::evm
