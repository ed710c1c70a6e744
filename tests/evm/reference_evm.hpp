#pragma once
// The naive twin of the EVM: one switch over the bytes, every check before every instruction,
// nested frames as recursion, numbers by Boost, prices written out fork by fork. It shares with the
// real one only what is no part of the EVM proper: the test host, keccak and the precompiles.

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>

#include "crypto/keccak.hpp"
#include "evm/evm.hpp"
#include "evm/precompiles.hpp"
#include "tests/evm/test_host.hpp"

namespace cairn::evm {

class ReferenceEvm {
 public:
  ReferenceEvm(Host& host, const BlockContext& block, const TransactionContext& transaction)
      : host_(host), block_(block), transaction_(transaction) {}

  CallResult call(Message message);

 private:
  using Number = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<
      768, 768, boost::multiprecision::unsigned_magnitude, boost::multiprecision::unchecked, void>>;

  struct Halt {
    Status status;
  };
  struct Done {
    Status status;
    Bytes output;
  };

  struct Frame {
    Message message;
    Bytes code;
    std::vector<bool> destinations;
    std::vector<U256> stack;
    Bytes memory;
    Bytes return_data;
    std::int64_t gas = 0;
    std::int64_t refund = 0;
    std::size_t pc = 0;
  };

  bool since(Fork fork) const { return block_.fork >= fork; }

  static Number wide(const U256& value) {
    Number out = 0;
    for (std::size_t i = 4; i > 0; --i) {
      out = (out << 64) | value[i - 1];
    }
    return out;
  }
  static U256 narrow(const Number& value) {
    U256 out;
    for (std::size_t i = 0; i < 4; ++i) {
      out[i] = static_cast<std::uint64_t>((value >> (64 * i)) & ~std::uint64_t{0});
    }
    return out;
  }
  static bool negative(const U256& value) { return (value[3] >> 63) != 0; }
  static U256 negated(const U256& value) { return narrow((Number{1} << 256) - wide(value)); }
  static U256 absolute(const U256& value) { return negative(value) ? negated(value) : value; }

  static void pay(Frame& f, std::int64_t gas) {
    if (f.gas < gas) {
      throw Halt{Status::out_of_gas};
    }
    f.gas -= gas;
  }

  static U256 pop(Frame& f) {
    if (f.stack.empty()) {
      throw Halt{Status::stack_underflow};
    }
    const U256 value = f.stack.back();
    f.stack.pop_back();
    return value;
  }
  static void push(Frame& f, const U256& value) {
    if (f.stack.size() == 1024) {
      throw Halt{Status::stack_overflow};
    }
    f.stack.push_back(value);
  }

  static std::int64_t words(std::uint64_t size) {
    return static_cast<std::int64_t>((size + 31) / 32);
  }

  static void reach(Frame& f, const U256& offset, const U256& size) {
    if (size.is_zero()) {
      return;
    }
    if (wide(offset) + wide(size) > Number{std::uint64_t{1} << 34}) {
      throw Halt{Status::out_of_gas};
    }
    const std::int64_t before = words(f.memory.size());
    const std::int64_t after = std::max(before, words(offset.low64() + size.low64()));
    pay(f, 3 * (after - before) + after * after / 512 - before * before / 512);
    f.memory.resize(static_cast<std::size_t>(after) * 32);
  }

  static Bytes read(const Frame& f, const U256& offset, const U256& size) {
    if (size.is_zero()) {
      return {};
    }
    const auto begin = f.memory.begin() + static_cast<std::ptrdiff_t>(offset.low64());
    return {begin, begin + static_cast<std::ptrdiff_t>(size.low64())};
  }

  static void copy(Frame& f, const U256& to, const Bytes& source, const U256& from,
                   const U256& size) {
    reach(f, to, size);
    pay(f, 3 * words(size.low64()));
    for (std::uint64_t i = 0; i < size.low64(); ++i) {
      const Number at = wide(from) + i;
      f.memory[to.low64() + i] = at < source.size() ? source[static_cast<std::size_t>(at)] : 0;
    }
  }

  // The price of touching an account; `old` before EIP-2929.
  void pay_access(Frame& f, const Address& address, std::int64_t old) {
    if (!since(Fork::berlin)) {
      return pay(f, old);
    }
    pay(f, host_.warm_account(address) ? 2600 : 100);
  }

  static void need_writable(const Frame& f) {
    if (f.message.is_static) {
      throw Halt{Status::static_violation};
    }
  }

  void need_fork(Fork fork) const {
    if (!since(fork)) {
      throw Halt{Status::undefined_instruction};
    }
  }

  CallResult create(Message message);
  CallResult run(const Message& message, Bytes code);
  Done execute(Frame& f);
  bool step(Frame& f, Done& done);
  void arithmetic(Frame& f, std::uint8_t op);
  void environment(Frame& f, std::uint8_t op);
  void store(Frame& f);
  void log(Frame& f, unsigned topics);
  void self_destruct(Frame& f);
  void call_instruction(Frame& f, std::uint8_t op);
  void create_instruction(Frame& f, std::uint8_t op);

  Host& host_;
  const BlockContext& block_;
  const TransactionContext& transaction_;
};

}  // namespace cairn::evm
