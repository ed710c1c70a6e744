#pragma once
// What every method can reach.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "api/call_timer.hpp"
#include "base/logger.hpp"
#include "chain/log_query.hpp"
#include "crypto/secp256k1.hpp"
#include "node/dev_node.hpp"

namespace cairn::nodelog {
class NodeLog;  // nodelog/node_log.hpp
}

namespace cairn::api {

class Filters;        // api/filters.hpp
class Subscriptions;  // api/subscriptions.hpp
class ReceiptWaits;   // api/receipt_waits.hpp

struct Limits {
  std::uint64_t call_gas = 50'000'000;  // --rpc.gascap
  chain::LogLimits logs;                // of one eth_getLogs
  bool loose_log_bounds = false;        // as anvil's: pending is the head, and nothing is after it
  std::uint64_t fee_history_blocks = 1'024;
  std::uint64_t slots_in_an_epoch = 0;  // safe is so many blocks behind the head, finalized twice
  std::optional<U256> gas_price{};      // of eth_gasPrice, where it is not below the base fee; wei
  U256 usual_tip = 1'000'000'000;       // where the last blocks say nothing; wei
};

struct Context {
  node::DevNode& node;
  std::string client_version;
  std::map<Address, crypto::SecretKey> accounts;  // unlocked: this node signs for them
  std::vector<Address> account_order;             // as eth_accounts lists them
  Limits limits;
  base::Logger logger;
  std::shared_ptr<CallTimer> call_timer;  // never null
  std::shared_ptr<Filters> filters = {};
  std::shared_ptr<Subscriptions> subscriptions = {};
  std::shared_ptr<ReceiptWaits> receipt_waits = {};
  bool with_cheats = true;                // offers what a dev chain lets its user do (MethodTable)
  std::set<std::string> namespaces = {};  // of methods that are offered (MethodTable)
  std::shared_ptr<nodelog::NodeLog> log = {};  // null: nobody reads one
  bool throw_on_failures = false;  // a send that fails in its block is answered with an error
};

}  // namespace cairn::api
