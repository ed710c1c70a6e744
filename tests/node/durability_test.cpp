// A dev chain on a disk that loses power at a random call. A failure names its seed; to repeat it:
// CAIRN_SEED=<seed> node_test --gtest_filter='Durability.*'

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "chain/record.hpp"
#include "state/state_writer.hpp"
#include "tests/node/random_history.hpp"
#include "tests/state/recomputed_root.hpp"
#include "tests/store/crash_file_system.hpp"
#include "tests/store/stepped_env.hpp"

namespace cairn::node {
namespace {

using cairn::testing::CrashFileSystem;
using cairn::testing::SteppedEnv;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSeeds =
    25;  // sanitizers look at memory and threads, a few lives are enough
#else
constexpr std::uint64_t kSeeds = 500;
#endif
constexpr std::uint64_t kLeastBlocks = 50;

// What its user was told.
struct Acknowledged {
  std::uint64_t number = 0;
  Hash256 hash;
  std::map<Address, U256> balances;
  std::vector<Waiting> waiting;  // in the pool
};

class CrashRun {
 public:
  CrashRun(std::uint64_t seed, bool sync)
      : disk_(std::make_shared<CrashFileSystem>(seed)),
        env_(std::make_shared<SteppedEnv>(disk_)),
        history_(seed) {
    options_ = options_on(env_, sync);
  }

