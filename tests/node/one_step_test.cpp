// A dump that is loaded and a reorganisation, on a disk that loses power at each of its calls: the
// chain is the old one or the new one.

#include <gtest/gtest.h>

#include <functional>

#include "tests/node/dev_fixture.hpp"
#include "tests/store/crash_file_system.hpp"
#include "tests/store/stepped_env.hpp"
#include "tests/store/store_content.hpp"

namespace cairn::node {
namespace {

using cairn::testing::CrashFileSystem;
using cairn::testing::SteppedEnv;

using cairn::testing::content_of;
using Content = cairn::testing::StoreContent;

// Of a longer chain, over the end of a section of the indices.
StateDump long_dump() {
  DevFixture f;
  f.deploy("6001602a5f5260205fa100");
  for (std::uint64_t i = 0; i < 260; ++i) {
    f.send({.from = i % 5, .to = kSomebody, .value = 1});
  }
  const auto head = f.head();
  StateDump out;
  for (std::uint64_t number = 1; number <= head->number(); ++number) {
    const auto block = head->block_at(number);
    out.blocks.push_back({.block = block->block,
                          .senders = block->senders,
                          .impersonated = {},
                          .receipts = *head->receipts_at(number),
                          .state_after = {}});
  }
  head->for_each_account([&](const Address& address, const types::Account& account) {
    out.accounts[address] = {
        .nonce = account.nonce,
        .balance = account.balance,
        .code = account.has_code() ? *head->state()->code(account.code_hash) : Bytes{},
        .storage = {}};
    return true;
  });
  return out;
}

using Change = std::function<Result<void>(DevWriter&)>;

// One chain with its disk.
class Life {
 public:
  explicit Life(std::uint64_t seed)
      : disk_(std::make_shared<CrashFileSystem>(seed)), env_(std::make_shared<SteppedEnv>(disk_)) {
    options_ = options_on(env_, true);
    store_ = *store::RocksStore::open("/chain", options_);
    writer_ = *DevWriter::open(store_, chain::dev_genesis(accounts()), {}, clock_);
    for (std::uint64_t i = 0; i < 4; ++i) {
      (void)writer_->admit(*prepared(submission_of({.from = i, .to = kSomebody, .value = 7})));
      (void)writer_->settle();
    }
  }

  CrashFileSystem& disk() { return *disk_; }
  DevWriter& writer() { return *writer_; }
  Content content() const { return content_of(*store_); }

  Content after_power_loss() {
    writer_.reset();
    store_.reset();
    disk_->lose_power();
    store_ = *store::RocksStore::open("/chain", options_);
    return content();
  }
  std::uint64_t opened_again_at() {
    writer_ = *DevWriter::open(store_, chain::dev_genesis(accounts()), {}, clock_);
    return writer_->head()->number();
  }

 private:
  std::shared_ptr<CrashFileSystem> disk_;
  std::shared_ptr<SteppedEnv> env_;
  store::RocksOptions options_;
  std::shared_ptr<store::Store> store_;
  std::shared_ptr<base::SimulatedClock> clock_ =
      std::make_shared<base::SimulatedClock>(1'700'000'000'000);
  std::unique_ptr<DevWriter> writer_;
};

bool is_done(const Change& change, DevWriter& writer) {
  try {
    return change(writer).has_value();
  } catch (const store::StoreFault&) {
    return false;  // the disk failed under a reader
  }
}

void is_one_step(const Change& change) {
  Life whole(0);
  const Content old = whole.content();
  const std::uint64_t old_height = whole.writer().head()->number();
  const std::uint64_t begin = whole.disk().calls();
  ASSERT_TRUE(change(whole.writer()));
  const std::uint64_t calls = whole.disk().calls() - begin;
  const Content fresh = whole.content();
  const std::uint64_t new_height = whole.writer().head()->number();
  ASSERT_FALSE(old == fresh);
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    for (std::uint64_t call = 1; call <= calls; ++call) {
      Life life(seed);
      life.disk().crash_at(life.disk().calls() + call);
      const bool done = is_done(change, life.writer());
      const Content found = life.after_power_loss();
      EXPECT_TRUE(found == fresh || (!done && found == old))
          << "power lost at call " << call << " of " << calls << ", seed " << seed;
      EXPECT_EQ(life.opened_again_at(), found == fresh ? new_height : old_height);
    }
  }
}

TEST(OneStep, IsALoadedDump) {
  const StateDump dump = long_dump();
  is_one_step([&](DevWriter& writer) { return writer.load(dump); });
}

TEST(OneStep, IsALoadedStateWithoutBlocks) {
  StateDump dump = long_dump();
  dump.blocks.resize(1);
  dump.blocks[0].block.header.number = 0;  // takes the whole chain back
  is_one_step([&](DevWriter& writer) { return writer.load(dump); });
}

TEST(OneStep, IsAReorganisation) {
  is_one_step([](DevWriter& writer) {
    std::vector<std::vector<Prepared>> blocks(3);
    for (auto& block : blocks) {
      block.push_back(*prepared(submission_of({.from = 9, .to = kSomebody, .value = 5})));
    }
    return writer.reorg(std::move(blocks));
  });
}

// The second block cannot be: the first is not there either.
TEST(OneStep, IsNothingWhenItFails) {
  DevFixture f;
  f.send({.to = kSomebody, .value = 1});
  f.send({.to = kSomebody, .value = 1});
  ASSERT_TRUE(f.writer->change_settings([](chain::Settings& settings) -> Result<void> {
    settings.timestamp_interval = std::uint64_t{1} << 63;
    return {};
  }));
  const Content before = content_of(*f.store);
  const auto done = f.writer->reorg(std::vector<std::vector<Prepared>>(2));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "the timestamp leaves 64 bits");
  EXPECT_TRUE(content_of(*f.store) == before);
  EXPECT_EQ(f.head()->number(), 2u);
}

TEST(OneStep, TellsListenersOnce) {
  const StateDump dump = long_dump();
  DevFixture f;
  f.send({.to = kSomebody, .value = 1});
  std::vector<HeadChanged> told;
  const auto subscription = f.writer->events().subscribe([&](const Event& event) {
    if (const auto* moved = std::get_if<HeadChanged>(&event)) {
      told.push_back(*moved);
    }
  });
  ASSERT_TRUE(f.writer->load(dump));
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].removed.size(), 1u);
  EXPECT_EQ(told[0].first_added, 1u);
  EXPECT_EQ(told[0].head->number(), 261u);
}

}  // namespace
}  // namespace cairn::node
