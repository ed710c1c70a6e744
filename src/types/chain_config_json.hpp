#pragma once
// The `config` object of geth's genesis.json, read and written.

#include <string>
#include <vector>

#include "types/chain_config.hpp"
#include "types/json_object.hpp"

namespace cairn::types {

// Errors name the field by its path; unknown keys become warnings, one sentence each. Ethereum's
// own blob parameters stand in where the schedule leaves out a fork that has them on mainnet.
Result<ChainConfig> read_chain_config(const Json& value, std::vector<std::string>& warnings);

// Read back, it gives an equal value.
std::string chain_config_to_json(const ChainConfig& config);

}  // namespace cairn::types
