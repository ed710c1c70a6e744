#pragma once
// eth_simulateV1: blocks that are not there, made of calls, each on the state that the last one
// left (execution-apis, eth/execute.yaml; geth's rules). Pure; any thread.

#include "node/call.hpp"
#include "node/transfer_logs.hpp"

namespace cairn::node {

inline constexpr std::uint64_t kMostSimulatedBlocks = 256;
inline constexpr std::size_t kMostSimulatedCallsInBlock = 5'000;
inline constexpr std::size_t kMostSimulatedCalls = 10'000;

struct SimulatedBlockRequest {
  BlockOverrides block{};
  StateOverrides state{};
  std::vector<CallRequest> calls{};
};

struct SimulateRequest {
  std::vector<SimulatedBlockRequest> blocks{};
  bool trace_transfers = false;
  // Nonces, balances and fees as in a true block; else as in eth_call. Senders need not be without
  // code either way.
  bool validation = false;
};

struct SimulatedCall {
  evm::Status status = evm::Status::success;
  Bytes output;
  std::uint64_t gas_used = 0;
  std::uint64_t gas_spent_peak = 0;  // before refunds
  bool gas_was_capped = false;       // the node's own limit left less than was asked for
  std::vector<NumberedLog> logs;
};

struct SimulatedBlock {
  chain::SealedBlock sealed;  // transactions are not signed
  std::vector<SimulatedCall> calls;
};

enum class SimulateRefused : std::uint8_t {
  block_number,     // not above the one before
  block_timestamp,  // likewise
  block_gas_limit,  // more than what is left
  limit,            // too many blocks or calls
  state,            // overrides or tries that cannot be
  transaction,      // `rule` says which
  stopped,
};
struct SimulateRefusal {
  SimulateRefused code;
  std::string message;
  execution::Refused rule{};  // of a transaction or block
};
template <class T>
using Simulated = Result<T, SimulateRefusal>;

// Where the simulation begins: the chain's block `base`, or the pending block on top of it.
struct SimulateSite {
  std::shared_ptr<const chain::ChainView> chain;
  chain::SealedHeader base;
  std::shared_ptr<const state::StateView> state;
  // None: state roots are zero, because this node has no whole trie of that state (a fork's).
  std::optional<state::Tries> tries;
  execution::BlockEnvironment environment;  // of `base`: what the command line lifts holds on
};

struct SimulateOptions {
  std::uint64_t gas_cap = 50'000'000;  // of all calls together; 0: none
  const std::atomic<bool>* stop = nullptr;
};

// One for each block asked for and each in a gap between their numbers.
Simulated<std::vector<SimulatedBlock>> simulate(SimulateSite site, SimulateRequest request,
                                                const SimulateOptions& options);

}  // namespace cairn::node
