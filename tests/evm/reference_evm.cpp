#include "tests/evm/reference_evm.hpp"

namespace cairn::evm {
namespace {

bool creates(const Message& message) {
  return message.kind == CallKind::create || message.kind == CallKind::create2;
}

}  // namespace

CallResult ReferenceEvm::call(Message message) {
  CallResult result;
  result.gas_left = message.gas;
  if (message.depth > 1024) {
    result.status = Status::call_depth_exceeded;
    return result;
  }
  if (message.kind != CallKind::delegate_call &&
      host_.account(message.sender).balance < message.value) {
    result.status = Status::insufficient_balance;
    return result;
  }
  if (creates(message)) {
    return create(message);
  }

  const std::size_t snapshot = host_.snapshot();
  if (message.kind == CallKind::call) {
    host_.subtract_balance(message.sender, message.value);
  }
  if (message.kind == CallKind::call || message.kind == CallKind::static_call) {
    host_.add_balance(message.recipient, message.kind == CallKind::call ? message.value : U256{});
  }
  if (is_precompile(message.code_address, block_.fork)) {
    auto ran = run_precompile(message.code_address, block_.fork, message.input, message.gas);
    result.status = ran.status;
    result.gas_left = ran.gas_left;
    result.output = ran.output;
  } else {
    Bytes code = base::to_bytes(host_.code(message.code_address).bytes());
    if (since(Fork::prague) && code.size() == 23 && code[0] == 0xef && code[1] == 1 &&
        code[2] == 0) {
      const Address target = Address::from_right(code);
      code =
          is_precompile(target, block_.fork) ? Bytes{} : base::to_bytes(host_.code(target).bytes());
    }
    result = run(message, code);
  }
  if (!result.succeeded()) {
    host_.revert_to(snapshot);
  }
  return result;
}

CallResult ReferenceEvm::create(Message message) {
  CallResult result;
  result.gas_left = message.gas;
  const std::uint64_t nonce = host_.account(message.sender).nonce;
  if (message.depth > 0) {
    if (nonce + 1 == 0) {
      result.status = Status::nonce_overflow;
      return result;
    }
    host_.set_nonce(message.sender, nonce + 1);
  }
  message.recipient = message.kind == CallKind::create
                          ? create_address(message.sender, message.depth > 0 ? nonce : nonce - 1)
                          : create2_address(message.sender, message.salt, message.input);
  if (since(Fork::berlin)) {
    host_.warm_account(message.recipient);
  }
  const AccountInfo there = host_.account(message.recipient);
  if (there.nonce != 0 || host_.has_storage(message.recipient) ||
      host_.code(message.recipient).size() != 0) {
    result.status = Status::create_collision;
    result.gas_left = 0;
    return result;
  }
  const std::size_t snapshot = host_.snapshot();
  host_.create_account(message.recipient);
  if (since(Fork::spurious_dragon)) {
    host_.set_nonce(message.recipient, 1);
  }
  host_.subtract_balance(message.sender, message.value);
  host_.add_balance(message.recipient, message.value);

  const Bytes init_code = base::to_bytes(message.input);
  message.input = {};
  result = run(message, init_code);
  const Bytes code = result.output;
  if (result.succeeded()) {
    result.output.clear();
    const std::int64_t deposit = 200 * static_cast<std::int64_t>(code.size());
    if (since(Fork::spurious_dragon) && code.size() > block_.max_code_size) {
      result.status = Status::code_too_large;
    } else if (since(Fork::london) && !code.empty() && code[0] == 0xef) {
      result.status = Status::invalid_code_prefix;
    } else if (result.gas_left >= deposit) {
      result.gas_left -= deposit;
      host_.set_code(message.recipient, code);
    } else if (since(Fork::homestead)) {
      result.status = Status::out_of_gas;
    }
    if (!result.succeeded()) {
      result.gas_left = 0;
      result.gas_refund = 0;
    }
  }
  if (result.succeeded()) {
    result.created = message.recipient;
  } else {
    host_.revert_to(snapshot);
  }
  return result;
}

CallResult ReferenceEvm::run(const Message& message, Bytes code) {
  Frame f;
  f.message = message;
  f.code = std::move(code);
  f.gas = message.gas;
  f.destinations.resize(f.code.size());
  for (std::size_t i = 0; i < f.code.size(); ++i) {
    f.destinations[i] = f.code[i] == 0x5b;
    if (f.code[i] >= 0x60 && f.code[i] <= 0x7f) {
      i += f.code[i] - 0x5fu;
    }
  }
  CallResult result;
  try {
    Done done = execute(f);
    result.status = done.status;
    result.output = std::move(done.output);
    result.gas_left = f.gas;
    result.gas_refund = done.status == Status::success ? f.refund : 0;
  } catch (const Halt& halt) {
    result.status = halt.status;
  }
  return result;
}

ReferenceEvm::Done ReferenceEvm::execute(Frame& f) {
  Done done{Status::success, {}};
  while (f.pc < f.code.size() && !step(f, done)) {
  }
  return done;
}

void ReferenceEvm::arithmetic(Frame& f, std::uint8_t op) {
  const Number modulus = Number{1} << 256;
  pay(f, op == 0x08 || op == 0x09                                               ? 8
         : (op >= 0x02 && op <= 0x07 && op != 0x03) || op == 0x0b || op == 0x1e ? 5
         : op == 0x0a                                                           ? 10
                                                                                : 3);
  const U256 a = pop(f);
  if (op == 0x15 || op == 0x19 || op == 0x1e) {
    unsigned zeros = 0;
    while (zeros < 256 && ((wide(a) >> (255 - zeros)) & 1) == 0) {
      ++zeros;
    }
    push(f, op == 0x15   ? U256{zeros == 256 ? 1u : 0u}
            : op == 0x19 ? narrow(modulus - 1 - wide(a))
                         : U256{zeros});
    return;
  }
  const U256 b = pop(f);
  const Number x = wide(a);
  const Number y = wide(b);
  const bool opposite = negative(a) != negative(b);
  const auto with_sign = [](bool minus, const Number& value) {
    return minus ? negated(narrow(value)) : narrow(value);
  };
  const auto flag = [](bool value) { return U256{value ? 1u : 0u}; };
  const auto signed_less = [&](const U256& p, const U256& q) {
    return negative(p) != negative(q) ? negative(p) : wide(p) < wide(q);
  };
  switch (op) {
    case 0x01:
      return push(f, narrow(x + y));
    case 0x02:
      return push(f, narrow(x * y));
    case 0x03:
      return push(f, narrow(modulus + x - y));
    case 0x04:
      return push(f, y == 0 ? U256{} : narrow(x / y));
    case 0x05:
      return push(f, y == 0 ? U256{} : with_sign(opposite, wide(absolute(a)) / wide(absolute(b))));
    case 0x06:
      return push(f, y == 0 ? U256{} : narrow(x % y));
    case 0x07:
      return push(f,
                  y == 0 ? U256{} : with_sign(negative(a), wide(absolute(a)) % wide(absolute(b))));
    case 0x08:
    case 0x09: {
      const Number n = wide(pop(f));
      return push(f, n == 0 ? U256{} : narrow((op == 0x08 ? x + y : x * y) % n));
    }
    case 0x0a: {
      std::int64_t bytes = 0;
      for (Number rest = y; rest != 0; rest >>= 8) {
        ++bytes;
      }
      pay(f, (since(Fork::spurious_dragon) ? 50 : 10) * bytes);
      Number power = 1;
      for (int bit = 255; bit >= 0; --bit) {
        power = power * power % modulus;
        if (((y >> bit) & 1) != 0) {
          power = power * x % modulus;
        }
      }
      return push(f, narrow(power));
    }
    case 0x0b: {
      if (x > 30) {
        return push(f, b);
      }
      const unsigned bits = 8 * (static_cast<unsigned>(x) + 1);
      const Number low = y % (Number{1} << bits);
      const bool minus = ((low >> (bits - 1)) & 1) != 0;
      return push(f, narrow(minus ? modulus - (Number{1} << bits) + low : low));
    }
    case 0x10:
      return push(f, flag(x < y));
    case 0x11:
      return push(f, flag(x > y));
    case 0x12:
      return push(f, flag(signed_less(a, b)));
    case 0x13:
      return push(f, flag(signed_less(b, a)));
    case 0x14:
      return push(f, flag(x == y));
    case 0x16:
      return push(f, narrow(x & y));
    case 0x17:
      return push(f, narrow(x | y));
    case 0x18:
      return push(f, narrow(x ^ y));
    case 0x1a:
      return push(f, x > 31 ? U256{} : narrow((y >> (8 * (31 - static_cast<unsigned>(x)))) & 0xff));
    case 0x1b:
      return push(f, x > 255 ? U256{} : narrow(y << static_cast<unsigned>(x)));
    case 0x1c:
      return push(f, x > 255 ? U256{} : narrow(y >> static_cast<unsigned>(x)));
    default: {  // SAR: floor division by a power of two
      const unsigned n = x > 255 ? 256 : static_cast<unsigned>(x);
      const Number ones = modulus - (Number{1} << (256 - n));
      return push(f, narrow((y >> n) | (negative(b) ? ones : Number{0})));
    }
  }
}

void ReferenceEvm::environment(Frame& f, std::uint8_t op) {
  switch (op) {
    case 0x31: {
      const Address address = base::to_address(pop(f));
      pay_access(f, address,
                 since(Fork::istanbul)            ? 700
                 : since(Fork::tangerine_whistle) ? 400
                                                  : 20);
      return push(f, host_.account(address).balance);
    }
    case 0x35: {
      pay(f, 3);
      const Number from = wide(pop(f));
      Hash256 word;
      for (unsigned i = 0; i < 32; ++i) {
        if (from + i < f.message.input.size()) {
          word[i] = f.message.input[static_cast<std::size_t>(from + i)];
        }
      }
      return push(f, to_u256(word));
    }
    case 0x37:
    case 0x39: {
      pay(f, 3);
      const U256 to = pop(f);
      const U256 from = pop(f);
      const U256 size = pop(f);
      return copy(f, to, op == 0x37 ? base::to_bytes(f.message.input) : f.code, from, size);
    }
    case 0x3b:
    case 0x3c: {
      const Address address = base::to_address(pop(f));
      pay_access(f, address, since(Fork::tangerine_whistle) ? 700 : 20);
      if (op == 0x3b) {
        return push(f, host_.code(address).size());
      }
      const U256 to = pop(f);
      const U256 from = pop(f);
      const U256 size = pop(f);
      return copy(f, to, base::to_bytes(host_.code(address).bytes()), from, size);
    }
    case 0x3e: {
      need_fork(Fork::byzantium);
      pay(f, 3);
      const U256 to = pop(f);
      const U256 from = pop(f);
      const U256 size = pop(f);
      if (wide(from) + wide(size) > f.return_data.size()) {
        throw Halt{Status::invalid_memory_access};
      }
      return copy(f, to, f.return_data, from, size);
    }
    case 0x3f: {
      need_fork(Fork::constantinople);
      const Address address = base::to_address(pop(f));
      pay_access(f, address, since(Fork::istanbul) ? 700 : 400);
      const AccountInfo account = host_.account(address);
      const bool empty = !account.exists || (account.nonce == 0 && account.balance.is_zero() &&
                                             account.code_hash == crypto::kEmptyCodeHash);
      return push(f, empty ? U256{} : to_u256(account.code_hash));
    }
    case 0x40: {
      pay(f, 20);
      const U256 number = pop(f);
      const bool recent = wide(number) < block_.number && wide(number) + 256 >= block_.number;
      return push(f, recent ? to_u256(host_.block_hash(number.low64())) : U256{});
    }
    case 0x47:
      need_fork(Fork::istanbul);
      pay(f, 5);
      return push(f, host_.account(f.message.recipient).balance);
    case 0x49: {
      need_fork(Fork::cancun);
      pay(f, 3);
      const Number index = wide(pop(f));
      const auto hashes = transaction_.blob_hashes;
      return push(
          f, index < hashes.size() ? to_u256(hashes[static_cast<std::size_t>(index)]) : U256{});
    }
    default:
      break;
  }
  static const std::unordered_map<int, Fork> kLater = {
      {0x3d, Fork::byzantium}, {0x46, Fork::istanbul}, {0x48, Fork::london}, {0x4a, Fork::cancun}};
  if (const auto later = kLater.find(op); later != kLater.end()) {
    need_fork(later->second);
  }
  pay(f, 2);
  switch (op) {
    case 0x30:
      return push(f, base::to_u256(f.message.recipient));
    case 0x32:
      return push(f, base::to_u256(transaction_.origin));
    case 0x33:
      return push(f, base::to_u256(f.message.sender));
    case 0x34:
      return push(f, f.message.value);
    case 0x36:
      return push(f, f.message.input.size());
    case 0x38:
      return push(f, f.code.size());
    case 0x3a:
      return push(f, transaction_.gas_price);
    case 0x3d:
      return push(f, f.return_data.size());
    case 0x41:
      return push(f, base::to_u256(block_.coinbase));
    case 0x42:
      return push(f, block_.timestamp);
    case 0x43:
      return push(f, block_.number);
    case 0x44:
      return push(f, block_.prev_randao);
    case 0x45:
      return push(f, block_.gas_limit);
    case 0x46:
      return push(f, block_.chain_id);
    case 0x48:
      return push(f, block_.base_fee);
    case 0x4a:
      return push(f, block_.blob_base_fee);
    default:
      throw Halt{Status::undefined_instruction};
  }
}

void ReferenceEvm::store(Frame& f) {
  need_writable(f);
  if (since(Fork::istanbul) && f.gas <= 2300) {
    throw Halt{Status::out_of_gas};
  }
  const U256 key = pop(f);
  const U256 value = pop(f);
  if (since(Fork::berlin) && host_.warm_slot(f.message.recipient, key)) {
    pay(f, 2100);
  }
  const auto [original, current] = host_.set_storage(f.message.recipient, key, value);
  const bool metered = block_.fork == Fork::constantinople || since(Fork::istanbul);
  const std::int64_t clear = since(Fork::london) ? 4800 : 15000;
  if (!metered) {
    pay(f, current.is_zero() && !value.is_zero() ? 20000 : 5000);
    f.refund += !current.is_zero() && value.is_zero() ? clear : 0;
    return;
  }
  const std::int64_t touch = since(Fork::berlin) ? 100 : since(Fork::istanbul) ? 800 : 200;
  const std::int64_t reset = since(Fork::berlin) ? 2900 : 5000;
  if (current == value) {
    pay(f, touch);
  } else if (current == original) {
    pay(f, original.is_zero() ? 20000 : reset);
    if (!original.is_zero() && value.is_zero()) {
      f.refund += clear;
    }
  } else {
    pay(f, touch);
    if (!original.is_zero() && current.is_zero()) {
      f.refund -= clear;
    }
    if (!original.is_zero() && value.is_zero()) {
      f.refund += clear;
    }
    if (original == value) {
      f.refund += (original.is_zero() ? 20000 : reset) - touch;
    }
  }
}

void ReferenceEvm::log(Frame& f, unsigned topics) {
  need_writable(f);
  pay(f, 375 + 375 * topics);
  const U256 offset = pop(f);
  const U256 size = pop(f);
  types::Log entry;
  entry.address = f.message.recipient;
  for (unsigned i = 0; i < topics; ++i) {
    entry.topics.push_back(base::to_hash(pop(f)));
  }
  reach(f, offset, size);
  pay(f, 8 * static_cast<std::int64_t>(size.low64()));
  entry.data = read(f, offset, size);
  host_.add_log(entry);
}

void ReferenceEvm::self_destruct(Frame& f) {
  need_writable(f);
  pay(f, since(Fork::tangerine_whistle) ? 5000 : 0);
  const Address self = f.message.recipient;
  const Address heir = base::to_address(pop(f));
  if (since(Fork::berlin) && host_.warm_account(heir)) {
    pay(f, 2600);
  }
  const U256 balance = host_.account(self).balance;
  const AccountInfo account = host_.account(heir);
  if (since(Fork::spurious_dragon)) {
    pay(f, account.is_empty() && !balance.is_zero() ? 25000 : 0);
  } else if (since(Fork::tangerine_whistle)) {
    pay(f, account.exists ? 0 : 25000);
  }
  const bool goes = !since(Fork::cancun) || host_.is_created_here(self);
  if (self != heir || goes) {
    host_.subtract_balance(self, balance);
  }
  if (self != heir) {
    host_.add_balance(heir, balance);
  }
  if (goes && host_.mark_destructed(self) && !since(Fork::london)) {
    f.refund += 24000;
  }
}

void ReferenceEvm::call_instruction(Frame& f, std::uint8_t op) {
  Message callee;
  callee.kind = op == 0xf1   ? CallKind::call
                : op == 0xf2 ? CallKind::call_code
                : op == 0xf4 ? CallKind::delegate_call
                             : CallKind::static_call;
  const U256 wanted = pop(f);
  const Address target = base::to_address(pop(f));
  const U256 value = op == 0xf1 || op == 0xf2 ? pop(f) : U256{};
  const U256 in = pop(f);
  const U256 in_size = pop(f);
  const U256 out = pop(f);
  const U256 out_size = pop(f);
  if (op == 0xf1 && !value.is_zero()) {
    need_writable(f);
  }
  pay_access(f, target, since(Fork::tangerine_whistle) ? 700 : 40);
  reach(f, in, in_size);
  reach(f, out, out_size);
  pay(f, value.is_zero() ? 0 : 9000);
  const Bytes code = base::to_bytes(host_.code(target).bytes());
  if (since(Fork::prague) && code.size() == 23 && code[0] == 0xef && code[1] == 1 && code[2] == 0) {
    pay(f, host_.warm_account(Address::from_right(code)) ? 2600 : 100);
  }
  if (op == 0xf1) {
    const AccountInfo account = host_.account(target);
    const bool opens =
        since(Fork::spurious_dragon) ? account.is_empty() && !value.is_zero() : !account.exists;
    pay(f, opens ? 25000 : 0);
  }
  std::int64_t given = 0;
  if (since(Fork::tangerine_whistle)) {
    const std::int64_t most = f.gas - f.gas / 64;
    given = wide(wanted) > most ? most : static_cast<std::int64_t>(wanted.low64());
  } else if (wide(wanted) > f.gas) {
    throw Halt{Status::out_of_gas};
  } else {
    given = static_cast<std::int64_t>(wanted.low64());
  }
  pay(f, given);

  const Bytes input = read(f, in, in_size);
  callee.is_static = f.message.is_static || op == 0xfa;
  callee.depth = f.message.depth + 1;
  callee.gas = given + (value.is_zero() ? 0 : 2300);
  callee.sender = op == 0xf4 ? f.message.sender : f.message.recipient;
  callee.recipient = op == 0xf1 || op == 0xfa ? target : f.message.recipient;
  callee.code_address = target;
  callee.value = op == 0xf4 ? f.message.value : value;
  callee.input = input;
  const CallResult result = call(callee);
  f.gas += result.gas_left;
  f.refund += result.gas_refund;
  f.return_data = result.output;
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(out_size.low64(), result.output.size());
       ++i) {
    f.memory[out.low64() + i] = result.output[i];
  }
  push(f, U256{result.succeeded() ? 1u : 0u});
}

