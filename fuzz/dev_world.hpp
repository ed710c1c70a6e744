#pragma once
// A dev chain in memory behind JSON-RPC, and what its every answer must be.

#include <simdjson.h>

#include <future>
#include <memory>
#include <string>

#include "api/call_timer.hpp"
#include "api/dispatcher.hpp"
#include "api/filters.hpp"
#include "api/receipt_waits.hpp"
#include "api/subscriptions.hpp"
#include "base/clock.hpp"
#include "chain/dev_genesis.hpp"
#include "fuzz/require.hpp"
#include "node/dev_node.hpp"
#include "store/rocks_store.hpp"

namespace cairn::fuzz {

class DevWorld {
 public:
  DevWorld()
      : accounts_(chain::dev_accounts().value()),
        clock_(std::make_shared<base::SimulatedClock>(1'700'000'000'000)),
        node_(node::DevNode::start(store::RocksStore::open_in_memory().value(),
                                   chain::dev_genesis(accounts_), {}, clock_)
                  .value()),
        context_{*node_,
                 "fuzzed",
                 {},
                 {},
                 {.call_gas = 1'000'000, .logs = {.logs = 100}, .fee_history_blocks = 16},
                 {},
                 std::make_shared<api::CallTimer>(std::chrono::seconds(5))} {
    context_.filters = std::make_shared<api::Filters>(*node_, clock_);
    context_.receipt_waits = std::make_shared<api::ReceiptWaits>(*node_, clock_);
    context_.subscriptions = std::make_shared<api::Subscriptions>(*node_, context_.logger);
    for (const auto& account : accounts_) {
      context_.accounts[account.address] = account.key;
      context_.account_order.push_back(account.address);
    }
    dispatcher_ = std::make_unique<api::Dispatcher>(context_, 1);
  }
  ~DevWorld() {
    dispatcher_.reset();
    node_->stop();
  }
  DevWorld(const DevWorld&) = delete;
  DevWorld& operator=(const DevWorld&) = delete;

  std::string ask(std::string text) {
    std::promise<std::string> answer;
    dispatcher_->handle(std::move(text), nullptr,
                        [&answer](std::string reply) { answer.set_value(std::move(reply)); });
    return answer.get_future().get();
  }
  std::string ask(std::string_view method, std::string_view params) {
    return ask(
        fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":{}}})", method, params));
  }
  std::uint64_t head_number() const { return node_->head()->number(); }

 private:
  std::vector<chain::DevAccount> accounts_;
  std::shared_ptr<base::SimulatedClock> clock_;
  std::unique_ptr<node::DevNode> node_;
  api::Context context_;
  std::unique_ptr<api::Dispatcher> dispatcher_;
};

// Whether a node may say of itself that it failed: geth answers so what a simulation cannot do.
enum class Internal : std::uint8_t { never, allowed };

// Either a result or an error with a code and a message, under the id that was sent or null.
inline void check_reply(simdjson::dom::element reply, Internal internal = Internal::never) {
  std::string_view version;
  require(reply["jsonrpc"].get(version) == simdjson::SUCCESS && version == "2.0");
  require(reply["id"].error() == simdjson::SUCCESS);
  simdjson::dom::element error;
  const bool has_error = reply["error"].get(error) == simdjson::SUCCESS;
  require(has_error != (reply["result"].error() == simdjson::SUCCESS));
  if (has_error) {
    std::int64_t code = 0;
    std::string_view message;
    require(error["code"].get(code) == simdjson::SUCCESS);
    require(error["message"].get(message) == simdjson::SUCCESS && !message.empty());
    require(internal == Internal::allowed || code != -32603);
  }
}

}  // namespace cairn::fuzz
