// Any text as a JSON-RPC request to a dev chain in memory: an answer that is JSON and has the shape
// of the contract, whatever was asked before.
#include <simdjson.h>

#include <cstdlib>
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
#include "node/dev_node.hpp"
#include "store/rocks_store.hpp"

namespace {

using namespace cairn;

void require(bool held) {
  if (!held) {
    std::abort();
  }
}

struct World {
  World()
      : accounts(chain::dev_accounts().value()),
        clock(std::make_shared<base::SimulatedClock>(1'700'000'000'000)),
        node(node::DevNode::start(store::RocksStore::open_in_memory().value(),
                                  chain::dev_genesis(accounts), {}, clock)
                 .value()),
        context{*node,
                "fuzzed",
                {},
                {},
                {.call_gas = 1'000'000, .logs = {.logs = 100}, .fee_history_blocks = 16},
                {},
                std::make_shared<api::CallTimer>(std::chrono::seconds(5))} {
    context.filters = std::make_shared<api::Filters>(*node, clock);
    context.receipt_waits = std::make_shared<api::ReceiptWaits>(*node, clock);
    context.subscriptions = std::make_shared<api::Subscriptions>(*node, context.logger);
    for (const auto& account : accounts) {
      context.accounts[account.address] = account.key;
      context.account_order.push_back(account.address);
    }
    dispatcher = std::make_unique<api::Dispatcher>(context, 1);
  }
  ~World() {
    dispatcher.reset();
    node->stop();
  }

  std::string ask(std::string text) {
    std::promise<std::string> answer;
    dispatcher->handle(std::move(text), nullptr,
                       [&answer](std::string reply) { answer.set_value(std::move(reply)); });
    return answer.get_future().get();
  }

  std::vector<chain::DevAccount> accounts;
  std::shared_ptr<base::SimulatedClock> clock;
  std::unique_ptr<node::DevNode> node;
  api::Context context;
  std::unique_ptr<api::Dispatcher> dispatcher;
};

// Either a result or an error with a code and a message, under the id that was sent or null.
void check_reply(simdjson::dom::element reply) {
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
    require(code != -32603);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A fresh world now and then: what an input does to the chain must not add up without end.
  constexpr int kInputsOfAWorld = 2'000;
  // RocksDB's own statics come first, so that they outlive the last world.
  static const bool kReady = World{}.node != nullptr;
  static std::unique_ptr<World> world;
  require(kReady);
  static int left = 0;
  if (left-- == 0 || !world) {
    world.reset();
    world = std::make_unique<World>();
    left = kInputsOfAWorld;
  }
  const std::string answer = world->ask(std::string(reinterpret_cast<const char*>(data), size));
  if (answer.empty()) {
    return 0;  // notifications only
  }
  simdjson::dom::parser parser;
  simdjson::dom::element reply;
  require(parser.parse(answer).get(reply) == simdjson::SUCCESS);
  simdjson::dom::array batch;
  if (reply.get(batch) != simdjson::SUCCESS) {
    check_reply(reply);
    return 0;
  }
  for (const auto one : batch) {
    check_reply(one);
  }
  return 0;
}
