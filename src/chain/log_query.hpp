#pragma once
// Logs by address and topics over a range of blocks (eth_getLogs). The log index names the blocks
// to look at; blocks that came before the index are told apart by their blooms.

#include <cstdint>
#include <string_view>
#include <vector>

#include "chain/chain_view.hpp"

namespace cairn::chain {

struct LogFilter {
  std::vector<Address> addresses;  // any of them; empty: every one
  // By position: any of the hashes; empty: every one. A log with fewer topics does not match.
  std::vector<std::vector<Hash256>> topics;
};

struct FoundLog {
  types::Log log;
  std::uint64_t block_number = 0;
  Hash256 block_hash;
  std::uint64_t block_timestamp = 0;
  Hash256 transaction_hash;
  std::uint32_t transaction_index = 0;
  std::uint32_t log_index = 0;  // in the block
};

bool matches(const LogFilter& filter, const types::Log& log);
// Whether a block with this bloom can have a match.
bool may_match(const LogFilter& filter, const types::Bloom& bloom);

struct LogLimits {
  std::size_t logs = 10'000;     // in an answer
  std::size_t blocks = 100'000;  // whose logs are looked at
};

// As far as the limits allow, and at least one block.
struct LogPage {
  std::vector<FoundLog> logs;     // in chain order
  std::uint64_t next = 0;         // the first block that was not searched; after the last one: done
  std::string_view stopped_by{};  // which limit, in words; empty: none
};
// Over blocks first to last, both included, none beyond the head.
LogPage page_of_logs(const ChainView& chain, const LogFilter& filter, std::uint64_t first,
                     std::uint64_t last, const LogLimits& limits = {});

// The whole answer (not found beyond the head). More than the limits is an error (ErrorCode::limit)
// that names the range that works: "... this block range should work: [0x1, 0x5]". A single block
// is always answered.
Result<std::vector<FoundLog>> find_logs(const ChainView& chain, const LogFilter& filter,
                                        std::uint64_t first, std::uint64_t last,
                                        const LogLimits& limits = {});

// The logs of one block that match, in order.
std::vector<FoundLog> logs_of(const SealedBlock& block, const Receipts& receipts,
                              const LogFilter& filter);

}  // namespace cairn::chain
