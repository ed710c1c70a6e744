#include <gtest/gtest.h>

#include "tests/node/dev_fixture.hpp"

namespace cairn::node {
namespace {

Submission legacy_transfer(std::uint64_t nonce) {
  Submission out;
  out.transaction.nonce = nonce;
  out.transaction.to = accounts()[1].address;
  out.transaction.value = 1;
  out.transaction.gas_limit = 21'000;
  out.transaction.max_fee_per_gas = kGwei;
  out.transaction.max_priority_fee_per_gas = kGwei;
  out.key = accounts()[0].key;
  return out;
}

TEST(OldForks, ReceiptsBeforeByzantiumHoldTheStateRootAfterTheirTransaction) {
  static const crypto::KzgSetup kzg;
  std::shared_ptr<store::Store> store = *store::RocksStore::open_in_memory();
  const auto genesis = chain::dev_genesis(accounts(), {.fork = types::Fork::homestead});
  auto writer = *DevWriter::open(store, genesis, {}, std::make_shared<base::SimulatedClock>());
  const auto before = writer->head();
  for (const std::uint64_t nonce : {0, 1}) {
    auto ready = prepare(legacy_transfer(nonce), types::Fork::homestead, 31'337, kzg);
    ASSERT_TRUE(ready) << ready.error().message;
    ASSERT_TRUE(writer->admit(*std::move(ready)));
  }
  ASSERT_TRUE(writer->settle());

  const auto after = writer->head();
  const auto receipts = after->receipts_at(1);
  ASSERT_EQ(receipts->size(), 2u);
  EXPECT_NE((*receipts)[0].state_root, (*receipts)[1].state_root);
  // Only the miner's reward comes after the last transaction.
  state::Overlay overlay(*after->state());
  overlay.subtract_balance(after->header().beneficiary, U256{5} * kEther);
  EXPECT_EQ((*receipts)[1].state_root, after->state_root_after(overlay.changeset()));
  EXPECT_NE((*receipts)[1].state_root, before->header().state_root);
}

}  // namespace
}  // namespace cairn::node
