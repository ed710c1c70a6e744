#include "txpool/txpool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "txpool/account_queue.hpp"
#include "txpool/authorities.hpp"

namespace cairn::txpool {
namespace {

U256 effective_tip(const types::Transaction& transaction, const U256& base_fee) {
  return std::min(transaction.max_priority_fee_per_gas, transaction.max_fee_per_gas - base_fee);
}

// As with geth's two pools, of which each account is in one at a time.
Admitted<void> check_blobs(const Entry& entry, const AccountQueue& queue) {
  const types::Transaction& transaction = entry.transaction;
  if (has_blobs(transaction) && transaction.nonce > queue.next_nonce()) {
    return refuse({execution::Refused::nonce_too_high,
                   fmt::format("nonce too high: tx nonce {}, gapped nonce {}", transaction.nonce,
                               queue.next_nonce())});
  }
  if (!queue.empty() &&
      has_blobs(queue.all().begin()->second->transaction) != has_blobs(transaction)) {
    return refuse(PoolRefused::account_limit, "address already reserved");
  }
  return {};
}

void measure(Entry& entry) {
  entry.byte_size = types::encode_pooled_transaction(entry.transaction).size();
  entry.max_cost = max_cost_of(entry.transaction);
}

}  // namespace

Limits Limits::dev() {
  Limits out;
  out.pending = 100'000;
  out.queued = 100'000;
  out.pending_per_account = out.pending;
  out.queued_per_account = 10'000;
  out.transaction_bytes = std::size_t{2} * 1024 * 1024;
  out.lifetime.reset();
  out.minimum_tip = 0;
  out.minimum_blob_fee = 0;
  out.blobs_apart = false;
  out.protected_only = false;
  out.one_in_flight_when_delegated = false;
  return out;
}

struct Txpool::Impl {
  Limits limits;
  Order order;
  Ground ground;
  std::unordered_map<Address, AccountQueue> accounts;
  std::unordered_map<Hash256, EntryPtr> by_hash;
  Status status;
  std::size_t bytes = 0;
  std::uint64_t arrivals = 0;
  std::unordered_set<Hash256> changed;
  DropLog drops;
  Authorities authorities;             // where one_in_flight_when_delegated asks for it
  std::unordered_set<Address> unread;  // restored accounts whose state could not be had

  // Runs `change` on an account's queue and keeps the counts true.
  template <class Change>
  void edit(AccountQueue& queue, Change&& change) {
    status.pending -= queue.pending();
    status.queued -= queue.queued();
    change();
    status.pending += queue.pending();
    status.queued += queue.queued();
  }

  void forget(AccountQueue& queue, const EntryPtr& entry) {
    edit(queue, [&] { queue.erase(entry->transaction.nonce); });
    bytes -= entry->byte_size;
    changed.insert(entry->hash);
    by_hash.erase(entry->hash);
    authorities.remove(entry->hash);
  }

  void put(AccountQueue& queue, EntryPtr entry, std::vector<Address> named) {
    bytes += entry->byte_size;
    by_hash.emplace(entry->hash, entry);
    changed.insert(entry->hash);
    if (!named.empty()) {
      authorities.add(entry->hash, std::move(named));
    }
    edit(queue, [&] { queue.put(std::move(entry)); });
  }

  void drop(AccountQueue& queue, const EntryPtr& entry, Refusal reason, Time now,
            std::optional<Hash256> replaced_by = {}) {
    forget(queue, entry);
    drops.note(entry->hash, {std::move(reason), now, replaced_by});
  }

