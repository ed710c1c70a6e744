#pragma once
// Why the pool does not take, or no longer keeps, a transaction: execution's list and these.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "execution/refusal.hpp"

namespace cairn::txpool {

enum class PoolRefused : std::uint8_t {
  invalid,  // against a rule of execution: see `rule`
  already_known,
  replacement_underpriced,
  underpriced,    // tip below the pool's minimum
  unprotected,    // not EIP-155, where that is asked for
  account_limit,  // too many of one account
  pool_full,
  in_flight_limit,  // a delegated account may have one (EIP-7702)
  invalid_sidecar,  // blobs missing or not proven
  too_large,        // bytes
  unavailable,      // the node stops, or its disk has failed
  // Of those that are to run at once or not at all (EIP-7966):
  nonce_gap,
  not_executable,
  // Only as reasons why one was dropped later:
  replaced,
  nonce_used,  // another transaction took its nonce
  expired,
  removed_by_user,
  taken_back,  // its block was undone
  // When it came, or later:
  out_of_reach,  // needs state that another node has and does not give now
};

struct Refusal {
  PoolRefused code = PoolRefused::invalid;
  std::optional<execution::Refused> rule;
  std::string message;                            // in geth's words where clients read it
  std::optional<std::uint64_t> expected_nonce{};  // of a nonce gap
};

template <class T>
using Admitted = Result<T, Refusal>;

std::string_view pool_refused_name(PoolRefused code);

}  // namespace cairn::txpool
