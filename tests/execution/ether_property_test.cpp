// Whatever transactions do, wei only moves or is burnt.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "tests/execution/story.hpp"

namespace cairn::execution::testing {
namespace {

constexpr std::uint64_t kPlenty = 1'000'000'000;  // wei; no transaction here costs more

// A handful of accounts, so that sender, receiver, coinbase and contracts often meet.
Address account_number(int number) {
  return base::to_address(U256{0xacc0 + std::uint64_t(number)});
}

rc::Gen<Address> any_account() { return rc::gen::map(rc::gen::inRange(0, 5), account_number); }

// Code of calls with value, creations, self-destructions, storage and failures.
Bytes push(const U256& value) {
  Bytes code = {0x7f};
  base::append(code, base::to_hash(value));
  return code;
}

Bytes call_with_value(const Address& to, std::uint64_t value) {
  Bytes code;
  for (const U256& operand :
       {U256{}, U256{}, U256{}, U256{}, U256{value}, base::to_u256(to), U256{40'000}}) {
    base::append(code, push(operand));
  }
  base::append(code, Bytes{0xf1, 0x50});  // CALL POP
  return code;
}

Bytes create_with_value(std::uint64_t value) {
  Bytes code = push(0);
  base::append(code, push(0));
  base::append(code, push(value));
  base::append(code, Bytes{0xf0, 0x50});  // CREATE POP
  return code;
}

Bytes store(std::uint64_t slot, std::uint64_t value) {
  Bytes code = push(value);
  base::append(code, push(slot));
  code.push_back(0x55);
  return code;
}

Bytes any_step() {
  switch (*rc::gen::inRange(0, 6)) {
    case 0:
    case 1:
      return call_with_value(*any_account(), *rc::gen::inRange<std::uint64_t>(0, 50));
    case 2:
      return create_with_value(*rc::gen::inRange<std::uint64_t>(0, 50));
    case 3:
      return store(*rc::gen::inRange<std::uint64_t>(0, 3), *rc::gen::inRange<std::uint64_t>(0, 2));
    case 4: {
      Bytes code = push(base::to_u256(*any_account()));
      code.push_back(0xff);  // SELFDESTRUCT
      return code;
    }
    default:
      return *rc::gen::element(Bytes{0xfe}, Bytes{0x00}, push(0));
  }
}

Bytes any_code() {
  Bytes code;
  const int steps = *rc::gen::inRange(0, 4);
  for (int i = 0; i < steps; ++i) {
    base::append(code, any_step());
  }
  return code;
}

Story any_story() {
  const Fork fork = static_cast<Fork>(*rc::gen::inRange(0, static_cast<int>(types::kForkCount)));
  Story story(fork);
  story.before.clear();
  for (int i = 0; i < 5; ++i) {
    auto& account = story.before[account_number(i)];
    account.balance = *rc::gen::inRange<std::uint64_t>(0, kPlenty);
    account.code = i == 0 ? Bytes{} : any_code();
    account.storage[0] = *rc::gen::inRange<std::uint64_t>(0, 2);
  }
  story.sender = account_number(0);
  story.env.context.coinbase = *any_account();
  story.transaction.value = *rc::gen::inRange<std::uint64_t>(0, 1'000);
  story.transaction.gas_limit = *rc::gen::inRange<std::uint64_t>(20'000, 500'000);
  if (*rc::gen::inRange(0, 4) == 0) {
    story.transaction.to.reset();
    story.transaction.data = any_code();
  } else {
    story.transaction.to = *any_account();
  }
  if (fork >= Fork::cancun && !story.transaction.is_create() && *rc::gen::arbitrary<bool>()) {
    story.of_type(TransactionType::blob);
  }
  return story;
}

U256 total_of(const std::map<Address, types::GenesisAccount>& accounts) {
  U256 sum;
  for (const auto& [address, account] : accounts) {
    sum += account.balance;
  }
  return sum;
}

// A contract that destroys itself in favour of itself, or is paid after it was destroyed, burns
// what it has: then less may be left, never more.
RC_GTEST_PROP(Ether, IsNeverMadeByATransaction, ()) {
  Story story = any_story();
  const U256 before = total_of(story.before);
  const auto outcome = story.run();
  if (!outcome) {
    RC_ASSERT(story.total_after() == before);
    return;
  }
  const U256 burnt = story.env.context.base_fee * U256{outcome->gas_used} +
                     story.env.context.blob_base_fee * U256{blob_gas_of(story.transaction)};
  RC_ASSERT(story.total_after() + burnt <= before);
}

RC_GTEST_PROP(Ether, IsConservedWhereNothingDestroysItself, ()) {
  Story story = any_story();
  const auto holds = [](const Bytes& code) {  // SELFDESTRUCT, or a byte that looks like it
    return std::ranges::find(code, 0xff) != code.end();
  };
  const bool destroys = [&] {
    for (const auto& [address, account] : story.before) {
      if (holds(account.code)) {
        return true;
      }
    }
    return holds(story.transaction.data);
  }();
  RC_PRE(!destroys);
  const U256 before = total_of(story.before);
  const auto outcome = story.run();
  RC_PRE(outcome.has_value());
  const U256 burnt = story.env.context.base_fee * U256{outcome->gas_used} +
                     story.env.context.blob_base_fee * U256{blob_gas_of(story.transaction)};
  RC_ASSERT(story.total_after() + burnt == before);
}

RC_GTEST_PROP(Gas, IsNeverMoreThanTheLimitNorLessThanTheIntrinsic, ()) {
  Story story = any_story();
  const auto outcome = story.run();
  RC_PRE(outcome.has_value());
  RC_ASSERT(outcome->gas_used <= outcome->gas_spent_peak);
  RC_ASSERT(outcome->gas_spent_peak <= story.transaction.gas_limit);
  RC_ASSERT(outcome->gas_spent_peak >=
            intrinsic_gas(story.transaction, story.env.context.fork).intrinsic);
}

}  // namespace
}  // namespace cairn::execution::testing
