#pragma once
// Local chains of several makers, started the same way for the same requests: chain id 31337, the
// accounts of the dev mnemonic with 10,000 ether each, blocks of 60 M gas.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/node_process.hpp"

namespace cairn::bench {

class DevNode {
 public:
  virtual ~DevNode() = default;
  virtual std::uint16_t port() const = 0;
  virtual const NodeProcess& process() const = 0;
};

// `block_time` in seconds; 0: a block as soon as there is a transaction.
using StartNode = std::function<std::unique_ptr<DevNode>(unsigned block_time)>;

// The node gets `folder`, emptied, and runs on the cores `cpus` ("0,1") alone.
StartNode start_cairn(std::string program, std::filesystem::path folder, std::string cpus);
StartNode start_anvil(std::string program, std::string cpus);
// go-ethereum's dev mode, on disk as Cairn is.
StartNode start_geth(std::string program, std::filesystem::path folder, std::string cpus);

}  // namespace cairn::bench