  Admitted<void> check_sender(const Entry& entry, const AccountQueue& queue) const;
  Admitted<void> check_authorities(std::span<const Address> named) const;
  Admitted<void> check_counts(const Entry& entry, const AccountQueue& queue) const;
  Admitted<void> make_room(const Entry& entry, bool pending, Time now);
  EntryPtr cheapest(bool pending, const Address& except) const;
  void refresh(const Address& sender, AccountQueue& queue, Time now);
  bool read_account(const Address& sender, Time now);
  void read_accounts(Time now);
  void erase_if_empty(const Address& sender) {
    if (const auto found = accounts.find(sender);
        found != accounts.end() && found->second.empty()) {
      accounts.erase(found);
    }
  }
};

Admitted<void> Txpool::Impl::check_sender(const Entry& entry, const AccountQueue& queue) const {
  const SenderState& sender = queue.sender();
  const std::uint64_t nonce = entry.transaction.nonce;
  if (nonce < sender.nonce) {
    return refuse({execution::Refused::nonce_too_low,
                   fmt::format("nonce too low: next nonce {}, tx nonce {}", sender.nonce, nonce)});
  }
  // The whole run must be payable, not each transaction alone. What waits behind a gap may be paid
  // for by then.
  const bool counts = nonce <= queue.next_nonce();
  const U256 queued_cost = counts ? queue.pending_cost(nonce) : U256{};
  const auto [total, carry] = base::add_with_carry(queued_cost, entry.max_cost);
  if (limits.refuse_unfunded && (carry || total > sender.balance)) {
    const U256 overshot = carry ? ~U256{} : total - sender.balance;
    return refuse(
        {execution::Refused::insufficient_funds,
         fmt::format("insufficient funds for gas * price + value: balance {}, queued cost {}, tx "
                     "cost {}, overshot {}",
                     to_decimal(sender.balance), to_decimal(queued_cost),
                     to_decimal(entry.max_cost), to_decimal(overshot))});
  }
  if (limits.blobs_apart) {
    CAIRN_CHECK(check_blobs(entry, queue));
  }
  const bool delegated = sender.delegated || authorities.contains(entry.sender);
  if (limits.one_in_flight_when_delegated && delegated && nonce != sender.nonce &&
      queue.at(nonce) == nullptr) {
    return refuse(PoolRefused::in_flight_limit,
                  "in-flight transaction limit reached for delegated accounts");
  }
  return {};
}

// geth: what would take effect for an account with more than one transaction of its own could make
// all but the first worthless at once.
Admitted<void> Txpool::Impl::check_authorities(std::span<const Address> named) const {
  for (const Address& authority : named) {
    const auto found = accounts.find(authority);
    if (found != accounts.end() && found->second.all().size() > 1) {
      return refuse(PoolRefused::in_flight_limit, "authority already reserved");
    }
  }
  return {};
}

Admitted<void> Txpool::Impl::check_counts(const Entry& entry, const AccountQueue& queue) const {
  const bool joins_run = entry.transaction.nonce <= queue.next_nonce();
  if (!joins_run && queue.queued() >= limits.queued_per_account) {
    return refuse(PoolRefused::account_limit,
                  fmt::format("account limit exceeded: {} transactions of this account wait behind "
                              "a nonce gap",
                              queue.queued()));
  }
  return {};
}

// The transaction with the lowest tip that can go without stopping others: the last of a run beyond
// the account's sure places, or the last that waits.
EntryPtr Txpool::Impl::cheapest(bool pending, const Address& except) const {
  EntryPtr out;
  for (const auto& [sender, queue] : accounts) {
    const bool has_one =
        pending ? queue.pending() > limits.pending_per_account : queue.queued() > 0;
    if (sender == except || !has_one) {
      continue;
    }
    const EntryPtr tail = pending ? queue.at(queue.next_nonce() - 1) : queue.all().rbegin()->second;
    if (!out ||
        tail->transaction.max_priority_fee_per_gas < out->transaction.max_priority_fee_per_gas) {
      out = tail;
    }
  }
  return out;
}

Admitted<void> Txpool::Impl::make_room(const Entry& entry, bool pending, Time now) {
  const auto is_full = [&] {
    return bytes + entry.byte_size > limits.bytes ||
           (pending ? status.pending >= limits.pending : status.queued >= limits.queued);
  };
  while (is_full()) {
    const EntryPtr victim = cheapest(pending, entry.sender);
    if (!victim || entry.transaction.max_priority_fee_per_gas <=
                       victim->transaction.max_priority_fee_per_gas) {
      return refuse(PoolRefused::pool_full, "txpool is full");
    }
    drop(accounts.at(victim->sender), victim,
         {PoolRefused::pool_full, {}, "txpool is full: a transaction with a higher tip came"}, now);
    erase_if_empty(victim->sender);
  }
  return {};
}

// Drops what the account's nonce has passed.
void Txpool::Impl::refresh(const Address& sender, AccountQueue& queue, Time now) {
  const auto account = ground.state->account(sender);
  const std::uint64_t nonce = account ? account->nonce : 0;
  while (!queue.empty() && queue.all().begin()->first < nonce) {
    const EntryPtr entry = queue.all().begin()->second;
    drop(
        queue, entry,
        {PoolRefused::nonce_used, execution::Refused::nonce_too_low,
         fmt::format("nonce too low: next nonce {}, tx nonce {}", nonce, entry->transaction.nonce)},
        now);
  }
  if (queue.empty()) {
    return;
  }
  SenderState fresh{.nonce = nonce, .balance = account ? account->balance : U256{}};
  if (const auto state = sender_state(ground, *queue.all().begin()->second)) {
    fresh.delegated = state->delegated;
  }
  edit(queue, [&] { queue.set_sender(fresh); });
}

// False: it cannot be read.
bool Txpool::Impl::read_account(const Address& sender, Time now) try {
  refresh(sender, accounts.at(sender), now);
  erase_if_empty(sender);
  return true;
} catch (const state::StateUnavailable&) {
  return false;
}

// Those that were not read yet, up to the first that cannot be: a source that is gone costs its
// patience once.
void Txpool::Impl::read_accounts(Time now) {
  while (!unread.empty() && read_account(*unread.begin(), now)) {
    unread.erase(unread.begin());
  }
}

Txpool::Txpool(const Limits& limits, Order order, Ground ground) : impl_(std::make_unique<Impl>()) {
  impl_->limits = limits;
  impl_->order = order;
  impl_->ground = std::move(ground);
}

Txpool::~Txpool() = default;

Admitted<Txpool::Admission> Txpool::add(Entry entry, Time now) {
  if (impl_->by_hash.contains(entry.hash)) {
    return refuse(PoolRefused::already_known, "already known");
  }
  measure(entry);
  CAIRN_CHECK(validate_entry(entry, impl_->ground, impl_->limits));
  CAIRN_TRY(const SenderState sender, sender_state(impl_->ground, entry));
  AccountQueue& queue = impl_->accounts[entry.sender];
  if (queue.empty() || impl_->unread.erase(entry.sender) > 0) {
    impl_->edit(queue, [&] { queue.set_sender(sender); });
  }
  const auto refused = [&](Refusal reason) -> Admitted<Admission> {
    impl_->erase_if_empty(entry.sender);
    return std::unexpected(std::move(reason));
  };
  if (auto judged = impl_->check_sender(entry, queue); !judged) {
    return refused(std::move(judged).error());
  }
  std::vector<Address> authorities;
  if (impl_->limits.one_in_flight_when_delegated) {
    authorities = Authorities::of(entry.transaction);
    if (auto judged = impl_->check_authorities(authorities); !judged) {
      return refused(std::move(judged).error());
    }
  }
  const std::uint64_t nonce = entry.transaction.nonce;
  const EntryPtr old = queue.at(nonce);
  if (old && !pays_for_replacement(old->transaction, entry.transaction, impl_->limits)) {
    return refused(
        {PoolRefused::replacement_underpriced, {}, "replacement transaction underpriced"});
  }
  if (!old) {
    const bool pending = nonce <= queue.next_nonce();
    auto judged = impl_->check_counts(entry, queue);
    if (judged) {
      judged = impl_->make_room(entry, pending, now);
    }
    if (!judged) {
      return refused(std::move(judged).error());
    }
  } else {
    impl_->drop(queue, old, {PoolRefused::replaced, {}, "replaced by a transaction that pays more"},
                now, entry.hash);
  }
  entry.arrival = ++impl_->arrivals;
  entry.since = now;
  const auto shared = std::make_shared<const Entry>(std::move(entry));
  impl_->put(queue, shared, std::move(authorities));
  impl_->drops.forget(shared->hash);
  return Admission{.entry = shared, .replaced = old, .executable = queue.is_pending(nonce)};
}

void Txpool::restore(std::vector<Entry> entries, Time now) {
  for (Entry& entry : entries) {
    measure(entry);
    entry.since = now;
    impl_->arrivals = entry.arrival;
    impl_->unread.insert(entry.sender);
    auto named = impl_->limits.one_in_flight_when_delegated ? Authorities::of(entry.transaction)
                                                            : std::vector<Address>{};
    AccountQueue& queue = impl_->accounts[entry.sender];
    if (const EntryPtr old = queue.at(entry.transaction.nonce)) {
      impl_->forget(queue, old);
    }
    impl_->put(queue, std::make_shared<const Entry>(std::move(entry)), std::move(named));
  }
  impl_->read_accounts(now);
}

void Txpool::remove_mined(std::span<const Hash256> hashes) {
  for (const Hash256& hash : hashes) {
    if (const EntryPtr entry = find(hash)) {
      impl_->forget(impl_->accounts.at(entry->sender), entry);
      impl_->erase_if_empty(entry->sender);
    }
  }
}

void Txpool::set_ground(Ground ground, const std::optional<std::vector<Address>>& touched,
                        Time now) {
  impl_->ground = std::move(ground);
  if (!touched) {
    for (auto& [sender, queue] : impl_->accounts) {
      impl_->refresh(sender, queue, now);
    }
    std::erase_if(impl_->accounts, [](const auto& account) { return account.second.empty(); });
    return;
  }
  for (const Address& address : *touched) {
    if (const auto found = impl_->accounts.find(address); found != impl_->accounts.end()) {
      impl_->refresh(address, found->second, now);
      impl_->erase_if_empty(address);
    }
  }
}

void Txpool::set_limits(const Limits& limits) { impl_->limits = limits; }
const Limits& Txpool::limits() const { return impl_->limits; }

bool Txpool::remove(const Hash256& hash, Time now) {
  return remove(hash, {PoolRefused::removed_by_user, {}, "removed by a user of this node"}, now);
}

bool Txpool::remove(const Hash256& hash, Refusal reason, Time now) {
  const EntryPtr entry = find(hash);
  if (!entry) {
    return false;
  }
  impl_->drop(impl_->accounts.at(entry->sender), entry, std::move(reason), now);
  impl_->erase_if_empty(entry->sender);
  return true;
}

void Txpool::expire(Time now) {
  if (!impl_->limits.lifetime) {
    return;
  }
  std::vector<EntryPtr> old;
  for (const auto& [sender, queue] : impl_->accounts) {
    for (const auto& [nonce, entry] : queue.all()) {
      if (!queue.is_pending(nonce) && now - entry->since > *impl_->limits.lifetime) {
        old.push_back(entry);
      }
    }
  }
  for (const EntryPtr& entry : old) {
    impl_->drop(impl_->accounts.at(entry->sender), entry,
                {PoolRefused::expired, {}, "waited longer than the pool's lifetime"}, now);
    impl_->erase_if_empty(entry->sender);
  }
}

EntryPtr Txpool::find(const Hash256& hash) const {
  const auto found = impl_->by_hash.find(hash);
  return found == impl_->by_hash.end() ? nullptr : found->second;
}

Status Txpool::status() const { return impl_->status; }

std::optional<std::uint64_t> Txpool::next_nonce(const Address& sender) const {
  const auto found = impl_->accounts.find(sender);
  if (found == impl_->accounts.end() || found->second.pending() == 0) {
    return std::nullopt;
  }
  return found->second.next_nonce();
}

Txpool::Content Txpool::content_of(const Address& sender) const {
  Content out;
  const auto found = impl_->accounts.find(sender);
  if (found == impl_->accounts.end()) {
    return out;
  }
  for (const auto& [nonce, entry] : found->second.all()) {
    (found->second.is_pending(nonce) ? out.pending : out.queued).push_back(entry);
  }
  return out;
}

Txpool::Content Txpool::content() const {
  std::vector<Address> senders;
  senders.reserve(impl_->accounts.size());
  for (const auto& [sender, queue] : impl_->accounts) {
    senders.push_back(sender);
  }
  std::ranges::sort(senders);
  Content out;
  for (const Address& sender : senders) {
    const Content one = content_of(sender);
    out.pending.insert(out.pending.end(), one.pending.begin(), one.pending.end());
    out.queued.insert(out.queued.end(), one.queued.begin(), one.queued.end());
  }
  return out;
}

std::optional<Dropped> Txpool::why_dropped(const Hash256& hash) const {
  const Dropped* found = impl_->drops.find(hash);
  return found == nullptr || impl_->by_hash.contains(hash) ? std::nullopt : std::optional(*found);
}

void Txpool::note_dropped(const Hash256& hash, Refusal reason, Time now) {
  impl_->drops.note(hash, {std::move(reason), now});
}

void Txpool::restore_drops(DropLog drops) { impl_->drops = std::move(drops); }

void Txpool::write_drops(store::Batch& batch) { impl_->drops.write(batch); }

std::vector<Hash256> Txpool::take_changed() {
  std::vector<Hash256> out(impl_->changed.begin(), impl_->changed.end());
  impl_->changed.clear();
  return out;
}

struct Txpool::Iteration::Impl {
  struct Run {
    AccountQueue::ByNonce::const_iterator next;
    std::size_t left = 0;
    U256 tip;
  };

