#include "cli/init.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "base/hex.hpp"
#include "base/read_file.hpp"
#include "chain/chain.hpp"
#include "cli/data.hpp"

namespace cairn::cli {

Result<types::Genesis> read_genesis(const std::string& path) {
  CAIRN_TRY(const std::string text, base::read_file(path, "genesis file"));
  auto parsed = types::parse_genesis(text);
  if (!parsed) {
    return fail(parsed.error().code, fmt::format("{}: {}", path, parsed.error().message));
  }
  for (const auto& warning : parsed->warnings) {
    fmt::print(stderr, "cairn: {}: {}\n", path, warning);
  }
  return std::move(parsed->genesis);
}

namespace {

struct InitOptions {
  std::string config;
  std::string genesis;
  std::string datadir = ".cairn";
};

Result<int> run_init(const InitOptions& options) {
  if (options.genesis.empty()) {
    return fail(ErrorCode::invalid_argument, "init needs --genesis FILE");
  }
  CAIRN_TRY(const auto genesis, read_genesis(options.genesis));
  CAIRN_TRY(const auto data, open_data(options.datadir, false));
  if (chain::Chain::exists(*data.store)) {
    return fail(ErrorCode::conflict,
                fmt::format("{} holds a chain already: choose another folder with --datadir",
                            options.datadir));
  }
  CAIRN_TRY(const auto chain, chain::Chain::create(data.store, genesis));
  fmt::print("genesis {} in {}\n", base::to_hex(chain->head()->hash()), options.datadir);
  return 0;
}

}  // namespace

Command init_command() {
  const auto options = std::make_shared<InitOptions>();
  return {"init",
          "Make the chain of a genesis file in a data folder",
          {{"config", "FILE", "TOML file with these options as keys", into(options->config)},
           {"genesis", "FILE", "genesis.json in geth's format", into(options->genesis)},
           {"datadir", "FOLDER", "where the chain is kept (.cairn)", into(options->datadir)}},
          "",
          [options](const std::vector<std::string>&) { return run_init(*options); }};
}

}  // namespace cairn::cli
