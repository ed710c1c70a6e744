#include "evm/evm.hpp"

#include <algorithm>

#include "crypto/keccak.hpp"
#include "evm/address_set.hpp"
#include "evm/code.hpp"
#include "evm/console.hpp"
#include "evm/fault.hpp"
#include "evm/frame.hpp"
#include "evm/interpreter.hpp"
#include "evm/precompiles.hpp"
#include "evm/threaded_code.hpp"
#include "evm/threaded_loop.hpp"
#include "evm/tracer.hpp"

namespace cairn::evm {
namespace {

constexpr int kMaxDepth = 1024;
constexpr std::size_t kSpuriousDragonNonce = 1;  // EIP-161: contracts begin with nonce 1

// A frame's answer. The output is a view that is valid until the next frame begins.
struct Outcome {
  Status status = Status::success;
  std::int64_t gas_left = 0;
  std::int64_t refund = 0;
  BytesView output = {};
  Address created = {};
};

CallResult result_of(const Outcome& outcome) {
  return {outcome.status, outcome.gas_left, outcome.refund, base::to_bytes(outcome.output),
          outcome.created};
}

}  // namespace

Workspace::Workspace() : frames_(std::make_unique<FramePool>()) {}
Workspace::~Workspace() = default;
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;

bool AccountInfo::is_empty() const {
  return !exists || (nonce == 0 && balance.is_zero() && code_hash == crypto::kEmptyCodeHash);
}

// The stack of frames and what happens between them.
struct Evm::Driver {
  Environment environment;
  FramePool& frames;
  Bytes precompile_output = {};

  Host& host() const { return environment.host; }
  Fork fork() const { return environment.fork(); }
  Tracer* tracer() const { return environment.tracer; }
  AddressSet* appearances() const { return environment.transaction.appearances; }
  bool traces_steps = environment.tracer != nullptr && environment.tracer->wants_steps();

  CallResult run(const Message& message);
  CallResult run_frame(const Message& message, const Code& code);
  CallResult drive(std::size_t bottom);

  // An outcome, when no frame is needed to tell it; otherwise a new frame is on top.
  std::optional<Outcome> begin(Message& message);
  Outcome refuse(Message& message, Status status) const;
  void enter(const Message& message) const;
  Address created_by(const Message& message) const;
  std::optional<Outcome> begin_call(Message& message);
  std::optional<Outcome> begin_creation(Message& message);
  std::optional<Address> precompile_at(const Address& address) const;
  Frame& push_frame(const Message& message, std::size_t snapshot);
  void run_from_start(Frame& frame, const Code& code) const;
  void run_loop(Frame& frame) const;

  Outcome finish(Frame& frame);
  void deposit_code(const Frame& frame, Outcome& outcome) const;
  static void resume(Frame& frame, const Outcome& outcome);

