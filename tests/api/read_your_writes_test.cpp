// What one connection has been told, every other connection sees: over real sockets.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "api/http_server.hpp"
#include "tests/api/dev_chain.hpp"
#include "tests/api/socket_client.hpp"

namespace cairn::api {
namespace {

using test::DevChain;
using test::member;
using test::request;
using test::SocketClient;

std::unique_ptr<HttpServer> serve(DevChain& chain) {
  ServerOptions options;
  options.port = 0;
  return HttpServer::listen(options,
                            [&chain](std::string body, auto peer, Reply reply) {
                              chain.dispatcher().handle(std::move(body), std::move(peer),
                                                        std::move(reply));
                            })
      .value();
}

std::string send_request(const DevChain& chain, std::size_t account, std::uint64_t nonce) {
  return request("eth_sendRawTransaction",
                 fmt::format(R"(["{}"])", chain.transfer(account, nonce)));
}

// Sends `count` transfers of one account on one connection and asks on another, after each, for
// the receipt and the nonce.
void never_stale(const DevChain& chain, std::uint16_t port, std::size_t account,
                 std::uint64_t count) {
  SocketClient writer(port);
  SocketClient reader(port);
  const std::string nonce_of =
      request("eth_getTransactionCount", fmt::format(R"(["{}","latest"])", chain.account(account)));
  for (std::uint64_t nonce = 0; nonce < count; ++nonce) {
    const std::string hash = member(writer.post(send_request(chain, account, nonce)), "result");
    ASSERT_FALSE(hash.empty());
    const std::string receipt =
        member(reader.post(request("eth_getTransactionReceipt", "[" + hash + "]")), "result");
    ASSERT_EQ(member(receipt, "transactionHash"), hash) << "nonce " << nonce;
    ASSERT_EQ(member(reader.post(nonce_of), "result"), fmt::format(R"("{:#x}")", nonce + 1));
  }
}

TEST(ReadYourWrites, AreNeverStaleOnAnotherConnection) {
  DevChain chain;
  const auto server = serve(chain);
  never_stale(chain, server->port(), 0, 10'000);
}

TEST(ReadYourWrites, AreNeverStaleBesideOtherWriters) {
  DevChain chain;
  const auto server = serve(chain);
  std::vector<std::jthread> writers;
  for (std::size_t account = 0; account < 8; ++account) {
    writers.emplace_back([&, account] { never_stale(chain, server->port(), account, 200); });
  }
  writers.clear();
  EXPECT_EQ(
      chain.result("eth_getTransactionCount", fmt::format(R"(["{}","latest"])", chain.account(7))),
      R"("0xc8")");
}

}  // namespace
}  // namespace cairn::api
