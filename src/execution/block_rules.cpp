#include "execution/block_rules.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "execution/requests.hpp"
#include "state/trie.hpp"

namespace cairn::execution {
namespace {

using types::Fork;

template <class Items, class Encode>
Hash256 root_over(const Items& items, Encode&& encode) {
  std::vector<Bytes> encoded;
  encoded.reserve(items.size());
  for (const auto& item : items) {
    encoded.push_back(encode(item));
  }
  return state::ordered_root(encoded);
}

Judged<void> check_root(Refused code, std::string_view name, const Hash256& have,
                        const Hash256& want) {
  if (have != want) {
    return refuse(code, fmt::format("invalid {}: header has {}, block gives {}", name,
                                    base::to_hex(have), base::to_hex(want)));
  }
  return {};
}

Judged<void> check_count(Refused code, std::string_view name, std::uint64_t have,
                         std::uint64_t want) {
  if (have != want) {
    return refuse(code, fmt::format("invalid {}: header has {}, block gives {}", name, have, want));
  }
  return {};
}

}  // namespace

Hash256 transactions_root(std::span<const types::Transaction> transactions) {
  return root_over(transactions, types::encode_transaction);
}

Hash256 receipts_root(std::span<const types::Receipt> receipts) {
  return root_over(receipts, types::encode_receipt);
}

Hash256 ommers_hash(std::span<const types::Header> ommers) {
  return crypto::keccak256(codec::encode_rlp([&](auto& sink) {
    sink.list([&](auto& list) {
      for (const types::Header& ommer : ommers) {
        list.raw(types::encode_header(ommer));
      }
    });
  }));
}

Hash256 withdrawals_root(std::span<const types::Withdrawal> withdrawals) {
  return root_over(withdrawals, types::encode_withdrawal);
}

Judged<void> validate_body(const types::Block& block, std::size_t encoded_size, Fork fork) {
  if (fork >= Fork::osaka && encoded_size > kMaxBlockSize) {
    return refuse(Refused::block_too_large,
                  fmt::format("block of {} bytes is above {}", encoded_size, kMaxBlockSize));
  }
  CAIRN_CHECK(check_root(Refused::invalid_ommers, "ommers hash", block.header.ommers_hash,
                         ommers_hash(block.ommers)));
  if (block.withdrawals.has_value() != (fork >= Fork::shanghai)) {
    return refuse(
        block.withdrawals.has_value() ? Refused::unexpected_field : Refused::missing_field,
        "withdrawals belong to blocks from Shanghai on");
  }
  if (block.withdrawals && block.header.withdrawals_root) {
    CAIRN_CHECK(check_root(Refused::invalid_withdrawals_root, "withdrawals root",
                           *block.header.withdrawals_root, withdrawals_root(*block.withdrawals)));
  }
  return {};
}

types::Header with_outcome(types::Header header, std::span<const types::Transaction> transactions,
                           const BlockOutcome& outcome) {
  header.gas_used = outcome.gas_used;
  header.logs_bloom = outcome.logs_bloom;
  header.transactions_root = transactions_root(transactions);
  header.receipts_root = receipts_root(outcome.receipts);
  if (header.blob_gas_used) {
    header.blob_gas_used = outcome.blob_gas_used;
  }
  if (header.requests_hash) {
    header.requests_hash = requests_hash(outcome.requests);
  }
  return header;
}

Judged<void> validate_outcome(const types::Block& block, const BlockOutcome& outcome,
                              const Hash256& state_root, Fork fork) {
  const types::Header& header = block.header;
  CAIRN_CHECK(check_root(Refused::invalid_transactions_root, "transactions root",
                         header.transactions_root, transactions_root(block.transactions)));
  CAIRN_CHECK(
      check_count(Refused::invalid_gas_used, "gas used", header.gas_used, outcome.gas_used));
  if (header.logs_bloom != outcome.logs_bloom) {
    return refuse(Refused::invalid_logs_bloom, "invalid bloom: it is not that of the logs");
  }
  CAIRN_CHECK(check_root(Refused::invalid_receipts_root, "receipt root hash", header.receipts_root,
                         receipts_root(outcome.receipts)));
  if (fork >= Fork::cancun) {
    CAIRN_CHECK(check_count(Refused::invalid_blob_gas_used, "blob gas used",
                            header.blob_gas_used.value_or(0), outcome.blob_gas_used));
  }
  if (fork >= Fork::prague) {
    CAIRN_CHECK(check_root(Refused::invalid_requests_hash, "requests hash",
                           header.requests_hash.value_or(Hash256{}),
                           requests_hash(outcome.requests)));
  }
  return check_root(Refused::invalid_state_root, "merkle root", header.state_root, state_root);
}

}  // namespace cairn::execution
