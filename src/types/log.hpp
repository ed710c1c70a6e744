#pragma once
// A log entry and the 2048-bit bloom filter over logs (Yellow Paper 4.3.1).

#include <vector>

#include "base/bytes.hpp"

namespace cairn::types {

struct Log {
  Address address;
  std::vector<Hash256> topics;  // at most four
  Bytes data;

  bool operator==(const Log&) const = default;
};

using Bloom = FixedBytes<256>;

void add_to_bloom(Bloom& bloom, BytesView item);
Bloom bloom_of(const std::vector<Log>& logs);

}  // namespace cairn::types
