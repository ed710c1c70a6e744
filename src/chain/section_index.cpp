#include "chain/section_index.hpp"

#include <algorithm>
#include <array>
#include <ranges>

#include "chain/block_bytes.hpp"

namespace cairn::chain {
namespace {

using Entries = std::vector<std::uint32_t>;
using Buckets = std::array<Entries, 256>;

constexpr std::uint64_t kSectionSize = 256;  // blocks
constexpr std::uint8_t kRow = 0;
constexpr std::uint8_t kBucket = 1;
constexpr std::size_t kEntrySize = 4;  // bytes

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

// How many entries are below `bound`.
std::size_t count_below(BytesView entries, std::uint64_t bound) {
  std::size_t first = 0;
  std::size_t last = entries.size() / kEntrySize;
  while (first < last) {
    const std::size_t middle = (first + last) / 2;
    if (entry_at(entries, middle) < bound) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return first;
}

// The place in its section of the first block at or after `from` (the last one at or before
// `until`) among a bucket's entries, by the low bytes of its fingerprint.
std::optional<std::uint64_t> first_place(BytesView entries, std::uint32_t low, std::uint64_t from) {
  const std::size_t at = count_below(entries, low | from);
  if (at * kEntrySize == entries.size() || (entry_at(entries, at) & ~0xffu) != low) {
    return std::nullopt;
  }
  return entry_at(entries, at) % kSectionSize;
}
std::optional<std::uint64_t> last_place(BytesView entries, std::uint32_t low, std::uint64_t until) {
  const std::size_t end = count_below(entries, (std::uint64_t{low} | until) + 1);
  if (end == 0 || (entry_at(entries, end - 1) & ~0xffu) != low) {
    return std::nullopt;
  }
  return entry_at(entries, end - 1) % kSectionSize;
}

// Of the section that ends with this block.
Buckets buckets_of(const SectionIndex& index, const store::Reader& reader, std::uint64_t number,
                   BytesView last_row) {
  Buckets out;
  const auto add = [&](std::uint64_t block, BytesView row) {
    for (const Fingerprint fingerprint : index.fingerprints_of(row)) {
      out[fingerprint >> 24].push_back(fingerprint << 8 |
                                       static_cast<std::uint32_t>(block % kSectionSize));
    }
  };
  const auto cursor = reader.cursor(index.column);
  for (cursor->seek(row_key(number - number % kSectionSize)); cursor->valid(); cursor->next()) {
    const auto block = number_in(cursor->key(), Bytes{kRow});
    if (!block || *block >= number) {
      break;
    }
    add(*block, cursor->value());
  }
  add(number, last_row);
  for (Entries& entries : out) {
    std::ranges::sort(entries);
  }
  return out;
}

template <class Visit>
void for_each_bucket(const Buckets& buckets, const Visit& visit) {
  for (std::size_t bucket = 0; bucket < buckets.size(); ++bucket) {
    if (!buckets[bucket].empty()) {
      visit(static_cast<std::uint8_t>(bucket), buckets[bucket]);
    }
  }
}

}  // namespace

bool ends_section(std::uint64_t number) { return number % kSectionSize == kSectionSize - 1; }

void SectionIndex::put(store::Batch& batch, const store::Reader& reader, std::uint64_t number,
                       BytesView row) const {
  if (!row.empty()) {
    batch.put(column, row_key(number), row);
  }
  if (ends_section(number)) {
    for_each_bucket(buckets_of(*this, reader, number, row),
                    [&](std::uint8_t bucket, const Entries& entries) {
                      batch.put(column, bucket_key(bucket, number / kSectionSize), encode(entries));
                    });
  }
}

void SectionIndex::erase(store::Batch& batch, const store::Reader& reader,
                         std::uint64_t number) const {
  const auto last_row = row(reader, number);
  if (last_row) {
    batch.erase(column, row_key(number));
  }
  if (ends_section(number)) {
    for_each_bucket(buckets_of(*this, reader, number, last_row.value_or(Bytes{})),
                    [&](std::uint8_t bucket, const Entries&) {
                      batch.erase(column, bucket_key(bucket, number / kSectionSize));
                    });
  }
}

std::optional<Bytes> SectionIndex::row(const store::Reader& reader, std::uint64_t number) const {
  return reader.get(column, row_key(number));
}

SectionCursor::SectionCursor(const SectionIndex& index, const store::Reader& reader,
                             std::uint64_t head)
    : index_(index),
      cursor_(reader.cursor(index.column)),
      rows_from_((head + 1) / kSectionSize * kSectionSize) {}

const std::vector<SectionCursor::Row>& SectionCursor::rows() {
  if (!rows_) {
    rows_.emplace();
    for (cursor_->seek(row_key(rows_from_)); cursor_->valid(); cursor_->next()) {
      const auto block = number_in(cursor_->key(), Bytes{kRow});
      if (!block) {
        break;
      }
      rows_->push_back({*block, index_.fingerprints_of(cursor_->value())});
    }
  }
  return *rows_;
}

std::optional<std::uint64_t> SectionCursor::next(Fingerprint fingerprint, std::uint64_t number) {
  const auto bucket = static_cast<std::uint8_t>(fingerprint >> 24);
  const Bytes begin{kBucket, bucket};
  if (number < rows_from_) {
    for (cursor_->seek(bucket_key(bucket, number / kSectionSize)); cursor_->valid();
         cursor_->next()) {
      const auto section = number_in(cursor_->key(), begin);
      if (!section) {
        break;
      }
      const std::uint64_t from = *section == number / kSectionSize ? number % kSectionSize : 0;
      if (const auto place = first_place(cursor_->value(), fingerprint << 8, from)) {
        return *section * kSectionSize + *place;
      }
    }
  }
  for (const Row& row : rows()) {
    if (row.number >= number && std::ranges::binary_search(row.fingerprints, fingerprint)) {
      return row.number;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> SectionCursor::previous(Fingerprint fingerprint,
                                                     std::uint64_t number) {
  if (number >= rows_from_) {
    for (const Row& row : std::ranges::reverse_view(rows())) {
      if (row.number <= number && std::ranges::binary_search(row.fingerprints, fingerprint)) {
        return row.number;
      }
    }
    if (rows_from_ == 0) {
      return std::nullopt;
    }
    number = rows_from_ - 1;
  }
  const auto bucket = static_cast<std::uint8_t>(fingerprint >> 24);
  const Bytes begin{kBucket, bucket};
  for (cursor_->seek_for_prev(bucket_key(bucket, number / kSectionSize)); cursor_->valid();
       cursor_->prev()) {
    const auto section = number_in(cursor_->key(), begin);
    if (!section) {
      break;
    }
    const std::uint64_t until =
        *section == number / kSectionSize ? number % kSectionSize : kSectionSize - 1;
    if (const auto place = last_place(cursor_->value(), fingerprint << 8, until)) {
      return *section * kSectionSize + *place;
    }
  }
  return std::nullopt;
}

}  // namespace cairn::chain
