// The table of appearances against a tracer's view of every transaction, over random programs that
// call, create, destruct themselves and fail.

#include "chain/appearances.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "node/block_replay.hpp"
#include "tests/node/dev_fixture.hpp"
#include "types/fork.hpp"

namespace cairn::node {
namespace {

using chain::BlockAppearances;
using Told = std::vector<BlockAppearances>;

// Everyone that any frame names.
class Witness final : public trace::TransactionTracer {
 public:
  void on_enter(const evm::Message& message) override {
    const bool creates =
        message.kind == evm::CallKind::create || message.kind == evm::CallKind::create2;
    seen_.insert(creates ? message.recipient : message.code_address);
    seen_.insert(message.sender);
    seen_.insert(message.recipient);
  }
  void on_log(const types::Log& log) override { seen_.insert(log.address); }
  void on_selfdestruct(const Address& address, const Address& beneficiary, const U256&) override {
    seen_.insert(address);
    seen_.insert(beneficiary);
  }
  void write(codec::JsonWriter& out) override { out.null(); }
  const std::set<Address>& seen() const { return seen_; }

 private:
  std::set<Address> seen_;
};

using Table = std::map<Address, Told>;

Table run_all_again(const std::shared_ptr<const chain::ChainView>& chain) {
  Table out;
  for (std::uint64_t number = 1; number <= chain->number(); ++number) {
    const auto block = chain->block_at(number);
    const auto fork = chain->config().fork_of(block->block.header);
    const auto replay =
        BlockReplay::open(chain, block,
                          execution::environment_of(block->block.header, chain->config(), fork,
                                                    chain->block_hashes()))
            .value();
    for (std::uint32_t index = 0; !replay->is_done(); ++index) {
      Witness witness;
      EXPECT_TRUE(replay->run_next(&witness));
      for (const Address& address : witness.seen()) {
        Told& told = out[address];
        if (told.empty() || told.back().number != number) {
          told.push_back({.number = number, .reward = false, .transactions = {}});
        }
        told.back().transactions.push_back(index);
      }
    }
  }
  return out;
}

Told forwards(const chain::ChainView& chain, const Address& address) {
  Told out;
  chain::AppearanceCursor cursor = chain.appearances_of({address});
  for (auto found = cursor.next(0); found; found = cursor.next(found->number + 1)) {
    out.push_back(*found);
  }
  return out;
}

class RandomPrograms {
 public:
  explicit RandomPrograms(std::uint64_t seed) : random_(seed) {
    for (const chain::DevAccount& account : accounts()) {
      known_.push_back(account.address);
    }
    for (std::uint8_t i = 1; i <= 12; ++i) {
      Address address;  // a precompile, or somebody whose address ends like one
      address[19] = static_cast<std::uint8_t>(i % 4 + 1);
      address[0] = i / 4;
      known_.push_back(address);
    }
  }

  Request next(std::uint64_t nonce_of_first) {
    Request out{.value = pick(4)};
    switch (pick(6)) {
      case 0:
        out.data = creation_of(program());
        break;
      case 1:
        out.data = program();
        break;
      case 2:
        out.to = any();
        out.gas = 21'500 + pick(3'000);  // ends anywhere
        break;
      default:
        out.to = pick(3) == 0 ? any() : known_.back();
    }
    if (!out.to) {
      known_.push_back(evm::create_address(accounts()[0].address, nonce_of_first));
    }
    return out;
  }

  const std::vector<Address>& known() const { return known_; }
  std::uint64_t pick(std::uint64_t bound) { return random_() % bound; }

 private:
  static constexpr std::size_t kMostBytes = 180;  // creation_of's bound is 255

  const Address& any() { return known_[pick(known_.size())]; }

  static void push(Bytes& out, const Address& address) {
    out.push_back(0x73);
    base::append(out, address);
  }
  void push_value(Bytes& out) {
    // Sometimes more than anyone has.
    const auto value = static_cast<std::uint8_t>(pick(3));
    base::append(out, pick(6) == 0 ? Bytes{0x7f} : Bytes{0x60, value});
    if (out.back() == 0x7f) {
      out.insert(out.end(), 32, 0xff);
    }
  }

