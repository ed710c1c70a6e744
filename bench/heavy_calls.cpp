// What heavy questions cost those who send transactions: `cairn dev` on two cores, submit to
// receipt one at a time on one connection, by itself and while ten others each have a heavy call
// under way at all times: calls that loop, traces of loops that are sent instruction by
// instruction, and simulated blocks that loop.
//
//   heavy_calls CAIRN [FOLDER]

#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/dev_transactions.hpp"
#include "bench/drain.hpp"
#include "bench/figures.hpp"
#include "bench/node_process.hpp"
#include "bench/program.hpp"
#include "tests/api/socket_client.hpp"

namespace {

namespace fs = std::filesystem;
using namespace cairn;
using namespace cairn::bench;
using api::test::SocketClient;

constexpr std::size_t kRounds = 5;  // by itself and beside heavy calls, in turns
constexpr std::size_t kTransfers = 300;
constexpr std::size_t kWarmUp = 100;
constexpr std::size_t kHeavy = 10;
constexpr double kBar = 5;  // ms above the p99 without them

// JUMPDEST PUSH0 JUMP, until the time of a call ends.
std::string heavy_call(std::size_t i) {
  const std::string_view call =
      R"({"to":"0x000000000000000000000000000000000000aaaa","gas":"0x10000000000"})";
  const std::string_view code =
      R"({"0x000000000000000000000000000000000000aaaa":{"code":"0x5b5f56"}})";
  switch (i % 3) {
    case 0:
      return request("eth_call", fmt::format(R"({},"latest",{})", call, code));
    case 1:
      return request(
          "debug_traceCall",
          fmt::format(R"({},"latest",{{"timeout":"1s","stateOverrides":{}}})", call, code));
    default:
      return request("eth_simulateV1",
                     fmt::format(R"({{"blockStateCalls":[{{"stateOverrides":{},"calls":[{}]}}]}})",
                                 code, call));
  }
}

// Has one heavy call after the other under way until it dies.
class Occupant {
 public:
  Occupant(std::uint16_t port, std::size_t i)
      : thread_([this, port, body = api::test::post_text(heavy_call(i), "Connection: close\r\n")] {
          while (!done_) {
            Drain(port, body).run();
            ++answered_;
          }
        }) {}
  ~Occupant() {
    done_ = true;
    thread_.join();
  }
  std::size_t answered() const { return answered_; }

 private:
  std::atomic<bool> done_ = false;
  std::atomic<std::size_t> answered_ = 0;
  std::thread thread_;
};

bool measure(const std::string& cairn, const fs::path& folder) {
  const auto account = chain::dev_accounts().value()[0];
  const auto transfers = sign_many(account, 0, kWarmUp + 2 * kRounds * kTransfers);
  const CairnDev program(
      cairn, folder,
      {"--rpc.gascap", "2199023255552", "--rpc.evmtimeout", "1s", "--gas-limit", "2199023255552"},
      "0,1");
  SocketClient client(program.port());
  std::size_t next = 0;
  const auto send = [&](std::size_t count, std::vector<double>& out) {
    for (std::size_t i = 0; i < count; ++i) {
      out.push_back(submit_to_receipt(client, transfers[next++]));
    }
  };
  std::vector<double> warm_up;
  std::vector<double> alone;
  std::vector<double> beside;
  std::size_t answered = 0;
  send(kWarmUp, warm_up);
  for (std::size_t round = 0; round < kRounds; ++round) {
    send(kTransfers, alone);
    std::vector<std::unique_ptr<Occupant>> occupants;
    for (std::size_t i = 0; i < kHeavy; ++i) {
      occupants.push_back(std::make_unique<Occupant>(program.port(), i));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    send(kTransfers, beside);
    for (const auto& one : occupants) {
      answered += one->answered();
    }
  }
  fmt::print(
      "alone: median {:.3f} ms, p99 {:.3f} ms; beside {} heavy calls: median {:.3f} ms, p99 "
      "{:.3f} ms; {} of them answered\n",
      quantile(alone, 0.5), quantile(alone, 0.99), kHeavy, quantile(beside, 0.5),
      quantile(beside, 0.99), answered);
  const double more = quantile(beside, 0.99) - quantile(alone, 0.99);
  return print({"submit to receipt p99, ten heavy calls more", kBar, more, "ms"});
}

}  // namespace

int main(int argc, char** argv) {
  return run_in_folder(
      argc, argv, "heavy_calls CAIRN [FOLDER]",
      [](const Words& words, const fs::path& folder) { return measure(words[0], folder); });
}
