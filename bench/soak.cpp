// A dev chain under long use, with everything checked against what was sent:
//
//   one long life    transfers and failing calls, paced over most of the time, and
//                    a snapshot, changes and a revert with each part of them
//   many short ones  stopped by SIGTERM, or killed while a sender waits for its reply
//   a long history   how fast a chain with many transactions starts
//
// What was acknowledged must be there after each restart, and nothing else but the one send that
// was under way; a revert must bring back the very head and balances. Memory and start-up are held
// to their bars, the growth of the folder is told.
//
//   soak CAIRN FOLDER [--seconds N] [--transactions N] [--pairs N] [--restarts N] [--kills N]
//        [--history N] [--seed N]      FOLDER is made and removed; exit code 1: something is wrong,
//        or with --check a bar is missed

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/hex.hpp"
#include "bench/dev_transactions.hpp"
#include "bench/figures.hpp"
#include "bench/node_process.hpp"
#include "bench/program.hpp"
#include "tests/api/socket_client.hpp"

namespace {

namespace fs = std::filesystem;
using namespace cairn;
using namespace cairn::bench;
using api::test::SocketClient;

struct Plan {
  std::uint64_t seconds = 3'600;
  std::uint64_t transactions = 100'000;
  std::uint64_t pairs = 1'000;  // of snapshot and revert
  std::uint64_t restarts = 200;
  std::uint64_t kills = 50;
  std::uint64_t history = 1'000'000;  // transactions of the chain whose start is timed; 0: none
  std::uint64_t seed = 1;
  bool check = false;
};

[[noreturn]] void wrong(const std::string& what) { throw std::runtime_error(what); }

void demand(bool holds, const std::string& what) {
  if (!holds) {
    wrong(what);
  }
}

class Rpc {
 public:
  explicit Rpc(std::uint16_t port) : client_(port) {}

  // The JSON text of the result.
  std::string call(std::string_view method, std::string_view params) {
    return result_of(client_.post(request(method, params)));
  }
  // Nothing when the connection ends before the answer.
  std::optional<std::string> try_post(std::string_view text) {
    if (!client_.send(api::test::post_text(text))) {
      return std::nullopt;
    }
    const auto answer = client_.read_answer();
    return answer ? std::optional(answer->body) : std::nullopt;
  }
  std::uint64_t number(std::string_view method, std::string_view params) {
    const std::string text = call(method, params);
    std::uint64_t out = 0;
    std::from_chars(text.data() + 3, text.data() + text.size() - 1, out, 16);
    return out;
  }

  static std::string result_of(const std::string& answer) {
    const std::size_t at = answer.find("\"result\":");
    demand(at != std::string::npos, "no result: " + answer.substr(0, 300));
    return answer.substr(at + 9, answer.rfind('}') - at - 9);
  }

 private:
  SocketClient client_;
};

// What one account did, as far as it was acknowledged, and what the chain must show for it.
struct Ledger {
  chain::DevAccount account;
  Address sink;             // takes one wei of each transfer
  std::uint64_t nonce = 0;  // of the next transaction
  std::uint64_t given = 0;  // wei that reached the sink
};

std::string quoted_address(const Address& address) { return json_string(base::to_hex(address)); }

class Soak {
 public:
  Soak(std::string cairn, fs::path folder, Plan plan)
      : cairn_(std::move(cairn)), folder_(std::move(folder)), plan_(plan), random_(plan.seed) {
    const auto accounts = chain::dev_accounts().value();
    for (const auto& account : accounts) {
      Address sink;
      sink[18] = 0xaa;
      sink[19] = static_cast<std::uint8_t>(ledgers_.size());
      ledgers_.push_back({.account = account, .sink = sink});
    }
  }

  // Whether every bar is met.
  bool run() {
    const std::uint64_t lives = plan_.restarts + plan_.kills;
    const std::uint64_t in_lives = lives * kPerLife;
    demand(in_lives < plan_.transactions, "too few transactions for so many restarts");
    long_life(plan_.transactions - in_lives);
    short_lives(lives);
    report_growth();
    bool pass = resident_after_ten_minutes_ == 0 ||
                print({"memory at the end / after ten minutes", 1.05,
                       resident_at_end_ / resident_after_ten_minutes_, ""});
    if (plan_.history > 0) {
      pass &= long_history();
    }
    return pass;
  }

 private:
  static constexpr std::uint64_t kPerLife = 20;    // transactions of a short life
  static constexpr std::uint64_t kInSnapshot = 5;  // transactions that a revert takes back
  static constexpr double kTenMinutes = 600'000;   // milliseconds

  void start() {
    node_.emplace(cairn_, folder_ / "chain");
    rpc_.emplace(node_->port());
  }
  void stop() {
    rpc_.reset();
    node_.reset();
  }