  void add_call(Bytes& out) {
    constexpr std::array<std::uint8_t, 4> kCalls{0xf1, 0xf2, 0xf4, 0xfa};
    const std::uint8_t call = kCalls[pick(kCalls.size())];
    base::append(out, Bytes{0x5f, 0x5f, 0x5f, 0x5f});
    if (call == 0xf1 || call == 0xf2) {
      push_value(out);
    }
    push(out, any());
    base::append(out, Bytes{0x61, 0x75, 0x30, call, 0x50});  // 30,000 gas
  }

  void add_creation(Bytes& out) {
    const std::vector<Bytes> inits{
        {},
        {0x5f, 0x5f, 0xfd},                                            // reverts
        {0xfe},                                                        // fails
        {0x30, 0xff},                                                  // destructs itself
        {0x33, 0xff},                                                  // pays who made it
        {0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x60, 0x04, 0x5a, 0xf1, 0xfe},  // calls, then fails
        {0x60, 0x01, 0x5f, 0xf3},                                      // becomes STOP
        {0x5f, 0x5f, 0xa0, 0x5f, 0x5f, 0x5f, 0xf0},                    // logs, creates
    };
    const Bytes& init = inits[pick(inits.size())];
    out.push_back(0x7f);
    base::append(out, init);
    out.insert(out.end(), 32 - init.size(), 0);
    base::append(out, Bytes{0x5f, 0x52});
    const bool salted = pick(2) == 0;
    if (salted) {
      base::append(out, Bytes{0x60, static_cast<std::uint8_t>(pick(2))});  // collides at times
    }
    base::append(out, Bytes{0x60, static_cast<std::uint8_t>(init.size()), 0x5f});
    push_value(out);
    base::append(out, Bytes{static_cast<std::uint8_t>(salted ? 0xf5 : 0xf0), 0x50});
  }

  Bytes program() {
    Bytes out;
    while (out.size() < kMostBytes && pick(5) != 0) {
      const std::uint64_t what = pick(8);
      if (what < 4) {
        add_call(out);
      } else if (what < 6) {
        add_creation(out);
      } else {
        base::append(out, Bytes{0x5f, 0x5f, 0xa0});
      }
    }
    switch (pick(6)) {
      case 0:
        base::append(out, Bytes{0x5f, 0x5f, 0xfd});
        break;
      case 1:
        out.push_back(0xfe);
        break;
      case 2:
        push(out, any());
        out.push_back(0xff);
        break;
      default:
        out.push_back(0x00);
    }
    return out;
  }

  std::mt19937_64 random_;
  std::vector<Address> known_;
};

void expect_table_tells_what_ran(std::uint64_t seed) {
  SCOPED_TRACE(seed);
  DevFixture f;
  RandomPrograms programs(seed);
  std::vector<std::uint64_t> snapshots;
  for (int step = 0; step < 40; ++step) {
    const std::uint64_t what = programs.pick(12);
    if (what == 0) {
      snapshots.push_back(f.writer->snapshot().value());
    } else if (what == 1 && !snapshots.empty()) {
      ASSERT_TRUE(f.writer->revert(snapshots.back()));
      snapshots.pop_back();
    } else if (what == 2) {
      f.restart();
      snapshots.clear();
    }
    for (std::uint64_t left = programs.pick(4); left > 0; --left) {
      const std::uint64_t nonce = f.writer->pending_nonce(accounts()[0].address);
      (void)f.admit(programs.next(nonce));  // refused where its data cost more gas than it has
    }
    f.settle();
  }
  const auto head = f.head();
  Table expected = run_all_again(head);
  for (const Address& address : programs.known()) {
    expected[address];  // whoever appears nowhere is not in the table either
  }
  std::size_t several = 0;
  for (const auto& [address, told] : expected) {
    EXPECT_EQ(forwards(*head, address), told) << base::to_hex(address);
    several += told.size() > 1 ? 1 : 0;
  }
  EXPECT_GT(several, 5u);
}

TEST(AppearancesOfRandomPrograms, AreThoseThatATracerSees) {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    expect_table_tells_what_ran(seed);
  }
}

}  // namespace
}  // namespace cairn::node
