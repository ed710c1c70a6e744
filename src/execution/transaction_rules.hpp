#pragma once
// What makes a transaction valid without a look at the state: its type, fields, fees, intrinsic gas
// and signature. Pool, producer and verifier ask the same questions. Pure; any thread.

#include <functional>

#include "evm/code_cache.hpp"
#include "evm/message.hpp"
#include "execution/fees.hpp"
#include "execution/intrinsic_gas.hpp"
#include "execution/refusal.hpp"
#include "types/chain_config.hpp"
#include "types/transaction.hpp"

namespace cairn::execution {

inline constexpr std::uint64_t kMaxTransactionGas = 16'777'216;  // EIP-7825
inline constexpr std::uint64_t kMaxBlobsInTransaction = 6;       // EIP-7594, from Osaka on

// Answers BLOCKHASH: the hash of a block among the last 256, or zero.
using BlockHashes = std::function<Hash256(std::uint64_t number)>;

// The block's rules around its transactions.
struct BlockEnvironment {
  evm::BlockContext context;
  types::BlobParams blob_params;
  bool gas_cap_per_transaction = true;  // EIP-7825 where the fork has it; a dev chain may lift it
  BlockHashes block_hashes;             // none: every hash is zero
  std::shared_ptr<evm::CodeCache> code_cache;  // none: code is analysed anew for each transaction
  const std::atomic<bool>* stop = nullptr;     // evm::TransactionContext::stop; blocks have none
  bool keeps_console = false;                  // TransactionOutcome::console
  evm::AddressSet* appearances = nullptr;      // gets the sender and whom it called; null: none
};

// What earlier transactions of the block used of its limits.
struct BlockUsage {
  std::uint64_t gas = 0;
  std::uint64_t blob_gas = 0;
};

// What a call of JSON-RPC leaves out of validation.
struct Leniency {
  bool nonce = false;           // any nonce
  bool sender_code = false;     // EIP-3607
  bool base_fee = false;        // fee caps of zero are allowed; BASEFEE answers 0 then
  bool gas_cap = false;         // EIP-7825
  bool block_gas = false;       // more gas than the block has left
  bool balance = false;         // gas is free: neither bought nor paid to the coinbase
  bool shown_base_fee = false;  // BASEFEE answers the block's, whatever is paid
};

// Whether the fork knows transactions of this type (EIP-2718).
bool knows_type(types::Fork fork, types::TransactionType type);

// Looks at type and form, what the block has left, fees, blobs, and last at gas, nonce's bound and
// initcode: the order in which Ethereum's tests blame a transaction that has several faults.
Judged<void> validate_statically(const types::Transaction& transaction, const BlockEnvironment& env,
                                 const Leniency& leniency = {}, const BlockUsage& before = {});

// Who signed, on the chain that the transaction is for: EIP-155 is known from Spurious Dragon on, a
// high s is refused from Homestead on (EIP-2).
Judged<Address> sender_of(const types::Transaction& transaction, types::Fork fork,
                          std::uint64_t chain_id);

std::uint64_t blob_gas_of(const types::Transaction& transaction);

}  // namespace cairn::execution
