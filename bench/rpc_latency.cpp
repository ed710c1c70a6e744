// What a user of `cairn dev` waits for, measured from outside over HTTP on loopback, each figure
// beside its bar:
//
//   start-up          from the start of the process to its first answer
//   submit to receipt one connection: eth_sendRawTransaction, then eth_getTransactionReceipt
//   memory            resident after 50,000 transactions
//   the end           from SIGINT to the end of the process: idle, and while a call loops or a
//                     million blocks are mined
//
// The disk's own share is measured in the same run on the same file system: the fdatasync of a
// 4 KiB write into a file that was written before.
//
//   rpc_latency CAIRN [FOLDER]

#include <fmt/format.h>
#include <signal.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/dev_transactions.hpp"
#include "bench/figures.hpp"
#include "bench/node_process.hpp"
#include "bench/program.hpp"
#include "bench/sync_probe.hpp"
#include "tests/api/socket_client.hpp"

namespace {

namespace fs = std::filesystem;
using namespace cairn;
using api::test::SocketClient;
using namespace cairn::bench;

constexpr std::size_t kStarts = 7;
constexpr std::size_t kWarmUp = 200;
constexpr std::size_t kTransfers = 3'000;
constexpr std::size_t kTransactions = 50'000;
constexpr std::size_t kSenders = 8;  // connections that fill the chain

double measure_start(const std::string& cairn, const fs::path& folder) {
  const auto begin = Clock::now();
  const CairnDev program(cairn, folder);
  SocketClient client(program.port());
  if (client.post(request("eth_chainId", "")).find("result") == std::string::npos) {
    throw std::runtime_error("no chain id");
  }
  return milliseconds_since(begin);
}

// One transfer of each account at a time, each on its own connection.
void fill(std::uint16_t port, const std::vector<std::vector<Signed>>& accounts) {
  std::vector<SocketClient> clients;
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    clients.emplace_back(port);
  }
  for (std::size_t round = 0; round < accounts.front().size(); ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      clients[i].send(api::test::post_text(accounts[i][round].send));
    }
    for (auto& client : clients) {
      const auto answer = client.read_answer();
      if (!answer || answer->body.find("result") == std::string::npos) {
        throw std::runtime_error("a send failed: " + (answer ? answer->body : "closed"));
      }
    }
  }
}

std::vector<double> measure_starts(const std::string& cairn, const fs::path& folder) {
  std::vector<double> starts;
  for (std::size_t i = 0; i < kStarts; ++i) {
    fs::remove_all(folder);
    starts.push_back(measure_start(cairn, folder));
  }
  return starts;
}

// `occupation`: a request that is under way then; empty: none.
double measure_end(const std::string& cairn, const fs::path& folder, std::string_view occupation) {
  fs::remove_all(folder);
  CairnDev program(cairn, folder, {"--rpc.gascap", "1152921504606846976"});
  SocketClient client(program.port());
  client.post(request("evm_setBlockGasLimit", R"("0x1000000000000000")"));
  client.post(request("evm_mine", ""));
  if (!occupation.empty()) {
    client.send(api::test::post_text(occupation));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  return program.process().end_by(SIGINT);
}

bool measure_ends(const std::string& cairn, const fs::path& folder) {
  const std::string loop = request(
      "eth_call",
      R"({"to":"0x000000000000000000000000000000000000aaaa","gas":"0x10000000000000"},"latest",)"
      R"({"0x000000000000000000000000000000000000aaaa":{"code":"0x5b5f56"}})");
  const std::string blocks = request("hardhat_mine", R"("0xf4240")");
  bool pass = print({"SIGINT to the end, idle", 1'000, measure_end(cairn, folder, {}), "ms"});
  pass &= print({"SIGINT to the end, a call loops", 1'000, measure_end(cairn, folder, loop), "ms"});
  pass &= print({"SIGINT to the end, a million blocks are mined", 1'000,
                 measure_end(cairn, folder, blocks), "ms"});
  return pass;
}

bool measure(const std::string& cairn, const fs::path& folder) {
  const auto accounts = chain::dev_accounts().value();
  const auto timed = sign_many(accounts[0], 0, kWarmUp + kTransfers);
  std::vector<std::vector<Signed>> many;
  for (std::size_t i = 1; i <= kSenders; ++i) {
    many.push_back(sign_many(accounts[i], 0, (kTransactions - timed.size()) / kSenders));
  }
  const auto starts = measure_starts(cairn, folder / "start");

  SyncProbe probe(folder / "sync");
  const CairnDev program(cairn, folder / "run");
  SocketClient client(program.port());
  std::vector<double> syncs;
  std::vector<double> latencies;
  for (std::size_t i = 0; i < timed.size(); ++i) {
    const double took = submit_to_receipt(client, timed[i]);
    // In turn, so that a disk that slows down slows both.
    const double sync = probe.measure();
    if (i >= kWarmUp) {
      latencies.push_back(took);
      syncs.push_back(sync);
    }
  }
  const auto begin = Clock::now();
  fill(program.port(), many);
  fmt::print(
      "{} connections, each waiting for its reply: {:.0f} transfers a second\n", kSenders,
      static_cast<double>(kSenders * many.front().size()) / milliseconds_since(begin) * 1000);

  const double sync_median = quantile(syncs, 0.5);
  const double sync_p99 = quantile(syncs, 0.99);
  fmt::print("fdatasync of 4 KiB meanwhile: median {:.3f} ms, p99 {:.3f} ms\n", sync_median,
             sync_p99);
  bool pass = print({"start-up to first answer, median", 300, quantile(starts, 0.5), "ms"});
  pass &= print({"submit to receipt, median", 1 + sync_median, quantile(latencies, 0.5), "ms"});
  pass &= print({"submit to receipt, p99", 5 + sync_p99, quantile(latencies, 0.99), "ms"});
  pass &= print({fmt::format("memory after {} transactions", kTransactions), 150,
                 program.process().resident_megabytes(), "MB"});
  pass &= measure_ends(cairn, folder / "end");
  return pass;
}

}  // namespace

int main(int argc, char** argv) {
  return run_in_folder(
      argc, argv, "rpc_latency CAIRN [FOLDER]",
      [](const Words& words, const fs::path& folder) { return measure(words[0], folder); });
}
