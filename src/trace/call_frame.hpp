#pragma once
// What one call or creation did, and those it led to.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evm/message.hpp"
#include "types/log.hpp"

namespace cairn::trace {

enum class FrameType : std::uint8_t {
  call,
  call_code,
  delegate_call,
  static_call,
  create,
  create2,
  selfdestruct,
};

FrameType frame_type_of(evm::CallKind kind);
// "CALL", "CREATE2" ...
std::string_view frame_type_name(FrameType type);
bool is_creation(FrameType type);

struct FrameLog {
  types::Log log;
  std::uint64_t index = 0;     // in the block, had no frame failed after it
  std::uint64_t position = 0;  // how many calls of the frame came before it
};

struct CallFrame {
  FrameType type = FrameType::call;
  Address from;               // whose code called; whose balance goes, with selfdestruct
  std::optional<Address> to;  // whose code runs, what is created, who gets the balance
  std::optional<U256> value;  // none: a static call
  std::uint64_t gas = 0;      // of the outermost frame: the transaction's gas limit
  std::uint64_t gas_used = 0;
  Bytes input;
  Bytes output;  // returned or reverted bytes, or the code that was created
  evm::Status status = evm::Status::success;
  std::string error;          // geth's words; empty: it succeeded
  std::string revert_reason;  // of Error(string) and Panic(uint256)
  bool is_precompile = false;
  std::vector<FrameLog> logs;  // none where the frame, or one around it, failed
  std::vector<CallFrame> calls;
};

}  // namespace cairn::trace
