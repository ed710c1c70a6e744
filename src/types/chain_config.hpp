#pragma once
// Which rules hold at which block: geth's genesis `config` object as values.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/u256.hpp"
#include "types/cairn_rules.hpp"
#include "types/fork.hpp"
#include "types/header.hpp"

namespace cairn::types {

// EIP-7840, EIP-7892: blobs a block and the speed at which their price moves.
struct BlobParams {
  std::uint64_t target = 0;
  std::uint64_t max = 0;
  std::uint64_t base_fee_update_fraction = 0;

  bool operator==(const BlobParams&) const = default;
};

inline constexpr BlobParams kCancunBlobParams{3, 6, 3'338'477};
inline constexpr BlobParams kPragueBlobParams{6, 9, 5'007'716};  // and Osaka's
inline constexpr BlobParams kBpo1BlobParams{10, 15, 8'346'193};
inline constexpr BlobParams kBpo2BlobParams{14, 21, 11'684'671};

// A change of blob parameters at a time: with Cancun, Prague, Osaka, and at each BPO fork after it.
struct BlobParamsChange {
  std::uint64_t time = 0;
  BlobParams params;

  bool operator==(const BlobParamsChange&) const = default;
};

struct ChainConfig {
  std::uint64_t chain_id = 1;

  // When each fork begins: a block number up to Paris, a timestamp from Shanghai on. None: never.
  // Petersburg stands for itself; Frontier is always there. Paris begins when total difficulty
  // reaches the terminal one; its block (`mergeNetsplitBlock`) counts only where none is given.
  std::array<std::optional<std::uint64_t>, kForkCount> activation{};
  std::optional<U256> terminal_total_difficulty;
  bool merged_from_genesis = false;  // terminal total difficulty 0: no proof-of-work block exists
  std::optional<std::uint64_t> dao_fork_block;
  // Delays of the difficulty bomb beside those that came with Byzantium, Constantinople and London.
  std::optional<std::uint64_t> muir_glacier_block;
  std::optional<std::uint64_t> arrow_glacier_block;
  std::optional<std::uint64_t> gray_glacier_block;

  std::vector<BlobParamsChange> blob_schedule;  // ascending in time
  Address deposit_contract = "0x00000000219ab540356cbb839cbe05303d7705fa"_address;  // EIP-6110
  std::optional<CairnRules> cairn;  // none: Ethereum's rules alone

  // The rules of a block. `merged`: whether its parent's total difficulty has reached the terminal
  // one; every caller that knows only post-merge chains passes true.
  Fork fork_at(std::uint64_t number, std::uint64_t timestamp, bool merged) const;
  // The same of a block that is known to be valid: without difficulty it stands after the merge.
  Fork fork_of(const Header& header) const;
  // How many blocks late the difficulty bomb is (EIP-649, 1234, 2384, 3554, 4345, 5133).
  std::uint64_t bomb_delay_at(std::uint64_t number) const;
  // All zero before the first change: there are no blobs then.
  BlobParams blob_params_at(std::uint64_t timestamp) const;
  // Ethereum's own where the chain does not differ.
  CairnRules rules() const { return cairn.value_or(CairnRules{}); }

  bool operator==(const ChainConfig&) const = default;
};

// Every fork up to `fork` from genesis on, with Ethereum's blob parameters.
ChainConfig config_at(Fork fork, std::uint64_t chain_id = 1);

}  // namespace cairn::types
