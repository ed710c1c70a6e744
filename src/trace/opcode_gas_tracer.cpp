#include "trace/opcode_gas_tracer.hpp"

#include <algorithm>

#include "trace/failure_text.hpp"

namespace cairn::trace {

void OpcodeGasTracer::on_step(const evm::Step& step) {
  opcode_ = step.opcode;
  gas_ = static_cast<std::uint64_t>(step.gas);
  ++sums_[opcode_].count;
}

void OpcodeGasTracer::on_cost(std::int64_t gas, std::int64_t /*refund*/) {
  sums_[opcode_].gas += static_cast<std::uint64_t>(gas);
}

void OpcodeGasTracer::on_fault(const evm::Fault& fault) {
  sums_[opcode_].gas += std::min(static_cast<std::uint64_t>(fault.cost), gas_);
}

void OpcodeGasTracer::write(codec::JsonWriter& out) {
  out.begin_array();
  for (std::size_t code = 0; code < sums_.size(); ++code) {
    if (sums_[code].count != 0) {
      out.begin_object().field("opcode", opcode_name(static_cast<std::uint8_t>(code)));
      out.key("count").decimal(sums_[code].count);
      out.key("gasUsed").decimal(sums_[code].gas).end_object();
    }
  }
  out.end_array();
}

}  // namespace cairn::trace
