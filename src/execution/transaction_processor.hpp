#pragma once
// One transaction: validation, purchase of gas, the call or creation, refunds, fees (Yellow Paper 6
// and the EIPs since). Works on an overlay that the caller owns; one thread.

#include <functional>
#include <optional>

#include "evm/evm.hpp"
#include "execution/refusal.hpp"
#include "state/overlay.hpp"
#include "types/chain_config.hpp"
#include "types/receipt.hpp"
#include "types/transaction.hpp"

namespace cairn::execution {

// Answers BLOCKHASH: the hash of a block among the last 256, or zero.
using BlockHashes = std::function<Hash256(std::uint64_t number)>;

// The block's rules around its transactions.
struct BlockEnvironment {
  evm::BlockContext context;
  types::BlobParams blob_params;
  bool gas_cap_per_transaction = true;  // EIP-7825 where the fork has it; a dev chain may lift it
  BlockHashes block_hashes;
};

// What a call of JSON-RPC leaves out of validation.
struct Leniency {
  bool nonce = false;        // any nonce
  bool sender_code = false;  // EIP-3607
  bool base_fee = false;     // a fee cap of zero is allowed below the base fee
  bool gas_cap = false;      // EIP-7825
  bool balance = false;      // the sender need not be able to pay for gas
};

struct TransactionOutcome {
  types::Receipt
      receipt;  // cumulative_gas_used = gas_used_before + gas_used; pre-Byzantium root empty
  evm::Status status = evm::Status::success;
  Bytes output;
  std::uint64_t gas_used = 0;        // after refunds: what the receipt counts
  std::uint64_t gas_spent_peak = 0;  // before refunds: what the limit had to cover
  std::optional<Address> created;
  U256 effective_gas_price;
};

// Checks that need no state: type, fields, intrinsic gas, blobs, initcode (for pool and block
// alike).
Judged<void> validate_statically(const types::Transaction& transaction,
                                 const BlockEnvironment& env);

// Gas charged before the first opcode, and EIP-7623's floor (0 before Prague).
struct IntrinsicGas {
  std::uint64_t intrinsic = 0;
  std::uint64_t floor = 0;
};
IntrinsicGas intrinsic_gas(const types::Transaction& transaction, types::Fork fork);

// Refused: the overlay is as before. Otherwise the transaction's effects stand in the overlay and
// it has been ended there (state::Overlay::end_transaction).
Judged<TransactionOutcome> execute_transaction(state::Overlay& overlay, const BlockEnvironment& env,
                                               const types::Transaction& transaction,
                                               const Address& sender, std::uint64_t gas_used_before,
                                               std::uint64_t blob_gas_used_before,
                                               const Leniency& leniency = {},
                                               evm::Tracer* tracer = nullptr);

}  // namespace cairn::execution
