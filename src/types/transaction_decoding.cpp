#include <fmt/format.h>

#include "codec/rlp.hpp"
#include "types/transaction.hpp"

namespace cairn::types {
namespace {

using codec::RlpReader;

constexpr std::size_t kBlobSize = 131'072;
constexpr std::uint64_t kCellProofsVersion = 1;

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorCode::malformed, std::move(message));
}

Result<std::optional<Address>> read_to(RlpReader& fields) {
  CAIRN_TRY(const BytesView to, fields.string("to"));
  if (to.empty()) {
    return std::optional<Address>{};
  }
  if (to.size() != Address::size()) {
    return malformed(fmt::format("to: has {} bytes instead of 20", to.size()));
  }
  return Address::from_right(to);
}

Result<std::vector<Hash256>> read_hashes(RlpReader& fields, std::string_view name) {
  CAIRN_TRY(RlpReader items, fields.list(name));
  std::vector<Hash256> hashes;
  while (!items.at_end()) {
    CAIRN_TRY(hashes.emplace_back(), items.fixed<32>(name));
  }
  return hashes;
}

Result<AccessList> read_access_list(RlpReader& fields) {
  CAIRN_TRY(RlpReader entries, fields.list("accessList"));
  AccessList access_list;
  while (!entries.at_end()) {
    CAIRN_TRY(RlpReader entry, entries.list("accessList"));
    AccessListEntry& added = access_list.emplace_back();
    CAIRN_TRY(added.address, entry.fixed<20>("accessList.address"));
    CAIRN_TRY(added.storage_keys, read_hashes(entry, "accessList.storageKeys"));
    CAIRN_CHECK(entry.finish("accessList"));
  }
  return access_list;
}

Result<std::vector<Authorization>> read_authorizations(RlpReader& fields) {
  CAIRN_TRY(RlpReader tuples, fields.list("authorizationList"));
  std::vector<Authorization> authorizations;
  while (!tuples.at_end()) {
    CAIRN_TRY(RlpReader tuple, tuples.list("authorizationList"));
    Authorization& added = authorizations.emplace_back();
    CAIRN_TRY(added.chain_id, tuple.u256("authorizationList.chainId"));
    CAIRN_TRY(added.address, tuple.fixed<20>("authorizationList.address"));
    CAIRN_TRY(added.nonce, tuple.u64("authorizationList.nonce"));
    CAIRN_TRY(added.y_parity, tuple.u256("authorizationList.yParity"));
    // Up to 8 bits are a tuple to be skipped, more are no transaction (EIP-7702).
    if (added.y_parity > U256{255}) {
      return malformed("authorizationList.yParity: does not fit into 8 bits");
    }
    CAIRN_TRY(added.r, tuple.u256("authorizationList.r"));
    CAIRN_TRY(added.s, tuple.u256("authorizationList.s"));
    CAIRN_CHECK(tuple.finish("authorizationList"));
  }
  return authorizations;
}

// Legacy `v` carries the parity and, since EIP-155, the chain id; it is 0 where nobody has signed.
Result<> read_legacy_v(const U256& v, Transaction& transaction) {
  if (v.is_zero()) {
    return {};
  }
  if (v == U256{27} || v == U256{28}) {
    transaction.signature.y_parity = v == U256{28};
    return {};
  }
  if (v < U256{35}) {
    return malformed(fmt::format("v: {} is neither 27, 28 nor 35 or more", base::to_decimal(v)));
  }
  const U256 chain_and_parity = v - U256{35};
  const U256 chain_id = chain_and_parity >> 1;
  if (!chain_id.fits_u64()) {
    return malformed("v: its chain id does not fit into 64 bits");
  }
  transaction.chain_id = chain_id.low64();
  transaction.signature.y_parity = (chain_and_parity[0] & 1) != 0;
  return {};
}

Result<> read_legacy_signature(RlpReader& fields, Transaction& transaction) {
  CAIRN_TRY(const U256 v, fields.u256("v"));
  CAIRN_CHECK(read_legacy_v(v, transaction));
  CAIRN_TRY(transaction.signature.r, fields.u256("r"));
  CAIRN_TRY(transaction.signature.s, fields.u256("s"));
  if (signature_v(transaction) != v) {
    return malformed(fmt::format("v: {} does not go with r and s", base::to_decimal(v)));
  }
  return {};
}

Result<> read_signature(RlpReader& fields, Transaction& transaction) {
  if (transaction.type == TransactionType::legacy) {
    return read_legacy_signature(fields, transaction);
  }
  CAIRN_TRY(const std::uint64_t y_parity, fields.u64("yParity"));
#ifndef CAIRN_PLANTED_BUG  // fuzz/transaction_fuzz.cpp finds that this is missing
  if (y_parity > 1) {
    return malformed("yParity: is neither 0 nor 1");
  }
#endif
  transaction.signature.y_parity = y_parity == 1;
  CAIRN_TRY(transaction.signature.r, fields.u256("r"));
  CAIRN_TRY(transaction.signature.s, fields.u256("s"));
  return {};
}

