#pragma once
// Block headers of every fork (Yellow Paper 4.4.3; EIP-1559, 4895, 4844, 4788, 7685).
// Fields after `nonce` arrived with forks, in this order; a header that has one has all before it.

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/u256.hpp"
#include "types/log.hpp"

namespace cairn::types {

inline constexpr Hash256 kEmptyTrieRoot =
    "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"_hash;
inline constexpr Hash256 kEmptyOmmersHash =
    "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"_hash;
// sha256 of nothing: EIP-7685's hash of no requests.
inline constexpr Hash256 kEmptyRequestsHash =
    "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"_hash;

struct Header {
  Hash256 parent_hash;
  Hash256 ommers_hash = kEmptyOmmersHash;
  Address beneficiary;
  Hash256 state_root = kEmptyTrieRoot;
  Hash256 transactions_root = kEmptyTrieRoot;
  Hash256 receipts_root = kEmptyTrieRoot;
  Bloom logs_bloom;
  U256 difficulty;  // 0 after the merge
  std::uint64_t number = 0;
  std::uint64_t gas_limit = 0;
  std::uint64_t gas_used = 0;
  std::uint64_t timestamp = 0;  // seconds
  Bytes extra_data;             // at most 32 bytes
  Hash256 prev_randao;          // the mix hash before the merge
  FixedBytes<8> nonce;
  std::optional<U256> base_fee_per_gas;             // London
  std::optional<Hash256> withdrawals_root;          // Shanghai
  std::optional<std::uint64_t> blob_gas_used;       // Cancun
  std::optional<std::uint64_t> excess_blob_gas;     // Cancun
  std::optional<Hash256> parent_beacon_block_root;  // Cancun
  std::optional<Hash256> requests_hash;             // Prague

  bool operator==(const Header&) const = default;
};

Bytes encode_header(const Header& header);
Result<Header> decode_header(BytesView rlp);
Hash256 header_hash(const Header& header);

}  // namespace cairn::types
