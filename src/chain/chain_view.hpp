#pragma once
// The chain as it was at one moment: blocks, receipts, indices and state that belong together.
// Immutable: any thread may hold it and ask it for as long as it likes, and never waits for the
// writer. A fault of the disk, or a stored value that cannot be, is an exception
// (store::StoreFault, state::StateFault, ChainFault).

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include "chain/settings.hpp"
#include "execution/transaction_processor.hpp"
#include "state/changeset.hpp"
#include "state/state_view.hpp"
#include "state/tries.hpp"
#include "types/block.hpp"
#include "types/genesis.hpp"
#include "types/receipt.hpp"

namespace cairn::store {
class Reader;
}

namespace cairn::chain {

class AppearanceCursor;  // chain/appearances.hpp
class BlockCache;        // chain/block_cache.hpp
struct Fork;             // chain/fork_source.hpp
class LogIndexCursor;    // chain/log_index.hpp

// Stored data that no version of this program writes.
class ChainFault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The state of a block that came with a dump, which had that of later ones alone. The sentence
// names the first that is known.
class StatePruned : public state::StateUnavailable {
 public:
  using StateUnavailable::StateUnavailable;
};

struct SealedHeader {
  Hash256 hash;
  types::Header header;
};

// A block with what is known beside it: its hash, its transactions' hashes, and who sent each
// (never recovered twice; an impersonated sender of a dev chain cannot be recovered at all).
struct SealedBlock {
  Hash256 hash;
  types::Block block;
  std::vector<Hash256> transaction_hashes;
  std::vector<Address> senders;
};

using Receipts = std::vector<types::Receipt>;

struct TransactionPlace {
  std::uint64_t number = 0;  // of the block
  std::uint32_t index = 0;   // in the block

  bool operator==(const TransactionPlace&) const = default;
};

class ChainView {
 public:
  // What `Chain` makes a view of.
  struct Parts {
    std::shared_ptr<const store::Reader> reader;
    std::shared_ptr<const types::Genesis> genesis;
    std::shared_ptr<BlockCache> cache;
    std::shared_ptr<evm::CodeCache> code_cache;
    SealedHeader head;
    bool pending_cheats = false;
    Settings settings;
    std::shared_ptr<const state::StateView> state;
    std::uint64_t logs_from = 0;
    std::uint64_t appearances_from = 0;
    std::uint64_t states_from = 0;
    std::shared_ptr<const Fork> fork = nullptr;
  };
  explicit ChainView(Parts parts) : parts_(std::move(parts)) {}

  // The head
  const types::Header& header() const { return parts_.head.header; }
  const Hash256& hash() const { return parts_.head.hash; }
  std::uint64_t number() const { return parts_.head.header.number; }
  const types::Genesis& genesis() const { return *parts_.genesis; }
  const types::ChainConfig& config() const { return parts_.genesis->config; }
  // What transactions are signed for: genesis's chain id, or the one set since.
  std::uint64_t chain_id() const { return settings().chain_id.value_or(config().chain_id); }
  const Settings& settings() const { return parts_.settings; }
  // Called for each account of the head's state in the order of addresses; false ends the walk.
  using AccountVisitor = std::function<bool(const Address&, const types::Account&)>;
  void for_each_account(const AccountVisitor& visit) const;
  // The same of the state that answers questions about a block, at most the head.
  void for_each_account_at(std::uint64_t number, const AccountVisitor& visit) const;
  // The state after the head block and the cheats since.
  std::shared_ptr<const state::StateView> state() const { return parts_.state; }
  // The state root after these changes to the head's state (receipts before Byzantium hold it).
  Hash256 state_root_after(const state::Changeset& changes) const;
  // Contracts of this chain, analysed; for the environment of whatever runs on it.
  std::shared_ptr<evm::CodeCache> code_cache() const { return parts_.code_cache; }
  // Whether cheats came after the head block: then its state root is not that of state().
  bool has_pending_cheats() const { return parts_.pending_cheats; }

  // Null on a chain of its own. On a fork, headers and states before its block are the source's
  // (state::StateUnavailable); blocks and receipts up to that block are not here (the same), and
  // hashes are looked up among the blocks from it on alone.
  const Fork* fork() const { return parts_.fork.get(); }
  // The first block whose body and receipts are here.
  std::uint64_t first_block() const;

  // Blocks; nothing where this chain has none.
  std::optional<std::uint64_t> number_of(const Hash256& block_hash) const;
  std::optional<SealedHeader> header_at(std::uint64_t number) const;
  std::shared_ptr<const SealedBlock> block_at(std::uint64_t number) const;
  std::shared_ptr<const Receipts> receipts_at(std::uint64_t number) const;
  std::optional<TransactionPlace> place_of(const Hash256& transaction_hash) const;

  // The blobs of a mined transaction (chain/sidecars.hpp); null where it has none or they were
  // given up.
  std::shared_ptr<const types::BlobSidecar> sidecar_at(const TransactionPlace& place) const;
  std::optional<Bytes> blob_of(const Hash256& versioned_hash) const;
  // Blocks that were refused, newest first, as RLP (chain/bad_blocks.hpp).
  std::vector<Bytes> bad_blocks() const;

  // The log index (chain/log_index.hpp), and the first block that it knows. The cursor must not
  // outlive the view.
  LogIndexCursor log_blocks(std::vector<std::uint32_t> fingerprints) const;
  std::uint64_t logs_from() const { return parts_.logs_from; }
  // The table of appearances (chain/appearances.hpp), and the first block that it knows; of those
  // before, only running them again tells. The cursor must not outlive the view.
  AppearanceCursor appearances_of(std::vector<Address> addresses) const;
  std::uint64_t appearances_from() const { return parts_.appearances_from; }

  // The state that answers questions about a block: after it and the cheats that came before the
  // next one, which is the state that the next one was built on. Null beyond the head; StatePruned
  // before states_from().
  std::shared_ptr<const state::StateView> state_at(std::uint64_t number) const;

  // The first block whose state is known: blocks of a dump may come without.
  std::uint64_t states_from() const { return parts_.states_from; }

  // The tries after block `number`, at most the head, made in memory from the head's by taking back
  // what came since: `bare` is the state that the header's root names, else the cheats made on the
  // block count too, as in state_at. Unsupported on a fork; `limit` before
  // states_from(), or when more than kMostChangesTakenBack accounts and slots changed since;
  // conflict when `stop` was set.
  enum class Cheats : std::uint8_t { bare, included };
  static constexpr std::size_t kMostChangesTakenBack = 1'000'000;
  Result<state::Tries> tries_at(std::uint64_t number, Cheats cheats,
                                const std::atomic<bool>* stop = nullptr) const;

  // Answers BLOCKHASH for blocks up to the one after the head. Keeps what it needs alive.
  execution::BlockHashes block_hashes() const;

 private:
  void require_own(std::uint64_t number) const;
  std::string unknown_state(std::uint64_t number) const;

  Parts parts_;
};

}  // namespace cairn::chain
