#pragma once
// What a tracer sees of an execution. Called on the thread that executes.
// Order for one instruction: on_step, then on_cost, then its effect on other frames (for calls:
// on_enter ... on_exit); a frame that halts exceptionally ends with on_fault and on_exit.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "base/u256.hpp"
#include "evm/message.hpp"
#include "types/log.hpp"

namespace cairn::evm {

// The frame before an instruction. Views are valid during the call alone.
struct Step {
  std::uint64_t pc = 0;
  std::uint8_t opcode = 0;
  std::string_view name;         // empty for undefined codes
  std::int64_t gas = 0;          // before the instruction's cost
  std::int64_t static_cost = 0;  // on_cost tells the whole
  std::int64_t refund = 0;       // of the transaction so far
  int depth = 0;                 // 0 in the outermost frame
  Address address;               // whose storage this is
  std::span<const U256> stack;   // the top is the last
  BytesView memory;
  BytesView return_data;
};

// What exactly ran out, in the distinctions that geth makes: it reckons some of an instruction's
// gas inside its own rules (nested) and the rest outside of them.
enum class GasFault : std::uint8_t {
  plain,
  nested,
  memory_overflow,         // a range of memory beyond 64 bits
  nested_memory_overflow,  // beyond what any gas could pay for
  reentrancy_sentry,       // EIP-2200: SSTORE with the stipend alone
};

// Why and where a frame halted exceptionally.
struct Fault {
  Status status = Status::out_of_gas;
  GasFault gas = GasFault::plain;
  // The instruction; nothing where the fast loop charges for several at once and the gas ends.
  std::optional<std::uint8_t> opcode;
  std::size_t stack_height = 0;  // before it; for faults of the stack
  std::uint64_t init_code_size = 0;
  // Where instructions are told: what this one would have cost as far as geth reckons it, all of it
  // where the fault is plain.
  std::int64_t cost = 0;
  std::int64_t refund = 0;  // of the transaction, with what this instruction's rule adds
};

class Tracer {
 public:
  virtual ~Tracer() = default;

  // False: only frames, logs and faults are told, and code runs in the fast loop. Asked once.
  virtual bool wants_steps() const = 0;

  // A call or creation begins (precompiles too; for creations `recipient` is the new address), or
  // would have begun: one beyond the depth limit or the balance ends at once.
  virtual void on_enter(const Message& message) = 0;
  virtual void on_exit(Status status, std::int64_t gas_left, BytesView output) = 0;
  // A LOG instruction of the innermost frame; a failure of any frame around it takes it back.
  virtual void on_log(const types::Log& log) = 0;
  // SELFDESTRUCT moved `balance` wei.
  virtual void on_selfdestruct(const Address& address, const Address& beneficiary,
                               const U256& balance) = 0;

  virtual void on_step(const Step& step) = 0;
  // All gas of the last step, what a call hands to its callee included (what a creation hands on is
  // not, as in geth), known once it has been charged; and the transaction's refund after it.
  virtual void on_cost(std::int64_t gas, std::int64_t refund) = 0;
  virtual void on_fault(const Fault& fault) = 0;
};

}  // namespace cairn::evm
