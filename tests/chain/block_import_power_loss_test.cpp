// An import that loses power, at calls to the disk all over it: the chain opens, its blocks are the
// file's, nothing synced is lost, and the same import goes on to the same end.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <map>
#include <thread>

#include "chain/block_import.hpp"
#include "store/rocks_store.hpp"
#include "tests/chain/foreign_chain.hpp"
#include "tests/state/recomputed_root.hpp"
#include "tests/store/crash_file_system.hpp"
#include "tests/store/stepped_env.hpp"

namespace cairn::chain {
namespace {

using cairn::testing::CrashFileSystem;
using cairn::testing::SteppedEnv;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kLosses = 10;  // sanitizers look at memory and threads
#else
constexpr std::uint64_t kLosses = 40;
#endif

struct Offered {
  types::Genesis genesis;
  std::vector<Bytes> blocks;               // as a file would have them
  std::map<Hash256, std::uint64_t> known;  // hash -> number, with the genesis block
  Hash256 end;
};

// The whole chain, and before the merge a branch that becomes the chain and is left again.
Offered offered_blocks(const std::filesystem::path& fixtures) {
  const auto foreign = test::ForeignChain::read(fixtures);
  Offered out{.genesis = foreign.genesis, .blocks = foreign.blocks, .known = {}, .end = {}};
  const auto at = [&](std::uint64_t number) {
    return std::ranges::find_if(out.blocks, [number](const Bytes& block) {
      return types::decode_block(block)->header.number == number;
    });
  };
  const auto eleventh = at(11);
  const Hash256 tenth = types::decode_block(*eleventh)->header.parent_hash;
  const types::Block other = test::sibling_of(*eleventh, tenth);
  const types::Block longer = test::sibling_of(*at(12), types::header_hash(other.header));
  const Bytes branch[] = {types::encode_block(other), types::encode_block(longer)};
  out.blocks.insert(eleventh + 1, std::begin(branch), std::end(branch));
  for (const Bytes& block : out.blocks) {
    const auto header = types::decode_block(block)->header;
    out.known[types::header_hash(header)] = header.number;
  }
  out.end = types::header_hash(types::decode_block(out.blocks.back())->header);
  return out;
}

class ImportRun {
 public:
  ImportRun(const Offered& offered, std::uint64_t seed, bool sync = true)
      : offered_(offered),
        disk_(std::make_shared<CrashFileSystem>(seed)),
        env_(std::make_shared<SteppedEnv>(disk_)) {
    options_ = options_on(env_, sync);
  }

  CrashFileSystem& disk() { return *disk_; }

  // What went wrong; empty: nothing, all is there.
  std::string import() {
    const auto chain = open();
    if (!chain) {
      return "does not open: " + chain.error().message;
    }
    BlockImporter importer(**chain, pool_);
    for (const Bytes& block : offered_.blocks) {
      const Hash256 parent = types::decode_block(block)->header.parent_hash;
      if (parent != (*chain)->head()->hash()) {
        synced_ = 0;  // a branch takes blocks back before others stand there
      }
      if (const auto done = importer.add(block); !done) {
        return done.error().message;
      }
      synced_ = std::max(synced_, (*chain)->head()->number());
      env_->settle();  // however busy the machine is, flushes and compactions are part of the run
    }
    return check_head(**chain);
  }

  // The same after the power came back, and that nothing acknowledged is lost.
  std::string resume() {
    store_.reset();
    disk_->lose_power();
    const std::uint64_t synced = std::exchange(synced_, 0);
    {
      const auto chain = open();
      if (!chain) {
        return "does not open after it: " + chain.error().message;
      }
      if (std::string trouble = check_head(**chain); !trouble.empty()) {
        return trouble;
      }
      if ((*chain)->head()->number() < synced) {
        return "block " + std::to_string(synced) + " was synced and is lost";
      }
    }
    store_.reset();
    if (std::string trouble = import(); !trouble.empty()) {
      return "does not go on: " + trouble;
    }
    const auto chain = open_again();
    return chain->head()->hash() == offered_.end ? "" : "ends elsewhere";
  }

