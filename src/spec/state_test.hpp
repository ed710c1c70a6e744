#pragma once
// GeneralStateTests: a state, one transaction in several variants, and per fork what must follow
// (ethereum-tests, execution-spec-tests; format: https://ethereum-tests.readthedocs.io).

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "evm/tracer.hpp"
#include "execution/transaction_processor.hpp"
#include "spec/json.hpp"
#include "spec/network.hpp"
#include "state/memory_state.hpp"

namespace cairn::spec {

// A block's facts as the files give them; which of them count depends on the fork.
struct StateTestBlock {
  Address coinbase;
  U256 difficulty;
  U256 prev_randao;
  std::uint64_t gas_limit = 0;
  std::uint64_t number = 0;
  std::uint64_t timestamp = 0;
  U256 base_fee;
  std::uint64_t excess_blob_gas = 0;
};

// One variant of the transaction under one fork, and what must follow.
struct StateTestEntry {
  std::string network;
  std::size_t data_index = 0;
  std::size_t gas_index = 0;
  std::size_t value_index = 0;
  Result<types::Transaction> transaction;  // or why its fields make none
  Address sender;
  Hash256 state_root;
  Hash256 logs_hash;
  std::optional<std::string> exception;
  std::optional<std::map<Address, types::GenesisAccount>> state;  // to say where roots differ

  std::string label() const;  // "Cancun d0 g0 v0"
};

struct StateTest {
  std::string name;
  state::MemoryState before;
  StateTestBlock block;
  std::uint64_t chain_id = 1;
  BlobSchedule blob_schedule;
  std::vector<StateTestEntry> entries;
};

// `test` is the object under the name.
Result<StateTest> read_state_test(std::string name, const Json& json);

// Nothing when all is as expected; otherwise the reason.
std::optional<std::string> run_state_test(const StateTest& test, const StateTestEntry& entry,
                                          evm::Tracer* tracer = nullptr);

// keccak256 of the RLP of the logs: the files' `logs`.
Hash256 logs_hash(std::span<const types::Log> logs);

// The accounts of a file's `pre` or `post`.
Result<std::map<Address, types::GenesisAccount>> read_accounts(const Json& accounts);

// What BLOCKHASH answers in these files: keccak256 of the number in decimal digits.
Hash256 block_hash_in_tests(std::uint64_t number);

}  // namespace cairn::spec
