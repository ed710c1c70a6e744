#pragma once
// Sending and waiting for the receipt in one request: eth_sendRawTransactionSync (EIP-7966), and
// the same for what this node signs.

#include <optional>

#include "api/call_parameters.hpp"
#include "api/method.hpp"

namespace cairn::api {

// Milliseconds, as a JSON number or a quantity. What is not between 1 and the longest wait stands
// for the usual one, as the EIP asks.
struct WaitTime {
  std::uint64_t ms = 0;
};
Read<WaitTime> read_wait_time(JsonValue value);

template <>
struct Parameter<WaitTime> {
  static constexpr std::string_view kKind = "milliseconds";
  static Read<WaitTime> read(JsonValue value) { return read_wait_time(value); }
};

RpcResult<void> eth_send_raw_transaction_sync(Context& context, Later& later,
                                              const Bytes& transaction,
                                              const std::optional<WaitTime>& timeout);
// As reth and anvil have it; the errors are the EIP's.
RpcResult<void> eth_send_transaction_sync(Context& context, Later& later,
                                          const TransactionObject& transaction,
                                          const std::optional<WaitTime>& timeout);

}  // namespace cairn::api
