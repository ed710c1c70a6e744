#include "types/transaction.hpp"

#include <algorithm>
#include <tuple>

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"

namespace cairn::types {
namespace {

bool has_priority_fee(TransactionType type) { return type >= TransactionType::dynamic_fee; }

void write_access_list(auto& sink, const AccessList& access_list) {
  sink.list([&](auto& entries) {
    for (const AccessListEntry& entry : access_list) {
      entries.list([&](auto& pair) {
        pair.string(entry.address);
        pair.list([&](auto& keys) {
          for (const Hash256& key : entry.storage_keys) {
            keys.string(key);
          }
        });
      });
    }
  });
}

void write_authorizations(auto& sink, const std::vector<Authorization>& authorizations) {
  sink.list([&](auto& tuples) {
    for (const Authorization& authorization : authorizations) {
      tuples.list([&](auto& fields) {
        fields.number(authorization.chain_id);
        fields.string(authorization.address);
        fields.number(authorization.nonce);
        fields.number(authorization.y_parity);
        fields.number(authorization.r);
        fields.number(authorization.s);
      });
    }
  });
}

void write_blob_hashes(auto& sink, const std::vector<Hash256>& blob_hashes) {
  sink.list([&](auto& hashes) {
    for (const Hash256& hash : blob_hashes) {
      hashes.string(hash);
    }
  });
}

// All that the sender signs, in the order of the wire.
void write_unsigned_fields(auto& fields, const Transaction& transaction) {
  const TransactionType type = transaction.type;
  if (type != TransactionType::legacy) {
    fields.number(transaction.chain_id.value_or(0));
  }
  fields.number(transaction.nonce);
  if (has_priority_fee(type)) {
    fields.number(transaction.max_priority_fee_per_gas);
  }
  fields.number(transaction.max_fee_per_gas);
  fields.number(transaction.gas_limit);
  fields.string(transaction.to ? BytesView{*transaction.to} : BytesView{});
  fields.number(transaction.value);
  fields.string(transaction.data);
  if (type != TransactionType::legacy) {
    write_access_list(fields, transaction.access_list);
  }
  if (type == TransactionType::blob) {
    fields.number(transaction.max_fee_per_blob_gas);
    write_blob_hashes(fields, transaction.blob_hashes);
  }
  if (type == TransactionType::set_code) {
    write_authorizations(fields, transaction.authorizations);
  }
}

void write_signed_list(auto& sink, const Transaction& transaction) {
  const U256 v = signature_v(transaction);
  sink.list([&](auto& fields) {
    write_unsigned_fields(fields, transaction);
    fields.number(v);
    fields.number(transaction.signature.r);
    fields.number(transaction.signature.s);
  });
}

void write_type(auto& sink, TransactionType type) {
  if (type != TransactionType::legacy) {
    sink.raw_byte(static_cast<std::uint8_t>(type));
  }
}

void write_strings(auto& sink, const auto& items) {
  sink.list([&](auto& list) {
    for (const auto& item : items) {
      list.string(item);
    }
  });
}

}  // namespace

bool Transaction::operator==(const Transaction& other) const {
  const auto fields = [](const Transaction& t) {
    return std::tie(t.type, t.chain_id, t.nonce, t.max_priority_fee_per_gas, t.max_fee_per_gas,
                    t.gas_limit, t.to, t.value, t.data, t.access_list, t.max_fee_per_blob_gas,
                    t.blob_hashes, t.authorizations, t.signature);
  };
  const bool same_sidecar =
      sidecar == other.sidecar || (sidecar && other.sidecar && *sidecar == *other.sidecar);
  return fields(*this) == fields(other) && same_sidecar;
}

Bytes encode_transaction(const Transaction& transaction) {
  return codec::encode_rlp([&](auto& sink) {
    write_type(sink, transaction.type);
    write_signed_list(sink, transaction);
  });
}

Bytes encode_pooled_transaction(const Transaction& transaction) {
  if (transaction.type != TransactionType::blob || !transaction.sidecar) {
    return encode_transaction(transaction);
  }
  const BlobSidecar& sidecar = *transaction.sidecar;
  return codec::encode_rlp([&](auto& sink) {
    write_type(sink, transaction.type);
    sink.list([&](auto& wrapper) {
      write_signed_list(wrapper, transaction);
      if (sidecar.version != 0) {
        wrapper.number(std::uint64_t{sidecar.version});
      }
      write_strings(wrapper, sidecar.blobs);
      write_strings(wrapper, sidecar.commitments);
      write_strings(wrapper, sidecar.proofs);
    });
  });
}

Hash256 transaction_hash(const Transaction& transaction) {
  return crypto::keccak256(encode_transaction(transaction));
}

Hash256 signing_hash(const Transaction& transaction) {
  return crypto::keccak256(codec::encode_rlp([&](auto& sink) {
    write_type(sink, transaction.type);
    sink.list([&](auto& fields) {
      write_unsigned_fields(fields, transaction);
      if (transaction.type == TransactionType::legacy && transaction.chain_id) {
        fields.number(*transaction.chain_id);
        fields.number(std::uint64_t{0});
        fields.number(std::uint64_t{0});
      }
    });
  }));
}

std::optional<Address> recover_sender(const Transaction& transaction) {
  return crypto::recover_address(signing_hash(transaction), transaction.signature);
}

U256 signature_v(const Transaction& transaction) {
  const U256 parity = transaction.signature.y_parity ? 1 : 0;
  if (transaction.type != TransactionType::legacy) {
    return parity;
  }
  if (!transaction.chain_id) {
    const bool is_unsigned = transaction.signature == crypto::RecoverableSignature{};
    return is_unsigned ? U256{} : parity + U256{27};
  }
  return parity + U256{35} + (U256{*transaction.chain_id} << 1);
}

Hash256 authorization_hash(const Authorization& authorization) {
  constexpr std::uint8_t kMagic = 0x05;
  return crypto::keccak256(codec::encode_rlp([&](auto& sink) {
    sink.raw_byte(kMagic);
    sink.list([&](auto& fields) {
      fields.number(authorization.chain_id);
      fields.string(authorization.address);
      fields.number(authorization.nonce);
    });
  }));
}

std::optional<Address> recover_authority(const Authorization& authorization) {
  if (authorization.y_parity > U256{1} || authorization.s > crypto::kSecp256k1HalfOrder) {
    return std::nullopt;
  }
  return crypto::recover_address(
      authorization_hash(authorization),
      {authorization.r, authorization.s, !authorization.y_parity.is_zero()});
}

U256 effective_gas_price(const Transaction& transaction, const std::optional<U256>& base_fee) {
  if (!base_fee) {
    return transaction.max_fee_per_gas;
  }
  const auto [sum, carry] = base::add_with_carry(*base_fee, transaction.max_priority_fee_per_gas);
  return carry ? transaction.max_fee_per_gas : std::min(sum, transaction.max_fee_per_gas);
}

}  // namespace cairn::types