 private:
  Result<std::unique_ptr<Chain>> open() {
    CAIRN_TRY(std::shared_ptr<store::Store> store, store::RocksStore::open("/chain", options_));
    store_ = store;
    return Chain::exists(*store) ? Chain::open(std::move(store))
                                 : Chain::create(std::move(store), offered_.genesis);
  }
  std::unique_ptr<Chain> open_again() {
    store_.reset();
    return open().value();
  }

  // It is one of the blocks, all that lead to it are there, and the state is its own.
  std::string check_head(const Chain& chain) const {
    const auto head = chain.head();
    for (std::uint64_t number = 1; number <= head->number(); ++number) {
      const auto block = head->block_at(number);
      const auto found = offered_.known.find(block->hash);
      if (found == offered_.known.end() || found->second != number ||
          block->block.header.parent_hash != head->header_at(number - 1)->hash) {
        return "block " + std::to_string(number) + " is none of the file's";
      }
      if (head->receipts_at(number)->size() != block->block.transactions.size()) {
        return "block " + std::to_string(number) + " has not its receipts";
      }
    }
    const Hash256 root = cairn::testing::recomputed_root(store_->snapshot());
    const bool same = root == head->header().state_root;
    return same ? "" : "the state is not that of block " + std::to_string(head->number());
  }

  const Offered& offered_;
  std::shared_ptr<CrashFileSystem> disk_;
  std::shared_ptr<SteppedEnv> env_;
  store::RocksOptions options_;
  std::shared_ptr<store::Store> store_;
  base::ThreadPool pool_{1};
  std::uint64_t synced_ = 0;
};

// What went wrong when the power goes at this call to the disk: a write, a sync, a new name.
std::string lose_power_at(std::uint64_t call, const Offered& offered, bool sync = true) {
  ImportRun run(offered, call, sync);
  run.disk().crash_at(call);
  std::string ended;
  try {
    ended = run.import();
  } catch (const std::exception& error) {
    ended = error.what();  // the disk failed under a reader
  }
  const std::string trouble = run.resume();
  return trouble.empty() ? "" : trouble + "; the first import ended: " + ended;
}

// At calls all over an import, about as many as are wanted; CAIRN_LOSSES wants another number.
void lose_power_all_over(const Offered& offered) {
  ImportRun whole(offered, 0);
  ASSERT_EQ(whole.import(), "");
  EXPECT_GT(whole.disk().made(".sst"), 0u);
  const std::uint64_t calls = whole.disk().calls();
  const char* wanted = std::getenv("CAIRN_LOSSES");
  const std::uint64_t losses = wanted != nullptr ? std::stoull(wanted) : kLosses;
  const std::uint64_t stride = std::max<std::uint64_t>(calls / losses, 1);
  std::atomic<std::uint64_t> next = 1;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::clamp(std::thread::hardware_concurrency(), 1u, 4u); ++i) {
    threads.emplace_back([&] {
      for (auto call = next.fetch_add(stride); call <= calls && !::testing::Test::HasFailure();
           call = next.fetch_add(stride)) {
        EXPECT_EQ(lose_power_at(call, offered), "") << "power lost at call " << call;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::cout << "power lost at every " << stride << "th of " << calls << " calls\n";
}

TEST(BlockImportPowerLoss, LeavesAChainThatTheSameImportEnds) {
  CAIRN_FIXTURES_OR_SKIP(root);
  lose_power_all_over(offered_blocks(root));
}

// The test tests itself: without syncs blocks are lost that should have been kept.
TEST(BlockImportPowerLoss, IsNoticedWithoutSyncs) {
  CAIRN_FIXTURES_OR_SKIP(root);
  const Offered offered = offered_blocks(root);
  for (std::uint64_t call = 1'000; call < 1'020; ++call) {
    if (!lose_power_at(call, offered, false).empty()) {
      return;
    }
  }
  FAIL() << "twenty losses of power and nothing was missed";
}

}  // namespace
}  // namespace cairn::chain
