#include "trace/prestate_tracer.hpp"

#include "base/hex.hpp"
#include "crypto/keccak.hpp"
#include "evm/code.hpp"
#include "evm/evm.hpp"
#include "evm/opcodes.hpp"
#include "trace/step_memory.hpp"

namespace cairn::trace {
namespace {

using evm::Op;

void write_storage(codec::JsonWriter& out, const std::map<Hash256, Hash256>& storage) {
  if (storage.empty()) {
    return;
  }
  out.key("storage").begin_object();
  for (const auto& [key, value] : storage) {
    out.field(base::to_hex(key), value);
  }
  out.end_object();
}

}  // namespace

PrestateTracer::Before PrestateTracer::read(const Address& address) const {
  Before out;
  out.code = overlay_->code(address);
  const types::Account* account = overlay_->account(address);
  out.code_hash = crypto::kEmptyCodeHash;
  if (account != nullptr) {
    out.balance = account->balance;
    out.nonce = account->nonce;
    out.code_hash = account->code_hash;
  }
  return out;
}

void PrestateTracer::look_up(const Address& address) {
  if (!before_.contains(address)) {
    Before found = read(address);
    if (found.is_empty()) {
      empty_.insert(address);
    }
    before_.emplace(address, std::move(found));
  }
}

void PrestateTracer::expect(const Address& address) {
  if (!before_.contains(address)) {
    pending_.accounts.emplace(address, read(address));
  }
}

std::optional<Address> PrestateTracer::delegate_of(const Address& address) const {
  return fork_ >= evm::Fork::prague ? evm::delegation_of(*overlay_->code(address)) : std::nullopt;
}

void PrestateTracer::expect_with_delegate(const Address& address) {
  expect(address);
  if (const auto delegate = delegate_of(address)) {
    expect(*delegate);
  }
}

void PrestateTracer::expect_creation(const Address& address) {
  expect(address);
  pending_.created = address;
}

void PrestateTracer::begin(const Subject& subject) {
  overlay_ = &subject.overlay;
  fork_ = subject.fork();
  const types::Transaction& transaction = subject.transaction;
  Address to;
  if (transaction.to) {
    to = *transaction.to;
    if (const auto delegate = delegate_of(to)) {
      look_up(*delegate);
    }
  } else {
    const types::Account* account = overlay_->account(subject.sender);
    to = evm::create_address(subject.sender, account != nullptr ? account->nonce : 0);
    created_.insert(to);
  }
  look_up(subject.sender);
  look_up(to);
  look_up(subject.environment.context.coinbase);
  for (const types::Authorization& authorization : transaction.authorizations) {
    if (const auto authority = recover_authority(authorization)) {
      look_up(*authority);
    }
  }
}

void PrestateTracer::on_step(const evm::Step& step) {
  pending_ = {};
  const std::size_t height = step.stack.size();
  const auto item = [&step, height](std::size_t n) { return step.stack[height - 1 - n]; };
  switch (static_cast<Op>(step.opcode)) {
    case Op::sload:
    case Op::sstore:
      if (height >= 1 && !options_.disable_storage) {
        pending_.slot = {step.address, item(0)};
        pending_.slot_value = overlay_->storage(step.address, item(0));
      }
      break;
    case Op::extcodecopy:
    case Op::extcodehash:
    case Op::extcodesize:
    case Op::balance:
    case Op::selfdestruct:
      if (height >= 1) {
        expect(base::to_address(item(0)));
        const bool goes = fork_ < evm::Fork::cancun || created_.contains(step.address);
        if (static_cast<Op>(step.opcode) == Op::selfdestruct && goes) {
          pending_.destructed = step.address;
        }
      }
      break;
    case Op::call:
    case Op::callcode:
    case Op::delegatecall:
    case Op::staticcall:
      if (height >= 5) {
        expect_with_delegate(base::to_address(item(1)));
      }
      break;
    case Op::create: {
      const types::Account* account = overlay_->account(step.address);
      expect_creation(evm::create_address(step.address, account != nullptr ? account->nonce : 0));
      break;
    }
    case Op::create2:
      if (height >= 4) {
        if (const auto init_code = padded_memory(step.memory, item(1), item(2))) {
          expect_creation(evm::create2_address(step.address, base::to_hash(item(3)), *init_code));
        }
      }
      break;
    default:
      break;
  }
}

void PrestateTracer::on_cost(std::int64_t /*gas*/, std::int64_t /*refund*/) {
  for (auto& [address, account] : pending_.accounts) {
    if (account.is_empty()) {
      empty_.insert(address);
    }
    before_.emplace(address, std::move(account));
  }
  if (pending_.slot) {
    const auto& [address, key] = *pending_.slot;
    look_up(address);
    before_.at(address).storage.emplace(base::to_hash(key), base::to_hash(*pending_.slot_value));
  }
  if (pending_.created) {
    created_.insert(*pending_.created);
  }
  if (pending_.destructed) {
    deleted_.insert(*pending_.destructed);
  }
  pending_ = {};
}

// Leaves in `before` the slots that changed and were not zero.
bool PrestateTracer::change_storage(const Address& address, Before& before, After& after) const {
  bool changed = false;
  for (auto slot = before.storage.begin(); slot != before.storage.end();) {
    const Hash256 now = base::to_hash(overlay_->storage(address, base::to_u256(slot->first)));
    const bool differs = now != slot->second;
    if (differs) {
      changed = true;
      if (!now.is_zero()) {
        after.storage.emplace(slot->first, now);
      }
    }
    slot = differs && !slot->second.is_zero() ? std::next(slot) : before.storage.erase(slot);
  }
  return changed;
}

std::optional<PrestateTracer::After> PrestateTracer::change_of(const Address& address,
                                                               Before& before) const {
  After after;
  const types::Account* account = overlay_->account(address);
  const U256 balance = account != nullptr ? account->balance : U256{};
  const std::uint64_t nonce = account != nullptr ? account->nonce : 0;
  // What does not exist has no code, before as after: geth 1.17 has the hash zero for it on one
  // side alone, and lists a change of accounts that never were.
  const Hash256 code_hash = account != nullptr ? account->code_hash : crypto::kEmptyCodeHash;
  bool changed = false;
  if (balance != before.balance) {
    after.balance = balance;
    changed = true;
  }
  if (nonce != before.nonce) {
    after.nonce = nonce;
    changed = true;
  }
  if (code_hash != before.code_hash) {
    after.code_hash = code_hash;
    changed = true;
  }
  if (!options_.disable_code) {
    const auto code = overlay_->code(address);
    if (*code != *before.code) {
      after.code = code;
      changed = true;
    }
  }
  changed = change_storage(address, before, after) || changed;
  return changed ? std::optional(std::move(after)) : std::nullopt;
}

void PrestateTracer::end(const execution::TransactionOutcome& /*outcome*/) {
  if (options_.diff_mode) {
    for (auto entry = before_.begin(); entry != before_.end();) {
      auto& [address, before] = *entry;
      auto after = deleted_.contains(address) ? std::nullopt : change_of(address, before);
      const bool stays = after || deleted_.contains(address);
      if (after) {
        after_.emplace(address, *std::move(after));
      }
      entry = stays ? std::next(entry) : before_.erase(entry);
    }
  }
  if (!options_.include_empty) {
    for (const Address& address : empty_) {
      before_.erase(address);
    }
  }
}

void PrestateTracer::write_before(codec::JsonWriter& out) const {
  out.begin_object();
  for (const auto& [address, account] : before_) {
    out.key(base::to_hex(address)).begin_object().field("balance", account.balance);
    if (!account.code->empty() && !options_.disable_code) {
      out.field("code", *account.code);
    }
    if (account.code_hash != crypto::kEmptyCodeHash && !account.code_hash.is_zero()) {
      out.field("codeHash", account.code_hash);
    }
    if (account.nonce != 0) {
      out.key("nonce").decimal(account.nonce);
    }
    write_storage(out, account.storage);
    out.end_object();
  }
  out.end_object();
}

void PrestateTracer::write_after(codec::JsonWriter& out) const {
  out.begin_object();
  for (const auto& [address, account] : after_) {
    out.key(base::to_hex(address)).begin_object();
    if (account.balance) {
      out.field("balance", *account.balance);
    }
    if (account.code != nullptr) {
      out.field("code", *account.code);
    }
    if (account.code_hash) {
      out.field("codeHash", *account.code_hash);
    }
    if (account.nonce && *account.nonce != 0) {
      out.key("nonce").decimal(*account.nonce);
    }
    write_storage(out, account.storage);
    out.end_object();
  }
  out.end_object();
}

void PrestateTracer::write(codec::JsonWriter& out) {
  if (!options_.diff_mode) {
    return write_before(out);
  }
  out.begin_object().key("post");
  write_after(out);
  out.key("pre");
  write_before(out);
  out.end_object();
}

}  // namespace cairn::trace
