#include "trace/struct_logger.hpp"

#include <fmt/format.h>

#include <array>

#include "base/hex.hpp"
#include "evm/gas.hpp"
#include "evm/opcodes.hpp"
#include "trace/failure_text.hpp"

namespace cairn::trace {
namespace {

using evm::Op;
using evm::Status;

const std::string& row_name(std::uint8_t opcode) {
  static const std::array<std::string, 256> names = [] {
    std::array<std::string, 256> out;
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = opcode_name(static_cast<std::uint8_t>(i));
    }
    return out;
  }();
  return names[opcode];
}

// Whether the instruction fails while its gas is reckoned; others fail later, in a finished row.
bool fails_with_its_gas(const evm::Fault& fault) {
  switch (fault.status) {
    case Status::out_of_gas:
    case Status::stack_underflow:
    case Status::stack_overflow:
    case Status::init_code_too_large:
      return true;
    case Status::static_violation:
      return is_charged_first(fault.opcode.value_or(0));
    default:
      return false;
  }
}

}  // namespace

void StructLogger::begin(const Subject& subject) {
  overlay_ = &subject.overlay;
  fork_ = subject.fork();
}

std::string StructLogger::tail_of(const evm::Step& step) const {
  std::string out;
  if (!options_.disable_stack) {
    out += R"(,"stack":[)";
    for (const U256& item : step.stack) {
      out += out.back() == '[' ? "\"" : ",\"";
      out += base::to_quantity(item);
      out += '"';
    }
    out += ']';
  }
  if (options_.enable_return_data && !step.return_data.empty()) {
    out += fmt::format(R"(,"returnData":"{}")", base::to_hex(step.return_data));
  }
  if (options_.enable_memory && !step.memory.empty()) {
    constexpr std::size_t kWord = 32;
    out += R"(,"memory":[)";
    for (std::size_t i = 0; i < step.memory.size(); i += kWord) {
      out += i == 0 ? "\"" : ",\"";
      out += base::to_hex(step.memory.subspan(i, kWord));
      out += '"';
    }
    out += ']';
  }
  return out;
}

void StructLogger::on_step(const evm::Step& step) {
  row_.reset();
  truncated_ = truncated_ || rows_.size() > kMostTraceBytes;
  if (truncated_ || is_full()) {
    return;
  }
  row_ = Row{.pc = step.pc,
             .opcode = step.opcode,
             .gas = static_cast<std::uint64_t>(step.gas),
             .depth = static_cast<std::uint64_t>(step.depth) + 1,
             .static_cost = static_cast<std::uint64_t>(step.static_cost),
             .refund = step.refund,
             .address = step.address,
             .slot = std::nullopt,
             .tail = tail_of(step)};
  const std::size_t height = step.stack.size();
  if (options_.disable_storage || height == 0) {
    return;
  }
  const U256& key = step.stack[height - 1];
  if (static_cast<Op>(step.opcode) == Op::sload) {
    row_->slot = {key, overlay_->storage(step.address, key)};
  } else if (static_cast<Op>(step.opcode) == Op::sstore && height >= 2) {
    row_->slot = {key, step.stack[height - 2]};
  }
}

void StructLogger::write_storage(std::string& out) {
  Storage& seen = storage_[row_->address];
  seen[base::to_hash(row_->slot->first)] = base::to_hash(row_->slot->second);
  out += R"(,"storage":{)";
  for (const auto& [key, value] : seen) {
    out += out.back() == '{' ? "\"" : ",\"";
    out += base::to_hex(key);
    out += "\":\"";
    out += base::to_hex(value);
    out += '"';
  }
  out += '}';
}

void StructLogger::finish_row(std::uint64_t cost, std::int64_t refund, const std::string& error) {
  if (!row_) {
    return;
  }
  if (!rows_.empty()) {
    rows_ += ',';
  }
  fmt::format_to(std::back_inserter(rows_),
                 R"({{"pc":{},"op":"{}","gas":{},"gasCost":{},"depth":{})", row_->pc,
                 row_name(row_->opcode), row_->gas, cost, row_->depth);
  if (!error.empty()) {
    fmt::format_to(std::back_inserter(rows_), R"(,"error":"{}")", error);
  }
  rows_ += row_->tail;
  if (row_->slot) {
    write_storage(rows_);
  }
  if (refund != 0) {
    fmt::format_to(std::back_inserter(rows_), R"(,"refund":{})", refund);
  }
  rows_ += '}';
  row_.reset();
}

void StructLogger::on_cost(std::int64_t gas, std::int64_t refund) {
  finish_row(static_cast<std::uint64_t>(gas), refund, {});
}

void StructLogger::on_fault(const evm::Fault& fault) {
  if (row_) {
    const std::string error =
        fails_with_its_gas(fault) ? failure_text(fault.status, &fault, fork_) : std::string();
    finish_row(row_->static_cost, row_->refund, error);
  }
}

void StructLogger::end(const execution::TransactionOutcome& outcome) {
  gas_used_ = outcome.gas_used;
  failed_ = outcome.status != Status::success;
  output_ = outcome.output;
  if (outcome.created) {
    output_ = *overlay_->code(*outcome.created);
  }
}

void StructLogger::write(codec::JsonWriter& out) {
  out.begin_object().key("gas").decimal(gas_used_);
  out.field("failed", failed_).field("returnValue", output_);
  out.key("structLogs").begin_array();
  if (!rows_.empty()) {
    out.raw(rows_);
  }
  out.end_array().end_object();
}

}  // namespace cairn::trace
