#include "trace/mux_tracer.hpp"

#include <algorithm>

namespace cairn::trace {

void MuxTracer::begin(const Subject& subject) {
  for (const Part& part : parts_) {
    part.tracer->begin(subject);
  }
}

void MuxTracer::end(const execution::TransactionOutcome& outcome) {
  for (const Part& part : parts_) {
    part.tracer->end(outcome);
  }
}

void MuxTracer::write(codec::JsonWriter& out) {
  out.begin_object();
  for (const Part& part : parts_) {
    out.key(part.name);
    part.tracer->write(out);
  }
  out.end_object();
}

std::optional<std::string> MuxTracer::error() const {
  for (const Part& part : parts_) {
    if (auto failed = part.tracer->error()) {
      return failed;
    }
  }
  return std::nullopt;
}

bool MuxTracer::wants_steps() const {
  return std::ranges::any_of(parts_, [](const Part& part) { return part.tracer->wants_steps(); });
}

bool MuxTracer::is_truncated() const {
  return std::ranges::any_of(parts_, [](const Part& part) { return part.tracer->is_truncated(); });
}

void MuxTracer::on_enter(const evm::Message& message) {
  for (const Part& part : parts_) {
    part.tracer->on_enter(message);
  }
}

void MuxTracer::on_exit(evm::Status status, std::int64_t gas_left, BytesView output) {
  for (const Part& part : parts_) {
    part.tracer->on_exit(status, gas_left, output);
  }
}

void MuxTracer::on_log(const types::Log& log) {
  for (const Part& part : parts_) {
    part.tracer->on_log(log);
  }
}

void MuxTracer::on_selfdestruct(const Address& address, const Address& beneficiary,
                                const U256& balance) {
  for (const Part& part : parts_) {
    part.tracer->on_selfdestruct(address, beneficiary, balance);
  }
}

void MuxTracer::on_step(const evm::Step& step) {
  for (const Part& part : parts_) {
    part.tracer->on_step(step);
  }
}

void MuxTracer::on_cost(std::int64_t gas, std::int64_t refund) {
  for (const Part& part : parts_) {
    part.tracer->on_cost(gas, refund);
  }
}

void MuxTracer::on_fault(const evm::Fault& fault) {
  for (const Part& part : parts_) {
    part.tracer->on_fault(fault);
  }
}

}  // namespace cairn::trace
