#pragma once
// What a call frame is asked to do and what it answers. Gas is a signed 64-bit count: a negative
// remainder means that it ran out.

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "base/u256.hpp"
#include "evm/precompile_moves.hpp"
#include "types/fork.hpp"

namespace cairn::evm {

using types::Fork;

class AddressSet;  // evm/address_set.hpp
class ConsoleLog;  // evm/console.hpp

// Constant during a block.
struct BlockContext {
  Fork fork = types::kLatestFork;
  std::uint64_t chain_id = 1;
  std::uint64_t number = 0;
  std::uint64_t timestamp = 0;
  std::uint64_t gas_limit = 0;
  Address coinbase;
  U256 prev_randao;  // the difficulty before the merge
  U256 base_fee;
  U256 blob_base_fee;
  // A dev chain may lift EIP-170's and EIP-3860's bounds (bytes).
  std::uint64_t max_code_size = 24'576;
  // Bytes of memory that a frame may have; one that needs more runs out of gas. A dev chain may
  // lower what gas bounds anyway.
  std::uint64_t max_memory = 0xffff'ffff;
  const PrecompileMoves* precompile_moves = nullptr;  // null: none; outlives the call
};

// Constant during a transaction.
struct TransactionContext {
  Address origin;
  U256 gas_price;  // effective, wei
  std::span<const Hash256> blob_hashes;
  // Another thread sets it to end the run with Status::stopped, soon: it is looked at wherever code
  // may loop. Null: the run goes to its end.
  const std::atomic<bool>* stop = nullptr;
  // Gets what contracts say through console.log. Null: nobody listens.
  ConsoleLog* console = nullptr;
  // Gets whom frames call, create or try to, and whom a self-destruction pays, failed or not. Null:
  // nobody asks.
  AddressSet* appearances = nullptr;
};

enum class CallKind : std::uint8_t { call, call_code, delegate_call, static_call, create, create2 };

constexpr bool is_creation(CallKind kind) {
  return kind == CallKind::create || kind == CallKind::create2;
}

struct Message {
  CallKind kind = CallKind::call;
  bool is_static = false;
  int depth = 0;
  std::int64_t gas = 0;
  Address sender;        // CALLER in the new frame
  Address recipient;     // ADDRESS in the new frame; for creations filled in by the EVM
  Address code_address;  // whose code runs (before EIP-7702 delegation is followed)
  U256 value;            // CALLVALUE; moved for call, create and create2 only
  Hash256 salt;          // create2
  BytesView input;       // call data, or init code
};

enum class Status : std::uint8_t {
  success,
  revert,
  // Exceptional halts: all gas of the frame is gone, nothing it did stays.
  out_of_gas,
  invalid_instruction,
  undefined_instruction,
  stack_overflow,
  stack_underflow,
  bad_jump_destination,
  invalid_memory_access,  // RETURNDATACOPY past the end
  static_violation,
  precompile_failure,
  create_collision,
  code_store_out_of_gas,  // returned code that cannot be paid for
  code_too_large,
  invalid_code_prefix,  // EIP-3541
  init_code_too_large,  // EIP-3860
  nonce_overflow,       // EIP-2681
  // The frame never began; its gas comes back.
  call_depth_exceeded,
  insufficient_balance,
  balance_overflow,  // the recipient's would pass 2^256 - 1
  stopped,           // by TransactionContext::stop; what it says of the call means nothing
};

std::string_view status_name(Status status);

struct CallResult {
  Status status = Status::success;
  std::int64_t gas_left = 0;
  std::int64_t gas_refund = 0;  // may be negative (EIP-2200) in a frame, never over a transaction
  Bytes output;                 // returned or reverted bytes; empty for creations that succeed
  Address created;              // of a creation that succeeded

  bool succeeded() const { return status == Status::success; }
};

}  // namespace cairn::evm
