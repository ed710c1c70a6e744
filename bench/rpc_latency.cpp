// What a user of `cairn dev` waits for, measured from outside over HTTP on loopback, each figure
// beside its bar:
//
//   start-up          from the start of the process to its first answer
//   submit to receipt one connection: eth_sendRawTransaction, then eth_getTransactionReceipt
//   memory            resident after 50,000 transactions
//
// The disk's own share is measured in the same run on the same file system: the fdatasync of a
// 4 KiB write into a file that was written before. Exit code 1 when a bar is missed.
//
//   rpc_latency CAIRN [FOLDER]     FOLDER is made and removed; default: rpc_latency.tmp here

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/hex.hpp"
#include "chain/dev_genesis.hpp"
#include "tests/api/socket_client.hpp"
#include "types/transaction.hpp"

namespace {

namespace fs = std::filesystem;
using namespace cairn;
using api::test::SocketClient;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::size_t kStarts = 7;
constexpr std::size_t kWarmUp = 200;
constexpr std::size_t kTransfers = 3'000;
constexpr std::size_t kTransactions = 50'000;
constexpr std::size_t kSenders = 8;  // connections that fill the chain

// Of the sorted figures, in milliseconds.
double quantile(std::vector<double> figures, double q) {
  std::ranges::sort(figures);
  return figures[static_cast<std::size_t>(static_cast<double>(figures.size() - 1) * q)];
}

double since(Clock::time_point begin) { return Milliseconds(Clock::now() - begin).count(); }

// A file whose blocks are all there, so that a sync writes data alone.
class SyncProbe {
 public:
  explicit SyncProbe(const fs::path& path)
      : file_(::open(path.c_str(), O_CREAT | O_RDWR | O_TRUNC, 0600)) {
    for (std::size_t i = 0; i < kBlocks; ++i) {
      write_block();
    }
    ::fsync(file_);
    ::lseek(file_, 0, SEEK_SET);
  }
  ~SyncProbe() { ::close(file_); }
  SyncProbe(const SyncProbe&) = delete;
  SyncProbe& operator=(const SyncProbe&) = delete;

  // Milliseconds that one block took.
  double measure() {
    if (written_++ % kBlocks == 0) {
      ::lseek(file_, 0, SEEK_SET);
    }
    const auto begin = Clock::now();
    write_block();
    if (::fdatasync(file_) != 0) {
      throw std::runtime_error("cannot sync");
    }
    return since(begin);
  }

 private:
  static constexpr std::size_t kBlocks = 1'024;

  void write_block() const {
    static const std::string kBlock(4096, 'x');
    if (::write(file_, kBlock.data(), kBlock.size()) != static_cast<ssize_t>(kBlock.size())) {
      throw std::runtime_error("cannot write");
    }
  }

  int file_;
  std::size_t written_ = 0;
};

// `cairn dev` on a free port; stopped and waited for at the end.
class Program {
 public:
  Program(const std::string& cairn, const fs::path& folder) : folder_(folder) {
    fs::remove(folder_ / "rpc.url");
    std::vector<std::string> words{cairn,       "dev",           "--port",  "0",
                                   "--datadir", folder.string(), "--silent"};
    std::vector<char*> argv;
    for (auto& word : words) {
      argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    if (posix_spawn(&pid_, cairn.c_str(), nullptr, nullptr, argv.data(), environ) != 0) {
      throw std::runtime_error("cannot start " + cairn);
    }
  }
  ~Program() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::uint16_t port() const {
    for (int i = 0; i < 20'000; ++i) {
      std::ifstream file(folder_ / "rpc.url");
      std::string url;
      if (std::getline(file, url) && !file.eof()) {
        return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
      }
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
    throw std::runtime_error("cairn dev did not start");
  }

  double resident_megabytes() const {
    std::ifstream file(fmt::format("/proc/{}/status", pid_));
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("VmRSS:")) {
        return std::stod(line.substr(6)) / 1024;
      }
    }
    throw std::runtime_error("no VmRSS");
  }

 private:
  fs::path folder_;
  pid_t pid_ = -1;
};

std::string request(std::string_view method, std::string_view params) {
  return fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":[{}]}})", method, params);
}

// Sends and receipt queries of one account's transfers, ready to go.
struct Signed {
  std::string send;
  std::string receipt;
};

