#pragma once
// One block: system calls, transactions, withdrawals, requests, rewards, and the header fields that
// follow from them. One class serves the producer and the verifier, so that both do the same.

#include <functional>
#include <span>
#include <vector>

#include "evm/address_set.hpp"
#include "execution/appearances.hpp"
#include "execution/fees.hpp"
#include "execution/transaction_processor.hpp"
#include "types/block.hpp"

namespace cairn::execution {

// The environment in which a header's transactions run. `block_hashes` answers for the blocks
// before it.
BlockEnvironment environment_of(const types::Header& header, const types::ChainConfig& config,
                                types::Fork fork, BlockHashes block_hashes);

struct BlockOutcome {
  std::vector<types::Receipt> receipts;
  std::vector<Bytes> requests;  // EIP-7685: type byte and data, in order, empty ones left out
  std::uint64_t gas_used = 0;
  std::uint64_t blob_gas_used = 0;
  types::Bloom logs_bloom;
  std::vector<Appearance> appearances;  // where they were to be kept
};

// The state root of an overlay's state so far: before Byzantium a receipt holds it. Whoever has the
// tries answers; without an answer the receipts of such old blocks hold a zero root.
using IntermediateRoot = std::function<Hash256(const state::Overlay& overlay)>;

// begin() once, add() for each transaction, finish() once. The overlay's changeset is then the
// block's. Overlay, header and config must outlive the processor; of the header it reads what
// stands before execution (number, parent hash, beacon root). One thread.
class BlockProcessor {
 public:
  BlockProcessor(state::Overlay& overlay, const types::Header& header,
                 const types::ChainConfig& config, BlockEnvironment environment,
                 IntermediateRoot intermediate_root = {});

  // From now on.
  void keep_appearances();

  // The DAO fork's transfer and the system calls at the block's start (EIP-4788, EIP-2935).
  void begin();

  // A refused transaction leaves no trace; others can follow. Leniency is for a dev chain's
  // impersonated senders (EIP-3607).
  Judged<TransactionOutcome> add(const types::Transaction& transaction, const Address& sender,
                                 evm::Tracer* tracer = nullptr, const Leniency& leniency = {});

  // Withdrawals, requests (EIP-6110, 7002, 7251), rewards before the merge.
  Judged<BlockOutcome> finish(std::span<const types::Withdrawal> withdrawals,
                              std::span<const types::Header> ommers);

  // Of the transactions to come (evm::TransactionContext::stop); null: none.
  void set_stop(const std::atomic<bool>* stop) { environment_.stop = stop; }

  const BlockEnvironment& environment() const { return environment_; }
  // Of the transactions so far.
  const std::vector<Appearance>& appearances() const { return appearances_; }
  std::uint64_t gas_used() const { return used_.gas; }
  std::uint64_t blob_gas_used() const { return used_.blob_gas; }

 private:
  types::Fork fork() const { return environment_.context.fork; }

  state::Overlay& overlay_;
  const types::Header& header_;
  const types::ChainConfig& config_;
  BlockEnvironment environment_;
  IntermediateRoot intermediate_root_;
  std::vector<types::Receipt> receipts_;
  BlockUsage used_;
  std::unique_ptr<evm::AddressSet> called_;  // by the transaction that runs
  std::vector<Appearance> appearances_;
  evm::Workspace workspace_;
};

}  // namespace cairn::execution
