#pragma once
// One account's waiting transactions by nonce. Part of Txpool.

#include <map>

#include "txpool/admission.hpp"

namespace cairn::txpool {

// A sum of amounts that may leave 256 bits, and come back.
class WideSum {
 public:
  void add(const U256& amount);
  void subtract(const U256& amount);  // that was added before
  U256 capped() const { return carries_ == 0 ? low_ : ~U256{}; }

 private:
  U256 low_;
  std::uint64_t carries_ = 0;
};

class AccountQueue {
 public:
  using ByNonce = std::map<std::uint64_t, EntryPtr>;

  // The account as the head has it; the pending run is found anew.
  void set_sender(const SenderState& sender);
  const SenderState& sender() const { return sender_; }

  EntryPtr at(std::uint64_t nonce) const;
  void put(EntryPtr entry);  // takes the place of one with the same nonce
  void erase(std::uint64_t nonce);

  const ByNonce& all() const { return entries_; }
  bool empty() const { return entries_.empty(); }
  std::size_t pending() const { return pending_; }
  std::size_t queued() const { return entries_.size() - pending_; }
  std::uint64_t next_nonce() const { return sender_.nonce + pending_; }
  bool is_pending(std::uint64_t nonce) const {
    return nonce >= sender_.nonce && nonce < next_nonce();
  }
  // What the pending run costs at the caps, but for the one with nonce `except`; 2^256 - 1 where
  // it is more.
  U256 pending_cost(std::uint64_t except) const;

 private:
  void find_run();
  // Ends the run before this nonce, where it goes on until there.
  void cut_run(std::uint64_t nonce);

  SenderState sender_;
  ByNonce entries_;
  std::size_t pending_ = 0;  // from sender_.nonce on, without a gap, each affordable alone
  WideSum cost_;             // of those
};

}  // namespace cairn::txpool
