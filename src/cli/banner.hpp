#pragma once
// What `cairn dev` prints when it is ready.

#include <optional>
#include <string>
#include <vector>

#include "base/logger.hpp"
#include "chain/chain_view.hpp"
#include "chain/dev_genesis.hpp"
#include "cli/dev_options.hpp"

namespace cairn::cli {

struct BannerFacts {
  const DevOptions& options;
  const std::vector<chain::DevAccount>& accounts;
  const chain::ChainView& chain;
  std::vector<std::string> urls;
  std::string ipc_path;  // empty: none
  std::string folder;    // empty: nothing is kept
  bool continued = false;
  std::string base_fee;  // of the next block, wei
  // That the chain began with, where no key of its accounts is known.
  std::optional<Address> unknown_account = {};
};

std::string banner(const BannerFacts& facts);
// The same for a program that reads the log.
std::vector<base::LogField> banner_fields(const BannerFacts& facts);

}  // namespace cairn::cli
