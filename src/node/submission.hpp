#pragma once
// Transactions on their way into the pool. The sender is found where the caller is, so that many
// connections recover signatures in parallel; only what needs the next nonce is signed by the
// writer.

#include <optional>

#include "crypto/kzg_setup.hpp"
#include "crypto/secp256k1.hpp"
#include "txpool/txpool.hpp"
#include "types/fork.hpp"

namespace cairn::node {

// A transaction to send: signed as it stands, or from an account for which this node signs.
struct Submission {
  types::Transaction transaction;
  std::optional<crypto::SecretKey> key;  // sign with it on the way (an unlocked account)
  bool assign_nonce = false;             // with `key` or `impersonate`: the account's next free one
  std::optional<Address> impersonate;    // no signature at all: this sender
  // Not kept where it would have to wait for another transaction or for funds (EIP-7966):
  // PoolRefused::nonce_gap, not_executable.
  bool only_if_executable = false;
};

// A dev chain's form of a transaction without a signature. No key makes it: r and s would have to
// give the address that s is.
crypto::RecoverableSignature impersonation_of(const Address& sender);
bool is_impersonated(const types::Transaction& transaction, const Address& sender);

// A submission whose sender is known. `pending_key`: still to be signed, when the nonce is given.
struct Prepared {
  txpool::Entry entry;
  bool assign_nonce = false;
  std::optional<crypto::SecretKey> pending_key;
  bool only_if_executable = false;
};

// Refused when no sender can be found (geth's "invalid sender"), or a blob's proof does not hold:
// the first blob takes the two seconds of loading the set-up.
txpool::Admitted<Prepared> prepare(Submission submission, types::Fork fork, std::uint64_t chain_id,
                                   const crypto::KzgSetup& kzg);
// Gives the nonce, signs and hashes what waited for it.
txpool::Admitted<txpool::Entry> complete(Prepared prepared, std::uint64_t nonce);

}  // namespace cairn::node
