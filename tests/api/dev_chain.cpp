#include "tests/api/dev_chain.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <future>
#include <stdexcept>

#include "api/filters.hpp"
#include "api/receipt_waits.hpp"
#include "api/subscriptions.hpp"
#include "base/hex.hpp"
#include "store/rocks_store.hpp"

namespace cairn::api::test {
namespace {

types::Genesis genesis_of(const std::vector<chain::DevAccount>& accounts) {
  chain::DevGenesisOptions options;
  options.timestamp = kGenesisTime;
  return chain::dev_genesis(accounts, options);
}

}  // namespace

DevChain::DevChain(const node::DevOptions& options, const DispatchLimits& limits,
                   std::shared_ptr<store::Store> store)
    : clock_(std::make_shared<base::SimulatedClock>(kGenesisTime * 1000)),
      accounts_(chain::dev_accounts().value()),
      node_(node::DevNode::start(
                store ? std::move(store) : store::RocksStore::open_in_memory().value(),
                genesis_of(accounts_), options, clock_)
                .value()),
      context_(new Context{.node = *node_,
                           .client_version = "anvil/cairn-vtest",
                           .accounts = {},
                           .account_order = {},
                           .limits = {},
                           .logger = {},
                           .call_timer = std::make_shared<CallTimer>(std::chrono::seconds(5))}),
      dispatcher_(std::make_unique<Dispatcher>(*context_, 4, limits)) {
  context_->filters = std::make_shared<Filters>(*node_, clock_);
  context_->receipt_waits = std::make_shared<ReceiptWaits>(*node_, clock_);
  context_->subscriptions = std::make_shared<Subscriptions>(*node_, context_->logger);
  for (const auto& account : accounts_) {
    context_->accounts[account.address] = account.key;
    context_->account_order.push_back(account.address);
  }
}

DevChain::~DevChain() {
  dispatcher_.reset();
  node_->stop();
}

std::string DevChain::ask(std::string_view body) {
  std::promise<std::string> promise;
  dispatcher_->handle(std::string(body), peer_,
                      [&promise](std::string answer) { promise.set_value(std::move(answer)); });
  return promise.get_future().get();
}

std::string DevChain::result(std::string_view method, std::string_view params) {
  const std::string answer = ask(request(method, params));
  std::string value = member(answer, "result");
  if (value.empty()) {
    throw std::runtime_error(fmt::format("{}{}: {}", method, params, answer));
  }
  return value;
}

std::string DevChain::error(std::string_view method, std::string_view params) {
  const std::string answer = ask(request(method, params));
  const std::string value = member(answer, "error");
  if (value.empty()) {
    throw std::runtime_error(fmt::format("{}{}: {}", method, params, answer));
  }
  const std::string message = member(value, "message");
  return fmt::format("{}: {}", member(value, "code"), message.substr(1, message.size() - 2));
}

std::string DevChain::transfer(std::size_t from, std::uint64_t nonce, U256 max_fee) const {
  types::Transaction tx;
  tx.type = types::TransactionType::dynamic_fee;
  tx.chain_id = 31'337;
  tx.nonce = nonce;
  tx.max_fee_per_gas = max_fee;
  tx.max_priority_fee_per_gas = std::min<U256>(max_fee, 1'000'000'000);
  tx.gas_limit = 21'000;
  tx.to = accounts_[from].address;
  tx.value = 1;
  tx.signature = crypto::sign(types::signing_hash(tx), accounts_[from].key).value();
  return base::to_hex(types::encode_transaction(tx));
}

std::string DevChain::send_transfer(std::size_t from, std::uint64_t nonce) {
  return result("eth_sendRawTransaction", fmt::format(R"(["{}"])", transfer(from, nonce)));
}

std::string DevChain::deploy(std::string_view code) {
  const std::size_t size = (code.size() - 2) / 2;
  // PUSH2 size, DUP1, PUSH1 11, PUSH0, CODECOPY, PUSH0, RETURN, then the code itself.
  const std::string init = fmt::format("0x61{:04x}80600a5f395ff3{}", size, code.substr(2));
  const std::string hash = result(
      "eth_sendTransaction", fmt::format(R"([{{"from":"{}","input":"{}"}}])", account(9), init));
  return member(result("eth_getTransactionReceipt", "[" + hash + "]"), "contractAddress");
}

std::string DevChain::account(std::size_t index) const {
  return base::to_hex(accounts_[index].address);
}

std::string request(std::string_view method, std::string_view params, std::string_view id) {
  return fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"{}","params":{}}})", id, method,
                     params);
}

std::string member(std::string_view object, std::string_view name) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  simdjson::dom::element value;
  if (parser.parse(object.data(), object.size()).get(document) != simdjson::SUCCESS) {
    throw std::runtime_error(fmt::format("not JSON: {}", object));
  }
  return document[name].get(value) == simdjson::SUCCESS ? simdjson::minify(value) : std::string{};
}

}  // namespace cairn::api::test