Result<> read_fees(RlpReader& fields, Transaction& transaction) {
  if (transaction.type >= TransactionType::dynamic_fee) {
    CAIRN_TRY(transaction.max_priority_fee_per_gas, fields.u256("maxPriorityFeePerGas"));
    CAIRN_TRY(transaction.max_fee_per_gas, fields.u256("maxFeePerGas"));
  } else {
    CAIRN_TRY(transaction.max_fee_per_gas, fields.u256("gasPrice"));
    transaction.max_priority_fee_per_gas = transaction.max_fee_per_gas;
  }
  return {};
}

// The fields of one transaction, all of the list.
Result<Transaction> read_fields(TransactionType type, RlpReader fields) {
  Transaction transaction;
  transaction.type = type;
  if (type != TransactionType::legacy) {
    CAIRN_TRY(transaction.chain_id, fields.u64("chainId"));
  }
  CAIRN_TRY(transaction.nonce, fields.u64("nonce"));
  CAIRN_CHECK(read_fees(fields, transaction));
  CAIRN_TRY(transaction.gas_limit, fields.u64("gas"));
  CAIRN_TRY(transaction.to, read_to(fields));
  CAIRN_TRY(transaction.value, fields.u256("value"));
  CAIRN_TRY(const BytesView data, fields.string("data"));
  transaction.data = base::to_bytes(data);
  if (type != TransactionType::legacy) {
    CAIRN_TRY(transaction.access_list, read_access_list(fields));
  }
  if (type == TransactionType::blob) {
    CAIRN_TRY(transaction.max_fee_per_blob_gas, fields.u256("maxFeePerBlobGas"));
    CAIRN_TRY(transaction.blob_hashes, read_hashes(fields, "blobVersionedHashes"));
  }
  if (type == TransactionType::set_code) {
    CAIRN_TRY(transaction.authorizations, read_authorizations(fields));
  }
  CAIRN_CHECK(read_signature(fields, transaction));
  CAIRN_CHECK(fields.finish("transaction"));
  return transaction;
}

Result<std::vector<Bytes>> read_blobs(RlpReader& wrapper) {
  CAIRN_TRY(RlpReader items, wrapper.list("blobs"));
  std::vector<Bytes> blobs;
  while (!items.at_end()) {
    CAIRN_TRY(const BytesView blob, items.string("blobs"));
    if (blob.size() != kBlobSize) {
      return malformed(fmt::format("blobs: has {} bytes instead of {}", blob.size(), kBlobSize));
    }
    blobs.push_back(base::to_bytes(blob));
  }
  return blobs;
}

Result<std::vector<FixedBytes<48>>> read_points(RlpReader& wrapper, std::string_view name) {
  CAIRN_TRY(RlpReader items, wrapper.list(name));
  std::vector<FixedBytes<48>> points;
  while (!items.at_end()) {
    CAIRN_TRY(points.emplace_back(), items.fixed<48>(name));
  }
  return points;
}

// [transaction, blobs, commitments, proofs], with a version of 1 before the blobs for cell proofs.
Result<Transaction> read_wrapped_blob_transaction(RlpReader wrapper) {
  CAIRN_TRY(const RlpReader fields, wrapper.list("transaction"));
  CAIRN_TRY(Transaction transaction, read_fields(TransactionType::blob, fields));
  auto sidecar = std::make_shared<BlobSidecar>();
  if (!wrapper.at_end() && !wrapper.next_is_list()) {
    CAIRN_TRY(const std::uint64_t version, wrapper.u64("wrapperVersion"));
    if (version != kCellProofsVersion) {
      return malformed(fmt::format("wrapperVersion: {} is unknown", version));
    }
    sidecar->version = kCellProofsVersion;
  }
  CAIRN_TRY(sidecar->blobs, read_blobs(wrapper));
  CAIRN_TRY(sidecar->commitments, read_points(wrapper, "commitments"));
  CAIRN_TRY(sidecar->proofs, read_points(wrapper, sidecar->version == 0 ? "proofs" : "cellProofs"));
  CAIRN_CHECK(wrapper.finish("sidecar"));
  transaction.sidecar = std::move(sidecar);
  return transaction;
}

}  // namespace

Result<Transaction> decode_transaction(BytesView bytes) {
  if (bytes.empty()) {
    return malformed("the transaction has no bytes");
  }
  if (bytes[0] >= 0xc0) {
    CAIRN_TRY(const RlpReader fields, codec::read_rlp_list(bytes, "transaction"));
    return read_fields(TransactionType::legacy, fields);
  }
  if (bytes[0] < 1 || bytes[0] > static_cast<std::uint8_t>(TransactionType::set_code)) {
    return fail(ErrorCode::unsupported,
                fmt::format("transaction: type {:#04x} is not supported", bytes[0]));
  }
  const auto type = static_cast<TransactionType>(bytes[0]);
  if (bytes.size() == 1) {
    return malformed(fmt::format("the transaction ends after its type, {:#04x}", bytes[0]));
  }
  CAIRN_TRY(const RlpReader payload, codec::read_rlp_list(bytes.subspan(1), "transaction"));
  if (type == TransactionType::blob && payload.next_is_list()) {
    return read_wrapped_blob_transaction(payload);
  }
  return read_fields(type, payload);
}

}  // namespace cairn::types
