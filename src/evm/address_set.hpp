#pragma once
// Addresses, each kept once, with next to nothing to pay for one that came a moment ago: calls go
// to few addresses again and again. One thread.

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/bytes.hpp"

namespace cairn::evm {

class AddressSet {
 public:
  AddressSet() { forget_recent(); }

  void add(const Address& address) {
    Address& recent = recent_[place(address)];
    if (recent == address) {
      return;
    }
    recent = address;
    if (found_.size() == bound_) {
      settle();
      bound_ = std::max(kFirstBound, 2 * found_.size());
    }
    found_.push_back(address);
  }

  // Each once, in order; valid until something changes.
  const std::vector<Address>& all() {
    settle();
    return found_;
  }

  void clear() {
    found_.clear();
    bound_ = kFirstBound;
    forget_recent();
  }

 private:
  static constexpr std::size_t kPlaces = 16;
  static constexpr std::size_t kFirstBound = 64;

  static std::size_t place(const Address& address) { return address[19] % kPlaces; }

  // With what belongs elsewhere, each place matches no address of its own.
  void forget_recent() {
    for (std::size_t i = 0; i < kPlaces; ++i) {
      recent_[i] = {};
      recent_[i][19] = static_cast<std::uint8_t>(i + 1);
    }
  }

  // Sorting as often as the list doubles costs each addition the same few comparisons, whichever
  // addresses an attacker chooses; a hash table's cost would be theirs to choose.
  void settle() {
    std::ranges::sort(found_);
    const auto doubled = std::ranges::unique(found_);
    found_.erase(doubled.begin(), doubled.end());
  }

  std::array<Address, kPlaces> recent_;
  std::vector<Address> found_;
  std::size_t bound_ = kFirstBound;
};

}  // namespace cairn::evm
