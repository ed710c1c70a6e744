#include "trace/call_collector.hpp"

#include <fmt/format.h>

#include <utility>

#include "codec/abi.hpp"
#include "evm/evm.hpp"
#include "trace/failure_text.hpp"
#include "trace/precompile_error.hpp"

namespace cairn::trace {
namespace {

CallFrame frame_of(const evm::Message& message) {
  CallFrame frame;
  frame.type = frame_type_of(message.kind);
  const bool borrows = message.kind == evm::CallKind::delegate_call;
  frame.from = borrows ? message.recipient : message.sender;
  frame.to = is_creation(frame.type) ? message.recipient : message.code_address;
  if (message.kind != evm::CallKind::static_call) {
    frame.value = message.value;
  }
  frame.gas = static_cast<std::uint64_t>(message.gas);
  frame.input = base::to_bytes(message.input);
  return frame;
}

void drop_failed_logs(CallFrame& frame, bool failed_around) {
  const bool failed = failed_around || frame.status != evm::Status::success;
  if (failed) {
    frame.logs.clear();
  }
  for (CallFrame& call : frame.calls) {
    drop_failed_logs(call, failed);
  }
}

}  // namespace

FrameType frame_type_of(evm::CallKind kind) {
  switch (kind) {
    case evm::CallKind::call:
      return FrameType::call;
    case evm::CallKind::call_code:
      return FrameType::call_code;
    case evm::CallKind::delegate_call:
      return FrameType::delegate_call;
    case evm::CallKind::static_call:
      return FrameType::static_call;
    case evm::CallKind::create:
      return FrameType::create;
    case evm::CallKind::create2:
      return FrameType::create2;
  }
  return FrameType::call;
}

std::string_view frame_type_name(FrameType type) {
  switch (type) {
    case FrameType::call:
      return "CALL";
    case FrameType::call_code:
      return "CALLCODE";
    case FrameType::delegate_call:
      return "DELEGATECALL";
    case FrameType::static_call:
      return "STATICCALL";
    case FrameType::create:
      return "CREATE";
    case FrameType::create2:
      return "CREATE2";
    case FrameType::selfdestruct:
      return "SELFDESTRUCT";
  }
  return "";
}

bool is_creation(FrameType type) { return type == FrameType::create || type == FrameType::create2; }

bool CallCollector::has_room(std::size_t bytes) {
  if (truncated_ || bytes > options_.max_bytes - bytes_) {
    truncated_ = true;
    return false;
  }
  bytes_ += bytes;
  return true;
}

void CallCollector::on_enter(const evm::Message& message) {
  fault_.reset();
  const bool wanted = left_out_ == 0 && (open_.empty() || !options_.only_top_call);
  if (!wanted || !has_room(sizeof(CallFrame) + message.input.size())) {
    ++left_out_;
    return;
  }
  OpenFrame& open = open_.emplace_back(frame_of(message), logs_);
  open.frame.is_precompile =
      !is_creation(open.frame.type) && evm::is_precompile(message.code_address, fork_);
}

void CallCollector::on_exit(evm::Status status, std::int64_t gas_left, BytesView output) {
  if (left_out_ > 0) {
    --left_out_;
  } else {
    close(status, gas_left, output);
  }
  fault_.reset();
}

std::string frame_error(evm::Status status, const Address& to, BytesView input,
                        std::size_t output_size, const evm::Fault* fault, evm::Fork fork) {
  if (status == evm::Status::precompile_failure) {
    return std::string(precompile_error(to, input));
  }
  if (status == evm::Status::code_too_large) {
    return fmt::format("max code size exceeded: code size {} limit {}", output_size,
                       evm::BlockContext{}.max_code_size);
  }
  return failure_text(status, fault, fork);
}

void CallCollector::close(evm::Status status, std::int64_t gas_left, BytesView output) {
  OpenFrame open = std::move(open_.back());
  open_.pop_back();
  CallFrame& frame = open.frame;
  frame.status = status;
  frame.gas_used = frame.gas - static_cast<std::uint64_t>(gas_left);
  if ((status == evm::Status::success || status == evm::Status::revert) &&
      has_room(output.size())) {
    frame.output = base::to_bytes(output);
  }
  if (status != evm::Status::success) {
    frame.error = frame_error(status, frame.to.value_or(Address{}), frame.input, output.size(),
                              fault_ ? &*fault_ : nullptr, fork_);
    frame.revert_reason = codec::decode_revert_reason(frame.output).value_or("");
    if (is_creation(frame.type)) {
      frame.to.reset();
    }
    logs_ = open.log_index;
  }
  if (open_.empty()) {
    outermost_ = std::move(frame);
  } else {
    open_.back().frame.calls.push_back(std::move(frame));
  }
}

void CallCollector::on_log(const types::Log& log) {
  const std::uint64_t index = logs_++;
  if (!options_.with_logs || left_out_ > 0 || open_.empty() ||
      !has_room(sizeof(FrameLog) + log.data.size() + log.topics.size() * Hash256::size())) {
    return;
  }
  CallFrame& frame = open_.back().frame;
  frame.logs.push_back({log, options_.first_log_index + index, frame.calls.size()});
}

void CallCollector::on_selfdestruct(const Address& address, const Address& beneficiary,
                                    const U256& balance) {
  if (left_out_ > 0 || options_.only_top_call || open_.empty() || !has_room(sizeof(CallFrame))) {
    return;
  }
  CallFrame frame;
  frame.type = FrameType::selfdestruct;
  frame.from = address;
  frame.to = beneficiary;
  frame.value = balance;
  open_.back().frame.calls.push_back(std::move(frame));
}

std::optional<CallFrame> CallCollector::finish(std::uint64_t gas_limit, std::uint64_t gas_used) {
  if (outermost_) {
    outermost_->gas = gas_limit;
    outermost_->gas_used = gas_used;
  }
  return finish_frame();
}

std::optional<CallFrame> CallCollector::finish_frame() {
  if (outermost_) {
    drop_failed_logs(*outermost_, false);
  }
  return std::exchange(outermost_, std::nullopt);
}

}  // namespace cairn::trace
