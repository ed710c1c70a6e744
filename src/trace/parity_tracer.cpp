#include "trace/parity_tracer.hpp"

#include <set>

#include "base/hex.hpp"
#include "trace/flat_call_tracer.hpp"

namespace cairn::trace {
namespace {

using codec::JsonWriter;

// Parity's list of errors has no own name for an address that is taken: this is Besu's.
const std::string kCollision = "Illegal state change";

bool is_hidden(const CallFrame& call) {
  return call.is_precompile &&
         (call.type == FrameType::call || call.type == FrameType::static_call);
}

void flatten(std::vector<ParityFrame>& out, const CallFrame& frame,
             const std::vector<std::uint64_t>& address, bool is_mined) {
  const std::size_t place = out.size();
  out.push_back({.frame = &frame, .address = address, .subtraces = 0, .is_mined = is_mined});
  std::vector<std::uint64_t> inner = address;
  inner.push_back(0);
  for (const CallFrame& call : frame.calls) {
    if (!is_hidden(call)) {
      flatten(out, call, inner, is_mined);
      ++inner.back();
    }
  }
  out[place].subtraces = inner.back();
}

// "=", {"+": after}, {"-": before} or {"*": {"from": before, "to": after}}. `existed` and `exists`
// tell of the account.
template <class T>
void write_change(JsonWriter& out, bool existed, bool exists, const T& before, const T& after) {
  if (existed && exists && before == after) {
    out.string("=");
    return;
  }
  out.begin_object();
  if (!existed) {
    out.field("+", after);
  } else if (!exists) {
    out.field("-", before);
  } else {
    out.key("*").begin_object().field("from", before).field("to", after).end_object();
  }
  out.end_object();
}

struct Sides {
  std::optional<types::Account> before;
  std::optional<types::Account> after;
  std::map<U256, state::SlotChange> slots;  // those that differ
};

const state::AccountChange* find(const state::Changeset& changes, const Address& address) {
  const auto found = changes.accounts.find(address);
  return found == changes.accounts.end() ? nullptr : &found->second;
}

// One account over the transaction, from what the block had done before and after it.
Sides sides_of(const state::AccountChange* before, const state::AccountChange* after) {
  Sides out;
  out.before = before != nullptr ? before->after : after->before;
  out.after = after != nullptr ? after->after : before->before;
  std::set<U256> keys;
  for (const state::AccountChange* change : {before, after}) {
    if (change != nullptr) {
      for (const auto& [key, slot] : change->slots) {
        keys.insert(key);
      }
    }
  }
  for (const U256& key : keys) {
    const auto slot_in = [&key](const state::AccountChange* change) {
      const auto found =
          change != nullptr ? change->slots.find(key) : decltype(change->slots.end()){};
      return change != nullptr && found != change->slots.end() ? &found->second : nullptr;
    };
    const state::SlotChange* const earlier = slot_in(before);
    const state::SlotChange* const later = slot_in(after);
    const U256 from = earlier != nullptr ? earlier->after : later->before;
    const U256 to = later != nullptr ? later->after : earlier->before;
    if (from != to) {
      out.slots.emplace(key, state::SlotChange{from, to});
    }
  }
  return out;
}

}  // namespace

void ParityTracer::begin(const Subject& subject) {
  collector_.emplace(subject.fork(), CollectorOptions{.max_bytes = kMostTraceBytes});
  if (options_.vm_trace) {
    vm_trace_.emplace(subject);
  }
  overlay_ = &subject.overlay;
  base_ = &subject.base;
  if (subject.hash && subject.block_hash) {
    place_ = {.block_hash = *subject.block_hash,
              .block_number = subject.environment.context.number,
              .transaction_hash = *subject.hash,
              .transaction_index = subject.index};
  }
  if (options_.state_diff) {
    before_ = overlay_->changeset();
  }
}

void ParityTracer::end(const execution::TransactionOutcome& outcome) {
  outermost_ = collector_->finish_frame().value_or(CallFrame{});
  output_ = outcome.created ? *overlay_->code(*outcome.created) : outcome.output;
  if (options_.state_diff) {
    after_ = overlay_->changeset();
  }
}

void ParityTracer::on_enter(const evm::Message& message) {
  collector_->on_enter(message);
  if (vm_trace_) {
    vm_trace_->on_enter(message);
  }
}

void ParityTracer::on_exit(evm::Status status, std::int64_t gas_left, BytesView output) {
  collector_->on_exit(status, gas_left, output);
  if (vm_trace_) {
    vm_trace_->on_exit(status);
  }
}

void ParityTracer::on_fault(const evm::Fault& fault) {
  collector_->on_fault(fault);
  if (vm_trace_) {
    vm_trace_->on_fault(fault);
  }
}

std::vector<ParityFrame> ParityTracer::frames() const {
  std::vector<ParityFrame> out;
  flatten(out, outermost_, {}, place_.has_value());
  return out;
}

Bytes ParityTracer::code_of(const std::optional<types::Account>& account) const {
  if (!account || !account->has_code()) {
    return {};
  }
  for (const state::Changeset* changes : {&after_, &before_}) {
    if (const auto found = changes->codes.find(account->code_hash); found != changes->codes.end()) {
      return *found->second;
    }
  }
  const auto code = base_->code(account->code_hash);
  return code != nullptr ? *code : Bytes{};
}

void ParityTracer::write_state_diff(JsonWriter& out) const {
  std::set<Address> addresses;
  for (const state::Changeset* changes : {&before_, &after_}) {
    for (const auto& [address, change] : changes->accounts) {
      addresses.insert(address);
    }
  }
  out.begin_object();
  for (const Address& address : addresses) {
    const Sides sides = sides_of(find(before_, address), find(after_, address));
    if (sides.before == sides.after && sides.slots.empty()) {
      continue;
    }
    const bool existed = sides.before.has_value();
    const bool exists = sides.after.has_value();
    const types::Account before = sides.before.value_or(types::Account{});
    const types::Account after = sides.after.value_or(types::Account{});
    out.key(base::to_hex(address)).begin_object().key("balance");
    write_change(out, existed, exists, before.balance, after.balance);
    out.key("code");
    if (existed && exists && before.code_hash == after.code_hash) {
      out.string("=");
    } else {
      write_change(out, existed, exists, code_of(sides.before), code_of(sides.after));
    }
    out.key("nonce");
    write_change(out, existed, exists, before.nonce, after.nonce);
    out.key("storage").begin_object();
    for (const auto& [key, slot] : sides.slots) {
      out.key(base::to_hex(base::to_hash(key)));
      write_change(out, existed, exists, base::to_hash(slot.before), base::to_hash(slot.after));
    }
    out.end_object().end_object();
  }
  out.end_object();
}

void ParityTracer::write_members(JsonWriter& out) const {
  const bool tells_reason = place_ && outermost_.status == evm::Status::revert;
  out.field("output", tells_reason ? Bytes{} : output_);
  if (tells_reason) {
    out.field("revertReason", output_);
  }
  out.key("stateDiff");
  if (options_.state_diff) {
    write_state_diff(out);
  } else {
    out.null();
  }
  out.key("trace").begin_array();
  if (options_.trace) {
    for (const ParityFrame& frame : frames()) {
      write_parity_frame(out, frame, std::nullopt);
    }
  }
  out.end_array().key("vmTrace");
  if (vm_trace_) {
    out.raw(vm_trace_->text());
  } else {
    out.null();
  }
}

void ParityTracer::write(JsonWriter& out) {
  out.begin_object();
  write_members(out);
  out.end_object();
}

void write_parity_frame(JsonWriter& out, const ParityFrame& line,
                        const std::optional<ParityPlace>& place) {
  const CallFrame& frame = *line.frame;
  out.begin_object();
  write_action(out, frame, line.is_mined ? CreationMethod::told : CreationMethod::untold);
  if (place) {
    out.field("blockHash", place->block_hash).key("blockNumber").decimal(place->block_number);
  }
  if (!frame.error.empty()) {
    out.field("error", frame.status == evm::Status::create_collision ? kCollision
                                                                     : parity_error(frame.error));
    if (line.address.empty() && frame.status == evm::Status::revert) {
      out.field("revertReason", frame.output);
    }
  } else if (frame.type == FrameType::selfdestruct) {
    out.field("result", nullptr);
  } else {
    out.key("result").begin_object();
    if (is_creation(frame.type)) {
      out.field("address", frame.to).field("code", frame.output);
    }
    out.field("gasUsed", frame.gas_used);
    if (!is_creation(frame.type)) {
      out.field("output", frame.output);
    }
    out.end_object();
  }
  out.key("subtraces").decimal(line.subtraces).key("traceAddress").begin_array();
  for (const std::uint64_t step : line.address) {
    out.decimal(step);
  }
  out.end_array();
  if (place) {
    out.field("transactionHash", place->transaction_hash)
        .key("transactionPosition")
        .decimal(place->transaction_index);
  }
  out.field("type", flat_type_name(frame.type)).end_object();
}

}  // namespace cairn::trace
