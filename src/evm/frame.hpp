#pragma once
// One call frame, and the pool frames come from. The interpreter's loops work on a Frame and return
// when it ends or wants a callee; Evm keeps the stack of frames, so depth costs no native stack.

#include <memory>
#include <optional>
#include <vector>

#include "evm/code.hpp"
#include "evm/gas.hpp"
#include "evm/host.hpp"
#include "evm/memory.hpp"
#include "evm/message.hpp"

namespace cairn::evm {

class Tracer;
enum class GasFault : std::uint8_t;
struct ThreadedCode;
union Word;

// What all frames of one transaction share.
struct Environment {
  Host& host;
  const BlockContext& block;
  const TransactionContext& transaction;
  const InstructionTable& instructions;
  const GasCosts& costs;
  Tracer* tracer;
  const std::atomic<bool>& stop;

  Fork fork() const { return block.fork; }
};

inline constexpr std::size_t kStackLimit = 1024;
inline constexpr int kTemporaries = 32;  // items above the stack that threaded code may use

// Why a loop gave a frame back.
enum class Exit : std::uint8_t { none, ended, callee };

struct Frame {
  Environment* environment = nullptr;
  const Code* code = nullptr;
  Message message;
  std::size_t snapshot = 0;
  std::int64_t refund_before = 0;  // of the transaction when this frame began

  // Where execution stands. `top` is the highest item; one below stack() when there is none.
  // With threaded code, `next` takes the place of pc, and `top` is the top as it was when the
  // current block began; `resumes` says that `next` is inside a block.
  const ThreadedCode* threaded = nullptr;
  const Word* next = nullptr;
  bool resumes = false;
  std::uint64_t pc = 0;
  U256* top = nullptr;
  std::int64_t gas = 0;
  std::int64_t refund = 0;
  Memory memory;
  Bytes return_data;

  // How it left the loop. An instruction that fails sets `status` and answers with negative gas;
  // out_of_gas is what is there when it sets nothing.
  Exit exit = Exit::none;
  Status status = Status::out_of_gas;
  bool began_instruction = false;  // the byte-by-byte loop: it failed inside an operation
  bool failed_sentry = false;      // of SSTORE
  std::int64_t failed_cost = 0;    // of the instruction that the gas did not suffice for
  // Of a call, where there is a tracer: how geth sees that, and what it asks beyond the constant.
  GasFault failed_call{};
  std::uint64_t failed_call_cost = 0;
  std::size_t output_offset = 0;
  std::size_t output_size = 0;
  BytesView output() const { return memory.view(output_offset, output_size); }

  // The callee it waits for: its message, and where its answer goes.
  Message callee;
  U256* callee_result = nullptr;
  std::size_t callee_output_offset = 0;
  std::size_t callee_output_size = 0;

  // Creations run code of their own.
  std::optional<Code> init_code;

  U256* stack() { return stack_.get() + 1; }  // the item below the first may be pointed at
  std::size_t stack_height() { return static_cast<std::size_t>(top + 1 - stack()); }

 private:
  static constexpr std::size_t kItems = 1 + kStackLimit + kTemporaries;
  struct Free {
    void operator()(U256* items) const { std::allocator<U256>().deallocate(items, kItems); }
  };

  // Not cleared: nothing is read before it was pushed, and 33 KB are much for a short call.
  std::unique_ptr<U256[], Free> stack_{std::allocator<U256>().allocate(kItems)};
};

// Frames in use are a stack; those above it wait for reuse. One thread.
class FramePool {
 public:
  Frame& push() {
    if (used_ == frames_.size()) {
      frames_.push_back(std::make_unique<Frame>());
    }
    return *frames_[used_++];
  }
  void pop() { --used_; }
  Frame& top() { return *frames_[used_ - 1]; }
  std::size_t size() const { return used_; }

 private:
  std::vector<std::unique_ptr<Frame>> frames_;
  std::size_t used_ = 0;
};

}  // namespace cairn::evm
