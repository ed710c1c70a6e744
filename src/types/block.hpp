#pragma once
// Blocks: a header, its transactions, ommers (before the merge) and withdrawals (EIP-4895).

#include <optional>
#include <vector>

#include "types/header.hpp"
#include "types/transaction.hpp"

namespace cairn::types {

struct Withdrawal {
  std::uint64_t index = 0;
  std::uint64_t validator_index = 0;
  Address address;
  std::uint64_t amount = 0;  // gwei

  bool operator==(const Withdrawal&) const = default;
};

struct Block {
  Header header;
  std::vector<Transaction> transactions;
  std::vector<Header> ommers;
  std::optional<std::vector<Withdrawal>> withdrawals;  // Shanghai

  bool operator==(const Block&) const = default;
};

Bytes encode_withdrawal(const Withdrawal& withdrawal);
Bytes encode_block(const Block& block);
Result<Block> decode_block(BytesView rlp);

}  // namespace cairn::types