  Ledger& any_account() { return ledgers_[random_() % ledgers_.size()]; }

  // One after the other on one connection, each mined when its reply is there.
  void send_some(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      Ledger& from = any_account();
      const bool fails = random_() % 10 == 0;
      const Signed one = fails ? sign(from.account, from.nonce, failing()) : transfer(from);
      (void)Rpc::result_of(rpc_->try_post(one.send).value_or("the connection ended"));
      ++from.nonce;
      from.given += fails ? 0 : 1;
      if (random_() % 8 == 0) {
        const std::string receipt = Rpc::result_of(rpc_->try_post(one.receipt).value_or(""));
        demand(
            receipt.find(fails ? "\"status\":\"0x0\"" : "\"status\":\"0x1\"") != std::string::npos,
            "unexpected receipt: " + receipt.substr(0, 300));
      }
    }
  }

  static Signed transfer(const Ledger& from) {
    return sign(from.account, from.nonce, {.to = from.sink});
  }
  // Multicall3 reverts on a selector that it does not know.
  static Call failing() {
    return {.to = "0xca11bde05977b3631167028862be2a173976ca11"_address,
            .value = 0,
            .gas = 100'000,
            .data = Bytes{1, 2, 3, 4}};
  }

  void check_ledgers() {
    for (const Ledger& one : ledgers_) {
      const std::string address = quoted_address(one.account.address);
      const std::uint64_t nonce = rpc_->number("eth_getTransactionCount", address + ",\"latest\"");
      demand(nonce == one.nonce, fmt::format("{} has nonce {}, not {}", address, nonce, one.nonce));
      const std::uint64_t given =
          rpc_->number("eth_getBalance", quoted_address(one.sink) + ",\"latest\"");
      demand(given == one.given,
             fmt::format("the sink of {} has {} wei, not {}", address, given, one.given));
    }
  }

  void snapshot_and_revert() {
    const auto before = ledgers_;
    const std::string head = rpc_->call("eth_getBlockByNumber", "\"latest\",false");
    const std::string id = rpc_->call("evm_snapshot", "");
    send_some(kInSnapshot);
    (void)rpc_->call("anvil_setBalance", quoted_address(any_account().sink) + ",\"0x1234\"");
    (void)rpc_->call("evm_increaseTime", "100");
    (void)rpc_->call("evm_mine", "");
    demand(rpc_->call("evm_revert", id) == "true", "the snapshot was not there");
    ledgers_ = before;
    demand(rpc_->call("eth_getBlockByNumber", "\"latest\",false") == head,
           "a revert left another head");
  }

