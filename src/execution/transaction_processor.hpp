#pragma once
// One transaction: validation against the state, purchase of gas, authorizations, the call or
// creation, refunds, fees (Yellow Paper 6 and the EIPs since). Works on an overlay that the caller
// owns; one thread.

#include <optional>

#include "evm/console.hpp"
#include "evm/evm.hpp"
#include "execution/transaction_rules.hpp"
#include "state/overlay.hpp"
#include "types/receipt.hpp"

namespace cairn::execution {

struct TransactionOutcome {
  // cumulative_gas_used = gas_used_before + gas_used; the root of before Byzantium is left out.
  types::Receipt receipt;
  evm::Status status = evm::Status::success;
  Bytes output;
  std::uint64_t gas_used = 0;        // after refunds: what the receipt counts
  std::uint64_t gas_spent_peak = 0;  // before refunds: what the limit had to cover
  std::optional<Address> created;
  U256 effective_gas_price;
  evm::ConsoleLog console;  // where the environment keeps it
};

// Refused: the overlay is as before. Otherwise the transaction's effects stand in the overlay and
// it has been ended there (state::Overlay::end_transaction). A workspace saves the allocations of
// frames from one transaction to the next.
Judged<TransactionOutcome> execute_transaction(state::Overlay& overlay, const BlockEnvironment& env,
                                               const types::Transaction& transaction,
                                               const Address& sender, const BlockUsage& before = {},
                                               const Leniency& leniency = {},
                                               evm::Tracer* tracer = nullptr,
                                               evm::Workspace* workspace = nullptr);

}  // namespace cairn::execution
