#pragma once
// A dev chain's life from a seed: transfers, signed and impersonated, contracts that write and
// clear slots, cheats, time, snapshots, reverts and rollbacks, transactions that wait.

#include <random>

#include "tests/node/dev_fixture.hpp"

namespace cairn::node {

// With 64 bytes of call data stores the second word under the first; otherwise answers the slot
// that the first word names.
inline constexpr std::string_view kCells =
    "36604014601057"
    "5f35545f5260205ff3"
    "5b6020355f355500";

// A transaction that was taken with a nonce gap before it.
struct Waiting {
  Hash256 hash;
  Address sender;
  std::uint64_t nonce = 0;
};

class RandomHistory {
 public:
  explicit RandomHistory(std::uint64_t seed) : random_(seed) {
    for (std::uint8_t i = 1; i <= 4; ++i) {
      Address address;
      address[0] = 0xbb;
      address[19] = i;
      touched_.push_back(address);
    }
    for (const chain::DevAccount& account : accounts()) {
      touched_.push_back(account.address);
    }
  }

  // One thing that a user might do; an error is the disk's.
  Result<void> step(DevWriter& writer) {
    reverting_ = false;
    const std::uint64_t what = pick(100);
    if (what < 55) {
      return send(writer);
    }
    if (what < 65) {
      return forget_value(writer.mine({.count = 1 + pick(3)}));
    }
    if (what < 77) {
      return cheat(writer);
    }
    if (what < 84) {
      CAIRN_TRY(const std::uint64_t id, writer.snapshot());
      snapshots_.push_back(id);
      return {};
    }
    if (what < 90) {
      return revert(writer);
    }
    if (what < 92) {
      return rollback(writer);
    }
    if (what < 95) {
      return impersonate(writer);
    }
    return forget_value(writer.increase_time(static_cast<std::int64_t>(pick(100))));
  }

  // Whether the last step was a revert: after a fault in it the head may be lower than before.
  bool reverting() const { return reverting_; }
  // Snapshot ids are gone, and of what waited only this is sure.
  void after_power_loss(std::vector<Waiting> waiting) {
    snapshots_.clear();
    waiting_ = std::move(waiting);
  }

  const std::vector<Address>& touched() const { return touched_; }
  const std::vector<Address>& contracts() const { return contracts_; }
  const std::vector<Waiting>& waiting() const { return waiting_; }
  std::uint64_t pick(std::uint64_t bound) { return random_() % bound; }

  static constexpr std::uint64_t kSlots = 5;

 private:
  template <class T>
  static Result<void> forget_value(const Result<T>& result) {
    if (!result) {
      return std::unexpected(result.error());
    }
    return {};
  }

  Address any_address() { return touched_[pick(touched_.size())]; }

  static Bytes words(std::uint64_t first, std::uint64_t second) {
    Bytes out(64);
    base::store_be(out.data(), U256{first});
    base::store_be(out.data() + 32, U256{second});
    return out;
  }

  Request any_request() {
    Request out{.from = pick(accounts().size())};
    const std::uint64_t what = pick(10);
    if (what < 4 || contracts_.empty()) {
      out.to = any_address();
      out.value = pick(1'000);
    } else if (what < 9) {
      out.to = contracts_[pick(contracts_.size())];
      out.data = words(pick(kSlots), pick(3));
    } else {
      out.to = contracts_[0];
      out.gas = 22'000;  // runs out of gas
      out.data = words(pick(kSlots), 1);
    }
    return out;
  }

  Result<void> send(DevWriter& writer) {
    for (std::uint64_t i = 0; i <= pick(3); ++i) {
      Request request = any_request();
      const Address sender = accounts()[request.from].address;
      if (contracts_.size() < 4 && pick(4) == 0) {
        request = {.from = request.from, .data = creation_of(*base::from_hex(kCells))};
        const Address created = evm::create_address(sender, writer.pending_nonce(sender));
        contracts_.push_back(created);
        touched_.push_back(created);
      }
      const bool waits = pick(12) == 0;
      if (waits) {
        request.nonce = writer.pending_nonce(sender) + 1;
      }
      const auto hash = writer.admit(*prepared(submission_of(request)));
      if (hash && waits) {
        waiting_.push_back({.hash = *hash, .sender = sender, .nonce = *request.nonce});
      }
    }
    return writer.settle();
  }

  Result<void> cheat(DevWriter& writer) {
    const Address address = any_address();
    const std::uint64_t what = pick(3);
    const std::uint64_t slot = pick(kSlots);
    const std::uint64_t value = pick(3);
    CAIRN_CHECK(writer.cheat([&](state::Overlay& overlay) -> Result<void> {
      if (what == 0) {
        overlay.set_balance(address, U256{value + 1'000} * kEther);
      } else if (what == 1 && !contracts_.empty()) {
        overlay.set_storage(contracts_[0], slot, value);
      } else {
        overlay.add_balance(address, value);
      }
      return {};
    }));
    return writer.settle();
  }

  // A transfer that nobody signed, from a contract too.
  Result<void> impersonate(DevWriter& writer) {
    Submission submission = submission_of({.to = any_address(), .value = pick(1'000)});
    submission.key.reset();
    submission.impersonate = any_address();
    CAIRN_CHECK(writer.change_settings([&](chain::Settings& settings) -> Result<void> {
      settings.impersonated.insert(*submission.impersonate);
      return {};
    }));
    (void)writer.admit(*prepared(submission));  // refused where it cannot pay
    return writer.settle();
  }

  Result<void> rollback(DevWriter& writer) {
    waiting_.clear();
    reverting_ = true;
    CAIRN_CHECK(writer.rollback(pick(std::min<std::uint64_t>(4, writer.head()->number() + 1))));
    return writer.settle();
  }

  Result<void> revert(DevWriter& writer) {
    if (snapshots_.empty()) {
      return {};
    }
    const std::size_t index =
        snapshots_.size() - 1 - pick(std::min<std::size_t>(3, snapshots_.size()));
    const std::uint64_t id = snapshots_[index];
    snapshots_.resize(index);
    waiting_.clear();  // what was mined after the snapshot is gone
    reverting_ = true;
    CAIRN_CHECK(forget_value(writer.revert(id)));
    return writer.settle();
  }

  std::mt19937_64 random_;
  std::vector<Address> touched_;
  std::vector<Address> contracts_;
  std::vector<std::uint64_t> snapshots_;
  std::vector<Waiting> waiting_;
  bool reverting_ = false;
};

// What a block's state answers.
struct Sample {
  std::vector<std::optional<types::Account>> accounts;
  std::vector<U256> slots;
  std::vector<Bytes> answers;  // of calls

  bool operator==(const Sample&) const = default;
};

inline Sample sample_of(const CallSite& site, const RandomHistory& history) {
  Sample out;
  for (const Address& address : history.touched()) {
    out.accounts.push_back(site.state->account(address));
  }
  for (const Address& contract : history.contracts()) {
    const auto account = site.state->account(contract);
    out.answers.push_back(account && account->has_code() ? *site.state->code(account->code_hash)
                                                         : Bytes{});
    for (std::uint64_t slot = 0; slot < RandomHistory::kSlots; ++slot) {
      out.slots.push_back(site.state->storage(contract, slot));
    }
    Bytes slot(32, 0);
    slot[31] = 1;
    const auto outcome = execute_call(site, {.to = contract, .data = slot});
    out.answers.push_back(outcome ? outcome->output : Bytes{});
  }
  return out;
}

}  // namespace cairn::node
