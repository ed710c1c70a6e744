#include "chain/log_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "chain/fork_source.hpp"
#include "chain/log_index.hpp"

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

bool any_matches(const Receipts& receipts, const LogFilter& filter) {
  return std::ranges::any_of(receipts, [&](const types::Receipt& receipt) {
    return std::ranges::any_of(receipt.logs,
                               [&](const types::Log& log) { return matches(filter, log); });
  });
}

template <class T, class FingerprintOf>
std::vector<Fingerprint> fingerprints_of(const std::vector<T>& items, FingerprintOf fingerprint) {
  std::vector<Fingerprint> out;
  out.reserve(items.size());
  std::ranges::transform(items, std::back_inserter(out), fingerprint);
  return out;
}

// The blocks that may have a match, in order: those where every part of the filter has one.
class Candidates {
 public:
  Candidates(const ChainView& chain, const LogFilter& filter) : chain_(chain), filter_(filter) {
    if (!filter.addresses.empty()) {
      parts_.push_back(chain.log_blocks(fingerprints_of(filter.addresses, address_fingerprint)));
    }
    for (std::size_t i = 0; i < filter.topics.size(); ++i) {
      if (!filter.topics[i].empty()) {
        parts_.push_back(chain.log_blocks(fingerprints_of(
            filter.topics[i], [i](const Hash256& topic) { return topic_fingerprint(i, topic); })));
      }
    }
    if (parts_.empty()) {
      parts_.push_back(chain.log_blocks({kAnyLog}));
    }
  }

  // The first at or after `number`.
  std::optional<std::uint64_t> next(std::uint64_t number) {
    for (; number < chain_.logs_from() && number <= chain_.number(); ++number) {
      const types::Bloom bloom = chain_.header_at(number)->header.logs_bloom;
      if (!bloom.is_zero() && may_match(filter_, bloom)) {
        return number;
      }
    }
    return indexed(number);
  }

 private:
  std::optional<std::uint64_t> indexed(std::uint64_t number) {
    for (std::size_t agreed = 0; agreed < parts_.size();) {
      for (agreed = 0; agreed < parts_.size(); ++agreed) {
        const auto found = parts_[agreed].next(number);
        if (!found) {
          return std::nullopt;
        }
        if (*found != number) {
          number = *found;
          break;
        }
      }
    }
    return number;
  }

  const ChainView& chain_;
  const LogFilter& filter_;
  std::vector<LogIndexCursor> parts_;
};

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

std::vector<FoundLog> logs_of(const SealedBlock& block, const Receipts& receipts,
                              const LogFilter& filter) {
  std::vector<FoundLog> out;
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
  return out;
}

LogPage page_of_logs(const ChainView& chain, const LogFilter& filter, std::uint64_t first,
                     std::uint64_t last, const LogLimits& limits) {
  LogPage out;
  if (first < chain.first_block()) {
    out.logs = chain.fork()->source->logs(filter, first, std::min(last, chain.first_block() - 1));
    first = chain.first_block();
  }
  Candidates candidates(chain, filter);
  std::size_t looked_at = 0;
  for (auto number = candidates.next(first); number && *number <= last;
       number = candidates.next(*number + 1)) {
    out.next = *number;
    if (++looked_at > limits.blocks) {
      out.stopped_by = "query looks at too many blocks";
      return out;
    }
    const auto receipts = chain.receipts_at(*number);
    if (!any_matches(*receipts, filter)) {
      continue;
    }
    auto found = logs_of(*chain.block_at(*number), *receipts, filter);
    if (out.logs.size() + found.size() > limits.logs && *number > first) {
      out.stopped_by = "query has too many results";
      return out;
    }
    std::ranges::move(found, std::back_inserter(out.logs));
  }
  out.next = last + 1;
  return out;
}

Result<std::vector<FoundLog>> find_logs(const ChainView& chain, const LogFilter& filter,
                                        std::uint64_t first, std::uint64_t last,
                                        const LogLimits& limits) {
  if (last > chain.number()) {
    return fail(ErrorCode::not_found, fmt::format("block {} is beyond the head", last));
  }
  LogPage page = page_of_logs(chain, filter, first, last, limits);
  if (page.next <= last) {
    return fail(ErrorCode::limit,
                fmt::format("{} (at most {} results, {} blocks with candidates), this block range "
                            "should work: [{:#x}, {:#x}]",
                            page.stopped_by, limits.logs, limits.blocks, first, page.next - 1));
  }
  return std::move(page.logs);
}

}  // namespace cairn::chain
