#pragma once
// BlockchainTests: a genesis, blocks, which of them must be refused and for what, and the head and
// the state that they lead to (ethereum-tests, execution-spec-tests).

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/thread_pool.hpp"
#include "spec/json.hpp"
#include "types/genesis.hpp"

namespace cairn::spec {

struct BlockchainTest {
  struct Block {
    Bytes rlp;
    std::optional<std::string> exception;  // what it must be refused for
    std::optional<Hash256> hash;           // where the test spells it out
  };

  std::string name;
  std::string network;
  types::Genesis genesis;
  Hash256 genesis_hash;
  std::vector<Block> blocks;
  Hash256 head;
  std::optional<std::map<Address, types::GenesisAccount>> state;  // or its root alone
  std::optional<Hash256> state_root;
};

Result<BlockchainTest> read_blockchain_test(std::string name, const Json& json);

// Runs it through the importer of a node, on a store in memory. Nothing when all is as expected;
// otherwise the reason. Senders are recovered on the pool.
std::optional<std::string> run_blockchain_test(const BlockchainTest& test, base::ThreadPool& pool);

}  // namespace cairn::spec
