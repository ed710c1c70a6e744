#include "chain/log_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "chain/chain.hpp"
#include "chain/log_query.hpp"
#include "store/rocks_store.hpp"

namespace cairn::chain {
namespace {

using store::Column;
using ::testing::HasSubstr;

Address emitter(int n) {
  Address out;
  out[19] = static_cast<std::uint8_t>(n);
  return out;
}
Hash256 topic(int n) {
  Hash256 out;
  out[31] = static_cast<std::uint8_t>(n);
  return out;
}

types::Log random_log() {
  types::Log log{.address = emitter(*rc::gen::inRange(0, 6)), .topics = {}, .data = {}};
  for (int left = *rc::gen::inRange(0, 5); left > 0; --left) {
    log.topics.push_back(topic(*rc::gen::inRange(0, 4)));
  }
  return log;
}

LogFilter random_filter() {
  LogFilter filter;
  for (int left = *rc::gen::inRange(0, 3); left > 0; --left) {
    filter.addresses.push_back(emitter(*rc::gen::inRange(0, 7)));
  }
  for (int positions = *rc::gen::inRange(0, 4); positions > 0; --positions) {
    filter.topics.emplace_back();
    for (int left = *rc::gen::inRange(0, 3); left > 0; --left) {
      filter.topics.back().push_back(topic(*rc::gen::inRange(0, 5)));
    }
  }
  return filter;
}

class LoggedChain {
 public:
  LoggedChain() {
    types::Genesis genesis;
    genesis.config = types::config_at(types::Fork::paris);
    genesis.header.base_fee_per_gas = U256{7};
    genesis.header.gas_limit = 30'000'000;
    chain = *Chain::create(store, genesis);
  }

  void append(std::vector<types::Log> logs) {
    ProducedBlock block;
    block.block.header = chain->head()->header();
    block.block.header.parent_hash = chain->head()->hash();
    ++block.block.header.number;
    block.block.header.logs_bloom = types::bloom_of(logs);
    types::Transaction transaction;
    transaction.nonce = nonce_++;
    transaction.signature = {.r = 1, .s = 1, .y_parity = false};
    block.block.transactions = {transaction};
    block.transaction_hashes = {types::transaction_hash(transaction)};
    block.senders = {emitter(1)};
    block.receipts.emplace_back();
    block.receipts.back().success = true;
    block.receipts.back().logs = std::move(logs);
    ASSERT_TRUE(chain->append(std::move(block)));
  }

  void append_random() {
    std::vector<types::Log> logs;
    for (int left = std::max(0, *rc::gen::inRange(-3, 4)); left > 0; --left) {
      logs.push_back(random_log());
    }
    append(std::move(logs));
  }

  // As a chain is found that was written before there was an index.
  void forget_index() {
    const auto before = store->snapshot();
    store::Batch batch;
    const auto cursor = before->cursor(Column::logs);
    for (cursor->seek({}); cursor->valid(); cursor->next()) {
      batch.erase(Column::logs, cursor->key());
    }
    batch.erase(Column::meta, base::bytes_of("log_index_from"));
    ASSERT_TRUE(store->commit(std::move(batch)));
    chain.reset();
    chain = *Chain::open(store);
  }

  std::size_t index_size() const {
    std::size_t count = 0;
    const auto cursor = store->cursor(Column::logs);
    for (cursor->seek({}); cursor->valid(); cursor->next()) {
      ++count;
    }
    return count;
  }

  std::shared_ptr<store::Store> store = *store::RocksStore::open_in_memory();
  std::unique_ptr<Chain> chain;

