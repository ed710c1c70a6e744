#include "trace/call_tracer.hpp"

namespace cairn::trace {
namespace {

void write_frame(codec::JsonWriter& out, const CallFrame& frame) {
  out.begin_object();
  write_frame_fields(out, frame);
  write_logs(out, frame);
  if (!frame.calls.empty()) {
    out.key("calls").begin_array();
    for (const CallFrame& call : frame.calls) {
      write_frame(out, call);
    }
    out.end_array();
  }
  out.end_object();
}

}  // namespace

void FrameTracer::begin(const Subject& subject) {
  options_.first_log_index = subject.first_log_index;
  collector_.emplace(subject.fork(), options_);
  gas_limit_ = subject.transaction.gas_limit;
}

void FrameTracer::end(const execution::TransactionOutcome& outcome) {
  outermost_ = collector_->finish(gas_limit_, outcome.gas_used).value_or(CallFrame{});
}

void CallTracer::write(codec::JsonWriter& out) { write_frame(out, outermost()); }

void write_frame_fields(codec::JsonWriter& out, const CallFrame& frame) {
  out.field("type", frame_type_name(frame.type)).field("from", frame.from);
  out.field("gas", frame.gas).field("gasUsed", frame.gas_used);
  if (frame.to) {
    out.field("to", *frame.to);
  }
  if (frame.value) {
    out.field("value", *frame.value);
  }
  out.field("input", frame.input);
  if (!frame.output.empty()) {
    out.field("output", frame.output);
  }
  if (!frame.error.empty()) {
    out.field("error", frame.error);
  }
  if (!frame.revert_reason.empty()) {
    out.field("revertReason", frame.revert_reason);
  }
}

void write_logs(codec::JsonWriter& out, const CallFrame& frame) {
  if (frame.logs.empty()) {
    return;
  }
  out.key("logs").begin_array();
  for (const auto& [log, index, position] : frame.logs) {
    out.begin_object()
        .field("address", log.address)
        .field("topics", log.topics)
        .field("data", log.data)
        .field("index", index)
        .field("position", position)
        .end_object();
  }
  out.end_array();
}

}  // namespace cairn::trace
