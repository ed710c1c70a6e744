#include "api/fork_methods.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "api/json_writer.hpp"
#include "evm/evm.hpp"
#include "execution/system_calls.hpp"

namespace cairn::api {
namespace {

using types::Fork;

struct NamedAddress {
  std::string_view name;
  Address address;
  Fork since;  // for system contracts; precompiles know for themselves
};

constexpr std::array kPrecompiles{
    NamedAddress{"ECREC", "0x0000000000000000000000000000000000000001"_address, Fork::frontier},
    NamedAddress{"SHA256", "0x0000000000000000000000000000000000000002"_address, Fork::frontier},
    NamedAddress{"RIPEMD160", "0x0000000000000000000000000000000000000003"_address, Fork::frontier},
    NamedAddress{"ID", "0x0000000000000000000000000000000000000004"_address, Fork::frontier},
    NamedAddress{"MODEXP", "0x0000000000000000000000000000000000000005"_address, Fork::byzantium},
    NamedAddress{"BN254_ADD", "0x0000000000000000000000000000000000000006"_address,
                 Fork::byzantium},
    NamedAddress{"BN254_MUL", "0x0000000000000000000000000000000000000007"_address,
                 Fork::byzantium},
    NamedAddress{"BN254_PAIRING", "0x0000000000000000000000000000000000000008"_address,
                 Fork::byzantium},
    NamedAddress{"BLAKE2F", "0x0000000000000000000000000000000000000009"_address, Fork::istanbul},
    NamedAddress{"KZG_POINT_EVALUATION", "0x000000000000000000000000000000000000000a"_address,
                 Fork::cancun},
    NamedAddress{"BLS12_G1ADD", "0x000000000000000000000000000000000000000b"_address, Fork::prague},
    NamedAddress{"BLS12_G1MSM", "0x000000000000000000000000000000000000000c"_address, Fork::prague},
    NamedAddress{"BLS12_G2ADD", "0x000000000000000000000000000000000000000d"_address, Fork::prague},
    NamedAddress{"BLS12_G2MSM", "0x000000000000000000000000000000000000000e"_address, Fork::prague},
    NamedAddress{"BLS12_PAIRING_CHECK", "0x000000000000000000000000000000000000000f"_address,
                 Fork::prague},
    NamedAddress{"BLS12_MAP_FP_TO_G1", "0x0000000000000000000000000000000000000010"_address,
                 Fork::prague},
    NamedAddress{"BLS12_MAP_FP2_TO_G2", "0x0000000000000000000000000000000000000011"_address,
                 Fork::prague},
    NamedAddress{"P256VERIFY", "0x0000000000000000000000000000000000000100"_address, Fork::osaka},
};

std::uint32_t crc32(std::uint32_t crc, BytesView bytes) {
  constexpr std::uint32_t kPolynomial = 0xedb88320;  // IEEE 802.3, reflected
  crc = ~crc;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    }
  }
  return ~crc;
}

std::uint32_t with_fork(std::uint32_t crc, std::uint64_t position) {
  const Hash256 word = base::to_hash(position);
  return crc32(crc, BytesView(word).last(8));
}

std::set<std::uint64_t> block_forks(const types::ChainConfig& config) {
  std::set<std::uint64_t> blocks;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(Fork::paris); ++i) {
    blocks.insert(config.activation[i].value_or(0));
  }
  for (const auto& block : {config.dao_fork_block, config.muir_glacier_block,
                            config.arrow_glacier_block, config.gray_glacier_block}) {
    blocks.insert(block.value_or(0));
  }
  blocks.erase(0);
  return blocks;
}

std::set<std::uint64_t> time_forks(const types::ChainConfig& config) {
  std::set<std::uint64_t> times;
  for (auto i = static_cast<std::size_t>(Fork::shanghai); i < types::kForkCount; ++i) {
    if (config.activation[i]) {
      times.insert(*config.activation[i]);
    }
  }
  for (const auto& change : config.blob_schedule) {
    times.insert(change.time);
  }
  return times;
}

void write_addresses(JsonWriter& out, std::string_view key, const std::vector<NamedAddress>& list) {
  out.key(key).begin_object();
  for (const auto& entry : list) {
    out.field(entry.name, entry.address);
  }
  out.end_object();
}

std::vector<NamedAddress> system_contracts(const types::ChainConfig& config, Fork fork) {
  std::vector<NamedAddress> all{
      {"BEACON_ROOTS_ADDRESS", execution::kBeaconRootsAddress, Fork::cancun},
      {"CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS", execution::kConsolidationRequestsAddress,
       Fork::prague},
      {"DEPOSIT_CONTRACT_ADDRESS", config.deposit_contract, Fork::prague},
      {"HISTORY_STORAGE_ADDRESS", execution::kHistoryAddress, Fork::prague},
      {"WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS", execution::kWithdrawalRequestsAddress,
       Fork::prague}};
  std::erase_if(all, [fork](const NamedAddress& one) { return one.since > fork; });
  return all;
}

// The rules from the fork at `activation` on.
void write_config(JsonWriter& out, const chain::ChainView& chain, std::uint64_t activation) {
  const auto& config = chain.config();
  const Fork fork = config.fork_at(chain.number(), activation, true);
  const auto blobs = config.blob_params_at(activation);
  const auto genesis = chain.header_at(0);
  out.begin_object().key("activationTime").decimal(activation);
  out.key("blobSchedule").begin_object();
  out.key("baseFeeUpdateFraction").decimal(blobs.base_fee_update_fraction);
  out.key("max").decimal(blobs.max).key("target").decimal(blobs.target).end_object();
  out.field("chainId", config.chain_id);
  out.key("forkId").raw(fmt::format(
      R"("0x{:08x}")",
      fork_id(config, genesis->hash, genesis->header.timestamp, chain.number(), activation)));
  std::vector<NamedAddress> precompiles;
  std::ranges::copy_if(kPrecompiles, std::back_inserter(precompiles), [fork](const auto& entry) {
    return evm::is_precompile(entry.address, fork);
  });
  write_addresses(out, "precompiles", precompiles);
  write_addresses(out, "systemContracts", system_contracts(config, fork));
  out.end_object();
}

}  // namespace

std::uint32_t fork_id(const types::ChainConfig& config, const Hash256& genesis,
                      std::uint64_t genesis_time, std::uint64_t number, std::uint64_t timestamp) {
  std::uint32_t crc = crc32(0, genesis);
  for (const std::uint64_t block : block_forks(config)) {
    if (block <= number) {
      crc = with_fork(crc, block);
    }
  }
  for (const std::uint64_t time : time_forks(config)) {
    if (time > genesis_time && time <= timestamp) {
      crc = with_fork(crc, time);
    }
  }
  return crc;
}

Answer eth_config(Context& context) {
  const auto chain = context.node.head();
  const auto times = time_forks(chain->config());
  const std::uint64_t now = chain->header().timestamp;
  const auto next = times.upper_bound(now);
  JsonWriter out;
  out.begin_object().key("current");
  write_config(out, *chain, next == times.begin() ? 0 : *std::prev(next));
  out.key("next");
  next == times.end() ? void(out.null()) : write_config(out, *chain, *next);
  out.key("last");
  next == times.end() ? void(out.null()) : write_config(out, *chain, *times.rbegin());
  out.end_object();
  return std::move(out).take();
}

}  // namespace cairn::api
