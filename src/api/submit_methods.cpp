#include "api/submit_methods.hpp"

#include <fmt/format.h>

#include "api/call_methods.hpp"
#include "api/fee_defaults.hpp"
#include "api/json_writer.hpp"
#include "api/objects.hpp"
#include "api/replay.hpp"
#include "base/hex.hpp"
#include "execution/transaction_rules.hpp"

namespace cairn::api {
namespace {

using types::TransactionType;

RpcResult<crypto::SecretKey> key_of(const Context& context, const Address& address) {
  const auto account = context.accounts.find(address);
  if (account == context.accounts.end()) {
    return rpc_fail(RpcCode::server, fmt::format("unknown account {}: this node holds no key of it",
                                                 base::to_hex(address)));
  }
  return account->second;
}

TransactionType type_of(const node::CallRequest& call) {
  if (call.authorizations) {
    return TransactionType::set_code;
  }
  if (!call.gas_price) {
    return TransactionType::dynamic_fee;
  }
  return call.access_list ? TransactionType::access_list : TransactionType::legacy;
}

// The blobs' hashes, a fee for them, and where the object brings blobs what proves them.
RpcResult<void> fill_blobs(const Context& context, const evm::BlockContext& next,
                           const TransactionObject& object, types::Transaction& tx) {
  if (object.call.max_fee_per_blob_gas == U256{}) {
    return rpc_fail(RpcCode::server, "maxFeePerBlobGas, if specified, must be non-zero");
  }
  if (!object.blobs && !object.call.blob_hashes) {
    return {};
  }
  tx.blob_hashes = object.call.blob_hashes.value_or(std::vector<Hash256>{});
  if (object.blobs ? object.blobs->blobs.empty() : tx.blob_hashes.empty()) {
    return rpc_fail(RpcCode::server, "need at least 1 blob for a blob transaction");
  }
  if (object.blobs) {
    CAIRN_TRY(tx.sidecar, sidecar_of(*object.blobs, next.fork, context.node.kzg()));
    CAIRN_TRY(tx.blob_hashes, hashes_of(*tx.sidecar, tx.blob_hashes));
  }
  if (object.call.authorizations) {
    return rpc_fail(RpcCode::server, "a transaction has blobs or an authorizationList, not both");
  }
  if (next.fork >= types::Fork::osaka &&
      tx.blob_hashes.size() > execution::kMaxBlobsInTransaction) {
    return rpc_fail(RpcCode::server,
                    fmt::format("too many blobs in transaction (have={}, max={})",
                                tx.blob_hashes.size(), execution::kMaxBlobsInTransaction));
  }
  if (!object.call.to) {
    return rpc_fail(RpcCode::server, R"(missing "to" in blob transaction)");
  }
  tx.type = TransactionType::blob;
  tx.max_fee_per_blob_gas =
      object.call.max_fee_per_blob_gas.value_or(next.blob_base_fee + next.blob_base_fee);
  return {};
}

// `asked_by`: the method that only wants to know, where no transaction follows; none: it is sent.
RpcResult<types::Transaction> fill(const Context& context, const TransactionObject& object,
                                   std::string_view asked_by = {}) {
  node::CallRequest call = object.call;
  const std::uint64_t chain_id = context.node.head()->chain_id();
  if (object.chain_id && *object.chain_id != chain_id) {
    return rpc_fail(RpcCode::server, fmt::format("chainId does not match node's (have={}, want={})",
                                                 *object.chain_id, chain_id));
  }
  if (!call.to && call.data.empty()) {  // `to` was forgotten
    return rpc_fail(RpcCode::server, "contract creation without any data provided");
  }
  if (!call.to && call.authorizations) {
    return rpc_fail(
        RpcCode::server,
        R"(authorizationList provided for contract creation, but "to" field is missing)");
  }
  const evm::BlockContext next = context.node.next_environment().context;
  const bool is_sent = asked_by.empty();
  CAIRN_TRY(const node::CallRequest priced,
            with_fees(context, next, call,
                      context.with_cheats && is_sent ? FeeRules::dev : FeeRules::network));
  types::Transaction tx;
  tx.type = type_of(priced);
  tx.chain_id = chain_id;
  tx.to = call.to;
  tx.value = call.value;
  tx.data = call.data;
  tx.access_list = call.access_list.value_or(types::AccessList{});
  tx.authorizations = call.authorizations.value_or(std::vector<types::Authorization>{});
  tx.nonce = call.nonce.value_or(0);
  tx.max_fee_per_gas = priced.gas_price ? *priced.gas_price : *priced.max_fee_per_gas;
  tx.max_priority_fee_per_gas =
      priced.gas_price ? *priced.gas_price : *priced.max_priority_fee_per_gas;
  CAIRN_CHECK(fill_blobs(context, next, object, tx));
  if (tx.type == TransactionType::blob) {
    call.blob_hashes = tx.blob_hashes;
  }
  if (call.gas) {
    tx.gas_limit = *call.gas;
  } else if (asked_by.empty()) {
    CAIRN_TRY(tx.gas_limit, gas_to_send(context, call, tx.max_fee_per_gas));
  } else {
    CAIRN_TRY(tx.gas_limit, estimate(context, call, {BlockTag::pending}, {}, asked_by));
  }
  return tx;
}

RpcResult<Address> sender_of(const Context& context, const TransactionObject& object) {
  if (object.call.from) {
    return *object.call.from;
  }
  if (context.account_order.empty()) {
    return rpc_fail(RpcCode::invalid_params, "from is missing");
  }
  return context.account_order.front();
}

}  // namespace

RpcResult<node::Submission> eth_send_raw_transaction(Context& /*context*/,
                                                     const Bytes& transaction) {
  constexpr std::uint8_t kFirstListByte = 0xc0;
  constexpr std::uint8_t kLastType = 4;
  if (!transaction.empty() && transaction[0] < kFirstListByte &&
      (transaction[0] == 0 || transaction[0] > kLastType)) {
    return rpc_fail(RpcCode::server, "transaction type not supported");
  }
  auto decoded = types::decode_transaction(transaction);
  if (!decoded) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("invalid argument 0 (transaction): {}", decoded.error().message));
  }
  return node::Submission{*std::move(decoded), {}, false, {}};
}

