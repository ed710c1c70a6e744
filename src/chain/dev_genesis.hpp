#pragma once
// The chain of `cairn dev`: chain id 31337 under Osaka's rules, funded accounts, the system
// contracts without which no Osaka block is valid, and the two contracts that tools expect.

#include <string_view>
#include <vector>

#include "crypto/secp256k1.hpp"
#include "types/genesis.hpp"

namespace cairn::chain {

struct DevAccount {
  Address address;
  crypto::SecretKey key;
};

struct DevGenesisOptions {
  std::uint64_t chain_id = 31'337;
  types::Fork fork = types::kLatestFork;
  std::uint64_t gas_limit = 60'000'000;
  U256 base_fee = 1'000'000'000;                                  // wei
  U256 balance = U256{10'000} * U256{1'000'000'000'000'000'000};  // wei, of each account
  std::uint64_t timestamp = 0;                                    // seconds
  bool create2_deployer = true;
};

inline constexpr std::string_view kDevMnemonic =
    "test test test test test test test test test test test junk";
inline constexpr std::string_view kDevDerivationPath = "m/44'/60'/0'/0/";

// Keys `path`0, `path`1, ... of a BIP-39 mnemonic.
Result<std::vector<DevAccount>> dev_accounts(std::string_view mnemonic = kDevMnemonic,
                                             std::string_view path = kDevDerivationPath,
                                             std::size_t count = 10);

types::Genesis dev_genesis(const std::vector<DevAccount>& accounts,
                           const DevGenesisOptions& options = {});

// A dev chain that begins with the accounts, header and (where they are of after the merge) rules
// of a genesis file. What a dev chain cannot be without is added where the file does not have it;
// what `options` has a value for is the caller's choice.
types::Genesis dev_genesis_of(const types::Genesis& file, const std::vector<DevAccount>& accounts,
                              const DevGenesisOptions& options, bool with_rules);

}  // namespace cairn::chain
