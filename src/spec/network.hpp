#pragma once
// The names by which test files call a set of rules: a fork, or a fork with other blob parameters
// (EIP-7892).

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "spec/json.hpp"
#include "types/chain_config.hpp"

namespace cairn::spec {

struct Network {
  types::Fork fork = types::Fork::frontier;
  types::BlobParams blob_params;
};

// "Cancun", "Merge", "BPO2" ...; nothing for an unknown name.
std::optional<Network> network_from_name(std::string_view name);

// Blob parameters by network, as files give them.
using BlobSchedule = std::map<std::string, types::BlobParams, std::less<>>;
Result<BlobSchedule> read_blob_schedule(const Json& config);

// The rules of a whole chain: one set from genesis on, or a change of them: at a block
// ("FrontierToHomesteadAt5"), at a time ("PragueToOsakaAtTime15k"), or at a total difficulty
// ("ArrowGlacierToParisAtDiffC0000"). `schedule` comes before the parameters known here.
std::optional<types::ChainConfig> chain_config_from_name(std::string_view name,
                                                         const BlobSchedule& schedule,
                                                         std::uint64_t chain_id);

}  // namespace cairn::spec
