#include "txpool/account_queue.hpp"

namespace cairn::txpool {

void AccountQueue::set_sender(const SenderState& sender) {
  sender_ = sender;
  pending_ = 0;
  find_run();
}

EntryPtr AccountQueue::at(std::uint64_t nonce) const {
  const auto found = entries_.find(nonce);
  return found == entries_.end() ? nullptr : found->second;
}

void AccountQueue::put(EntryPtr entry) {
  const std::uint64_t nonce = entry->transaction.nonce;
  if (is_pending(nonce)) {  // the new one may cost too much
    pending_ = nonce - sender_.nonce;
  }
  entries_[nonce] = std::move(entry);
  find_run();
}

void AccountQueue::erase(std::uint64_t nonce) {
  entries_.erase(nonce);
  if (is_pending(nonce)) {
    pending_ = nonce - sender_.nonce;
  }
}

U256 AccountQueue::pending_cost(std::uint64_t except) const {
  U256 sum;
  auto entry = entries_.find(sender_.nonce);
  for (std::size_t i = 0; i < pending_; ++i, ++entry) {
    if (entry->first == except) {
      continue;
    }
    const auto [next, carry] = base::add_with_carry(sum, entry->second->max_cost);
    sum = carry ? ~U256{} : next;
  }
  return sum;
}

void AccountQueue::find_run() {
  for (auto entry = entries_.find(next_nonce());
       entry != entries_.end() && entry->first == next_nonce() &&
       entry->second->max_cost <= sender_.balance;
       ++entry) {
    ++pending_;
  }
}

}  // namespace cairn::txpool