Signed sign_transfer(const chain::DevAccount& account, std::uint64_t nonce) {
  types::Transaction tx;
  tx.type = types::TransactionType::dynamic_fee;
  tx.chain_id = 31'337;
  tx.nonce = nonce;
  tx.max_fee_per_gas = 10'000'000'000;
  tx.max_priority_fee_per_gas = 1'000'000'000;
  tx.gas_limit = 21'000;
  tx.to = "0x00000000000000000000000000000000000000aa"_address;
  tx.value = 1;
  tx.signature = crypto::sign(types::signing_hash(tx), account.key).value();
  const auto text = [](const std::string& hex) { return '"' + hex + '"'; };
  return {request("eth_sendRawTransaction", text(base::to_hex(types::encode_transaction(tx)))),
          request("eth_getTransactionReceipt", text(base::to_hex(types::transaction_hash(tx))))};
}

std::vector<Signed> sign_transfers(const chain::DevAccount& account, std::size_t count) {
  std::vector<Signed> out;
  for (std::uint64_t nonce = 0; nonce < count; ++nonce) {
    out.push_back(sign_transfer(account, nonce));
  }
  return out;
}

double measure_start(const std::string& cairn, const fs::path& folder) {
  const auto begin = Clock::now();
  const Program program(cairn, folder);
  SocketClient client(program.port());
  if (client.post(request("eth_chainId", "")).find("result") == std::string::npos) {
    throw std::runtime_error("no chain id");
  }
  return since(begin);
}

double submit_to_receipt(SocketClient& client, const Signed& one) {
  const auto begin = Clock::now();
  const std::string sent = client.post(one.send);
  const std::string receipt = client.post(one.receipt);
  const double took = since(begin);
  if (receipt.find("\"status\":\"0x1\"") == std::string::npos) {
    throw std::runtime_error("no receipt: " + sent + receipt);
  }
  return took;
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

struct Line {
  std::string what;
  double bar;
  double figure;
  std::string_view unit;
};

bool print(const Line& line) {
  const bool pass = line.figure <= line.bar;
  fmt::print("{:<36} bar {:>8.2f} {:<2}  figure {:>8.2f} {:<2}  {}\n", line.what, line.bar,
             line.unit, line.figure, line.unit, pass ? "PASS" : "MISS");
  return pass;
}

std::vector<double> measure_starts(const std::string& cairn, const fs::path& folder) {
  std::vector<double> starts;
  for (std::size_t i = 0; i < kStarts; ++i) {
    fs::remove_all(folder);
    starts.push_back(measure_start(cairn, folder));
  }
  return starts;
}

int measure(const std::string& cairn, const fs::path& folder) {
  const auto accounts = chain::dev_accounts().value();
  const auto timed = sign_transfers(accounts[0], kWarmUp + kTransfers);
  std::vector<std::vector<Signed>> many;
  for (std::size_t i = 1; i <= kSenders; ++i) {
    many.push_back(sign_transfers(accounts[i], (kTransactions - timed.size()) / kSenders));
  }
  const auto starts = measure_starts(cairn, folder / "start");

  SyncProbe probe(folder / "sync");
  const Program program(cairn, folder / "run");
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
  fmt::print("{} connections, each waiting for its reply: {:.0f} transfers a second\n", kSenders,
             static_cast<double>(kSenders * many.front().size()) / since(begin) * 1000);

  const double sync_median = quantile(syncs, 0.5);
  const double sync_p99 = quantile(syncs, 0.99);
  fmt::print("fdatasync of 4 KiB meanwhile: median {:.3f} ms, p99 {:.3f} ms\n", sync_median,
             sync_p99);
  bool pass = print({"start-up to first answer, median", 300, quantile(starts, 0.5), "ms"});
  pass &= print({"submit to receipt, median", 1 + sync_median, quantile(latencies, 0.5), "ms"});
  pass &= print({"submit to receipt, p99", 5 + sync_p99, quantile(latencies, 0.99), "ms"});
  pass &= print({fmt::format("memory after {} transactions", kTransactions), 150,
                 program.resident_megabytes(), "MB"});
  return pass ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: rpc_latency CAIRN [FOLDER]\n");
    return 2;
  }
  const fs::path folder = argc > 2 ? argv[2] : "rpc_latency.tmp";
  int code = 1;
  try {
    fs::create_directories(folder);
    code = measure(argv[1], folder);
  } catch (const std::exception& fault) {
    fmt::print(stderr, "rpc_latency: {}\n", fault.what());
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  return code;
}
