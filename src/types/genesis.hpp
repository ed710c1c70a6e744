#pragma once
// genesis.json in geth's format: chain config, header fields and allocation.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "types/account.hpp"
#include "types/block.hpp"
#include "types/chain_config.hpp"

namespace cairn::types {

struct GenesisAccount {
  std::uint64_t nonce = 0;
  U256 balance;
  Bytes code;
  std::map<U256, U256> storage;

  bool operator==(const GenesisAccount&) const = default;
};

struct Genesis {
  ChainConfig config;
  // state_root is not filled in here: `chain` computes it from `alloc`.
  Header header;
  std::map<Address, GenesisAccount> alloc;

  bool operator==(const Genesis&) const = default;
};

struct ParsedGenesis {
  Genesis genesis;
  std::vector<std::string> warnings;  // one sentence an unknown key
};

// Errors name the field by its path ("alloc.0x12...balance: is not a number"). Header fields that
// came with forks are filled in as geth does: base fee, withdrawals root, blob gas and so on.
Result<ParsedGenesis> parse_genesis(std::string_view json);
// Parsed, it gives an equal genesis (the state root apart, which no file holds).
std::string genesis_to_json(const Genesis& genesis);

}  // namespace cairn::types
