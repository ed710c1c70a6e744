#pragma once
// Every error that a client can be given, with its JSON-RPC code: the one place where codes stand.
// viem reads a node's own errors only under -32000, -32003 and 3, and repeats -32603 and -32005.

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace cairn::api {

enum class RpcCode : int {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,  // and every deterministic limit
  internal = -32603,        // a real fault of the node
  server = -32000,
  reverted = 3,
};

struct RpcError {
  RpcCode code = RpcCode::server;
  std::string message;
  std::string data;  // JSON text; empty: none
};

template <class T>
using RpcResult = Result<T, RpcError>;

inline std::unexpected<RpcError> rpc_fail(RpcCode code, std::string message) {
  return std::unexpected(RpcError{code, std::move(message), {}});
}

RpcError method_not_found(std::string_view method);

}  // namespace cairn::api
