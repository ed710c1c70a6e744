#pragma once
// One account's waiting transactions by nonce. Part of Txpool.

#include <map>

#include "txpool/admission.hpp"

namespace cairn::txpool {

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
  // What the pending run costs at the caps, but for the one with nonce `except`.
  U256 pending_cost(std::uint64_t except) const;

 private:
  void find_run();

  SenderState sender_;
  ByNonce entries_;
  std::size_t pending_ = 0;  // from sender_.nonce on, without a gap, each affordable alone
};

}  // namespace cairn::txpool
