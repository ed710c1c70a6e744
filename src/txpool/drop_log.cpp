#include "txpool/drop_log.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "codec/rlp.hpp"

namespace cairn::txpool {
namespace {

constexpr std::size_t kKept = 16'384;
constexpr auto kLastCode = PoolRefused::out_of_reach;

Bytes key_of(std::uint64_t sequence) {
  Bytes out(8);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<std::uint8_t>(sequence >> (8 * (7 - i)));
  }
  return out;
}

Bytes encode(const Hash256& hash, const Dropped& dropped) {
  return codec::encode_rlp([&](auto& sink) {
    sink.list([&](auto& fields) {
      fields.string(hash);
      fields.number(static_cast<std::uint64_t>(dropped.reason.code));
      fields.string(dropped.reason.rule ? Bytes{static_cast<std::uint8_t>(*dropped.reason.rule)}
                                        : Bytes{});
      fields.string(base::bytes_of(dropped.reason.message));
      fields.string(dropped.replaced_by ? BytesView(*dropped.replaced_by) : BytesView{});
    });
  });
}

Result<std::pair<Hash256, Dropped>> decode(BytesView value) {
  CAIRN_TRY(codec::RlpReader fields, codec::read_rlp_list(value, "drop"));
  CAIRN_TRY(const BytesView hash, fields.string("hash"));
  CAIRN_TRY(const std::uint64_t code, fields.u64("code"));
  CAIRN_TRY(const BytesView rule, fields.string("rule"));
  CAIRN_TRY(const BytesView message, fields.string("message"));
  CAIRN_TRY(const BytesView replaced_by, fields.string("replaced by"));
  CAIRN_CHECK(fields.finish("drop"));
  if (hash.size() != Hash256::size() || code > static_cast<std::uint64_t>(kLastCode) ||
      rule.size() > 1 || (!replaced_by.empty() && replaced_by.size() != Hash256::size())) {
    return fail(ErrorCode::corrupt, "a field has the wrong size");
  }
  Dropped out;
  out.reason.code = static_cast<PoolRefused>(code);
  if (!rule.empty()) {
    out.reason.rule = static_cast<execution::Refused>(rule[0]);
  }
  out.reason.message = base::text_of(message);
  if (!replaced_by.empty()) {
    out.replaced_by = Hash256::from_right(replaced_by);
  }
  return std::pair{Hash256::from_right(hash), std::move(out)};
}

}  // namespace

void DropLog::put(std::uint64_t sequence, Line line) {
  forget(line.hash);
  newest_.emplace(line.hash, sequence);
  lines_.emplace(sequence, std::move(line));
  while (lines_.size() > kKept) {
    newest_.erase(lines_.begin()->second.hash);
    lines_.erase(lines_.begin());
  }
}

void DropLog::note(const Hash256& hash, Dropped dropped) {
  put(next_++, {hash, std::move(dropped)});
}

void DropLog::forget(const Hash256& hash) {
  if (const auto found = newest_.find(hash); found != newest_.end()) {
    lines_.erase(found->second);
    newest_.erase(found);
  }
}

const Dropped* DropLog::find(const Hash256& hash) const {
  const auto found = newest_.find(hash);
  return found == newest_.end() ? nullptr : &lines_.at(found->second).dropped;
}

void DropLog::write(store::Batch& batch) {
  for (auto at = lines_.lower_bound(written_); at != lines_.end(); ++at) {
    batch.put(store::Column::drops, key_of(at->first), encode(at->second.hash, at->second.dropped));
  }
  written_ = next_;
  const std::uint64_t first = lines_.empty() ? next_ : lines_.begin()->first;
  if (first > first_stored_) {
    batch.erase_range(store::Column::drops, key_of(first_stored_), key_of(first));
    first_stored_ = first;
  }
}

Result<DropLog> DropLog::read(const store::Reader& reader) {
  DropLog out;
  const auto cursor = reader.cursor(store::Column::drops);
  for (cursor->seek({}); cursor->valid(); cursor->next()) {
    auto line = decode(cursor->value());
    if (!line || cursor->key().size() != 8) {
      return fail(ErrorCode::corrupt,
                  fmt::format("dropped transactions, {}: {}", base::to_hex(cursor->key()),
                              line ? "the key has not 8 bytes" : line.error().message));
    }
    const std::uint64_t sequence = base::from_be(cursor->key()).low64();
    out.put(sequence, {line->first, std::move(line->second)});
    out.next_ = sequence + 1;
  }
  out.written_ = out.next_;
  out.first_stored_ = out.lines_.empty() ? out.next_ : out.lines_.begin()->first;
  return out;
}

}  // namespace cairn::txpool