  void long_life(std::uint64_t transactions) {
    const auto begin = Clock::now();
    const double span = static_cast<double>(plan_.seconds) * 1000 * 5 / 6;  // of the time
    start();
    for (std::uint64_t pair = 0; pair < plan_.pairs; ++pair) {
      send_some(transactions * (pair + 1) / plan_.pairs - transactions * pair / plan_.pairs);
      snapshot_and_revert();
      if (pair % 50 == 0) {
        check_ledgers();
      }
      const double due = span * static_cast<double>(pair + 1) / static_cast<double>(plan_.pairs);
      const double left = due - milliseconds_since(begin);
      if (left > 0 && plan_.seconds >= kPacedFrom) {
        std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(left));
      }
      note_memory(milliseconds_since(begin));
    }
    check_ledgers();
    resident_at_end_ = node_->process().resident_megabytes();
    fmt::print(
        "one life of {:.0f} s: {} transactions, {} snapshots taken back, {:.1f} MB resident\n",
        milliseconds_since(begin) / 1000, transactions, plan_.pairs, resident_at_end_);
    stop();
  }

  void note_memory(double milliseconds) {
    if (resident_after_ten_minutes_ == 0 && milliseconds >= kTenMinutes) {
      resident_after_ten_minutes_ = node_->process().resident_megabytes();
      fmt::print("after ten minutes: {:.1f} MB resident\n", resident_after_ten_minutes_);
      std::fflush(stdout);
    }
  }

  void short_lives(std::uint64_t lives) {
    std::uint64_t kills = 0;
    double slowest = 0;
    for (std::uint64_t life = 0; life < lives; ++life) {
      const auto begin = Clock::now();
      start();
      slowest = std::max(slowest, milliseconds_since(begin));
      check_ledgers();
      // Spread evenly among the lives.
      if ((life + 1) * plan_.kills / lives > kills) {
        ++kills;
        kill_while_sending();
      } else {
        send_some(kPerLife);
        stop();
      }
    }
    start();
    check_ledgers();
    stop();
    fmt::print("{} restarts, {} kills: nothing lost; the slowest start took {:.0f} ms\n",
               lives - kills, kills, slowest);
  }

  // The sender goes on until the node is gone; the last send may have been mined, or not.
  void kill_while_sending() {
    Ledger& from = any_account();
    const std::uint16_t port = node_->port();
    const pid_t pid = node_->process().pid();
    std::thread sender([&from, port] {
      Rpc rpc(port);
      while (const auto answer = rpc.try_post(transfer(from).send)) {
        if (answer->find("\"result\"") == std::string::npos) {
          return;
        }
        ++from.nonce;
        ++from.given;
      }
    });
    std::this_thread::sleep_for(std::chrono::microseconds(5'000 + random_() % 40'000));
    ::kill(pid, SIGKILL);
    sender.join();
    stop();
    start();
    const std::uint64_t nonce = rpc_->number("eth_getTransactionCount",
                                             quoted_address(from.account.address) + ",\"latest\"");
    demand(nonce == from.nonce || nonce == from.nonce + 1,
           fmt::format("{} were acknowledged, {} are there", from.nonce, nonce));
    from.given += nonce - from.nonce;
    from.nonce = nonce;
    check_ledgers();
    stop();
  }

  void report_growth() {
    std::uint64_t mined = 0;
    for (const Ledger& one : ledgers_) {
      mined += one.nonce;
    }
    const double size = megabytes_of(folder_ / "chain");
    fmt::print(
        "{} transactions stay on the chain, one a block: {:.1f} MB on disk, {:.0f} bytes each\n",
        mined, size, size * 1e6 / static_cast<double>(mined));
  }

  // Start-up with `history` transactions behind it.
  bool long_history() {
    const fs::path folder = folder_ / "history";
    fill_history(folder);
    double start_up = 0;
    {
      const auto begin = Clock::now();
      const CairnDev node(cairn_, folder);
      Rpc rpc(node.port());
      const std::uint64_t head = rpc.number("eth_blockNumber", "");
      start_up = milliseconds_since(begin);
      fmt::print("{} transactions in {} blocks: {:.1f} MB on disk\n", plan_.history, head,
                 megabytes_of(folder));
    }
    return print({fmt::format("start-up with {} transactions behind", plan_.history), 1'000,
                  start_up, "ms"});
  }

  void fill_history(const fs::path& folder) {
    constexpr std::uint64_t kBatch = 500;
    const CairnDev node(cairn_, folder);
    SocketClient client(node.port());
    const std::uint64_t rounds = plan_.history / (kBatch * ledgers_.size());
    for (std::uint64_t round = 0; round < rounds; ++round) {
      for (const Ledger& one : ledgers_) {
        std::vector<std::string> requests;
        for (const Signed& each : sign_many(one.account, round * kBatch, kBatch)) {
          requests.push_back(each.send);
        }
        const std::string answer = client.post(batch(requests));
        demand(!answer.empty() && answer.find("\"error\"") == std::string::npos,
               "a send failed: " + answer.substr(0, 300));
      }
    }
  }

  static constexpr std::uint64_t kPacedFrom = 600;  // seconds: shorter runs go as fast as they can

  std::string cairn_;
  fs::path folder_;
  Plan plan_;
  std::mt19937_64 random_;
  std::vector<Ledger> ledgers_;
  std::optional<CairnDev> node_;
  std::optional<Rpc> rpc_;
  double resident_after_ten_minutes_ = 0;
  double resident_at_end_ = 0;
};

Plan read_plan(int argc, char** argv) {
  Plan plan;
  const std::map<std::string, std::uint64_t*> numbers{
      {"--seconds", &plan.seconds}, {"--transactions", &plan.transactions},
      {"--pairs", &plan.pairs},     {"--restarts", &plan.restarts},
      {"--kills", &plan.kills},     {"--history", &plan.history},
      {"--seed", &plan.seed}};
  for (int i = 3; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--check") {
      plan.check = true;
    } else if (const auto found = numbers.find(word); found != numbers.end() && i + 1 < argc) {
      *found->second = std::stoull(argv[++i]);
    } else {
      wrong("what is " + word + "?");
    }
  }
  return plan;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: soak CAIRN FOLDER [--seconds N] ... [--check]\n");
    return 2;
  }
  const fs::path folder = argv[2];
  int code = 1;
  try {
    const Plan plan = read_plan(argc, argv);
    fmt::print("seed {}\n", plan.seed);
    fs::create_directories(folder);
    const bool pass = Soak(argv[1], folder, plan).run();
    code = pass || !plan.check ? 0 : 1;
  } catch (const std::exception& fault) {
    fmt::print(stderr, "soak: {}\n", fault.what());
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  return code;
}
