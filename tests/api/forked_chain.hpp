#pragma once
// A chain that is forked from another Cairn in the same process.

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "api/http_server.hpp"
#include "node/fork.hpp"
#include "tests/api/dev_chain.hpp"

namespace cairn::api::test {

inline constexpr const char* kSlotReader =
    "0x5f35545f5260205ff3";  // returns the slot that it is asked
// Adds 1 to the slot that it is called with, and logs it with the slot as topic.
inline constexpr const char* kCounter = "0x5f358054600101805f52815560205fa1";

// A chain that other nodes can ask, until it is cut off.
class Source {
 public:
  Source() { serve(0); }

  DevChain& chain() { return chain_; }
  std::string url() const;
  void cut_off();
  void come_back() { serve(port_); }
  // Questions with this text are taken and never answered.
  void keep_silent_about(std::string text);
  int unanswered();

 private:
  bool keeps_silent(const std::string& body, const Reply& reply);
  void serve(std::uint16_t port);

  DevChain chain_;
  std::mutex mutex_;
  std::string silent_about_;
  std::vector<Reply> unanswered_;
  std::unique_ptr<HttpServer> server_;
  std::uint16_t port_ = 0;
};

node::ForkRequest request_for(const Source& source);
std::shared_ptr<store::Store> new_store();

// A fork as `cairn dev` runs it; the same store again goes on with it.
std::unique_ptr<DevChain> fork_in(const std::shared_ptr<store::Store>& store,
                                  const node::ForkRequest& request);
std::unique_ptr<DevChain> fork_of(const Source& source);

// Of an ABI, 32 bytes without 0x.
std::string word(std::uint64_t value);
// The word that a call of a contract with one word answers.
std::string call(DevChain& chain, const std::string& contract, std::uint64_t argument,
                 std::string_view block = R"("latest")");
std::string send(DevChain& chain, std::size_t from, const std::string& to, std::uint64_t argument);

}  // namespace cairn::api::test
