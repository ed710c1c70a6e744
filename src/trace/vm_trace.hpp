#pragma once
// Parity's vmTrace: each instruction of each frame with what it cost, pushed, wrote to memory and
// to storage, and the frame that it began.
//
// What an instruction left behind is seen when the next one of its frame begins. Instructions that
// halt for want of gas have no `ex`; what is no instruction, or finds too little on the stack, is
// left out, as is the STOP where code ends.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/text_pieces.hpp"
#include "evm/tracer.hpp"
#include "trace/transaction_tracer.hpp"

namespace cairn::trace {

class VmTrace {
 public:
  explicit VmTrace(const Subject& subject) : overlay_(subject.overlay), fork_(subject.fork()) {}

  void on_enter(const evm::Message& message);
  void on_step(const evm::Step& step);
  void on_cost(std::int64_t gas);
  void on_fault(const evm::Fault& fault);
  void on_exit(evm::Status status);

  bool is_truncated() const { return truncated_; }
  // The JSON object of the outermost frame, after the run.
  const codec::TextPieces& text() const { return text_; }

 private:
  struct Range {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    bool only_returned = false;  // no more of it than the callee's answer
  };
  struct Operation {
    std::uint64_t pc = 0;
    std::int64_t gas = 0;  // before it
    std::int64_t cost = 0;
    std::uint8_t opcode = 0;
    std::uint8_t gives = 0;  // stack items
    std::optional<Range> memory;
    std::optional<std::pair<U256, U256>> store;  // key and value
    codec::TextPieces sub;                       // JSON; empty: none
  };
  struct Frame {
    Bytes code;
    codec::TextPieces operations;  // JSON objects with commas between
    std::optional<Operation> pending;
  };

  Bytes code_of(const evm::Message& message) const;
  static std::optional<Range> memory_of(const evm::Step& step);
  // Unless it is one byte too many: then all is let go.
  void put(codec::TextPieces& to, std::string_view text);
  // Writes the pending operation; `ex` is its member of this name, as JSON text.
  void add(Frame& frame, const std::string& ex);
  static std::string executed(const Operation& operation, std::int64_t gas_left,
                              const evm::Step* after);

  state::Overlay& overlay_;
  evm::Fork fork_;
  std::vector<Frame> frames_;
  std::size_t size_ = 0;  // bytes of all texts
  bool truncated_ = false;
  codec::TextPieces text_;
};

}  // namespace cairn::trace
