#pragma once
// The `config` object of geth's genesis.json, read and written.

#include <string>
#include <vector>

#include "types/chain_config.hpp"
#include "types/json_object.hpp"

namespace cairn::types {

struct ParsedChainConfig {
  ChainConfig config;
  std::vector<std::string> warnings;  // one sentence an unknown key
};

// Errors name the field by its path. Ethereum's own blob parameters stand in where the schedule
// leaves out a fork that has them on mainnet.
Result<ParsedChainConfig> read_chain_config(const Json& value);

// Read back, it gives an equal value.
std::string chain_config_to_json(const ChainConfig& config);

}  // namespace cairn::types
