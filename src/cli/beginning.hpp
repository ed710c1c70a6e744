#pragma once
// What a data folder's chain began with, as far as the chain itself does not say it. A start that
// goes on compares its flags with that, so that none is taken and does nothing. No phrase and no
// key is kept: the first account's address tells whether the accounts are those of the beginning.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/u256.hpp"
#include "chain/dev_genesis.hpp"
#include "cli/dev_options.hpp"

namespace cairn::cli {

struct Beginning {
  std::uint64_t accounts = 0;
  std::optional<Address> first_account = {};  // none: without accounts
  std::string derivation_path;
  U256 balance;  // wei, of each account
  // Of genesis; of a fork where a flag said it.
  std::optional<U256> base_fee = {};            // wei
  std::optional<std::uint64_t> timestamp = {};  // seconds
  bool create2_deployer = true;
};

// Nothing: the folder's chain was not begun by this program's dev command.
Result<std::optional<Beginning>> read_beginning(const std::filesystem::path& folder);
Result<void> write_beginning(const std::filesystem::path& folder, const Beginning& beginning);

// Conflict where a flag wants what only a new chain could have; the sentence names it.
Result<void> check_flags(const DevOptions& options, const Beginning& beginning);

// Those of the options, or none where the chain began with others and no flag names these:
// nothing is known of the others but their first address.
Result<std::vector<chain::DevAccount>> accounts_that_go_on(const DevOptions& options,
                                                           const Beginning& beginning,
                                                           std::vector<chain::DevAccount> accounts);

}  // namespace cairn::cli
