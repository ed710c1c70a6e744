#include "chain/log_query.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "crypto/keccak.hpp"

namespace cairn::chain {
namespace {

template <class T>
bool is_any(const std::vector<T>& wanted, const T& value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

// The three bits of an item, as a bloom filter of its own (Yellow Paper 4.3.1).
bool holds(const types::Bloom& bloom, BytesView item) {
  types::Bloom wanted;
  types::add_to_bloom(wanted, item);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if ((bloom[i] & wanted[i]) != wanted[i]) {
      return false;
    }
  }
  return true;
}

template <class T>
bool may_hold_any(const types::Bloom& bloom, const std::vector<T>& wanted) {
  return wanted.empty() ||
         std::ranges::any_of(wanted, [&](const T& item) { return holds(bloom, item); });
}

void append_matches(const SealedBlock& block, const Receipts& receipts, const LogFilter& filter,
                    std::vector<FoundLog>& out) {
  std::uint32_t log_index = 0;
  for (std::uint32_t i = 0; i < receipts.size(); ++i) {
    for (const types::Log& log : receipts[i].logs) {
      if (matches(filter, log)) {
        out.push_back({.log = log,
                       .block_number = block.block.header.number,
                       .block_hash = block.hash,
                       .block_timestamp = block.block.header.timestamp,
                       .transaction_hash = block.transaction_hashes[i],
                       .transaction_index = i,
                       .log_index = log_index});
      }
      ++log_index;
    }
  }
}

}  // namespace

bool matches(const LogFilter& filter, const types::Log& log) {
  if (!is_any(filter.addresses, log.address) || filter.topics.size() > log.topics.size()) {
    return false;
  }
  for (std::size_t i = 0; i < filter.topics.size(); ++i) {
    if (!is_any(filter.topics[i], log.topics[i])) {
      return false;
    }
  }
  return true;
}

bool may_match(const LogFilter& filter, const types::Bloom& bloom) {
  return may_hold_any(bloom, filter.addresses) &&
         std::ranges::all_of(filter.topics,
                             [&](const auto& wanted) { return may_hold_any(bloom, wanted); });
}

Result<std::vector<FoundLog>> find_logs(const ChainView& chain, const LogFilter& filter,
                                        std::uint64_t first, std::uint64_t last,
                                        std::size_t limit) {
  std::vector<FoundLog> out;
  for (std::uint64_t number = first; number <= last; ++number) {
    const auto header = chain.header_at(number);
    if (!header) {
      return fail(ErrorCode::not_found, fmt::format("block {} is beyond the head", number));
    }
    if (header->header.logs_bloom.is_zero() || !may_match(filter, header->header.logs_bloom)) {
      continue;
    }
    append_matches(*chain.block_at(number), *chain.receipts_at(number), filter, out);
    if (out.size() > limit && number > first) {
      return fail(ErrorCode::limit,
                  fmt::format("query returned more than {} results, this block range should work: "
                              "[{:#x}, {:#x}]",
                              limit, first, number - 1));
    }
  }
  return out;
}

}  // namespace cairn::chain
