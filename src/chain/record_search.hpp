#pragma once
// Walks the chain's log of records (record.hpp) back.

#include <cstdint>
#include <optional>

#include "chain/record.hpp"
#include "store/store.hpp"

namespace cairn::chain {

struct FoundRecord {
  std::uint64_t sequence = 0;
  Record record;
};
// The newest record at or before `sequence`; nothing when there is none.
Result<std::optional<FoundRecord>> record_before(const store::Reader& reader,
                                                 std::uint64_t sequence);

// Whether a cheat came after the last block.
Result<bool> cheats_pending(const store::Reader& reader, std::uint64_t last_record);

// Whether anything has happened on the chain since it began: a block, a cheat, or one taken back.
Result<bool> has_history(const store::Reader& reader);

}  // namespace cairn::chain
