#include "chain/log_index.hpp"

#include <algorithm>

namespace cairn::chain {
namespace {

constexpr std::size_t kFingerprintSize = 4;  // bytes

Fingerprint fingerprint_of(std::uint8_t kind, BytesView item) {
  constexpr std::uint64_t kOffset = 0xcbf29ce484222325;
  constexpr std::uint64_t kPrime = 0x100000001b3;
  std::uint64_t hash = (kOffset ^ kind) * kPrime;
  for (const std::uint8_t byte : item) {
    hash = (hash ^ byte) * kPrime;
  }
  return static_cast<Fingerprint>(hash ^ (hash >> 32));
}

std::vector<Fingerprint> read_row(BytesView row) {
  std::vector<Fingerprint> out;
  out.reserve(row.size() / kFingerprintSize);
  for (; row.size() >= kFingerprintSize; row = row.subspan(kFingerprintSize)) {
    out.push_back(std::uint32_t{row[0]} << 24 | std::uint32_t{row[1]} << 16 |
                  std::uint32_t{row[2]} << 8 | row[3]);
  }
  return out;
}

}  // namespace

const SectionIndex kLogIndex{.column = store::Column::logs, .fingerprints_of = read_row};

Fingerprint address_fingerprint(const Address& address) { return fingerprint_of(0, address); }

Fingerprint topic_fingerprint(std::size_t position, const Hash256& topic) {
  return fingerprint_of(static_cast<std::uint8_t>(position + 1), topic);
}

Bytes log_row(const Receipts& receipts) {
  std::vector<Fingerprint> found;
  for (const types::Receipt& receipt : receipts) {
    for (const types::Log& log : receipt.logs) {
      found.push_back(address_fingerprint(log.address));
      for (std::size_t i = 0; i < log.topics.size(); ++i) {
        found.push_back(topic_fingerprint(i, log.topics[i]));
      }
    }
  }
  if (!found.empty()) {
    found.push_back(kAnyLog);
  }
  std::ranges::sort(found);
  const auto doubled = std::ranges::unique(found);
  found.erase(doubled.begin(), doubled.end());
  Bytes out;
  out.reserve(found.size() * kFingerprintSize);
  for (const Fingerprint one : found) {
    for (const int shift : {24, 16, 8, 0}) {
      out.push_back(static_cast<std::uint8_t>(one >> shift));
    }
  }
  return out;
}

LogIndexCursor::LogIndexCursor(const store::Reader& reader, std::uint64_t head,
                               std::vector<Fingerprint> wanted)
    : cursor_(kLogIndex, reader, head) {
  std::ranges::sort(wanted);
  for (const Fingerprint fingerprint : wanted) {
    wanted_.push_back({.fingerprint = fingerprint, .next = {}, .asked = false});
  }
}

std::optional<std::uint64_t> LogIndexCursor::next(std::uint64_t number) {
  std::optional<std::uint64_t> out;
  for (Wanted& one : wanted_) {
    if (!one.asked || (one.next && *one.next < number)) {
      one.asked = true;
      one.next = cursor_.next(one.fingerprint, number);
    }
    if (one.next && (!out || *one.next < *out)) {
      out = one.next;
    }
  }
  return out;
}

}  // namespace cairn::chain
