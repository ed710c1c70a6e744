#include "chain/record_search.hpp"

#include <fmt/format.h>

#include "chain/block_bytes.hpp"

namespace cairn::chain {
namespace {

Result<Record> read_record(std::uint64_t sequence, BytesView bytes) {
  auto record = decode_record(bytes);
  if (!record) {
    return fail(ErrorCode::corrupt,
                fmt::format("record {} of the chain: {}", sequence, record.error().message));
  }
  return record;
}

}  // namespace

Result<std::optional<FoundRecord>> record_before(const store::Reader& reader,
                                                 std::uint64_t sequence) {
  const auto cursor = reader.cursor(store::Column::records);
  cursor->seek_for_prev(number_key(sequence));
  if (!cursor->valid()) {
    return std::nullopt;
  }
  CAIRN_TRY(const std::uint64_t found, read_number(cursor->key()));
  CAIRN_TRY(Record record, read_record(found, cursor->value()));
  return FoundRecord{.sequence = found, .record = std::move(record)};
}

Result<bool> cheats_pending(const store::Reader& reader, std::uint64_t last_record) {
  for (std::uint64_t sequence = last_record; sequence > 0;) {
    CAIRN_TRY(const auto found, record_before(reader, sequence));
    if (!found || std::holds_alternative<BlockRecord>(found->record)) {
      return false;
    }
    if (std::holds_alternative<CheatRecord>(found->record)) {
      return true;
    }
    sequence = found->sequence - 1;
  }
  return false;
}

Result<bool> has_history(const store::Reader& reader) {
  const auto cursor = reader.cursor(store::Column::records);
  for (cursor->seek({}); cursor->valid(); cursor->next()) {
    CAIRN_TRY(const std::uint64_t sequence, read_number(cursor->key()));
    CAIRN_TRY(const Record record, read_record(sequence, cursor->value()));
    if (!std::holds_alternative<SettingsRecord>(record)) {
      return true;
    }
  }
  return false;
}

}  // namespace cairn::chain
