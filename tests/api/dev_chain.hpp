#pragma once
// A dev chain in memory behind JSON-RPC, as `cairn dev` joins them, with a clock that stands still.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/dispatcher.hpp"
#include "base/clock.hpp"
#include "chain/dev_genesis.hpp"
#include "node/dev_node.hpp"

namespace cairn::api::test {

inline constexpr std::uint64_t kGenesisTime = 1'700'000'000;  // seconds

class DevChain {
 public:
  explicit DevChain(const node::DevOptions& options = {}, const DispatchLimits& limits = {},
                    std::shared_ptr<store::Store> store = nullptr);  // null: a new one
  ~DevChain();

  // The answer to a request's text.
  std::string ask(std::string_view body);
  // Who asks from now on; none at first, as over HTTP.
  void ask_as(std::shared_ptr<Peer> peer) { peer_ = std::move(peer); }
  // The JSON text of a result; throws where the answer is an error.
  std::string result(std::string_view method, std::string_view params = "[]");
  // `code: message` of an error; throws where there is none.
  std::string error(std::string_view method, std::string_view params = "[]");

  // A signed transfer of 1 wei from account `from` (0 to 9) to itself, as hex text.
  std::string transfer(std::size_t from, std::uint64_t nonce, U256 max_fee = 10'000'000'000) const;
  // Sends it; the hash as JSON text.
  std::string send_transfer(std::size_t from, std::uint64_t nonce);
  // Deploys code that is given as hex text; answers the contract's address as JSON text.
  std::string deploy(std::string_view code);

  Dispatcher& dispatcher() { return *dispatcher_; }
  Context& context() { return *context_; }
  node::DevNode& node() { return *node_; }
  std::string account(std::size_t index) const;  // "0x..", without quotes
  base::SimulatedClock& clock() { return *clock_; }

 private:
  std::shared_ptr<base::SimulatedClock> clock_;
  std::vector<chain::DevAccount> accounts_;
  std::unique_ptr<node::DevNode> node_;
  std::unique_ptr<Context> context_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::shared_ptr<Peer> peer_;
};

std::string request(std::string_view method, std::string_view params, std::string_view id = "1");

// The JSON text of a member of an object's text; "" where it has none.
std::string member(std::string_view object, std::string_view name);

}  // namespace cairn::api::test
