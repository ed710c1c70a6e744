#include "bench/dev_nodes.hpp"

#include <fstream>
#include <stdexcept>

#include "chain/dev_genesis.hpp"

namespace cairn::bench {
namespace {

namespace fs = std::filesystem;

class Cairn : public DevNode {
 public:
  Cairn(const std::string& program, const fs::path& folder, std::vector<std::string> flags,
        const std::string& cpus)
      : node_(program, folder, std::move(flags), cpus) {}
  std::uint16_t port() const override { return node_.port(); }
  const NodeProcess& process() const override { return node_.process(); }

 private:
  CairnDev node_;
};

// A node that is told its port.
class ByPort : public DevNode {
 public:
  ByPort(std::uint16_t port, std::vector<std::string> words, const std::string& cpus)
      : port_(port), process_(pinned(std::move(words), cpus)) {
    wait_for_port(port_, 20);
  }
  std::uint16_t port() const override { return port_; }
  const NodeProcess& process() const override { return process_; }

 private:
  std::uint16_t port_;
  NodeProcess process_;
};

void init_geth(const std::string& program, const fs::path& folder) {
  fs::remove_all(folder);
  fs::create_directories(folder);
  const fs::path genesis = folder / "genesis.json";
  std::ofstream(genesis) << types::genesis_to_json(
      chain::dev_genesis(chain::dev_accounts().value()));
  if (run_to_end({program, "--verbosity", "1", "init", "--datadir", folder.string(),
                  genesis.string()}) != 0) {
    throw std::runtime_error("geth init failed");
  }
}

}  // namespace

StartNode start_cairn(std::string program, fs::path folder, std::string cpus) {
  return [=](unsigned block_time) -> std::unique_ptr<DevNode> {
    fs::remove_all(folder);
    std::vector<std::string> flags;
    if (block_time != 0) {
      flags = {"--block-time", std::to_string(block_time)};
    }
    return std::make_unique<Cairn>(program, folder, std::move(flags), cpus);
  };
}

StartNode start_anvil(std::string program, std::string cpus) {
  return [=](unsigned block_time) -> std::unique_ptr<DevNode> {
    const std::uint16_t port = free_port();
    std::vector<std::string> words{program,       "--port",   std::to_string(port),
                                   "--gas-limit", "60000000", "--silent"};
    if (block_time != 0) {
      words.insert(words.end(), {"--block-time", std::to_string(block_time), "--prune-history"});
    }
    return std::make_unique<ByPort>(port, std::move(words), cpus);
  };
}

StartNode start_geth(std::string program, fs::path folder, std::string cpus) {
  return [=](unsigned block_time) -> std::unique_ptr<DevNode> {
    init_geth(program, folder);
    const std::uint16_t port = free_port();
    std::vector<std::string> words{
        program, "--verbosity", "1", "--dev", "--dev.gaslimit", "60000000", "--datadir",
        folder.string(), "--ipcdisable", "--http", "--http.port", std::to_string(port),
        "--http.api", "eth,net,web3", "--rpc.batch-request-limit", "10000",
        // Its pool would otherwise drop what one account sends beyond 64.
        "--txpool.accountslots", "100000", "--txpool.globalslots", "200000",
        "--txpool.accountqueue", "100000", "--txpool.globalqueue", "200000"};
    if (block_time != 0) {
      words.insert(words.end(), {"--dev.period", std::to_string(block_time)});
    }
    return std::make_unique<ByPort>(port, std::move(words), cpus);
  };
}

}  // namespace cairn::bench
