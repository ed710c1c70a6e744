#include "tests/api/forked_chain.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "store/rocks_store.hpp"

namespace cairn::api::test {

std::string Source::url() const { return fmt::format("http://127.0.0.1:{}", port_); }

void Source::cut_off() {
  server_->stop();
  server_.reset();
}

void Source::keep_silent_about(std::string text) {
  const std::scoped_lock lock(mutex_);
  silent_about_ = std::move(text);
}

int Source::unanswered() {
  const std::scoped_lock lock(mutex_);
  return static_cast<int>(unanswered_.size());
}

bool Source::keeps_silent(const std::string& body, const Reply& reply) {
  const std::scoped_lock lock(mutex_);
  if (silent_about_.empty() || body.find(silent_about_) == std::string::npos) {
    return false;
  }
  unanswered_.push_back(reply);
  return true;
}

void Source::serve(std::uint16_t port) {
  ServerOptions options;
  options.port = port;
  server_ = HttpServer::listen(options, [this](std::string body, std::shared_ptr<Peer> peer,
                                               Reply reply) {
              if (keeps_silent(body, reply)) {
                return;
              }
              chain_.dispatcher().handle(std::move(body), std::move(peer), std::move(reply));
            }).value();
  port_ = server_->port();
}

node::ForkRequest request_for(const Source& source) {
  node::ForkRequest request;
  request.upstream.url = source.url();
  request.upstream.timeout = std::chrono::milliseconds(3'000);
  return request;
}

std::shared_ptr<store::Store> new_store() { return store::RocksStore::open_in_memory().value(); }

std::unique_ptr<DevChain> fork_in(const std::shared_ptr<store::Store>& store,
                                  const node::ForkRequest& request) {
  const base::SimulatedClock clock(kGenesisTime * 1000);
  const auto started = chain::Chain::exists(*store) ? node::continue_fork(store, request)
                                                    : node::begin_fork(store, request, clock);
  if (!started) {
    throw std::runtime_error(started.error().message);
  }
  node::DevOptions options;
  options.fork_source = started->source;
  return std::make_unique<DevChain>(options, DispatchLimits{}, store);
}

std::unique_ptr<DevChain> fork_of(const Source& source) {
  return fork_in(new_store(), request_for(source));
}

std::string word(std::uint64_t value) { return fmt::format("{:064x}", value); }

std::string call(DevChain& chain, const std::string& contract, std::uint64_t argument,
                 std::string_view block) {
  return chain.result("eth_call", fmt::format(R"([{{"to":{},"data":"0x{}"}},{}])", contract,
                                              word(argument), block));
}

std::string send(DevChain& chain, std::size_t from, const std::string& to, std::uint64_t argument) {
  return chain.result("eth_sendTransaction",
                      fmt::format(R"([{{"from":"{}","to":{},"data":"0x{}"}}])", chain.account(from),
                                  to, word(argument)));
}

}  // namespace cairn::api::test
