#pragma once
// Transactions of every EIP-2718 kind, their wire forms, hashes and senders.
//
//   0x00 legacy    rlp([nonce, gasPrice, gas, to, value, data, v, r, s])
//   0x01 EIP-2930  0x01 || rlp([chainId, nonce, gasPrice, gas, to, value, data, accessList,
//                               yParity, r, s])
//   0x02 EIP-1559  0x02 || rlp([chainId, nonce, maxPriorityFeePerGas, maxFeePerGas, gas, to, value,
//                               data, accessList, yParity, r, s])
//   0x03 EIP-4844  as 0x02 with maxFeePerBlobGas, blobVersionedHashes before yParity; in the pool
//                  0x03 || rlp([[...], blobs, commitments, proofs]) or, with the cell proofs of
//                  EIP-7594, 0x03 || rlp([[...], 1, blobs, commitments, cellProofs])
//   0x04 EIP-7702  as 0x02 with authorizationList before yParity
//
// Plain values; any thread may use its own copy.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/u256.hpp"
#include "crypto/secp256k1.hpp"

namespace cairn::types {

enum class TransactionType : std::uint8_t {
  legacy = 0,
  access_list = 1,
  dynamic_fee = 2,
  blob = 3,
  set_code = 4
};

struct AccessListEntry {
  Address address;
  std::vector<Hash256> storage_keys;

  bool operator==(const AccessListEntry&) const = default;
};
using AccessList = std::vector<AccessListEntry>;

// EIP-7702. chain_id 0 is valid on every chain.
struct Authorization {
  U256 chain_id;
  Address address;
  std::uint64_t nonce = 0;
  U256 y_parity;  // as read: a tuple with an impossible signature is skipped, not refused
  U256 r;
  U256 s;

  bool operator==(const Authorization&) const = default;
};

// What travels beside a blob transaction in the pool and is never part of a block.
struct BlobSidecar {
  std::uint8_t version = 0;  // 0: one proof a blob (EIP-4844); 1: 128 cell proofs a blob (EIP-7594)
  std::vector<Bytes> blobs;  // 131,072 bytes each
  std::vector<FixedBytes<48>> commitments;
  std::vector<FixedBytes<48>> proofs;

  bool operator==(const BlobSidecar&) const = default;
};

struct Transaction {
  TransactionType type = TransactionType::legacy;
  std::optional<std::uint64_t> chain_id;  // none: a legacy transaction before EIP-155
  std::uint64_t nonce = 0;
  U256 max_priority_fee_per_gas;  // wei; equal to max_fee_per_gas for types 0 and 1
  U256 max_fee_per_gas;           // wei; `gasPrice` for types 0 and 1
  std::uint64_t gas_limit = 0;
  std::optional<Address> to;  // none: create a contract
  U256 value;                 // wei
  Bytes data;
  AccessList access_list;
  U256 max_fee_per_blob_gas;  // wei, type 3
  std::vector<Hash256> blob_hashes;
  std::vector<Authorization> authorizations;
  crypto::RecoverableSignature signature;
  std::shared_ptr<const BlobSidecar> sidecar;  // type 3 in the pool only; not part of the hash

  bool is_create() const { return !to.has_value(); }
  // Sidecars are compared by what they hold.
  bool operator==(const Transaction&) const;
};

// The EIP-2718 envelope as in a block: without a sidecar.
Bytes encode_transaction(const Transaction& transaction);
// The pool's form: as above, but a blob transaction with its sidecar where it has one.
Bytes encode_pooled_transaction(const Transaction& transaction);

// Strict: canonical RLP, no trailing bytes, fields in range, a known type. Accepts either form of a
// blob transaction. Knows nothing of forks or fees: `execution` judges those.
Result<Transaction> decode_transaction(BytesView bytes);

Hash256 transaction_hash(const Transaction& transaction);
// What the sender signed (EIP-155 for legacy transactions with a chain id).
Hash256 signing_hash(const Transaction& transaction);
// Nothing when the signature is impossible. A high s is accepted here (allowed before Homestead).
std::optional<Address> recover_sender(const Transaction& transaction);
// `v` as JSON-RPC and legacy RLP show it: 27/28, 35 + 2 * chainId + parity, or the parity; 0 where
// there is no signature (a simulated transaction).
U256 signature_v(const Transaction& transaction);

// EIP-7702: keccak256(0x05 || rlp([chainId, address, nonce])).
Hash256 authorization_hash(const Authorization& authorization);
// Nothing when y_parity > 1, s is high, or no key fits.
std::optional<Address> recover_authority(const Authorization& authorization);

// Wei a gas that the sender pays at this base fee (EIP-1559); the caller has checked the cap.
U256 effective_gas_price(const Transaction& transaction, const std::optional<U256>& base_fee);

}  // namespace cairn::types
