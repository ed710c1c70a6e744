#include "trace/struct_logger.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

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

void append_decimal(std::string& out, std::string_view name, std::uint64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
  out += name;
  out.append(digits.begin(), end);
}

}  // namespace

void StructLogger::begin(const Subject& subject) {
  overlay_ = &subject.overlay;
  fork_ = subject.fork();
  out_->begin_object().key("structLogs").begin_array();
}

void StructLogger::note_tail(const evm::Step& step) {
  tail_.clear();
  if (!options_.disable_stack) {
    tail_ += R"(,"stack":[)";
    for (const U256& item : step.stack) {
      codec::append_quantity(tail_, item);
      tail_ += ',';
    }
    if (tail_.back() == ',') {
      tail_.pop_back();
    }
    tail_ += ']';
  }
  if (options_.enable_return_data && !step.return_data.empty()) {
    fmt::format_to(std::back_inserter(tail_), R"(,"returnData":"{}")",
                   base::to_hex(step.return_data));
  }
  if (options_.enable_memory && !step.memory.empty()) {
    constexpr std::size_t kWord = 32;
    tail_ += R"(,"memory":[)";
    for (std::size_t i = 0; i < step.memory.size(); i += kWord) {
      tail_ += i == 0 ? "\"" : ",\"";
      tail_ += base::to_hex(step.memory.subspan(i, kWord));
      tail_ += '"';
    }
    tail_ += ']';
  }
}

void StructLogger::on_step(const evm::Step& step) {
  row_.reset();
  truncated_ = truncated_ || out_->kept() > kMostTraceBytes;
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
             .slot = std::nullopt};
  note_tail(step);
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

void StructLogger::finish_row(std::uint64_t cost, std::int64_t refund, std::string_view error) {
  if (!row_) {
    return;
  }
  std::string& out = out_->next_value();
  const std::size_t before = out.size();
  append_decimal(out, R"({"pc":)", row_->pc);
  out += R"(,"op":")";
  out += row_name(row_->opcode);
  append_decimal(out, R"(","gas":)", row_->gas);
  append_decimal(out, R"(,"gasCost":)", cost);
  append_decimal(out, R"(,"depth":)", row_->depth);
  if (!error.empty()) {
    fmt::format_to(std::back_inserter(out), R"(,"error":"{}")", error);
  }
  out += tail_;
  if (row_->slot) {
    write_storage(out);
  }
  if (refund != 0) {
    fmt::format_to(std::back_inserter(out), R"(,"refund":{})", refund);
  }
  out += '}';
  row_bytes_ += out.size() - before + 1;
  row_.reset();
}

void StructLogger::on_cost(std::int64_t gas, std::int64_t refund) {
  finish_row(static_cast<std::uint64_t>(gas), refund, {});
}

void StructLogger::on_fault(const evm::Fault& fault) {
  if (row_) {
    const std::string error =
        fails_with_its_gas(fault) ? failure_text(fault.status, &fault, fork_) : std::string();
    finish_row(static_cast<std::uint64_t>(fault.cost), fault.refund, error);
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
  out_->end_array().key("gas").decimal(gas_used_);
  out_->field("failed", failed_).field("returnValue", output_).end_object();
  if (out_ == &own_) {
    out.raw(std::move(own_).take());
  }
}

}  // namespace cairn::trace
