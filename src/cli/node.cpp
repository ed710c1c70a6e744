#include "cli/node.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <set>

#include "api/methods.hpp"
#include "base/clock.hpp"
#include "base/hex.hpp"
#include "cli/serving.hpp"
#include "cli/version.hpp"
#include "types/fork.hpp"

namespace cairn::cli {
namespace {

struct NodeOptions {
  std::string config;
  std::string datadir = ".cairn";
  bool no_mining = false;
  RpcOptions rpc;
  std::set<std::string> namespaces;
  std::uint64_t gas_cap = 50'000'000;
  std::chrono::milliseconds call_timeout{5'000};
  bool silent = false;
  bool log_json = false;
  base::LogLevel verbosity = base::LogLevel::info;
};

Setter into_namespaces(std::set<std::string>& target) {
  return [&target](std::string_view text) -> Result<void> {
    std::vector<std::string> names;
    CAIRN_CHECK(into(names)(text));
    const auto known = api::MethodTable::namespaces();
    for (std::string& name : names) {
      if (!known.contains(name)) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("'{}' is none of {}", name, fmt::join(known, ", ")));
      }
      target.insert(std::move(name));
    }
    return {};
  };
}

std::vector<Option> options_of(NodeOptions& o) {
  std::vector<Option> table{
      {"config", "FILE", "TOML file with these options as keys", into(o.config)},
      {"datadir", "FOLDER", "where the chain is kept (.cairn)", into(o.datadir)},
      {"no-mining", "", "make no blocks: serve the chain as it is", into(o.no_mining)},
  };
  auto rpc = cli::options_of(o.rpc);
  table.insert(table.end(), std::move_iterator(rpc.begin()), std::move_iterator(rpc.end()));
  for (auto& option : std::vector<Option>{
           {"http.api", "NAMESPACES",
            "the methods to offer by the part of their names before the _, comma separated: eth, "
            "net, trace ... (all)",
            into_namespaces(o.namespaces)},
           {"rpc.gascap", "GAS",
            "gas limit of eth_call and eth_estimateGas, 0: the block's (50000000)",
            into(o.gas_cap)},
           {"rpc.evmtimeout", "TIME", "how long such a call may take, 0 as long as it likes (5s)",
            into_duration(o.call_timeout)},
           {"silent", "", "print nothing but errors", into(o.silent)},
           {"log.json", "", "log lines as JSON", into(o.log_json)},
           {"verbosity", "LEVEL", "0 to 5, or off, error, warn, info, debug, trace (info)",
            into_verbosity(o.verbosity)}}) {
    table.push_back(std::move(option));
  }
  return table;
}

Result<void> check(const NodeOptions& options, const Data& data) {
  if (!options.no_mining) {
    return fail(ErrorCode::unsupported,
                "cairn node makes no blocks: --no-mining serves a chain as it is, cairn dev makes "
                "blocks");
  }
  if (!chain::Chain::exists(*data.store)) {
    return fail(ErrorCode::not_found,
                fmt::format("{} holds no chain: cairn init --genesis FILE makes one, cairn import "
                            "brings its blocks",
                            options.datadir));
  }
  CAIRN_TRY(const auto point, chain::Chain::fork_point_of(*data.store));
  if (point) {
    return fail(ErrorCode::unsupported,
                fmt::format("{} holds a fork of another node's chain: cairn dev --fork-url "
                            "continues it",
                            options.datadir));
  }
  return {};
}

void print_chain(const NodeOptions& options, const chain::ChainView& chain,
                 const api::HttpServer& server) {
  if (options.silent) {
    return;
  }
  const std::string fork(types::fork_name(chain.config().fork_of(chain.header())));
  const std::string folder = std::filesystem::weakly_canonical(options.datadir).string();
  if (options.log_json) {
    return print_ready({{"version", kVersion},
                        {"rpc", base::LogJson{fmt::format("[\"{}\"]", server.url())}},
                        {"chainId", chain.chain_id()},
                        {"fork", fork},
                        {"block", chain.number()},
                        {"hash", base::to_hex(chain.hash())},
                        {"data", folder}});
  }
  fmt::print(
      "Cairn {}\n\n"
      "Chain id   {}\n"
      "Head       {} {}\n"
      "Fork       {}\n"
      "Data       {}\n"
      "RPC        {}\n",
      kVersion, chain.chain_id(), chain.number(), base::to_hex(chain.hash()), fork, folder,
      server.url());
  std::fflush(stdout);
}

Result<int> run_node(const NodeOptions& options) {
  CAIRN_CHECK(check(options.rpc));
  const StopSignals signals;
  const auto clock = std::make_shared<base::SystemClock>();
  const base::Logger logger(*clock, std::cerr,
                            options.log_json ? base::LogFormat::json : base::LogFormat::text,
                            options.silent ? base::LogLevel::error : options.verbosity);
  CAIRN_TRY(const auto data, open_data(options.datadir, false));
  CAIRN_CHECK(check(options, data));
  const auto fault = std::make_shared<DiskFault>();
  node::DevOptions for_node = node::network_options();
  for_node.on_fault = [fault](const Error& error) { fault->report(error); };
  CAIRN_TRY(const auto node, node::DevNode::start(data.store, {}, for_node, clock));
  api::Context context{.node = *node,
                       .client_version = fmt::format("cairn/v{}/{}", kVersion, kPlatform),
                       .accounts = {},
                       .account_order = {},
                       .limits = {},
                       .logger = logger.named("rpc"),
                       .call_timer = std::make_shared<api::CallTimer>(options.call_timeout)};
  context.with_cheats = false;
  context.namespaces = options.namespaces;
  context.limits.call_gas = options.gas_cap;
  return serve(
      {.context = context,
       .rpc = options.rpc,
       .data = data,
       .signals = signals,
       .fault = *fault,
       .logger = logger,
       .on_ready =
           [&](const api::HttpServer& server) { print_chain(options, *node->head(), server); }},
      clock);
}

}  // namespace

Command node_command() {
  const auto options = std::make_shared<NodeOptions>();
  return {"node",
          "Serve the chain of a data folder over JSON-RPC. Its head is safe and final; "
          "transactions that are sent wait in the pool",
          options_of(*options), "", [options](const std::vector<std::string>&) {
            return as_logged(run_node(*options), options->log_json);
          }};
}

}  // namespace cairn::cli
