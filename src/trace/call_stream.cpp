#include "trace/call_stream.hpp"

#include "codec/abi.hpp"
#include "evm/evm.hpp"
#include "trace/call_collector.hpp"
#include "trace/call_tracer.hpp"

namespace cairn::trace {

void CallStream::begin(const Subject& subject) {
  fork_ = subject.fork();
  gas_limit_ = subject.transaction.gas_limit;
}

void CallStream::begin_call() {
  if (!open_.empty() && !open_.back().has_calls) {
    out_->key("calls").begin_array();
    open_.back().has_calls = true;
  }
  out_->begin_object();
}

void CallStream::on_enter(const evm::Message& message) {
  fault_.reset();
  if (left_out_ > 0 || (only_top_call_ && !open_.empty())) {
    ++left_out_;
    return;
  }
  begin_call();
  const FrameType type = frame_type_of(message.kind);
  const bool creates = is_creation(type);
  const std::uint64_t gas = begun_ ? static_cast<std::uint64_t>(message.gas) : gas_limit_;
  begun_ = true;
  out_->field("type", frame_type_name(type));
  out_->field("from", type == FrameType::delegate_call ? message.recipient : message.sender);
  out_->field("gas", gas);
  if (!creates) {
    out_->field("to", message.code_address);
  }
  if (type != FrameType::static_call) {
    out_->field("value", message.value);
  }
  out_->field("input", message.input);
  Open& frame = open_.emplace_back();
  frame.gas = static_cast<std::uint64_t>(message.gas);
  frame.to = creates ? message.recipient : message.code_address;
  frame.creates = creates;
  if (!creates && evm::is_precompile(frame.to, fork_)) {
    frame.precompile_input = base::to_bytes(message.input);
  }
}

void CallStream::on_exit(evm::Status status, std::int64_t gas_left, BytesView output) {
  if (left_out_ > 0) {
    --left_out_;
    fault_.reset();
    return;
  }
  const Open frame = std::move(open_.back());
  open_.pop_back();
  if (frame.has_calls) {
    out_->end_array();
  }
  const bool succeeded = status == evm::Status::success;
  if (frame.creates && succeeded) {
    out_->field("to", frame.to);
  }
  if (!output.empty() && (succeeded || status == evm::Status::revert)) {
    out_->field("output", output);
  }
  if (!succeeded) {
    write_failure(status, frame, output);
  }
  fault_.reset();
  if (!open_.empty()) {  // the outermost one ends with the whole transaction's gas
    out_->field("gasUsed", frame.gas - static_cast<std::uint64_t>(gas_left)).end_object();
  }
}

void CallStream::write_failure(evm::Status status, const Open& frame, BytesView output) {
  out_->field("error", frame_error(status, frame.to, frame.precompile_input, output.size(),
                                   fault_ ? &*fault_ : nullptr, fork_));
  if (status == evm::Status::revert) {
    if (const auto reason = codec::decode_revert_reason(output); reason && !reason->empty()) {
      out_->field("revertReason", *reason);
    }
  }
}

void CallStream::on_selfdestruct(const Address& address, const Address& beneficiary,
                                 const U256& balance) {
  if (left_out_ > 0 || only_top_call_ || open_.empty()) {
    return;
  }
  begin_call();
  CallFrame frame;
  frame.type = FrameType::selfdestruct;
  frame.from = address;
  frame.to = beneficiary;
  frame.value = balance;
  write_frame_fields(*out_, frame);
  out_->end_object();
}

void CallStream::end(const execution::TransactionOutcome& outcome) {
  if (!begun_) {
    out_->begin_object();
    write_frame_fields(*out_, CallFrame{});
  } else {
    out_->field("gasUsed", outcome.gas_used);
  }
  out_->end_object();
}

void CallStream::write(codec::JsonWriter& out) {
  if (out_ == &own_) {
    out.raw(std::move(own_).take());
  }
}

}  // namespace cairn::trace