RpcResult<node::Submission> eth_send_transaction(Context& context,
                                                 const TransactionObject& transaction) {
  CAIRN_TRY(const Address from, sender_of(context, transaction));
  const chain::Settings settings = context.node.head()->settings();
  const bool has_key = context.accounts.contains(from);
  TransactionObject object = transaction;
  object.call.from = from;
  if (settings.impersonated.contains(from) || (settings.impersonate_all && !has_key)) {
    return eth_send_unsigned_transaction(context, object);
  }
  CAIRN_TRY(const auto key, key_of(context, from));
  CAIRN_TRY(auto tx, fill(context, object));
  return node::Submission{std::move(tx), key, !object.call.nonce, {}};
}

RpcResult<node::Submission> eth_send_unsigned_transaction(Context& context,
                                                          const TransactionObject& transaction) {
  if (!transaction.call.from) {
    return rpc_fail(RpcCode::invalid_params, "from is missing: no account of this node signs");
  }
  CAIRN_TRY(auto tx, fill(context, transaction));
  return node::Submission{std::move(tx), {}, !transaction.call.nonce, transaction.call.from};
}

Answer eth_fill_transaction(Context& context, const TransactionObject& transaction) {
  CAIRN_TRY(auto tx, fill(context, transaction, "eth_fillTransaction"));
  if (!transaction.call.nonce) {
    tx.nonce = context.node.pending_nonce(transaction.call.from.value_or(Address{}));
  }
  if (tx.type == TransactionType::legacy) {
    tx.chain_id.reset();  // it stands in the signature, which is not there yet
  }
  JsonWriter out;
  out.begin_object().field("raw", types::encode_pooled_transaction(tx)).key("tx");
  write_signed_transaction(out, tx, types::transaction_hash(tx));
  out.end_object();
  return std::move(out).take();
}

Answer eth_sign_transaction(Context& context, const TransactionObject& transaction) {
  CAIRN_TRY(const Address from, sender_of(context, transaction));
  CAIRN_TRY(const auto key, key_of(context, from));
  TransactionObject object = transaction;
  object.call.from = from;
  CAIRN_TRY(auto tx, fill(context, object, "eth_signTransaction"));
  if (!object.call.nonce) {
    tx.nonce = context.node.pending_nonce(from);
  }
  tx.signature = *crypto::sign(types::signing_hash(tx), key);
  JsonWriter out;
  out.begin_object().field("raw", types::encode_pooled_transaction(tx)).key("tx");
  write_signed_transaction(out, tx, types::transaction_hash(tx));
  out.end_object();
  return std::move(out).take();
}

namespace {

std::string failure_text(BytesView output) {
  constexpr std::string_view kBegin = "VM Exception while processing transaction: reverted with ";
  if (output.empty()) {
    return "Transaction reverted without a reason string";
  }
  const std::string reason = revert_reason(output);
  return reason.empty() ? fmt::format("{}an unrecognized custom error (return data: {})", kBegin,
                                      base::to_hex(output))
                        : fmt::format("{}reason string '{}'", kBegin, reason);
}

// Nothing for one that succeeded.
std::optional<RpcError> failure_of(const Context& context, const Hash256& hash) {
  const auto head = context.node.head();
  const auto place = head->place_of(hash);
  if (!place || (*head->receipts_at(place->number))[place->index].success) {
    return std::nullopt;
  }
  const auto site = context.node.call_site(place->number);
  const Bytes output =
      site ? outputs_of(*head, place->number, site->environment)[place->index] : Bytes{};
  const std::string text = "Error: " + failure_text(output);
  JsonWriter data;
  data.begin_object().field("message", text).field("txHash", hash).field("data", output);
  data.end_object();
  return RpcError{RpcCode::internal, text, std::move(data).take()};
}

}  // namespace

Answer sent(const Context& context, const txpool::Admitted<node::Submitted>& reply) {
  if (!reply) {
    return std::unexpected(rpc_error(reply.error()));
  }
  if (context.throw_on_failures && reply->mined) {
    if (auto failure = failure_of(context, reply->hash)) {
      return std::unexpected(*std::move(failure));
    }
  }
  return to_json(reply->hash);
}

}  // namespace cairn::api
