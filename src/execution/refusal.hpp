#pragma once
// Why a transaction or a block is not valid: one list, named as the specifications and the official
// tests name things. `api` maps these to JSON-RPC errors, `txpool` adds only its own.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace cairn::execution {

enum class Refused : std::uint8_t {
  // Transactions
  malformed,  // bytes that do not decode
  type_not_supported,
  wrong_chain_id,
  invalid_signature,
  sender_not_eoa,  // EIP-3607
  nonce_too_low,
  nonce_too_high,
  nonce_is_max,           // EIP-2681
  gas_limit_above_block,  // what is left of the block's gas limit
  gas_limit_above_cap,    // EIP-7825
  intrinsic_gas_too_low,
  floor_data_gas_too_low,  // EIP-7623
  init_code_too_large,     // EIP-3860
  insufficient_funds,
  fee_cap_below_base_fee,
  priority_fee_above_fee_cap,
  gas_price_overflow,
  no_blobs,
  too_many_blobs_in_transaction,
  too_many_blobs_in_block,
  invalid_blob_version,
  blob_fee_cap_below_base_fee,
  blob_transaction_creates,
  no_authorizations,
  set_code_transaction_creates,
  // Blocks
  unknown_parent,
  invalid_number,
  invalid_timestamp,
  invalid_gas_limit,
  invalid_gas_used,
  gas_used_above_limit,
  invalid_base_fee,
  invalid_extra_data,
  invalid_dao_extra_data,  // EIP-779
  invalid_difficulty,
  invalid_nonce,
  invalid_ommers,  // their hash, or any after the merge
  too_many_ommers,
  ommer_in_chain,        // an ancestor, or included before
  ommer_is_brother,      // the parent's child, as the block is
  ommer_parent_unknown,  // or more than six generations back
  invalid_state_root,
  invalid_transactions_root,
  invalid_receipts_root,
  invalid_logs_bloom,
  invalid_withdrawals_root,
  invalid_blob_gas_used,
  invalid_excess_blob_gas,
  invalid_requests_hash,
  invalid_deposit_event,  // EIP-6110
  missing_field,
  unexpected_field,
  block_too_large,        // EIP-7934
  system_contract_empty,  // EIP-7002, EIP-7251: the contract has no code
  system_call_failed,
};

struct Refusal {
  Refused code;
  std::string message;  // a sentence for people, in geth's words where clients read it
};

template <class T>
using Judged = Result<T, Refusal>;

inline std::unexpected<Refusal> refuse(Refused code, std::string message) {
  return std::unexpected(Refusal{code, std::move(message)});
}

// As written above: "nonce_too_low".
std::string_view refused_name(Refused code);

}  // namespace cairn::execution