  Outcome traced(Outcome outcome) const {
    if (tracer() != nullptr) {
      tracer()->on_exit(outcome.status, outcome.gas_left, outcome.output);
    }
    return outcome;
  }
};

Frame& Evm::Driver::push_frame(const Message& message, std::size_t snapshot) {
  const std::int64_t refund_before =
      frames.size() == 0 ? 0 : frames.top().refund_before + frames.top().refund;
  Frame& frame = frames.push();
  frame.environment = &environment;
  frame.message = message;
  frame.snapshot = snapshot;
  frame.refund_before = refund_before;
  frame.top = frame.stack() - 1;
  frame.gas = message.gas;
  frame.refund = 0;
  frame.memory.clear();
  frame.memory.set_limit(environment.block.max_memory);
  frame.return_data.clear();
  frame.failed_sentry = false;
  frame.output_offset = 0;
  frame.output_size = 0;
  return frame;
}

void Evm::Driver::run_from_start(Frame& frame, const Code& code) const {
  frame.code = &code;
  frame.pc = 0;
  frame.threaded = traces_steps ? nullptr : code.threaded_if_hot(fork());
  frame.next = frame.threaded != nullptr ? frame.threaded->entry() : nullptr;
  frame.resumes = false;
}

// Runs the loop that suits the frame, and the other one when it hands the frame over.
void Evm::Driver::run_loop(Frame& frame) const {
  do {
    if (traces_steps) {
      interpret<true>(frame);
    } else if (frame.threaded != nullptr) {
      run_threaded(frame);
    } else {
      interpret<false>(frame);
    }
  } while (frame.exit == Exit::none);
}

void Evm::Driver::enter(const Message& message) const {
  if (appearances() != nullptr) {
    appearances()->add(is_creation(message.kind) ? message.recipient : message.code_address);
  }
  if (tracer() != nullptr) {
    tracer()->on_enter(message);
  }
}

// What never begins; its gas comes back.
Outcome Evm::Driver::refuse(Message& message, Status status) const {
  if (is_creation(message.kind) && (tracer() != nullptr || appearances() != nullptr)) {
    message.recipient = created_by(message);
  }
  enter(message);
  return traced({.status = status, .gas_left = message.gas});
}

std::optional<Outcome> Evm::Driver::begin(Message& message) {
  if (message.depth > kMaxDepth) {
    return refuse(message, Status::call_depth_exceeded);
  }
  const bool moves_value = message.kind != CallKind::delegate_call && !message.value.is_zero();
  if (moves_value && host().account(message.sender).balance < message.value) {
    return refuse(message, Status::insufficient_balance);
  }
  return is_creation(message.kind) ? begin_creation(message) : begin_call(message);
}

// The precompile that answers at an address.
std::optional<Address> Evm::Driver::precompile_at(const Address& address) const {
  if (const PrecompileMoves* moves = environment.block.precompile_moves) {
    if (const auto moved = moves->find(address); moved != moves->end()) {
      return moved->second;
    }
  }
  return is_precompile(address, fork()) ? std::optional(address) : std::nullopt;
}

std::optional<Outcome> Evm::Driver::begin_call(Message& message) {
  const std::size_t snapshot = host().snapshot();
  if (message.kind == CallKind::call) {
    if (!message.value.is_zero()) {
      host().subtract_balance(message.sender, message.value);
    }
    if (!host().add_balance(message.recipient, message.value)) {
      host().revert_to(snapshot);
      return refuse(message, Status::balance_overflow);
    }
  } else if (message.kind == CallKind::static_call) {
    host().add_balance(message.recipient, U256{});
  }
  enter(message);

  if (const auto precompile = precompile_at(message.code_address)) {
    auto result = run_precompile(*precompile, fork(), message.input, message.gas);
    if (result.status != Status::success) {
      host().revert_to(snapshot);
    }
    precompile_output = std::move(result.output);
    return traced(
        {.status = result.status, .gas_left = result.gas_left, .output = precompile_output});
  }

  const Code* code = &host().code(message.code_address);
  if (fork() >= Fork::prague) {
    if (const auto delegate = delegation_of(code->bytes())) {
      code = precompile_at(*delegate) ? nullptr : &host().code(*delegate);
    }
  }
  if (code == nullptr || code->empty()) {
    ConsoleLog* const console = environment.transaction.console;
    if (console != nullptr && message.code_address == kConsoleAddress) {
      console->add(message.input);
    }
    return traced({.gas_left = message.gas});
  }
  run_from_start(push_frame(message, snapshot), *code);
  return std::nullopt;
}

// Before the nonce is raised, for a nested creation.
Address Evm::Driver::created_by(const Message& message) const {
  if (message.kind == CallKind::create2) {
    return create2_address(message.sender, message.salt, message.input);
  }
  const std::uint64_t nonce = host().account(message.sender).nonce;
  return create_address(message.sender, message.depth > 0 ? nonce : nonce - 1);
}

std::optional<Outcome> Evm::Driver::begin_creation(Message& message) {
  const std::uint64_t nonce = host().account(message.sender).nonce;
  if (message.depth > 0 && nonce == ~std::uint64_t{0}) {  // EIP-2681
    return refuse(message, Status::nonce_overflow);
  }
  message.recipient = created_by(message);
  message.code_address = message.recipient;
  if (message.depth > 0) {
    host().set_nonce(message.sender, nonce + 1);
  }
  if (environment.costs.has_access_lists) {
    host().warm_account(message.recipient);  // stays warm if the creation fails
  }
  enter(message);

  const AccountInfo existing = host().account(message.recipient);
  const bool has_code = existing.exists && existing.code_hash != crypto::kEmptyCodeHash;
  if (existing.nonce != 0 || has_code || host().has_storage(message.recipient)) {
    return traced({.status = Status::create_collision});  // EIP-684, EIP-7610
  }

  const std::size_t snapshot = host().snapshot();
  host().create_account(message.recipient);
  if (fork() >= Fork::spurious_dragon) {
    host().set_nonce(message.recipient, kSpuriousDragonNonce);
  }
  if (!message.value.is_zero()) {
    host().subtract_balance(message.sender, message.value);
  }
  if (!host().add_balance(message.recipient, message.value)) {
    host().revert_to(snapshot);
    return traced({.status = Status::balance_overflow, .gas_left = message.gas});
  }

  Frame& frame = push_frame(message, snapshot);
  frame.init_code.emplace(message.input);
  run_from_start(frame, *frame.init_code);
  frame.message.input = {};
  return std::nullopt;
}

// Pays for the code that init code returned and puts it into the account, or fails the creation.
void Evm::Driver::deposit_code(const Frame& frame, Outcome& outcome) const {
  const BytesView code = outcome.output;
  const auto fail = [&outcome](Status status) {
    outcome.status = status;
    outcome.gas_left = 0;
  };
  outcome.created = frame.message.recipient;
  outcome.output = {};
  if (fork() >= Fork::spurious_dragon && code.size() > environment.block.max_code_size) {
    return fail(Status::code_too_large);  // EIP-170
  }
  if (fork() >= Fork::london && !code.empty() && code.front() == 0xef) {
    return fail(Status::invalid_code_prefix);  // EIP-3541
  }
  const std::int64_t cost = kCodeDepositByte * static_cast<std::int64_t>(code.size());
  if (outcome.gas_left < cost) {
    // In Frontier the account is kept, without code (EIP-2 ended that).
    return fork() >= Fork::homestead ? fail(Status::code_store_out_of_gas) : void();
  }
  outcome.gas_left -= cost;
  if (!code.empty()) {
    host().set_code(outcome.created, code);
  }
}

// Ends the frame on top and takes it from the stack; its buffers stay readable until the next push.
Outcome Evm::Driver::finish(Frame& frame) {
  Outcome outcome{.status = frame.status, .gas_left = frame.gas};
  if (frame.status == Status::success || frame.status == Status::revert) {
    outcome.output = frame.output();
  }
  if (outcome.status == Status::success && is_creation(frame.message.kind)) {
    deposit_code(frame, outcome);
  }
  if (outcome.status == Status::success) {
    outcome.refund = frame.refund;
  } else {
    host().revert_to(frame.snapshot);
    outcome.created = {};
  }
  if (tracer() != nullptr) {  // of a creation tracers see the code
    const bool answered = frame.status == Status::success || frame.status == Status::revert;
    if (!answered) {
      tracer()->on_fault(fault_of(frame));
    }
    tracer()->on_exit(outcome.status, outcome.gas_left, answered ? frame.output() : BytesView{});
  }
  frames.pop();
  return outcome;
}

void Evm::Driver::resume(Frame& frame, const Outcome& outcome) {
  const bool creation = is_creation(frame.callee.kind);
  frame.return_data.assign(outcome.output.begin(), outcome.output.end());
  frame.gas += outcome.gas_left;
  frame.refund += outcome.refund;
  if (const std::size_t n = std::min(frame.callee_output_size, outcome.output.size()); n != 0) {
    std::memcpy(frame.memory.data() + frame.callee_output_offset, outcome.output.data(), n);
  }
  if (outcome.status != Status::success) {
    *frame.callee_result = {};
  } else {
    *frame.callee_result = creation ? base::to_u256(outcome.created) : U256{1};
  }
}

CallResult Evm::Driver::drive(std::size_t bottom) {
  for (;;) {
    Frame& frame = frames.top();
    run_loop(frame);
    std::optional<Outcome> outcome;
    if (frame.exit == Exit::callee) {
      outcome = begin(frame.callee);
      if (!outcome) {
        continue;
      }
    } else {
      outcome = finish(frame);
      if (frames.size() == bottom) {
        return result_of(*outcome);
      }
    }
    resume(frames.top(), *outcome);
  }
}

CallResult Evm::Driver::run(const Message& message) {
  Message first = message;
  const std::size_t bottom = frames.size();
  if (const auto outcome = begin(first)) {
    return result_of(*outcome);
  }
  return drive(bottom);
}

CallResult Evm::Driver::run_frame(const Message& message, const Code& code) {
  const std::size_t bottom = frames.size();
  run_from_start(push_frame(message, host().snapshot()), code);
  if (tracer() != nullptr) {
    tracer()->on_enter(message);
  }
  return drive(bottom);
}

namespace {

const std::atomic<bool>& stop_of(const TransactionContext& transaction) {
  static const std::atomic<bool> never{false};
  return transaction.stop != nullptr ? *transaction.stop : never;
}

}  // namespace

Evm::Evm(Host& host, const BlockContext& block, const TransactionContext& transaction,
         Workspace& workspace, Tracer* tracer)
    : driver_(new Driver{{host, block, transaction, instructions(block.fork), gas_costs(block.fork),
                          tracer, stop_of(transaction)},
                         workspace.frames()}) {}

Evm::Evm(Host& host, const BlockContext& block, const TransactionContext& transaction,
         Tracer* tracer)
    : own_workspace_(std::in_place),
      driver_(new Driver{{host, block, transaction, instructions(block.fork), gas_costs(block.fork),
                          tracer, stop_of(transaction)},
                         own_workspace_->frames()}) {}

Evm::~Evm() = default;

CallResult Evm::call(const Message& message) { return driver_->run(message); }

CallResult Evm::run_frame(const Message& message, const Code& code) {
  return driver_->run_frame(message, code);
}

Address create_address(const Address& sender, std::uint64_t nonce) {
  Bytes list;
  list.push_back(0x80 + 20);
  base::append(list, sender);
  if (nonce != 0 && nonce < 0x80) {
    list.push_back(static_cast<std::uint8_t>(nonce));
  } else {
    const Bytes digits = base::to_be_compact(nonce);
    list.push_back(static_cast<std::uint8_t>(0x80 + digits.size()));
    base::append(list, digits);
  }
  list.insert(list.begin(), static_cast<std::uint8_t>(0xc0 + list.size()));
  return Address::from_right(crypto::keccak256(list));
}

Address create2_address(const Address& sender, const Hash256& salt, BytesView init_code) {
  Bytes preimage{0xff};
  base::append(preimage, sender);
  base::append(preimage, salt);
  base::append(preimage, crypto::keccak256(init_code));
  return Address::from_right(crypto::keccak256(preimage));
}

std::string_view status_name(Status status) {
  switch (status) {
    case Status::success:
      return "success";
    case Status::revert:
      return "execution reverted";
    case Status::out_of_gas:
      return "out of gas";
    case Status::invalid_instruction:
      return "invalid instruction";
    case Status::undefined_instruction:
      return "invalid opcode";
    case Status::stack_overflow:
      return "stack overflow";
    case Status::stack_underflow:
      return "stack underflow";
    case Status::bad_jump_destination:
      return "invalid jump destination";
    case Status::invalid_memory_access:
      return "return data out of bounds";
    case Status::static_violation:
      return "write protection";
    case Status::precompile_failure:
      return "precompile failed";
    case Status::create_collision:
      return "contract address collision";
    case Status::code_store_out_of_gas:
      return "contract creation code storage out of gas";
    case Status::code_too_large:
      return "max code size exceeded";
    case Status::invalid_code_prefix:
      return "invalid code: must not begin with 0xef";
    case Status::init_code_too_large:
      return "max initcode size exceeded";
    case Status::nonce_overflow:
      return "nonce uint64 overflow";
    case Status::call_depth_exceeded:
      return "max call depth exceeded";
    case Status::insufficient_balance:
      return "insufficient balance for transfer";
    case Status::balance_overflow:
      return "the recipient's balance would leave 256 bits";
    case Status::stopped:
      return "stopped";
  }
  return "";
}

}  // namespace cairn::evm
