#include "node/submission.hpp"

#include "execution/transaction_rules.hpp"
#include "txpool/sidecar.hpp"

namespace cairn::node {
namespace {

std::unexpected<txpool::Refusal> invalid_sender(std::string message) {
  return std::unexpected(txpool::Refusal{.code = txpool::PoolRefused::invalid,
                                         .rule = execution::Refused::invalid_signature,
                                         .message = std::move(message)});
}

txpool::Admitted<void> sign(types::Transaction& transaction, const crypto::SecretKey& key) {
  const auto signature = crypto::sign(types::signing_hash(transaction), key);
  if (!signature) {
    return invalid_sender("invalid sender: the key is not one");
  }
  transaction.signature = *signature;
  return {};
}

txpool::Admitted<Address> address_of(const crypto::SecretKey& key) {
  const auto public_key = crypto::public_key_of(key);
  if (!public_key) {
    return invalid_sender("invalid sender: the key is not one");
  }
  return crypto::address_of(*public_key);
}

txpool::Admitted<Address> signer_of(const types::Transaction& transaction, types::Fork fork,
                                    std::uint64_t chain_id) {
  auto sender = execution::sender_of(transaction, fork, chain_id);
  if (!sender) {
    return invalid_sender("invalid sender: " + sender.error().message);
  }
  return *sender;
}

}  // namespace

crypto::RecoverableSignature impersonation_of(const Address& sender) {
  return {.r = 1, .s = base::from_be(sender), .y_parity = false};
}

bool is_impersonated(const types::Transaction& transaction, const Address& sender) {
  return transaction.signature == impersonation_of(sender);
}

txpool::Admitted<Prepared> prepare(Submission submission, types::Fork fork, std::uint64_t chain_id,
                                   const crypto::KzgSetup& kzg) {
  CAIRN_CHECK(txpool::validate_sidecar(submission.transaction, fork, &kzg));
  submission.transaction.sidecar =
      txpool::sidecar_for(std::move(submission.transaction.sidecar), fork, kzg);
  Prepared out{.entry = {},
               .assign_nonce = submission.assign_nonce,
               .pending_key = {},
               .only_if_executable = submission.only_if_executable};
  out.entry.transaction = std::move(submission.transaction);
  types::Transaction& transaction = out.entry.transaction;
  if (submission.impersonate) {
    out.entry.impersonated = true;
    out.entry.sender = *submission.impersonate;
    transaction.signature = impersonation_of(out.entry.sender);
  } else if (submission.key) {
    CAIRN_TRY(out.entry.sender, address_of(*submission.key));
    if (submission.assign_nonce) {
      out.pending_key = submission.key;
      return out;
    }
    CAIRN_CHECK(sign(transaction, *submission.key));
  } else {
    out.assign_nonce = false;
    CAIRN_TRY(out.entry.sender, signer_of(transaction, fork, chain_id));
  }
  out.entry.hash = types::transaction_hash(transaction);
  return out;
}

txpool::Admitted<txpool::Entry> complete(Prepared prepared, std::uint64_t nonce) {
  if (!prepared.assign_nonce) {
    return std::move(prepared.entry);
  }
  types::Transaction& transaction = prepared.entry.transaction;
  transaction.nonce = nonce;
  if (prepared.pending_key) {
    CAIRN_CHECK(sign(transaction, *prepared.pending_key));
  }
  prepared.entry.hash = types::transaction_hash(transaction);
  return std::move(prepared.entry);
}

}  // namespace cairn::node
