#pragma once
// Which accounts the waiting transactions let code act for (EIP-7702): such an account's nonce and
// balance may change without a transaction of its own.

#include <span>
#include <unordered_map>
#include <vector>

#include "types/transaction.hpp"

namespace cairn::txpool {

// One thread at a time.
class Authorities {
 public:
  // Those that signed the tuples of a transaction; impossible signatures count for nobody.
  static std::vector<Address> of(const types::Transaction& transaction);

  bool contains(const Address& account) const { return waiting_.contains(account); }
  void add(const Hash256& transaction, std::vector<Address> accounts);
  // Nothing happens where add() was not called.
  void remove(const Hash256& transaction);

 private:
  std::unordered_map<Hash256, std::vector<Address>> by_transaction_;
  std::unordered_map<Address, std::size_t> waiting_;  // how many transactions name it
};

}  // namespace cairn::txpool
