#include "txpool/account_queue.hpp"

namespace cairn::txpool {

void WideSum::add(const U256& amount) {
  const auto [sum, carry] = base::add_with_carry(low_, amount);
  low_ = sum;
  carries_ += carry ? 1 : 0;
}

void WideSum::subtract(const U256& amount) {
  carries_ -= amount > low_ ? 1 : 0;
  low_ = low_ - amount;
}

void AccountQueue::set_sender(const SenderState& sender) {
  sender_ = sender;
  pending_ = 0;
  cost_ = {};
  find_run();
}

EntryPtr AccountQueue::at(std::uint64_t nonce) const {
  const auto found = entries_.find(nonce);
  return found == entries_.end() ? nullptr : found->second;
}

void AccountQueue::put(EntryPtr entry) {
  const std::uint64_t nonce = entry->transaction.nonce;
  cut_run(nonce);  // the new one may cost too much
  entries_[nonce] = std::move(entry);
  find_run();
}

void AccountQueue::erase(std::uint64_t nonce) {
  cut_run(nonce);
  entries_.erase(nonce);
}

U256 AccountQueue::pending_cost(std::uint64_t except) const {
  WideSum out = cost_;
  if (is_pending(except)) {
    out.subtract(entries_.at(except)->max_cost);
  }
  return out.capped();
}

void AccountQueue::cut_run(std::uint64_t nonce) {
  if (!is_pending(nonce)) {
    return;
  }
  auto entry = entries_.find(nonce);
  for (std::uint64_t at = nonce; at < next_nonce(); ++at, ++entry) {
    cost_.subtract(entry->second->max_cost);
  }
  pending_ = nonce - sender_.nonce;
}

void AccountQueue::find_run() {
  for (auto entry = entries_.find(next_nonce());
       entry != entries_.end() && entry->first == next_nonce() &&
       entry->second->max_cost <= sender_.balance;
       ++entry) {
    ++pending_;
    cost_.add(entry->second->max_cost);
  }
}

}  // namespace cairn::txpool
