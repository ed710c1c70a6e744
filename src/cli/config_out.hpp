#pragma once
// `cairn dev --config-out`: what a script wants to know of a chain, in anvil's form.

#include <string>
#include <vector>

#include "chain/chain_view.hpp"
#include "chain/dev_genesis.hpp"
#include "cli/dev_options.hpp"

namespace cairn::cli {

// { "available_accounts": [address, ...], "private_keys": [key, ...],
//   "wallet": {"mnemonic", "derivation_path"}, "base_fee", "gas_price", "gas_limit",
//   "genesis_timestamp" }, the numbers as decimal text; gas_limit null where no flag gave it.
std::string config_json(const DevOptions& options, const std::vector<chain::DevAccount>& accounts,
                        const chain::ChainView& chain);

}  // namespace cairn::cli
