#include "types/log.hpp"

#include "crypto/keccak.hpp"

namespace cairn::types {

// Three bits, each named by the low 11 bits of one of the first three byte pairs of the hash.
void add_to_bloom(Bloom& bloom, BytesView item) {
  const Hash256 hash = crypto::keccak256(item);
  for (std::size_t i = 0; i < 6; i += 2) {
    const unsigned bit = (unsigned{hash[i]} << 8 | hash[i + 1]) & 2047;
    bloom[Bloom::size() - 1 - bit / 8] |= static_cast<std::uint8_t>(1u << (bit % 8));
  }
}

Bloom bloom_of(const std::vector<Log>& logs) {
  Bloom bloom;
  for (const Log& log : logs) {
    add_to_bloom(bloom, log.address);
    for (const Hash256& topic : log.topics) {
      add_to_bloom(bloom, topic);
    }
  }
  return bloom;
}

}  // namespace cairn::types
