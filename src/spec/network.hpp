#pragma once
// The names by which test files call a set of rules: a fork, or a fork with other blob parameters
// (EIP-7892).

#include <optional>
#include <string_view>

#include "types/chain_config.hpp"

namespace cairn::spec {

struct Network {
  types::Fork fork = types::Fork::frontier;
  types::BlobParams blob_params;
};

// "Cancun", "Merge", "BPO2" ...; nothing for an unknown name.
std::optional<Network> network_from_name(std::string_view name);

}  // namespace cairn::spec
