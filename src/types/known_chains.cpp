#include "types/known_chains.hpp"

#include <algorithm>

namespace cairn::types {
namespace {

// When the forks after Paris begin, in seconds (EIP-7600, EIP-7607, EIP-7892).
struct ForkTimes {
  std::uint64_t shanghai;
  std::uint64_t cancun;
  std::uint64_t prague;
  std::uint64_t osaka;
  std::uint64_t bpo1;
  std::uint64_t bpo2;
};

void begin(ChainConfig& config, Fork fork, std::uint64_t at) {
  config.activation[static_cast<std::size_t>(fork)] = at;
}

ChainConfig with_times(ChainConfig config, const ForkTimes& times) {
  begin(config, Fork::shanghai, times.shanghai);
  begin(config, Fork::cancun, times.cancun);
  begin(config, Fork::prague, times.prague);
  begin(config, Fork::osaka, times.osaka);
  config.blob_schedule = {{times.cancun, kCancunBlobParams},
                          {times.prague, kPragueBlobParams},
                          {times.osaka, kPragueBlobParams},
                          {times.bpo1, kBpo1BlobParams},
                          {times.bpo2, kBpo2BlobParams}};
  return config;
}

ChainConfig mainnet() {
  ChainConfig out;
  out.chain_id = 1;
  out.dao_fork_block = 1'920'000;
  begin(out, Fork::homestead, 1'150'000);
  begin(out, Fork::tangerine_whistle, 2'463'000);
  begin(out, Fork::spurious_dragon, 2'675'000);
  begin(out, Fork::byzantium, 4'370'000);
  begin(out, Fork::constantinople, 7'280'000);
  begin(out, Fork::petersburg, 7'280'000);
  begin(out, Fork::istanbul, 9'069'000);
  begin(out, Fork::berlin, 12'244'000);
  begin(out, Fork::london, 12'965'000);
  out.muir_glacier_block = 9'200'000;
  out.arrow_glacier_block = 13'773'000;
  out.gray_glacier_block = 15'050'000;
  out.terminal_total_difficulty = U256{58'750'000'000'000} * U256{1'000'000'000};
  return with_times(std::move(out), {.shanghai = 1'681'338'455,
                                     .cancun = 1'710'338'135,
                                     .prague = 1'746'612'311,
                                     .osaka = 1'764'798'551,
                                     .bpo1 = 1'765'290'071,
                                     .bpo2 = 1'767'747'671});
}

ChainConfig test_network(std::uint64_t chain_id, std::uint64_t merge_block,
                         const ForkTimes& times) {
  ChainConfig out = config_at(Fork::paris, chain_id);
  if (merge_block != 0) {
    out.merged_from_genesis = false;
    begin(out, Fork::paris, merge_block);
  }
  return with_times(std::move(out), times);
}

ChainConfig sepolia() {
  ChainConfig out = test_network(11'155'111, 1'735'371,
                                 {.shanghai = 1'677'557'088,
                                  .cancun = 1'706'655'072,
                                  .prague = 1'741'159'776,
                                  .osaka = 1'760'427'360,
                                  .bpo1 = 1'761'017'184,
                                  .bpo2 = 1'761'607'008});
  out.terminal_total_difficulty = 17'000'000'000'000'000;
  out.deposit_contract = "0x7f02c3e3c98b133055b8b348b2ac625669ed295d"_address;
  return out;
}

ChainConfig holesky() {
  ChainConfig out = test_network(17'000, 0,
                                 {.shanghai = 1'696'000'704,
                                  .cancun = 1'707'305'664,
                                  .prague = 1'740'434'112,
                                  .osaka = 1'759'308'480,
                                  .bpo1 = 1'759'800'000,
                                  .bpo2 = 1'760'389'824});
  out.deposit_contract = "0x4242424242424242424242424242424242424242"_address;
  return out;
}

ChainConfig hoodi() {
  return test_network(560'048, 0,
                      {.shanghai = 0,
                       .cancun = 0,
                       .prague = 1'742'999'832,
                       .osaka = 1'761'677'592,
                       .bpo1 = 1'762'365'720,
                       .bpo2 = 1'762'955'544});
}

}  // namespace

std::optional<ChainConfig> known_chain(std::uint64_t chain_id) {
  for (auto chain : {mainnet, sepolia, holesky, hoodi}) {
    if (ChainConfig config = chain(); config.chain_id == chain_id) {
      return config;
    }
  }
  return std::nullopt;
}

}  // namespace cairn::types
