#pragma once
// Every error that a client can be given, with its JSON-RPC code: the one place where codes stand.
// viem reads a node's own errors only under -32000, -32003 and 3, and repeats -32603 and -32005.

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "evm/message.hpp"
#include "execution/refusal.hpp"
#include "txpool/refusal.hpp"

namespace cairn::api {

enum class RpcCode : int {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,  // and every deterministic limit
  internal = -32603,        // a real fault of the node
  server = -32000,          // refused transactions, calls that halt, blocks that are not there
  reverted = 3,
  // eth_sendRawTransactionSync (EIP-7966)
  receipt_timeout = 4,
  not_executable = 5,
  nonce_gap = 6,
  pruned_history = 4444,
  resource_not_found = -32001,  // of a block that is there
  // eth_simulateV1 (execution-apis, eth/execute.yaml)
  vm_error = -32015,
  timed_out = -32016,
  nonce_too_low = -38010,
  nonce_too_high = -38011,
  base_fee_too_low = -38012,
  intrinsic_gas = -38013,
  insufficient_funds = -38014,
  block_gas_limit = -38015,
  block_number = -38020,
  block_timestamp = -38021,
  init_code_too_large = -38025,
  client_limit = -38026,
};

struct RpcError {
  RpcCode code = RpcCode::server;
  std::string message;
  std::string data = {};   // JSON text; empty: none
  bool is_logged = false;  // the log has told of it by more than its message
};

template <class T>
using RpcResult = Result<T, RpcError>;

inline std::unexpected<RpcError> rpc_fail(RpcCode code, std::string message) {
  return std::unexpected(RpcError{code, std::move(message)});
}

RpcError method_not_found(std::string_view method);
// What a method that pushes answers where nothing can be pushed (HTTP); geth's words.
RpcError notifications_not_supported();

RpcError rpc_error(const Error& error);
RpcError rpc_error(const execution::Refusal& refusal);
RpcError rpc_error(const txpool::Refusal& refusal);
// A call that did not succeed: code 3 with the returned bytes where it reverted.
RpcError rpc_error(evm::Status status, BytesView output);

// The text that a revert carries: Error(string) as it stands, Panic(uint256) in words; else empty.
std::string revert_reason(BytesView output);

// CAIRN_TRY turns errors into the caller's kind only where they are of that kind already.
template <class T, class E>
RpcResult<T> as_rpc(Result<T, E> result) {
  if (!result) {
    return std::unexpected(rpc_error(result.error()));
  }
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *std::move(result);
  }
}

}  // namespace cairn::api
