#include "cli/account_sign.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include "api/call_parameters.hpp"
#include "base/hex.hpp"
#include "types/transaction.hpp"
#include "types/typed_data.hpp"

namespace cairn::cli {
namespace {

Result<std::string> signed_hash(const Hash256& hash, const crypto::SecretKey& key) {
  const auto signature = crypto::sign(hash, key);
  if (!signature) {
    return fail(ErrorCode::invalid_argument, "the key is not one of secp256k1");
  }
  return base::to_hex(types::signature_bytes(*signature));
}

std::unexpected<Error> bad_transaction(std::string_view what) {
  return fail(ErrorCode::invalid_argument, fmt::format("the transaction: {}", what));
}

types::TransactionType type_of(const node::CallRequest& call) {
  using types::TransactionType;
  if (call.authorizations) {
    return TransactionType::set_code;
  }
  if (!call.gas_price) {
    return TransactionType::dynamic_fee;
  }
  return call.access_list ? TransactionType::access_list : TransactionType::legacy;
}

Result<types::Transaction> complete(const api::TransactionObject& object, const Address& signer) {
  const node::CallRequest& call = object.call;
  if (call.from && *call.from != signer) {
    return bad_transaction(fmt::format("from is {}, the key is that of {}",
                                       base::to_hex(*call.from), base::to_hex(signer)));
  }
  if (object.blobs || call.blob_hashes) {
    return bad_transaction("blobs cannot be signed here");
  }
  const bool has_fees = call.gas_price || (call.max_fee_per_gas && call.max_priority_fee_per_gas);
  if (!object.chain_id || !call.nonce || !call.gas || !has_fees) {
    return bad_transaction(
        "chainId, nonce, gas and fees (gasPrice, or maxFeePerGas with maxPriorityFeePerGas) must "
        "be there: nobody can be asked for them");
  }
  types::Transaction tx;
  tx.type = type_of(call);
  tx.chain_id = object.chain_id;
  tx.nonce = *call.nonce;
  tx.gas_limit = *call.gas;
  tx.max_fee_per_gas = call.gas_price ? *call.gas_price : *call.max_fee_per_gas;
  tx.max_priority_fee_per_gas = call.gas_price ? *call.gas_price : *call.max_priority_fee_per_gas;
  tx.to = call.to;
  tx.value = call.value;
  tx.data = call.data;
  tx.access_list = call.access_list.value_or(types::AccessList{});
  tx.authorizations = call.authorizations.value_or(std::vector<types::Authorization>{});
  if (tx.type == types::TransactionType::set_code && !tx.to) {
    return bad_transaction("one with authorizations needs `to` (EIP-7702)");
  }
  if (tx.max_priority_fee_per_gas > tx.max_fee_per_gas) {
    return bad_transaction("max priority fee per gas higher than max fee per gas");
  }
  return tx;
}

}  // namespace

Result<std::string> sign_message(std::string_view message, const crypto::SecretKey& key) {
  if (!message.starts_with("0x")) {
    return signed_hash(types::message_hash(base::bytes_of(message)), key);
  }
  const auto bytes = base::from_hex(message);
  if (!bytes) {
    return fail(ErrorCode::invalid_argument,
                "a message that begins with 0x has two hex digits a byte");
  }
  return signed_hash(types::message_hash(*bytes), key);
}

Result<std::string> sign_typed_data(std::string_view json, const crypto::SecretKey& key) {
  const auto hash = types::hash_typed_data(json);
  if (!hash) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("the typed data: {}", hash.error().message));
  }
  return signed_hash(hash->digest, key);
}

Result<std::string> sign_transaction(std::string_view json, const crypto::SecretKey& key) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(json.data(), json.size()).get(document) != simdjson::SUCCESS) {
    return bad_transaction("not valid JSON");
  }
  const auto object = api::read_transaction_object(document, api::QuantityForm::loose);
  if (!object) {
    return bad_transaction(object.error());
  }
  const auto public_key = crypto::public_key_of(key);
  if (!public_key) {
    return fail(ErrorCode::invalid_argument, "the key is not one of secp256k1");
  }
  CAIRN_TRY(types::Transaction tx, complete(*object, crypto::address_of(*public_key)));
  tx.signature = crypto::sign(types::signing_hash(tx), key).value();
  return base::to_hex(types::encode_transaction(tx));
}

}  // namespace cairn::cli
