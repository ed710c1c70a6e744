#pragma once
// Random values of the types for properties. To be called inside rc::check.

#include <rapidcheck.h>

#include "types/block.hpp"
#include "types/receipt.hpp"

namespace cairn::types::any {

inline std::uint64_t number() {
  return *rc::gen::arbitrary<std::uint64_t>() >> *rc::gen::inRange(0, 64);
}

inline U256 word() {
  return U256{*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>(),
              *rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>()} >>
         *rc::gen::inRange<std::uint64_t>(0, 257);
}

template <class T>
T fixed() {
  T out;
  for (std::uint8_t& byte : out.bytes) {
    byte = *rc::gen::arbitrary<std::uint8_t>();
  }
  return out;
}

inline Bytes bytes(std::size_t limit) {
  return *rc::gen::container<Bytes>(*rc::gen::inRange<std::size_t>(0, limit),
                                    rc::gen::arbitrary<std::uint8_t>());
}

template <class Make>
auto list(int limit, Make make) {
  std::vector<decltype(make())> out;
  for (int n = *rc::gen::inRange(0, limit); n > 0; --n) {
    out.push_back(make());
  }
  return out;
}

inline bool coin() { return *rc::gen::arbitrary<bool>(); }

inline AccessListEntry access_list_entry() { return {fixed<Address>(), list(3, fixed<Hash256>)}; }

inline Authorization authorization() {
  return {word(), fixed<Address>(), number(), *rc::gen::inRange<std::uint64_t>(0, 256), word(),
          word()};
}

inline BlobSidecar sidecar() {
  BlobSidecar sidecar;
  sidecar.version = coin() ? 1 : 0;
  sidecar.blobs.assign(*rc::gen::inRange<std::size_t>(0, 2), Bytes(131'072, 0x5a));
  sidecar.commitments = list(3, fixed<FixedBytes<48>>);
  sidecar.proofs = list(4, fixed<FixedBytes<48>>);
  return sidecar;
}

// Without a sidecar, and with a signature that need not belong to anybody.
inline Transaction transaction(TransactionType type) {
  Transaction t;
  t.type = type;
  if (type != TransactionType::legacy || coin()) {
    t.chain_id = number();
  }
  t.nonce = number();
  t.max_fee_per_gas = word();
  t.max_priority_fee_per_gas = type >= TransactionType::dynamic_fee ? word() : t.max_fee_per_gas;
  t.gas_limit = number();
  if (coin()) {
    t.to = fixed<Address>();
  }
  t.value = word();
  t.data = bytes(100);
  if (type != TransactionType::legacy) {
    t.access_list = list(3, access_list_entry);
  }
  if (type == TransactionType::blob) {
    t.max_fee_per_blob_gas = word();
    t.blob_hashes = list(4, fixed<Hash256>);
  }
  if (type == TransactionType::set_code) {
    t.authorizations = list(3, authorization);
  }
  t.signature = {word(), word(), coin()};
  return t;
}

inline TransactionType transaction_type() {
  return static_cast<TransactionType>(*rc::gen::inRange(0, 5));
}

inline Transaction transaction() { return transaction(transaction_type()); }

inline Transaction pooled_blob_transaction() {
  Transaction t = transaction(TransactionType::blob);
  t.sidecar = std::make_shared<const BlobSidecar>(sidecar());
  return t;
}

inline Header header() {
  Header h;
  h.parent_hash = fixed<Hash256>();
  h.ommers_hash = fixed<Hash256>();
  h.beneficiary = fixed<Address>();
  h.state_root = fixed<Hash256>();
  h.logs_bloom = fixed<Bloom>();
  h.difficulty = word();
  h.number = number();
  h.gas_limit = number();
  h.gas_used = number();
  h.timestamp = number();
  h.extra_data = bytes(33);
  h.prev_randao = fixed<Hash256>();
  h.nonce = fixed<FixedBytes<8>>();
  const int fork_fields = *rc::gen::inRange(0, 7);
  if (fork_fields > 0) {
    h.base_fee_per_gas = word();
  }
  if (fork_fields > 1) {
    h.withdrawals_root = fixed<Hash256>();
  }
  if (fork_fields > 2) {
    h.blob_gas_used = number();
  }
  if (fork_fields > 3) {
    h.excess_blob_gas = number();
  }
  if (fork_fields > 4) {
    h.parent_beacon_block_root = fixed<Hash256>();
  }
  if (fork_fields > 5) {
    h.requests_hash = fixed<Hash256>();
  }
  return h;
}

inline Withdrawal withdrawal() { return {number(), number(), fixed<Address>(), number()}; }

inline Block block() {
  Block b;
  b.header = header();
  b.transactions = list(4, [] { return transaction(); });
  b.ommers = list(3, header);
  if (coin()) {
    b.withdrawals = list(4, withdrawal);
  }
  return b;
}

inline Log log() { return {fixed<Address>(), list(5, fixed<Hash256>), bytes(70)}; }

inline Receipt receipt() {
  Receipt r;
  r.type = transaction_type();
  if (coin()) {
    r.state_root = fixed<Hash256>();
  } else {
    r.success = coin();
  }
  r.cumulative_gas_used = number();
  r.logs = list(4, log);
  return r;
}

// `bytes` with one byte changed, cut out or put in.
inline Bytes mutated(Bytes bytes) {
  const auto at = static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(0, bytes.size()));
  const std::uint8_t byte = *rc::gen::arbitrary<std::uint8_t>();
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      bytes.erase(bytes.begin() + at);
      break;
    case 1:
      bytes.insert(bytes.begin() + at, byte);
      break;
    default:
      bytes[static_cast<std::size_t>(at)] = byte;
  }
  return bytes;
}

}  // namespace cairn::types::any
