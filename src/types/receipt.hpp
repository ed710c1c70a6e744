#pragma once
// Receipts as consensus has them (EIP-658, EIP-2718). What JSON-RPC adds is derived from the block.

#include <optional>
#include <vector>

#include "base/result.hpp"
#include "types/log.hpp"
#include "types/transaction.hpp"

namespace cairn::types {

struct Receipt {
  TransactionType type = TransactionType::legacy;
  std::optional<Hash256> state_root;  // before Byzantium, instead of the status
  bool success = false;
  std::uint64_t cumulative_gas_used = 0;
  std::vector<Log> logs;

  bool operator==(const Receipt&) const = default;
};

// The form that the receipts trie holds: typed envelope, with the bloom.
Bytes encode_receipt(const Receipt& receipt);
Result<Receipt> decode_receipt(BytesView bytes);

}  // namespace cairn::types
