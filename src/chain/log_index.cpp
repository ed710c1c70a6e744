#include "chain/log_index.hpp"

#include <algorithm>
#include <array>

#include "chain/block_bytes.hpp"

namespace cairn::chain {
namespace {

using store::Column;

constexpr std::uint64_t kSectionSize = 256;  // blocks
constexpr std::uint8_t kRow = 0;
constexpr std::uint8_t kBucket = 1;
constexpr std::size_t kEntrySize = 4;  // bytes

using Entries = std::vector<std::uint32_t>;
using Buckets = std::array<Entries, 256>;

LogFingerprint fingerprint_of(std::uint8_t kind, BytesView item) {
  constexpr std::uint64_t kOffset = 0xcbf29ce484222325;
  constexpr std::uint64_t kPrime = 0x100000001b3;
  std::uint64_t hash = (kOffset ^ kind) * kPrime;
  for (const std::uint8_t byte : item) {
    hash = (hash ^ byte) * kPrime;
  }
  return static_cast<LogFingerprint>(hash ^ (hash >> 32));
}

Bytes row_key(std::uint64_t number) {
  Bytes out{kRow};
  base::append(out, number_key(number));
  return out;
}

Bytes bucket_key(std::uint8_t bucket, std::uint64_t section) {
  Bytes out{kBucket, bucket};
  base::append(out, number_key(section));
  return out;
}

// The number in a key that begins so; nothing where another kind of key begins.
std::optional<std::uint64_t> number_in(BytesView key, BytesView begin) {
  if (key.size() != begin.size() + 8 || !std::ranges::equal(key.first(begin.size()), begin)) {
    return std::nullopt;
  }
  return *read_number(key.subspan(begin.size()));
}

Bytes encode(const Entries& entries) {
  Bytes out;
  out.reserve(entries.size() * kEntrySize);
  for (const std::uint32_t entry : entries) {
    for (const int shift : {24, 16, 8, 0}) {
      out.push_back(static_cast<std::uint8_t>(entry >> shift));
    }
  }
  return out;
}

std::uint32_t entry_at(BytesView entries, std::size_t index) {
  const BytesView bytes = entries.subspan(index * kEntrySize, kEntrySize);
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | bytes[3];
}

// The first entry that is not below `least`.
std::optional<std::uint32_t> lower_bound(BytesView entries, std::uint32_t least) {
  std::size_t first = 0;
  std::size_t last = entries.size() / kEntrySize;
  while (first < last) {
    const std::size_t middle = (first + last) / 2;
    if (entry_at(entries, middle) < least) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return first < entries.size() / kEntrySize ? std::optional{entry_at(entries, first)}
                                             : std::nullopt;
}

// Each once, in order.
Entries row_of(const Receipts& receipts) {
  Entries out;
  for (const types::Receipt& receipt : receipts) {
    for (const types::Log& log : receipt.logs) {
      out.push_back(address_fingerprint(log.address));
      for (std::size_t i = 0; i < log.topics.size(); ++i) {
        out.push_back(topic_fingerprint(i, log.topics[i]));
      }
    }
  }
  if (!out.empty()) {
    out.push_back(kAnyLog);
  }
  std::ranges::sort(out);
  const auto doubled = std::ranges::unique(out);
  out.erase(doubled.begin(), doubled.end());
  return out;
}

// Of the section that ends with this block.
Buckets buckets_of(const store::Reader& reader, std::uint64_t number, const Entries& last_row) {
  Buckets out;
  const auto add = [&](std::uint64_t block, std::uint32_t fingerprint) {
    out[fingerprint >> 24].push_back(fingerprint << 8 |
                                     static_cast<std::uint32_t>(block % kSectionSize));
  };
  const auto cursor = reader.cursor(Column::logs);
  for (cursor->seek(row_key(number - number % kSectionSize)); cursor->valid(); cursor->next()) {
    const auto block = number_in(cursor->key(), Bytes{kRow});
    if (!block || *block >= number) {
      break;
    }
    const BytesView row = cursor->value();
    for (std::size_t i = 0; i < row.size() / kEntrySize; ++i) {
      add(*block, entry_at(row, i));
    }
  }
  for (const std::uint32_t fingerprint : last_row) {
    add(number, fingerprint);
  }
  for (Entries& entries : out) {
    std::ranges::sort(entries);
  }
  return out;
}

bool ends_section(std::uint64_t number) { return number % kSectionSize == kSectionSize - 1; }

template <class Visit>
void for_each_bucket(const Buckets& buckets, const Visit& visit) {
  for (std::size_t bucket = 0; bucket < buckets.size(); ++bucket) {
    if (!buckets[bucket].empty()) {
      visit(static_cast<std::uint8_t>(bucket), buckets[bucket]);
    }
  }
}

}  // namespace

LogFingerprint address_fingerprint(const Address& address) { return fingerprint_of(0, address); }

LogFingerprint topic_fingerprint(std::size_t position, const Hash256& topic) {
  return fingerprint_of(static_cast<std::uint8_t>(position + 1), topic);
}

void put_log_keys(store::Batch& batch, const store::Reader& reader, std::uint64_t number,
                  const Receipts& receipts) {
  const Entries row = row_of(receipts);
  if (!row.empty()) {
    batch.put(Column::logs, row_key(number), encode(row));
  }
  if (ends_section(number)) {
    for_each_bucket(
        buckets_of(reader, number, row), [&](std::uint8_t bucket, const Entries& entries) {
          batch.put(Column::logs, bucket_key(bucket, number / kSectionSize), encode(entries));
        });
  }
}

void erase_log_keys(store::Batch& batch, const store::Reader& reader, std::uint64_t number,
                    const Receipts& receipts) {
  const Entries row = row_of(receipts);
  if (!row.empty()) {
    batch.erase(Column::logs, row_key(number));
  }
  if (ends_section(number)) {
    for_each_bucket(buckets_of(reader, number, row), [&](std::uint8_t bucket, const Entries&) {
      batch.erase(Column::logs, bucket_key(bucket, number / kSectionSize));
    });
  }
}

LogIndexCursor::LogIndexCursor(const store::Reader& reader, std::uint64_t head,
                               std::vector<LogFingerprint> wanted)
    : cursor_(reader.cursor(Column::logs)), rows_from_((head + 1) / kSectionSize * kSectionSize) {
  std::ranges::sort(wanted);
  for (const LogFingerprint fingerprint : wanted) {
    wanted_.push_back({.fingerprint = fingerprint, .next = {}, .asked = false});
  }
}

std::optional<std::uint64_t> LogIndexCursor::find_in_sections(LogFingerprint fingerprint,
                                                              std::uint64_t number) {
  const auto bucket = static_cast<std::uint8_t>(fingerprint >> 24);
  const Bytes begin{kBucket, bucket};
  const std::uint32_t low = fingerprint << 8;
  for (cursor_->seek(bucket_key(bucket, number / kSectionSize)); cursor_->valid();
       cursor_->next()) {
    const auto section = number_in(cursor_->key(), begin);
    if (!section) {
      break;
    }
    const bool first = *section == number / kSectionSize;
    const auto from = static_cast<std::uint32_t>(first ? number % kSectionSize : 0);
    const auto entry = lower_bound(cursor_->value(), low | from);
    if (entry && (*entry & ~std::uint32_t{kSectionSize - 1}) == low) {
      return *section * kSectionSize + *entry % kSectionSize;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> LogIndexCursor::find_in_rows(LogFingerprint fingerprint,
                                                          std::uint64_t number) {
  if (!rows_) {
    rows_.emplace();
    for (cursor_->seek(row_key(rows_from_)); cursor_->valid(); cursor_->next()) {
      const auto block = number_in(cursor_->key(), Bytes{kRow});
      if (!block) {
        break;
      }
      rows_->emplace_back(*block, base::to_bytes(cursor_->value()));
    }
  }
  for (const auto& [block, row] : *rows_) {
    if (block >= number && lower_bound(row, fingerprint) == fingerprint) {
      return block;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> LogIndexCursor::find(LogFingerprint fingerprint,
                                                  std::uint64_t number) {
  if (number < rows_from_) {
    if (const auto found = find_in_sections(fingerprint, number)) {
      return found;
    }
  }
  return find_in_rows(fingerprint, number);
}

std::optional<std::uint64_t> LogIndexCursor::next(std::uint64_t number) {
  std::optional<std::uint64_t> out;
  for (Wanted& one : wanted_) {
    if (!one.asked || (one.next && *one.next < number)) {
      one.asked = true;
      one.next = find(one.fingerprint, number);
    }
    if (one.next && (!out || *one.next < *out)) {
      out = one.next;
    }
  }
  return out;
}

}  // namespace cairn::chain
