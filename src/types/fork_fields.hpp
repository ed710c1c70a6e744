#pragma once
// The fields of a header that came with forks: one table for RLP, JSON, presence and first values,
// so that a fork's new fields are new lines here. Their order is that of the header's RLP list.

#include <string_view>
#include <tuple>

#include "types/fork.hpp"
#include "types/header.hpp"

namespace cairn::types {

template <class T>
struct ForkField {
  using Value = T;  // Hash256, U256 or std::uint64_t

  std::string_view name;  // in JSON, and in errors
  Fork since;
  std::optional<T> Header::* member;
  T first;  // where nothing else is known: at genesis, in a block that holds nothing
};

inline constexpr std::tuple kForkFields{
    ForkField<U256>{"baseFeePerGas", Fork::london, &Header::base_fee_per_gas,
                    U256{1'000'000'000}},  // EIP-1559
    ForkField<Hash256>{"withdrawalsRoot", Fork::shanghai, &Header::withdrawals_root,
                       kEmptyTrieRoot},
    ForkField<std::uint64_t>{"blobGasUsed", Fork::cancun, &Header::blob_gas_used, 0},
    ForkField<std::uint64_t>{"excessBlobGas", Fork::cancun, &Header::excess_blob_gas, 0},
    ForkField<Hash256>{"parentBeaconBlockRoot", Fork::cancun, &Header::parent_beacon_block_root,
                       Hash256{}},
    ForkField<Hash256>{"requestsHash", Fork::prague, &Header::requests_hash, kEmptyRequestsHash},
};

// `visit`: const ForkField<T>& -> void.
template <class Visit>
void for_each_fork_field(Visit&& visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, kForkFields);
}

// `visit`: const ForkField<T>& -> Expected, one without a value; ends at the first error.
template <class Expected, class Visit>
Expected until_error(Visit&& visit) {
  Expected out;
  std::apply([&](const auto&... field) { (void)(... && (out = visit(field)).has_value()); },
             kForkFields);
  return out;
}

// The fields that a fork's headers have, with their first values; no others.
Header with_fork_fields(Header header, Fork fork);

}  // namespace cairn::types
