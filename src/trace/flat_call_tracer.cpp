#include "trace/flat_call_tracer.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace cairn::trace {
namespace {

struct ErrorPair {
  std::string_view geth;
  std::string_view parity;
};

constexpr std::array<ErrorPair, 10> kWholeErrors = {{
    {"contract creation code storage out of gas", "Out of gas"},
    {"out of gas", "Out of gas"},
    {"gas uint64 overflow", "Out of gas"},
    {"max code size exceeded", "Out of gas"},
    {"invalid jump destination", "Bad jump destination"},
    {"execution reverted", "Reverted"},
    {"return data out of bounds", "Out of bounds"},
    {"stack limit reached 1024 (1023)", "Out of stack"},
    {"precompiled failed", "Built-in failed"},
    {"invalid input length", "Built-in failed"},
}};

constexpr std::array<ErrorPair, 3> kErrorBeginnings = {{
    {"out of gas:", "Out of gas"},
    {"invalid opcode:", "Bad instruction"},
    {"stack underflow", "Stack underflow"},
}};

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

// Of one that succeeded or reverted: what reverted has its reason there.
void write_result(codec::JsonWriter& out, const CallFrame& frame) {
  const bool ended = frame.status == evm::Status::success || frame.status == evm::Status::revert;
  if (frame.type == FrameType::selfdestruct || !ended) {
    return;
  }
  out.key("result").begin_object();
  if (is_creation(frame.type)) {
    if (frame.to) {
      out.field("address", *frame.to);
    }
    out.field("code", frame.output);
  } else {
    out.field("output", frame.output);
  }
  out.field("gasUsed", frame.gas_used).end_object();
}

}  // namespace

void write_action(codec::JsonWriter& out, const CallFrame& frame, CreationMethod method) {
  out.key("action").begin_object();
  if (frame.type == FrameType::selfdestruct) {
    out.field("address", frame.from)
        .field("balance", frame.value.value_or(U256{}))
        .field("refundAddress", frame.to);
  } else if (is_creation(frame.type)) {
    if (method == CreationMethod::told) {
      out.field("creationMethod", lower_case(frame_type_name(frame.type)));
    }
    out.field("from", frame.from)
        .field("gas", frame.gas)
        .field("init", frame.input)
        .field("value", frame.value.value_or(U256{}));
  } else {
    out.field("callType", lower_case(frame_type_name(frame.type)))
        .field("from", frame.from)
        .field("gas", frame.gas)
        .field("input", frame.input)
        .field("to", frame.to)
        .field("value", frame.value.value_or(U256{}));
  }
  out.end_object();
}

std::string_view flat_type_name(FrameType type) {
  if (type == FrameType::selfdestruct) {
    return "suicide";
  }
  return is_creation(type) ? "create" : "call";
}

std::string parity_error(const std::string& error) {
  for (const ErrorPair& pair : kWholeErrors) {
    if (error == pair.geth) {
      return std::string(pair.parity);
    }
  }
  for (const ErrorPair& pair : kErrorBeginnings) {
    if (error.starts_with(pair.geth)) {
      return std::string(pair.parity);
    }
  }
  return error;
}

void FlatCallTracer::begin(const Subject& subject) {
  FrameTracer::begin(subject);
  place_ = {.block_hash = subject.block_hash,
            .block_number = subject.hash ? subject.environment.context.number : 0,
            .transaction_hash = subject.hash,
            .transaction_index = subject.index};
}

bool FlatCallTracer::is_shown(const CallFrame& call) const {
  const bool plain = call.type == FrameType::call || call.type == FrameType::static_call;
  return options_.include_precompiles || !plain || !call.is_precompile;
}

void FlatCallTracer::write_frame(codec::JsonWriter& out, const CallFrame& frame,
                                 std::vector<std::uint64_t>& address) const {
  const auto shown = [this](const CallFrame& call) { return is_shown(call); };
  out.begin_object();
  write_action(out, frame);
  out.field("blockHash", place_.block_hash).key("blockNumber").decimal(place_.block_number);
  if (!frame.error.empty()) {
    out.field("error", options_.convert_parity_errors ? parity_error(frame.error) : frame.error);
  }
  write_result(out, frame);
  out.key("subtraces")
      .decimal(static_cast<std::uint64_t>(std::ranges::count_if(frame.calls, shown)));
  out.key("traceAddress").begin_array();
  for (const std::uint64_t step : address) {
    out.decimal(step);
  }
  out.end_array()
      .field("transactionHash", place_.transaction_hash)
      .key("transactionPosition")
      .decimal(place_.transaction_index)
      .field("type", flat_type_name(frame.type))
      .end_object();

  address.push_back(0);
  for (const CallFrame& call : frame.calls) {
    if (is_shown(call)) {
      write_frame(out, call, address);
      ++address.back();
    }
  }
  address.pop_back();
}

void FlatCallTracer::write(codec::JsonWriter& out) {
  std::vector<std::uint64_t> address;
  out.begin_array();
  write_frame(out, outermost(), address);
  out.end_array();
}

}  // namespace cairn::trace
