#include "api/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/json_writer.hpp"
#include "api/refused_methods.hpp"
#include "base/u256.hpp"

namespace cairn::api {
namespace {

constexpr std::array<std::uint8_t, 4> kErrorSelector{0x08, 0xc3, 0x79, 0xa0};  // Error(string)
constexpr std::array<std::uint8_t, 4> kPanicSelector{0x4e, 0x48, 0x7b, 0x71};  // Panic(uint256)

bool starts_with(BytesView bytes, const std::array<std::uint8_t, 4>& selector) {
  return bytes.size() >= selector.size() && std::ranges::equal(bytes.first(4), selector);
}

// Solidity, "Panic via assert and error via require".
std::string_view panic_text(std::uint64_t code) {
  switch (code) {
    case 0x00:
      return "generic panic";
    case 0x01:
      return "assert(false)";
    case 0x11:
      return "arithmetic underflow or overflow";
    case 0x12:
      return "division or modulo by zero";
    case 0x21:
      return "enum overflow";
    case 0x22:
      return "invalid encoded storage byte array accessed";
    case 0x31:
      return "out-of-bounds array access; popping on an empty array";
    case 0x32:
      return "out-of-bounds access of an array or bytesN";
    case 0x41:
      return "out of memory";
    case 0x51:
      return "uninitialized function";
    default:
      return {};
  }
}

// The one dynamic string of an ABI-encoded tuple.
std::string abi_string(BytesView data) {
  constexpr std::size_t kWord = 32;
  if (data.size() < 2 * kWord) {
    return {};
  }
  const std::uint64_t offset = base::from_be(data.first(kWord)).saturated64();
  if (offset > data.size() - kWord) {
    return {};
  }
  const std::uint64_t size = base::from_be(data.subspan(offset, kWord)).saturated64();
  const BytesView rest = data.subspan(offset + kWord);
  return size <= rest.size() ? std::string(base::text_of(rest.first(size))) : std::string{};
}

// As geth has it, where it says more than the status's name.
std::string_view halt_text(evm::Status status) {
  using evm::Status;
  switch (status) {
    case Status::invalid_instruction:
      return "invalid opcode: INVALID";
    case Status::undefined_instruction:
      return "invalid opcode: not defined at this fork";
    case Status::stack_overflow:
      return "stack limit reached 1024 (1023)";
    case Status::stack_underflow:
      return "stack underflow (too few items for the instruction)";
    case Status::precompile_failure:
      return "precompiled contract failed";
    case Status::stopped:
      return "execution aborted";
    default:
      return evm::status_name(status);
  }
}

RpcCode code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::malformed:
    case ErrorCode::limit:
      return RpcCode::invalid_params;
    case ErrorCode::not_found:
    case ErrorCode::unsupported:
    case ErrorCode::conflict:
      return RpcCode::server;
    case ErrorCode::io:
    case ErrorCode::corrupt:
    case ErrorCode::in_doubt:
      break;
  }
  return RpcCode::internal;
}

}  // namespace

RpcError method_not_found(std::string_view method) {
  constexpr std::size_t kShown = 128;  // of a name that may be as long as the request
  for (const RefusedMethod& refused : refused_methods()) {
    if (refused.name == method) {
      return {RpcCode::method_not_found, fmt::format("the method {} does not exist/is not "
                                                     "available: it {}",
                                                     method, refused.reason)};
    }
  }
  return {RpcCode::method_not_found,
          fmt::format("the method {} does not exist/is not available", method.substr(0, kShown))};
}

RpcError notifications_not_supported() {
  return {RpcCode::method_not_found, "notifications not supported"};
}

RpcError rpc_error(const Error& error) { return {code_of(error.code), error.message}; }

RpcError rpc_error(const execution::Refusal& refusal) { return {RpcCode::server, refusal.message}; }

RpcError rpc_error(const txpool::Refusal& refusal) {
  const bool fault = refusal.code == txpool::PoolRefused::unavailable;
  return {fault ? RpcCode::internal : RpcCode::server, refusal.message};
}

RpcError rpc_error(evm::Status status, BytesView output) {
  if (status != evm::Status::revert) {
    return {RpcCode::server, std::string(halt_text(status))};
  }
  const std::string reason = revert_reason(output);
  return {RpcCode::reverted,
          reason.empty() ? "execution reverted" : fmt::format("execution reverted: {}", reason),
          to_json(output)};
}

std::string revert_reason(BytesView output) {
  if (starts_with(output, kErrorSelector)) {
    return abi_string(output.subspan(4));
  }
  if (starts_with(output, kPanicSelector) && output.size() == 36) {
    const U256 code = base::from_be(output.subspan(4));
    const auto text = panic_text(code.saturated64());
    return text.empty() ? fmt::format("unknown panic code: {}", base::to_quantity(code))
                        : std::string(text);
  }
  return {};
}

}  // namespace cairn::api
