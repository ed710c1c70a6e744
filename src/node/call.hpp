#pragma once
// Calls that change nothing: eth_call, eth_estimateGas and their relatives, at any state.
// Pure functions of their arguments; any thread.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "chain/chain_view.hpp"
#include "execution/transaction_processor.hpp"
#include "node/overrides.hpp"
#include "state/changeset.hpp"
#include "state/state_view.hpp"
#include "types/header.hpp"

namespace cairn::trace {
class TransactionTracer;  // trace/transaction_tracer.hpp
}

namespace cairn::node {

struct CallRequest {
  std::optional<Address> from{};  // none: the zero address
  std::optional<Address> to{};    // none: create
  std::optional<std::uint64_t> gas{};
  std::optional<U256> gas_price{};
  std::optional<U256> max_fee_per_gas{};
  std::optional<U256> max_priority_fee_per_gas{};
  std::optional<U256> max_fee_per_blob_gas{};
  std::optional<std::uint64_t> nonce{};
  U256 value{};
  Bytes data{};
  std::optional<types::AccessList> access_list{};
  std::optional<std::vector<Hash256>> blob_hashes{};  // there, if empty: as geth, of such a type
  std::optional<std::vector<types::Authorization>> authorizations{};
};

// Where a call runs: a state, and the block around it.
struct CallSite {
  std::shared_ptr<const state::StateView> state;
  execution::BlockEnvironment environment;
};
// At a block of the chain: the state after it, its own environment. Not found beyond the head.
// DevNode::call_site adds what a dev chain's command line lifts.
Result<CallSite> call_site_at(const chain::ChainView& chain, std::uint64_t number);

struct CallOptions {
  std::uint64_t gas_cap = 50'000'000;  // --rpc.gascap, 0: the block's limit
  StateOverrides state_overrides{};
  BlockOverrides block_overrides{};
  evm::PrecompileMoves precompile_moves{};  // that follow from the state overrides
  evm::Tracer* tracer = nullptr;
  trace::TransactionTracer* transaction_tracer = nullptr;  // in place of the former
  bool keeps_changes = false;                              // CallOutcome::changes
  // Set by another thread to end the call with Status::stopped, whatever it was doing.
  const std::atomic<bool>* stop = nullptr;
  bool keeps_console = false;  // CallOutcome::console
};

struct CallOutcome {
  evm::Status status = evm::Status::success;
  Bytes output;
  std::uint64_t gas_used = 0;
  std::uint64_t gas_limit = 0;  // what the call was given
  std::vector<types::Log> logs;
  evm::ConsoleLog console{};
  state::Changeset changes{};  // overrides included; only where they were asked for
};

// The transaction that a call is, unsigned.
types::Transaction transaction_of(const CallSite& site, const CallRequest& request,
                                  const CallOptions& options);

// No call with blobs or authorizations creates, and no list of them is empty or comes before its
// fork. What geth says before and while it runs a call (CallDefaults, preCheck).
execution::Judged<void> check_creates_nothing(const CallRequest& request);
execution::Judged<void> check_lists(const CallRequest& request, types::Fork fork);

// Refused only for what no call may do (a tip above the fee cap, value that is not there ...); a
// revert or a halt is an outcome.
execution::Judged<CallOutcome> execute_call(const CallSite& site, const CallRequest& request,
                                            const CallOptions& options = {});

// A gas limit with which the transaction succeeds, at most 1.5 % above one with which it fails, as
// geth finds it; never above 2^24 where EIP-7825 holds, the block's limit where the request has
// none of its own, the cap, or what the sender can pay for. With a status other than success it
// fails with every limit: status and output say how.
struct Estimate {
  evm::Status status = evm::Status::success;
  std::uint64_t gas = 0;
  Bytes output;
  std::uint64_t gas_used = 0;  // where it fails: with the highest limit
  evm::ConsoleLog console{};   // of one run, however many it took
};
execution::Judged<Estimate> estimate_gas(const CallSite& site, const CallRequest& request,
                                         const CallOptions& options = {});

}  // namespace cairn::node
