#include "chain/log_index.hpp"

#include <algorithm>

#include "chain/block_bytes.hpp"

namespace cairn::chain {
namespace {

using store::Column;

LogFingerprint fingerprint_of(std::uint8_t kind, BytesView item) {
  constexpr std::uint64_t kOffset = 0xcbf29ce484222325;
  constexpr std::uint64_t kPrime = 0x100000001b3;
  std::uint64_t hash = (kOffset ^ kind) * kPrime;
  for (const std::uint8_t byte : item) {
    hash = (hash ^ byte) * kPrime;
  }
  return hash;
}

Bytes key_of(LogFingerprint fingerprint, std::uint64_t number) {
  Bytes out = number_key(fingerprint);
  base::append(out, number_key(number));
  return out;
}

// Each once, in order.
std::vector<LogFingerprint> fingerprints_of(const Receipts& receipts) {
  std::vector<LogFingerprint> out;
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

}  // namespace

LogFingerprint address_fingerprint(const Address& address) { return fingerprint_of(0, address); }

LogFingerprint topic_fingerprint(std::size_t position, const Hash256& topic) {
  return fingerprint_of(static_cast<std::uint8_t>(position + 1), topic);
}

void put_log_keys(store::Batch& batch, std::uint64_t number, const Receipts& receipts) {
  for (const LogFingerprint fingerprint : fingerprints_of(receipts)) {
    batch.put(Column::logs, key_of(fingerprint, number), {});
  }
}

void erase_log_keys(store::Batch& batch, std::uint64_t number, const Receipts& receipts) {
  for (const LogFingerprint fingerprint : fingerprints_of(receipts)) {
    batch.erase(Column::logs, key_of(fingerprint, number));
  }
}

LogIndexCursor::LogIndexCursor(const store::Reader& reader, std::vector<LogFingerprint> wanted)
    : cursor_(reader.cursor(Column::logs)) {
  std::ranges::sort(wanted);
  for (const LogFingerprint fingerprint : wanted) {
    wanted_.push_back({.fingerprint = fingerprint, .next = {}, .asked = false});
  }
}

void LogIndexCursor::seek(Wanted& one, std::uint64_t number) {
  cursor_->seek(key_of(one.fingerprint, number));
  one.asked = true;
  one.next.reset();
  if (cursor_->valid()) {
    const BytesView key = cursor_->key();
    const Bytes prefix = number_key(one.fingerprint);
    if (key.size() == 2 * prefix.size() && std::ranges::equal(key.first(prefix.size()), prefix)) {
      one.next = *read_number(key.subspan(prefix.size()));
    }
  }
}

std::optional<std::uint64_t> LogIndexCursor::next(std::uint64_t number) {
  std::optional<std::uint64_t> out;
  for (Wanted& one : wanted_) {
    if (!one.asked || (one.next && *one.next < number)) {
      seek(one, number);
    }
    if (one.next && (!out || *one.next < *out)) {
      out = one.next;
    }
  }
  return out;
}

}  // namespace cairn::chain