 private:
  std::uint64_t nonce_ = 0;
};

using Place = std::pair<std::uint64_t, std::uint32_t>;  // block, log

std::vector<Place> places(const std::vector<FoundLog>& logs) {
  std::vector<Place> out;
  for (const FoundLog& log : logs) {
    out.emplace_back(log.block_number, log.log_index);
  }
  return out;
}

// Every log of every block, one after the other.
std::vector<Place> scan(const ChainView& chain, const LogFilter& filter, std::uint64_t first,
                        std::uint64_t last) {
  std::vector<Place> out;
  for (std::uint64_t number = first; number <= last; ++number) {
    std::uint32_t index = 0;
    for (const types::Receipt& receipt : *chain.receipts_at(number)) {
      for (const types::Log& log : receipt.logs) {
        if (matches(filter, log)) {
          out.emplace_back(number, index);
        }
        ++index;
      }
    }
  }
  return out;
}

RC_GTEST_PROP(LogIndex, FindsWhatAScanFindsAfterBlocksAndTruncations, ()) {
  LoggedChain f;
  // So that some runs come to the end of a section of the index, and back over it.
  for (int blocks = *rc::gen::element(0, 0, 245, 505); blocks > 0; --blocks) {
    f.append_random();
  }
  std::vector<std::uint64_t> marks{f.chain->last_record()};
  for (int step = *rc::gen::inRange(1, 30); step > 0; --step) {
    const int what = *rc::gen::inRange(0, 12);
    if (what == 0) {
      RC_ASSERT(f.chain->truncate_to(marks.back()));
    } else if (what == 1) {
      marks.push_back(f.chain->last_record());
    } else if (what == 2) {
      f.forget_index();
    } else {
      f.append_random();
    }
  }
  const auto head = f.chain->head();
  for (int asked = 0; asked < 10; ++asked) {
    const LogFilter filter = random_filter();
    const auto first = *rc::gen::inRange<std::uint64_t>(0, head->number() + 1);
    const auto last = *rc::gen::inRange<std::uint64_t>(first, head->number() + 1);
    const auto found = find_logs(*head, filter, first, last);
    RC_ASSERT(found);
    RC_ASSERT(places(*found) == scan(*head, filter, first, last));
  }
}

TEST(LogIndex, HasNothingOfWhatIsTruncated) {
  LoggedChain f;
  const std::uint64_t mark = f.chain->last_record();
  const types::Log log{.address = emitter(1), .topics = {topic(1), topic(1)}, .data = {}};
  f.append({log, log});
  EXPECT_EQ(f.index_size(), 1u);  // a row
  f.append({});
  EXPECT_EQ(f.index_size(), 1u);
  for (int block = 3; block <= 255; ++block) {
    f.append({});
  }
  // A section: any log, the address, the topic at two positions.
  EXPECT_EQ(f.index_size(), 5u);
  ASSERT_TRUE(f.chain->truncate_to(mark));
  EXPECT_EQ(f.index_size(), 0u);
}

TEST(LogIndex, FindsTheNextBlockOfAnyOfSeveral) {
  LoggedChain f;
  for (int n = 1; n <= 9; ++n) {
    f.append({{.address = emitter(n % 3), .topics = {}, .data = {}}});
  }
  const auto head = f.chain->head();
  LogIndexCursor cursor =
      head->log_blocks({address_fingerprint(emitter(1)), address_fingerprint(emitter(2))});
  EXPECT_EQ(cursor.next(0), 1u);
  EXPECT_EQ(cursor.next(2), 2u);
  EXPECT_EQ(cursor.next(3), 4u);
  EXPECT_EQ(cursor.next(9), std::nullopt);
  EXPECT_EQ(head->log_blocks({address_fingerprint(emitter(9))}).next(0), std::nullopt);
}

TEST(LogIndex, BlocksFromBeforeTheIndexAreStillSearched) {
  LoggedChain f;
  const types::Log log{.address = emitter(1), .topics = {}, .data = {}};
  f.append({log});
  f.append({});
  f.forget_index();
  f.append({log});
  EXPECT_EQ(f.chain->head()->logs_from(), 3u);
  EXPECT_EQ(f.index_size(), 1u);
  const auto found = find_logs(*f.chain->head(), {.addresses = {emitter(1)}, .topics = {}}, 0, 3);
  EXPECT_EQ(places(*found), (std::vector<Place>{{1, 0}, {3, 0}}));
}

TEST(LogQuery, LimitOfBlocksToLookAtNamesTheRangeThatWorks) {
  LoggedChain f;
  for (int n = 1; n <= 9; ++n) {  // the address and the topic are in every block, never in one log
    f.append({{.address = emitter(1), .topics = {}, .data = {}},
              {.address = emitter(2), .topics = {topic(1)}, .data = {}}});
  }
  const LogFilter filter{.addresses = {emitter(1)}, .topics = {{topic(1)}}};
  const auto refused = find_logs(*f.chain->head(), filter, 0, 9, {.blocks = 5});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message,
              HasSubstr("too many blocks (at most 10000 results, 5 blocks with candidates), this "
                        "block range should work: [0x0, 0x5]"));
  EXPECT_TRUE(find_logs(*f.chain->head(), filter, 0, 5, {.blocks = 5}));
}

}  // namespace
}  // namespace cairn::chain
