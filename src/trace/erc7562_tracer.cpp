#include "trace/erc7562_tracer.hpp"

#include "base/hex.hpp"
#include "evm/opcodes.hpp"
#include "trace/step_memory.hpp"

namespace cairn::trace {
namespace {

using evm::Op;

bool is_call(Op op) {
  return op == Op::call || op == Op::callcode || op == Op::delegatecall || op == Op::staticcall;
}

bool looks_at_code(Op op) {
  return op == Op::extcodehash || op == Op::extcodesize || op == Op::extcodecopy;
}

std::bitset<256> usual_ignored() {
  std::bitset<256> out;
  for (std::size_t code = 0x5f; code <= 0x9f; ++code) {  // PUSH0 to SWAP16
    out.set(code);
  }
  for (const Op op : {Op::pop, Op::add, Op::sub, Op::mul, Op::div, Op::eq, Op::lt, Op::gt, Op::slt,
                      Op::sgt, Op::shl, Op::shr, Op::and_, Op::or_, Op::not_, Op::iszero}) {
    out.set(static_cast<std::size_t>(op));
  }
  return out;
}

const U256& item(const evm::Step& step, std::size_t n) {
  return step.stack[step.stack.size() - 1 - n];
}

void write_counts(codec::JsonWriter& out, std::string_view name,
                  const std::map<Hash256, std::uint64_t>& counts) {
  out.key(name).begin_object();
  for (const auto& [slot, count] : counts) {
    out.key(base::to_hex(slot)).decimal(count);
  }
  out.end_object();
}

}  // namespace

Erc7562Tracer::Erc7562Tracer(const Erc7562Options& options)
    : FrameTracer({.with_logs = options.with_log}), ignored_(usual_ignored()) {
  if (options.ignored_opcodes) {
    ignored_.reset();
    for (const std::uint64_t code : *options.ignored_opcodes) {
      ignored_.set(code & 0xff);
    }
  }
}

void Erc7562Tracer::begin(const Subject& subject) {
  FrameTracer::begin(subject);
  overlay_ = &subject.overlay;
}

void Erc7562Tracer::on_enter(const evm::Message& message) {
  FrameTracer::on_enter(message);
  open_.push_back(frames_.size());
  frames_.emplace_back();
}

void Erc7562Tracer::on_exit(evm::Status status, std::int64_t gas_left, BytesView output) {
  FrameTracer::on_exit(status, gas_left, output);
  frames_[open_.back()].out_of_gas =
      open_.size() > 1 &&
      (status == evm::Status::out_of_gas || status == evm::Status::code_store_out_of_gas);
  open_.pop_back();
}

void Erc7562Tracer::on_selfdestruct(const Address& address, const Address& beneficiary,
                                    const U256& balance) {
  FrameTracer::on_selfdestruct(address, beneficiary, balance);
  frames_.emplace_back();
}

void Erc7562Tracer::note_storage(const evm::Step& step, Accesses& frame) const {
  if (step.stack.empty()) {
    return;
  }
  const Hash256 slot = base::to_hash(item(step, 0));
  switch (static_cast<Op>(step.opcode)) {
    case Op::sload:
      if (!frame.reads.contains(slot) && !frame.writes.contains(slot)) {
        frame.reads.emplace(slot, base::to_hash(overlay_->storage(step.address, item(step, 0))));
      }
      break;
    case Op::sstore:
      ++frame.writes[slot];
      break;
    case Op::tload:
      ++frame.transient_reads[slot];
      break;
    case Op::tstore:
      ++frame.transient_writes[slot];
      break;
    default:
      break;
  }
}

void Erc7562Tracer::note_code(const evm::Step& step, Accesses& frame) const {
  const Op op = static_cast<Op>(step.opcode);
  const std::size_t place = looks_at_code(op) ? 0 : 1;
  if ((looks_at_code(op) || is_call(op)) && step.stack.size() > place) {
    const Address address = base::to_address(item(step, place));
    if (!frame.sizes.contains(address)) {
      frame.sizes.emplace(address, ContractSize{overlay_->code(address)->size(), step.opcode});
    }
  }
}

// They cost 6 gas a word: far more than an answer may hold can be had for a block's gas.
void Erc7562Tracer::note_preimage(const evm::Step& step) {
  auto preimage = padded_memory(step.memory, item(step, 0), item(step, 1));
  if (preimage && !is_truncated() && !preimages_.contains(*preimage)) {
    preimage_bytes_ += preimage->size();
    preimages_.insert(*std::move(preimage));
  }
}

void Erc7562Tracer::on_step(const evm::Step& step) {
  const Op op = static_cast<Op>(step.opcode);
  if (op == Op::revert || op == Op::return_) {
    last_.reset();
  }
  Accesses& frame = frames_[open_.back()];
  if (last_ && looks_at_code(static_cast<Op>(last_->opcode)) && last_->top &&
      (static_cast<Op>(last_->opcode) != Op::extcodesize || op != Op::iszero)) {
    frame.ext_code.push_back(base::to_address(*last_->top));
  }
  note_code(step, frame);
  if (last_ && static_cast<Op>(last_->opcode) == Op::gas && !is_call(op)) {
    ++frame.opcodes[last_->opcode];
  }
  if (op != Op::gas && !ignored_[step.opcode]) {
    ++frame.opcodes[step.opcode];
  }
  note_storage(step, frame);
  if (op == Op::keccak256 && step.stack.size() >= 2) {
    note_preimage(step);
  }
  last_ =
      LastStep{step.opcode, step.stack.empty() ? std::nullopt : std::optional(step.stack.back())};
}

void Erc7562Tracer::write_accesses(codec::JsonWriter& out, const Accesses& accesses) {
  out.key("accessedSlots").begin_object().key("reads").begin_object();
  for (const auto& [slot, value] : accesses.reads) {
    out.field(base::to_hex(slot), std::vector<Hash256>{value});
  }
  out.end_object();
  write_counts(out, "writes", accesses.writes);
  write_counts(out, "transientReads", accesses.transient_reads);
  write_counts(out, "transientWrites", accesses.transient_writes);
  out.end_object();
  out.field("extCodeAccessInfo", accesses.ext_code);
  out.key("usedOpcodes").begin_object();
  for (const auto& [opcode, count] : accesses.opcodes) {
    out.key(base::to_quantity(U256{opcode})).decimal(count);
  }
  out.end_object().key("contractSize").begin_object();
  for (const auto& [address, contract] : accesses.sizes) {
    out.key(base::to_hex(address)).begin_object().key("contractSize").decimal(contract.size);
    out.key("opcode").decimal(contract.opcode).end_object();
  }
  out.end_object().field("outOfGas", accesses.out_of_gas);
}

void Erc7562Tracer::write_frame(codec::JsonWriter& out, const CallFrame& frame,
                                std::size_t& next) const {
  const bool is_outermost = next == 0;
  out.begin_object();
  write_frame_fields(out, frame);
  write_logs(out, frame);
  write_accesses(out, frames_.at(next++));
  if (is_outermost && !preimages_.empty()) {
    out.key("keccak").begin_array();
    for (const Bytes& preimage : preimages_) {
      out.data(preimage);
    }
    out.end_array();
  }
  if (!frame.calls.empty()) {
    out.key("calls").begin_array();
    for (const CallFrame& call : frame.calls) {
      write_frame(out, call, next);
    }
    out.end_array();
  }
  out.end_object();
}

void Erc7562Tracer::write(codec::JsonWriter& out) {
  std::size_t next = 0;
  write_frame(out, outermost(), next);
}

}  // namespace cairn::trace