void ReferenceEvm::create_instruction(Frame& f, std::uint8_t op) {
  need_writable(f);
  pay(f, 32000);
  Message callee;
  callee.kind = op == 0xf0 ? CallKind::create : CallKind::create2;
  callee.value = pop(f);
  const U256 offset = pop(f);
  const U256 size = pop(f);
  callee.salt = op == 0xf5 ? base::to_hash(pop(f)) : Hash256{};
  reach(f, offset, size);
  if (since(Fork::shanghai)) {
    if (wide(size) > 2 * block_.max_code_size) {
      throw Halt{Status::init_code_too_large};
    }
    pay(f, 2 * words(size.low64()));
  }
  pay(f, op == 0xf5 ? 6 * words(size.low64()) : 0);
  const Bytes init_code = read(f, offset, size);
  callee.depth = f.message.depth + 1;
  callee.gas = since(Fork::tangerine_whistle) ? f.gas - f.gas / 64 : f.gas;
  pay(f, callee.gas);
  callee.sender = f.message.recipient;
  callee.input = init_code;
  const CallResult result = call(callee);
  f.gas += result.gas_left;
  f.refund += result.gas_refund;
  f.return_data = result.output;
  push(f, result.succeeded() ? base::to_u256(result.created) : U256{});
}

// One instruction; true when the frame has ended with `done`.
bool ReferenceEvm::step(Frame& f, Done& done) {
  const std::uint8_t op = f.code[f.pc++];
  const auto jump_to = [&f](const U256& target) {
    if (wide(target) >= f.code.size() || !f.destinations[target.low64()]) {
      throw Halt{Status::bad_jump_destination};
    }
    f.pc = target.low64();
  };
  if (op == 0x00) {
    return true;
  }
  if (op <= 0x0b || (op >= 0x10 && op <= 0x1e)) {
    if (op >= 0x1b) {
      need_fork(op == 0x1e ? Fork::osaka : Fork::constantinople);
    }
    arithmetic(f, op);
    return false;
  }
  if (op >= 0x30 && op <= 0x4a) {
    environment(f, op);
    return false;
  }
  if (op >= 0x60 && op <= 0x7f) {
    pay(f, 3);
    U256 value;
    for (unsigned i = 0; i < op - 0x5fu; ++i, ++f.pc) {
      value = narrow(wide(value) * 256 + (f.pc < f.code.size() ? f.code[f.pc] : 0));
    }
    push(f, value);
    return false;
  }
  if (op >= 0x80 && op <= 0x9f) {
    pay(f, 3);
    const std::size_t n = op % 16 + (op >= 0x90 ? 2u : 1u);
    if (f.stack.size() < n) {
      throw Halt{Status::stack_underflow};
    }
    U256& deep = f.stack[f.stack.size() - n];
    if (op >= 0x90) {
      std::swap(deep, f.stack.back());
    } else {
      push(f, U256{deep});
    }
    return false;
  }
  if (op >= 0xa0 && op <= 0xa4) {
    log(f, op - 0xa0u);
    return false;
  }
  switch (op) {
    case 0x20: {
      pay(f, 30);
      const U256 offset = pop(f);
      const U256 size = pop(f);
      reach(f, offset, size);
      pay(f, 6 * words(size.low64()));
      push(f, to_u256(crypto::keccak256(read(f, offset, size))));
      return false;
    }
    case 0x50:
      pay(f, 2);
      pop(f);
      return false;
    case 0x51: {
      pay(f, 3);
      const U256 offset = pop(f);
      reach(f, offset, 32);
      push(f, base::from_be(read(f, offset, 32)));
      return false;
    }
    case 0x52:
    case 0x53: {
      pay(f, 3);
      const U256 offset = pop(f);
      const Hash256 value = base::to_hash(pop(f));
      const unsigned size = op == 0x52 ? 32 : 1;
      reach(f, offset, size);
      std::copy(value.end() - size, value.end(),
                f.memory.begin() + static_cast<std::ptrdiff_t>(offset.low64()));
      return false;
    }
    case 0x54: {
      const U256 key = pop(f);
      pay(f, since(Fork::berlin)     ? (host_.warm_slot(f.message.recipient, key) ? 2100 : 100)
             : since(Fork::istanbul) ? 800
             : since(Fork::tangerine_whistle) ? 200
                                              : 50);
      push(f, host_.storage(f.message.recipient, key));
      return false;
    }
    case 0x55:
      store(f);
      return false;
    case 0x56:
      pay(f, 8);
      jump_to(pop(f));
      return false;
    case 0x57: {
      pay(f, 10);
      const U256 target = pop(f);
      if (!pop(f).is_zero()) {
        jump_to(target);
      }
      return false;
    }
    case 0x58:
      pay(f, 2);
      push(f, f.pc - 1);
      return false;
    case 0x59:
      pay(f, 2);
      push(f, f.memory.size());
      return false;
    case 0x5a:
      pay(f, 2);
      push(f, static_cast<std::uint64_t>(f.gas));
      return false;
    case 0x5b:
      pay(f, 1);
      return false;
    case 0x5c:
      need_fork(Fork::cancun);
      pay(f, 100);
      push(f, host_.transient_storage(f.message.recipient, pop(f)));
      return false;
    case 0x5d: {
      need_fork(Fork::cancun);
      need_writable(f);
      pay(f, 100);
      const U256 key = pop(f);
      host_.set_transient_storage(f.message.recipient, key, pop(f));
      return false;
    }
    case 0x5e: {
      need_fork(Fork::cancun);
      pay(f, 3);
      const U256 to = pop(f);
      const U256 from = pop(f);
      const U256 size = pop(f);
      reach(f, to, size);
      reach(f, from, size);
      pay(f, 3 * words(size.low64()));
      const Bytes moved = read(f, from, size);
      std::copy(moved.begin(), moved.end(),
                f.memory.begin() + (moved.empty() ? 0 : static_cast<std::ptrdiff_t>(to.low64())));
      return false;
    }
    case 0x5f:
      need_fork(Fork::shanghai);
      pay(f, 2);
      push(f, 0);
      return false;
    case 0xf0:
    case 0xf5:
      need_fork(op == 0xf5 ? Fork::constantinople : Fork::frontier);
      create_instruction(f, op);
      return false;
    case 0xf1:
    case 0xf2:
    case 0xf4:
    case 0xfa:
      need_fork(op == 0xfa ? Fork::byzantium : op == 0xf4 ? Fork::homestead : Fork::frontier);
      call_instruction(f, op);
      return false;
    case 0xf3:
    case 0xfd: {
      need_fork(op == 0xfd ? Fork::byzantium : Fork::frontier);
      const U256 offset = pop(f);
      const U256 size = pop(f);
      reach(f, offset, size);
      done = {op == 0xfd ? Status::revert : Status::success, read(f, offset, size)};
      return true;
    }
    case 0xfe:
      throw Halt{Status::invalid_instruction};
    case 0xff:
      self_destruct(f);
      return true;
    default:
      throw Halt{Status::undefined_instruction};
  }
}

}  // namespace cairn::evm
