#pragma once
// Transactions that wait for a block. Per account by nonce: from the account's nonce on they are
// pending (executable) up to the first gap or the first that its balance cannot pay alone; those
// after are queued.
//
// Decisions only: no clock, thread, lock or disk. Time comes in; what must be kept over a restart
// its owner writes down (txpool/journal.hpp). One thread at a time.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "execution/transaction_processor.hpp"
#include "state/state_view.hpp"
#include "txpool/drop_log.hpp"
#include "txpool/refusal.hpp"
#include "types/transaction.hpp"

namespace cairn::txpool {

// A transaction whose sender is known: recovered once, before it comes here.
struct Entry {
  types::Transaction transaction;
  Hash256 hash;
  Address sender;
  bool impersonated = false;  // a dev chain's: the signature is not the sender's
  // Given by the pool:
  std::size_t byte_size = 0;  // of the pooled form
  std::uint64_t arrival = 0;  // order of admission
  Time since{};
  U256 max_cost;  // wei: gas, blob gas and value at the caps
};
using EntryPtr = std::shared_ptr<const Entry>;

enum class Order : std::uint8_t { fees, fifo };

// The defaults are a network's, which are geth's.
struct Limits {
  std::size_t pending = 5'120;
  std::size_t queued = 1'024;
  std::size_t pending_per_account = 16;  // sure of a place when the pool is full
  std::size_t queued_per_account = 64;
  std::size_t bytes = std::size_t{512} * 1024 * 1024;
  std::size_t transaction_bytes = std::size_t{128} * 1024;  // blobs aside
  std::optional<Time> lifetime = std::chrono::hours{3};     // of queued ones
  unsigned price_bump = 10;                                 // per cent, to replace one
  unsigned blob_price_bump = 100;                           // per cent
  U256 minimum_tip = 1;                                     // wei
  bool protected_only = true;                               // EIP-155
  U256 minimum_blob_fee = 1;                                // wei, of blob transactions' caps
  bool blobs_apart = true;  // no nonce gap before blobs; a sender has them waiting, or others
  bool one_in_flight_when_delegated = true;  // EIP-7702
  bool refuse_unfunded = true;               // else what its sender cannot pay waits until it can
  bool refuse_below_base_fee = false;        // instant mining: there is no later to wait for

  static Limits dev();
};

// What the pool judges by: the head's state, and the environment of the next block.
struct Ground {
  std::shared_ptr<const state::StateView> state;
  execution::BlockEnvironment next;
};

struct Status {
  std::size_t pending = 0;
  std::size_t queued = 0;
};

class Txpool {
 public:
  Txpool(const Limits& limits, Order order, Ground ground);
  ~Txpool();

  struct Admission {
    EntryPtr entry;
    EntryPtr replaced;        // what it took the place of, if anything
    bool executable = false;  // pending, not queued
  };
  Admitted<Admission> add(Entry entry, Time now);
  // What waited when its owner stopped waits again, in the same order, whatever the rules for
  // newcomers are by now; what the account's nonce has passed does not. Where an account cannot be
  // read (state::StateUnavailable) its transactions are queued. In order of arrival, into an empty
  // pool.
  void restore(std::vector<Entry> entries, Time now);

  // These are in a block now; set_ground follows.
  void remove_mined(std::span<const Hash256> hashes);
  // The head has changed. `touched`: every account whose nonce, balance or code may differ now;
  // nothing: any account.
  void set_ground(Ground ground, const std::optional<std::vector<Address>>& touched, Time now);
  void set_limits(const Limits& limits);
  const Limits& limits() const;

  bool remove(const Hash256& hash, Time now);
  bool remove(const Hash256& hash, Refusal reason, Time now);
  void expire(Time now);  // queued ones beyond their lifetime

  EntryPtr find(const Hash256& hash) const;  // null: not here
  Status status() const;
  // The nonce after the account's pending run; nothing when none of its transactions is pending.
  std::optional<std::uint64_t> next_nonce(const Address& sender) const;
  struct Content {
    std::vector<EntryPtr> pending;  // by sender, then nonce
    std::vector<EntryPtr> queued;
  };
  Content content() const;
  Content content_of(const Address& sender) const;
  // Why a transaction is not here any more, by the pool itself or as its owner noted; nothing for
  // one that is here.
  std::optional<Dropped> why_dropped(const Hash256& hash) const;
  void note_dropped(const Hash256& hash, Refusal reason, Time now);
  void restore_drops(DropLog drops);
  void write_drops(store::Batch& batch);
  // The hashes that came in or left since the last call, for the journal: those still here are to
  // be written, the others erased.
  std::vector<Hash256> take_changed();

  // Pending transactions in the order in which a block takes them: by effective tip at the base
  // fee, then arrival (or by arrival alone), each account's by nonce. One whose caps are below the
  // base fees is left out with all that follow it.
  class Iteration {
   public:
    ~Iteration();
    Iteration(Iteration&&) noexcept;
    EntryPtr next();  // null at the end

   private:
    friend class Txpool;
    struct Impl;
    explicit Iteration(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
  };
  // Valid until the pool changes.
  Iteration best(const U256& base_fee, const U256& blob_base_fee) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::txpool