  // What went wrong; empty: nothing.
  std::string run() {
    while (blocks_ < kLeastBlocks) {
      disk_->crash_at(disk_->calls() + 1 + history_.pick(1'000));
      try {
        live();
      } catch (const std::exception&) {
        // The disk failed under a reader.
      }
      store_.reset();
      disk_->lose_power();
      if (history_.reverting()) {
        told_.waiting.clear();  // what was mined after the snapshot may be gone
      }
      history_.after_power_loss(told_.waiting);
      try {
        if (std::string trouble = check(); !trouble.empty()) {
          return trouble;
        }
      } catch (const std::exception& error) {
        return error.what();
      }
      store_.reset();
    }
    return {};
  }

  std::uint64_t blocks() const { return blocks_; }
  const CrashFileSystem& disk() const { return *disk_; }

 private:
  Result<std::unique_ptr<DevWriter>> open() {
    CAIRN_TRY(std::shared_ptr<store::Store> store, store::RocksStore::open("/chain", options_));
    store_ = store;
    return DevWriter::open(std::move(store), chain::dev_genesis(accounts()), {}, clock_);
  }

  // Until the power goes.
  void live() {
    const auto opened = open();
    if (!opened) {
      return;
    }
    DevWriter& writer = **opened;
    const auto subscription = writer.events().subscribe([&](const Event& event) {
      if (const auto* moved = std::get_if<HeadChanged>(&event)) {
        acknowledge(*moved->head);
        blocks_ += moved->head->number() + 1 - moved->first_added;
      }
    });
    acknowledge(*writer.head());
    while (history_.step(writer)) {
      env_->settle();  // however busy the machine is, flushes and compactions are part of the run
      acknowledge(*writer.head());
      told_.waiting = history_.waiting();
    }
  }

  void acknowledge(const chain::ChainView& head) {
    told_.number = head.number();
    told_.hash = head.hash();
    told_.balances.clear();
    for (const Address& address : history_.touched()) {
      const auto account = head.state()->account(address);
      told_.balances[address] = account ? account->balance : U256{};
    }
  }

  std::string check() {
    const auto opened = open();
    if (!opened) {
      return "does not open: " + opened.error().message;
    }
    DevWriter& writer = **opened;
    const auto head = writer.head();
    if (!history_.reverting() && !told_.hash.is_zero()) {
      if (std::string trouble = check_kept(*head); !trouble.empty()) {
        return trouble;
      }
      if (std::string trouble = check_waiting(writer); !trouble.empty()) {
        return trouble;
      }
    }
    if (std::string trouble = check_blocks(*head); !trouble.empty()) {
      return trouble;
    }
    if (std::string trouble = check_records(*head); !trouble.empty()) {
      return trouble;
    }
    if (head->has_pending_cheats() && !writer.mine({})) {
      return "does not mine";
    }
    const Hash256 root = cairn::testing::recomputed_root(store_->snapshot());
    if (root != writer.head()->header().state_root) {
      return "the root is not the header's";
    }
    return {};
  }

  // Nothing that was acknowledged is lost; the step under way may stand or not.
  std::string check_kept(const chain::ChainView& head) {
    const auto block = head.header_at(told_.number);
    if (head.number() < told_.number || !block || block->hash != told_.hash) {
      return "block " + std::to_string(told_.number) + " was acknowledged, the head is " +
             std::to_string(head.number());
    }
    if (head.number() == told_.number && !head.has_pending_cheats()) {
      for (const auto& [address, balance] : told_.balances) {
        const auto account = head.state()->account(address);
        if ((account ? account->balance : U256{}) != balance) {
          return "the balance of " + base::to_hex(address) + " is not what was acknowledged";
        }
      }
    }
    return {};
  }

  std::string check_waiting(const DevWriter& writer) const {
    const auto head = writer.head();
    for (const Waiting& one : told_.waiting) {
      const bool pooled =
          writer.ask_pool([&](const auto& pool) { return pool.find(one.hash) != nullptr; });
      const auto sender = head->state()->account(one.sender);
      const bool passed = sender && sender->nonce > one.nonce;  // it, or another one
      if (!pooled && !passed) {
        return "a waiting transaction is gone";
      }
    }
    return {};
  }

  // The chain hangs together and its indices find what its blocks hold.
  static std::string check_blocks(const chain::ChainView& head) {
    for (std::uint64_t number = 1; number <= head.number(); ++number) {
      const auto block = head.block_at(number);
      const std::string name = "block " + std::to_string(number);
      if (block->hash != types::header_hash(block->block.header) ||
          block->block.header.parent_hash != head.header_at(number - 1)->hash ||
          head.number_of(block->hash) != number) {
        return name + " does not hang together";
      }
      if (head.receipts_at(number)->size() != block->senders.size()) {
        return name + " has not its receipts";
      }
      for (std::uint32_t i = 0; i < block->senders.size(); ++i) {
        if (head.place_of(block->transaction_hashes[i]) !=
            chain::TransactionPlace{.number = number, .index = i}) {
          return name + ": a transaction is not found";
        }
      }
    }
    return {};
  }

  // Each block came with what undoes it.
  std::string check_records(const chain::ChainView& head) const {
    const auto cursor = store_->cursor(store::Column::records);
    std::uint64_t blocks = 0;
    for (cursor->seek({}); cursor->valid(); cursor->next()) {
      const auto record = chain::decode_record(cursor->value());
      if (!record) {
        return record.error().message;
      }
      if (const auto* block = std::get_if<chain::BlockRecord>(&*record)) {
        if (const auto header = head.header_at(++blocks); !header || header->hash != block->hash) {
          return "record of block " + std::to_string(block->number) + " is not that of a block";
        }
      }
    }
    return blocks == head.number() ? "" : "the last block has no record";
  }

  std::shared_ptr<CrashFileSystem> disk_;
  std::shared_ptr<SteppedEnv> env_;
  RandomHistory history_;
  store::RocksOptions options_;
  std::shared_ptr<store::Store> store_;
  std::shared_ptr<base::SimulatedClock> clock_ =
      std::make_shared<base::SimulatedClock>(1'700'000'000'000);
  Acknowledged told_;
  std::uint64_t blocks_ = 0;
};

struct Tally {
  std::atomic<std::uint64_t> next_seed;
  std::atomic<std::uint64_t> blocks{0};
  std::atomic<std::uint64_t> with_everything{0};
};

void run_seeds(Tally& tally, std::uint64_t last) {
  for (std::uint64_t seed = tally.next_seed++; seed <= last && !::testing::Test::HasFailure();
       seed = tally.next_seed++) {
    CrashRun run(seed, true);
    EXPECT_EQ(run.run(), "") << "seed " << seed;
    tally.blocks += run.blocks();
    const bool everything = run.disk().made(".sst") > 0 && run.disk().removed(".sst") > 0 &&
                            run.disk().made("MANIFEST") > 4;
    tally.with_everything += everything ? 1 : 0;
  }
}

TEST(Durability, WhatWasAcknowledgedSurvivesAnyLossOfPower) {
  const char* only = std::getenv("CAIRN_SEED");
  const std::uint64_t first = only != nullptr ? std::stoull(only) : 1;
  const std::uint64_t last = only != nullptr ? first : kSeeds;
  Tally tally{.next_seed = first};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::clamp(std::thread::hardware_concurrency(), 1u, 4u); ++i) {
    threads.emplace_back([&] { run_seeds(tally, last); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::cout << tally.blocks << " blocks in " << 1 + last - first << " runs, "
            << tally.with_everything << " with flushes, compactions and a new manifest\n";
  EXPECT_EQ(tally.with_everything, 1 + last - first);
}

// The test tests itself: without syncs something acknowledged is lost.
TEST(Durability, FailsWithoutSyncs) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    if (!CrashRun(seed, false).run().empty()) {
      return;
    }
  }
  FAIL() << "twenty lost powers and nothing was missed";
}

}  // namespace
}  // namespace cairn::node
