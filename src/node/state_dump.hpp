#pragma once
// A chain's state and history as another node may take them over: anvil's dumps, without their form
// (api/state_dump.hpp reads and writes it).

#include <map>
#include <optional>
#include <vector>

#include "chain/chain.hpp"
#include "state/overlay.hpp"

namespace cairn::node {

struct DumpedAccount {
  std::uint64_t nonce = 0;
  U256 balance;
  Bytes code;
  std::map<U256, U256> storage;
};
using DumpedAccounts = std::map<Address, DumpedAccount>;

struct DumpedBlock {
  types::Block block;
  std::vector<Address> senders;             // one a transaction
  std::vector<std::uint32_t> impersonated;  // indices of transactions without a true signature
  chain::Receipts receipts;
  std::optional<DumpedAccounts> state_after;  // where the dump has past states
};

struct StateDump {
  std::vector<DumpedBlock> blocks;  // by number, without a gap
  DumpedAccounts accounts;          // at the end
};

// Takes over accounts: balance, code and the slots named; the nonce only where it is higher.
void overwrite(state::Overlay& overlay, const DumpedAccounts& accounts);

}  // namespace cairn::node