  U256 base_fee;
  U256 blob_base_fee;
  Order order;
  std::vector<Run> heap;  // the best in front
  std::optional<Run> last;

  // std's heaps have the largest in front: "a comes after b".
  bool after(const Run& a, const Run& b) const {
    if (order == Order::fees && a.tip != b.tip) {
      return a.tip < b.tip;
    }
    return a.next->second->arrival > b.next->second->arrival;
  }
  auto comparison() const {
    return [this](const Run& a, const Run& b) { return after(a, b); };
  }

  // False: the run ends here, or its next transaction is below the base fees.
  bool price(Run& run) const {
    if (run.left == 0) {
      return false;
    }
    const types::Transaction& transaction = run.next->second->transaction;
    if (transaction.max_fee_per_gas < base_fee ||
        (has_blobs(transaction) && transaction.max_fee_per_blob_gas < blob_base_fee)) {
      return false;
    }
    run.tip = effective_tip(transaction, base_fee);
    return true;
  }

  void push_rest_of_last() {
    if (!last) {
      return;
    }
    ++last->next;
    --last->left;
    if (price(*last)) {
      heap.push_back(*last);
      std::ranges::push_heap(heap, comparison());
    }
    last.reset();
  }
};

Txpool::Iteration::Iteration(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Txpool::Iteration::~Iteration() = default;
Txpool::Iteration::Iteration(Iteration&&) noexcept = default;

EntryPtr Txpool::Iteration::next() {
  impl_->push_rest_of_last();
  if (impl_->heap.empty()) {
    return nullptr;
  }
  std::ranges::pop_heap(impl_->heap, impl_->comparison());
  impl_->last = impl_->heap.back();
  impl_->heap.pop_back();
  return impl_->last->next->second;
}

Txpool::Iteration Txpool::best(const U256& base_fee, const U256& blob_base_fee) const {
  auto out = std::make_unique<Iteration::Impl>();
  out->base_fee = base_fee;
  out->blob_base_fee = blob_base_fee;
  out->order = impl_->order;
  for (const auto& [sender, queue] : impl_->accounts) {
    if (queue.pending() == 0) {
      continue;
    }
    Iteration::Impl::Run run{
        .next = queue.all().find(queue.sender().nonce), .left = queue.pending(), .tip = {}};
    if (out->price(run)) {
      out->heap.push_back(run);
    }
  }
  std::ranges::make_heap(out->heap, out->comparison());
  return Iteration(std::move(out));
}

}  // namespace cairn::txpool
