#pragma once
// A transaction over contracts that a test puts there, seen by a tracer.

#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "tests/execution/story.hpp"
#include "trace/transaction_tracer.hpp"

namespace cairn::trace {

using execution::testing::kReceiver;
using execution::testing::kSender;

inline constexpr Address kOther = "0x00000000000000000000000000000000000000ca"_address;

class TracedStory : public ::testing::Test {
 protected:
  void contract(const Address& address, std::string_view code) {
    story_.before[address].code = *base::from_hex(code);
    story_.before[address].nonce = 1;
  }

  // The outcome, which a test expects there to be.
  execution::TransactionOutcome run(state::Overlay& overlay, evm::Tracer& tracer) {
    const auto outcome = execution::execute_transaction(overlay, story_.env, story_.transaction,
                                                        kSender, {}, {}, &tracer);
    EXPECT_TRUE(outcome);
    return outcome ? *outcome : execution::TransactionOutcome{};
  }
  execution::TransactionOutcome run(evm::Tracer& tracer) {
    const state::MemoryState base(story_.before);
    state::Overlay overlay(base);
    return run(overlay, tracer);
  }

  // What the tracer says afterwards.
  std::string answer(TransactionTracer& tracer) {
    const state::MemoryState base(story_.before);
    state::Overlay overlay(base);
    tracer.begin({.overlay = overlay,
                  .environment = story_.env,
                  .transaction = story_.transaction,
                  .sender = kSender,
                  .base = base});
    tracer.end(run(overlay, tracer));
    codec::JsonWriter out;
    tracer.write(out);
    return std::move(out).take();
  }

  execution::testing::Story story_;
};

}  // namespace cairn::trace
