#include "txpool/authorities.hpp"

namespace cairn::txpool {

std::vector<Address> Authorities::of(const types::Transaction& transaction) {
  std::vector<Address> out;
  for (const types::Authorization& authorization : transaction.authorizations) {
    if (const auto authority = types::recover_authority(authorization)) {
      out.push_back(*authority);
    }
  }
  return out;
}

void Authorities::add(const Hash256& transaction, std::vector<Address> accounts) {
  for (const Address& account : accounts) {
    ++waiting_[account];
  }
  by_transaction_.insert_or_assign(transaction, std::move(accounts));
}

void Authorities::remove(const Hash256& transaction) {
  const auto found = by_transaction_.find(transaction);
  if (found == by_transaction_.end()) {
    return;
  }
  for (const Address& account : found->second) {
    if (const auto waiting = waiting_.find(account); --waiting->second == 0) {
      waiting_.erase(waiting);
    }
  }
  by_transaction_.erase(found);
}

}  // namespace cairn::txpool
