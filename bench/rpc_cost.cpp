// What a request costs the node, beside anvil in the same run. Both nodes run on the same two
// cores; CPU time is that of the node's process.
//
//   transfers, ERC-20   batches of 100 sends on one connection, a block a second, until the last
//                       receipt is there; Cairn with instant mining beside
//   latency             one send and its receipt at a time, instant mining; six turns of 500 on
//                       each of the nodes, fresh and alone, and on the bare disk
//   eth_call            balanceOf of an ERC-20, in batches of 100 and one at a time on 16
//                       connections; the lowest of five rounds
//   batches, instant    5,000 transfers sent as batches while each transaction is mined at once
//
//   rpc_cost CAIRN ANVIL [FOLDER [GETH]]
//
// With GETH its dev mode is measured beside.

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/hex.hpp"
#include "bench/dev_nodes.hpp"
#include "bench/dev_transactions.hpp"
#include "bench/figures.hpp"
#include "bench/program.hpp"
#include "bench/sync_probe.hpp"
#include "tests/api/socket_client.hpp"

namespace {

namespace fs = std::filesystem;
using namespace cairn;
using namespace cairn::bench;
using api::test::SocketClient;

constexpr std::size_t kBatch = 100;
constexpr std::size_t kAccounts = 10;
constexpr std::size_t kPerAccount = 1'000;
constexpr std::size_t kTurns = 6;  // of latency
constexpr std::size_t kSendsOfATurn = 500;
constexpr std::size_t kCalls = 10'000;
constexpr int kRoundsOfCalls = 5;
constexpr std::size_t kCallers = 16;
constexpr double kTimeLimit = 60'000;  // milliseconds, for one load on one node
constexpr std::string_view kNodeCpus = "0,1";

using Accounts = std::vector<chain::DevAccount>;

struct Nodes {
  StartNode cairn;
  StartNode anvil;
  StartNode geth;  // may be empty

  std::vector<std::pair<std::string_view, StartNode>> all() const {
    std::vector<std::pair<std::string_view, StartNode>> out{{"cairn", cairn}, {"anvil", anvil}};
    if (geth) {
      out.emplace_back("geth", geth);
    }
    return out;
  }
};

Bytes token_code() {
  std::ifstream file(TOKEN_JSON);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string key = "\"bytecode\": \"";
  const std::size_t begin = text.find(key) + key.size();
  auto code = base::from_hex(text.substr(begin, text.find('"', begin) - begin));
  if (!code || code->empty()) {
    throw std::runtime_error("no code in " TOKEN_JSON);
  }
  Bytes out = *std::move(code);
  out.resize(out.size() + 32);  // the supply: 2^240
  out[out.size() - 31] = 1;
  return out;
}

// selector(address, word)
Bytes call_data(std::uint32_t selector, const Address& address,
                std::optional<std::uint8_t> amount) {
  Bytes out(4 + 32 + (amount ? 32 : 0));
  for (std::size_t i = 0; i < 4; ++i) {
    out[i] = static_cast<std::uint8_t>(selector >> (24 - 8 * i));
  }
  std::copy(address.begin(), address.end(), out.begin() + 4 + 12);
  if (amount) {
    out.back() = *amount;
  }
  return out;
}

constexpr std::uint32_t kTransfer = 0xa9059cbb;   // transfer(address,uint256)
constexpr std::uint32_t kBalanceOf = 0x70a08231;  // balanceOf(address)
// CREATE of the first account's first transaction.
constexpr Address kToken = "0x5fbdb2315678afecb367f032d93f642f64180aa3"_address;

std::string expect(SocketClient& client, std::string_view text, std::string_view wanted) {
  std::string answer = client.post(text);
  if (answer.find(wanted) == std::string::npos) {
    throw std::runtime_error("unexpected answer: " + answer.substr(0, 300));
  }
  return answer;
}

// False: not within the time limit.
bool await_receipt(SocketClient& client, const Signed& last, Clock::time_point begin) {
  while (client.post(last.receipt).find("\"status\":\"0x1\"") == std::string::npos) {
    if (milliseconds_since(begin) > kTimeLimit) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

// The batches' texts, account after account in turn.
std::vector<std::string> batches_of(const std::vector<std::vector<Signed>>& accounts) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < accounts.front().size(); at += kBatch) {
    for (const auto& list : accounts) {
      std::vector<std::string> requests;
      for (std::size_t i = at; i < std::min(at + kBatch, list.size()); ++i) {
        requests.push_back(list[i].send);
      }
      out.push_back(batch(requests));
    }
  }
  return out;
}

struct Load {
  std::vector<std::string> preparation;  // requests, one by one, before the clock starts
  std::optional<Signed> prepared;        // has a receipt before it does
  std::vector<std::string> batches;
  std::vector<Signed> last;  // of each account
  std::size_t transactions = 0;
};

Load make_load(const std::vector<std::vector<Signed>>& accounts) {
  Load load;
  load.batches = batches_of(accounts);
  for (const auto& list : accounts) {
    load.last.push_back(list.back());
    load.transactions += list.size();
  }
  return load;
}

Load transfers(const Accounts& accounts, std::size_t per_account) {
  std::vector<std::vector<Signed>> lists;
  for (const auto& account : accounts) {
    lists.push_back(sign_many(account, 0, per_account));
  }
  return make_load(lists);
}

// The first account makes the token and gives each of the others its part.
std::vector<Signed> token_setup(const Accounts& accounts) {
  std::vector<Signed> out;
  out.push_back(
      sign(accounts[0], 0, {.to = {}, .value = 0, .gas = 2'000'000, .data = token_code()}));
  for (std::size_t i = 1; i < accounts.size(); ++i) {
    Bytes give = call_data(kTransfer, accounts[i].address, 0);
    give[4 + 32 + 8] = 1;
    out.push_back(
        sign(accounts[0], i, {.to = kToken, .value = 0, .gas = 100'000, .data = std::move(give)}));
  }
  return out;
}

Load token_transfers(const Accounts& accounts, std::size_t per_account) {
  const auto setup = token_setup(accounts);
  std::vector<std::vector<Signed>> lists;
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    lists.push_back(sign_many(
        accounts[i], i == 0 ? setup.size() : 0, per_account,
        {.to = kToken,
         .value = 0,
         .gas = 100'000,
         .data = call_data(kTransfer, "0x00000000000000000000000000000000000000aa"_address, 1)}));
  }
  Load load = make_load(lists);
  for (const auto& one : setup) {
    load.preparation.push_back(one.send);
  }
  load.prepared = setup.back();
  return load;
}

void prepare(SocketClient& client, const Load& load) {
  for (const auto& text : load.preparation) {
    expect(client, text, "result");
  }
  if (load.prepared && !await_receipt(client, *load.prepared, Clock::now())) {
    throw std::runtime_error("the preparation was not mined");
  }
}

struct Cost {
  double cpu_microseconds = 0;  // a transaction
  double seconds = 0;           // of all
};

// Nothing: not within the time limit.
std::optional<Cost> run_load(const DevNode& node, const Load& load) {
  SocketClient client(node.port());
  prepare(client, load);
  const double cpu_before = node.process().cpu_microseconds();
  const auto begin = Clock::now();
  for (const auto& text : load.batches) {
    const std::string answer = client.post(text);
    if (answer.empty() || milliseconds_since(begin) > kTimeLimit) {
      return std::nullopt;
    }
    if (answer.find("\"error\"") != std::string::npos) {
      throw std::runtime_error("a send failed: " + answer.substr(0, 300));
    }
  }
  for (const auto& last : load.last) {
    if (!await_receipt(client, last, begin)) {
      return std::nullopt;
    }
  }
  return Cost{
      (node.process().cpu_microseconds() - cpu_before) / static_cast<double>(load.transactions),
      milliseconds_since(begin) / 1000};
}

std::string words_of(const std::optional<Cost>& cost) {
  return cost ? fmt::format("{:7.1f} us CPU a transaction, {:6.2f} s", cost->cpu_microseconds,
                            cost->seconds)
              : "did not finish";
}

void say_load(std::string_view node, const std::optional<Cost>& cost) {
  fmt::print("  {:<22}{}\n", node, words_of(cost));
}

// The cheaper one; nothing where one did not finish.
std::optional<Cost> cheaper(const std::optional<Cost>& a, const std::optional<Cost>& b) {
  if (!a || !b) {
    return std::nullopt;
  }
  return a->cpu_microseconds < b->cpu_microseconds ? a : b;
}

// Both nodes twice, in turns: what others on the machine do only adds to a cost.
bool compare_load(std::string_view name, const Nodes& nodes, const Load& load) {
  fmt::print("{}, {} in batches of {}, the cheaper of two runs\n", name, load.transactions, kBatch);
  auto ours = run_load(*nodes.cairn(1), load);
  auto theirs = run_load(*nodes.anvil(1), load);
  ours = cheaper(ours, run_load(*nodes.cairn(1), load));
  theirs = cheaper(theirs, run_load(*nodes.anvil(1), load));
  say_load("cairn, each second", ours);
  say_load("cairn, instant", run_load(*nodes.cairn(0), load));
  say_load("anvil, each second", theirs);
  if (nodes.geth) {
    say_load("geth, each second", run_load(*nodes.geth(1), load));
  }
  if (!ours || !theirs) {
    return ours.has_value();
  }
  return print({fmt::format("{}: CPU, cairn / anvil", name), 0.5,
                ours->cpu_microseconds / theirs->cpu_microseconds, ""});
}

// What each took of transactions sent one after the other, each when the receipt of the one before
// is there.
std::vector<double> send_one_by_one(const DevNode& node, const std::vector<Signed>& list) {
  SocketClient client(node.port());
  std::vector<double> out;
  for (const Signed& one : list) {
    const auto begin = Clock::now();
    expect(client, one.send, "result");
    while (client.post(one.receipt).find("\"status\":\"0x1\"") == std::string::npos) {
    }
    out.push_back(milliseconds_since(begin));
  }
  return out;
}

// The nodes and the disk in turns, so that a machine that slows down slows all of them; but a node
// is alone while it has its turn, because one that others kept waiting is slower than it need be.
bool compare_latency(const Nodes& nodes, const Accounts& accounts, const fs::path& folder) {
  const auto list = sign_many(accounts[0], 0, kSendsOfATurn);
  SyncProbe probe(folder / "sync");
  std::vector<double> syncs;
  std::map<std::string_view, std::vector<double>> times;
  for (std::size_t turn = 0; turn < kTurns; ++turn) {
    for (const auto& [name, start] : nodes.all()) {
      std::ranges::copy(send_one_by_one(*start(0), list), std::back_inserter(times[name]));
    }
    for (std::size_t i = 0; i < kSendsOfATurn; ++i) {
      syncs.push_back(probe.measure());
    }
  }
  const double sync = quantile(syncs, 0.5);
  fmt::print("submit to receipt, one at a time, median of {} turns of {}; fdatasync {:.3f} ms\n",
             kTurns, kSendsOfATurn, sync);
  for (const auto& [name, all] : times) {
    fmt::print("  {:<22}{:7.3f} ms\n", name, quantile(all, 0.5));
  }
  return print({"submit to receipt, median: half of anvil's + sync",
                quantile(times.at("anvil"), 0.5) / 2 + sync, quantile(times.at("cairn"), 0.5),
                "ms"});
}

std::string balance_request(const Address& owner) {
  return request("eth_call",
                 fmt::format(R"({{"to":"{}","data":"{}"}},"latest")", base::to_hex(kToken),
                             base::to_hex(call_data(kBalanceOf, owner, {}))));
}

void call_in_batches(std::uint16_t port, const std::vector<std::string>& requests) {
  const std::string text = batch({requests.begin(), requests.begin() + kBatch});
  SocketClient client(port);
  for (std::size_t i = 0; i < kCalls / kBatch; ++i) {
    expect(client, text, "\"result\":\"0x0000");
  }
}

// Each connection has one request under way; all from one thread.
void call_one_by_one(std::uint16_t port, const std::vector<std::string>& requests) {
  std::vector<SocketClient> clients;
  for (std::size_t i = 0; i < kCallers; ++i) {
    clients.emplace_back(port);
  }
  for (std::size_t round = 0; round < kCalls / kCallers; ++round) {
    for (std::size_t i = 0; i < kCallers; ++i) {
      clients[i].send(api::test::post_text(requests[(round + i) % requests.size()]));
    }
    for (auto& client : clients) {
      const auto answer = client.read_answer();
      if (!answer || answer->body.find("\"result\":\"0x0000") == std::string::npos) {
        throw std::runtime_error("a call failed");
      }
    }
  }
}

// Microseconds of CPU a call, the lowest of some rounds.
double call_cost(const DevNode& node, const std::function<void()>& calls) {
  calls();  // warm
  Best best;
  for (int round = 0; round < kRoundsOfCalls; ++round) {
    const double before = node.process().cpu_microseconds();
    calls();
    best.add((node.process().cpu_microseconds() - before) / static_cast<double>(kCalls));
  }
  return best.value();
}

struct CallCosts {
  double batched = 0;
  double single = 0;
};

CallCosts measure_calls_on(const DevNode& node, const Load& setup,
                           const std::vector<std::string>& requests) {
  SocketClient client(node.port());
  prepare(client, setup);
  const std::uint16_t port = node.port();
  return {call_cost(node, [&] { call_in_batches(port, requests); }),
          call_cost(node, [&] { call_one_by_one(port, requests); })};
}

bool measure_calls(const Nodes& nodes, const Accounts& accounts) {
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < kBatch; ++i) {
    requests.push_back(balance_request(accounts[i % accounts.size()].address));
  }
  Load setup;
  for (const auto& one : token_setup(accounts)) {
    setup.preparation.push_back(one.send);
    setup.prepared = one;
  }
  fmt::print("eth_call of an ERC-20 balance, CPU a call, the lowest of {} rounds of {}\n",
             kRoundsOfCalls, kCalls);
  std::vector<CallCosts> costs;
  for (const auto& [name, start] : nodes.all()) {
    costs.push_back(measure_calls_on(*start(0), setup, requests));
    fmt::print("  {:<22}{:7.1f} us in batches, {:.1f} us on {} connections\n", name,
               costs.back().batched, costs.back().single, kCallers);
  }
  const bool pass = print({"eth_call of a balance, CPU, in batches", 25, costs[0].batched, "us"});
  return print({"eth_call of a balance, CPU, on 16 connections", 45, costs[0].single, "us"}) &&
         pass;
}

bool measure_instant_batches(const Nodes& nodes, const Accounts& accounts) {
  const Load load = transfers({accounts.begin(), accounts.begin() + 5}, 1'000);
  fmt::print("5,000 transfers in batches, instant mining\n");
  const auto ours = run_load(*nodes.cairn(0), load);
  say_load("cairn", ours);
  say_load("anvil", run_load(*nodes.anvil(0), load));
  if (nodes.geth) {
    say_load("geth", run_load(*nodes.geth(0), load));
  }
  return print({"5,000 transfers in batches, instant mining", 3,
                ours ? ours->seconds : kTimeLimit / 1000, "s"});
}

// The client leaves the node its cores where there are more.
void step_aside() {
  cpu_set_t all;
  if (sched_getaffinity(0, sizeof all, &all) != 0 || CPU_COUNT(&all) < 4) {
    return;
  }
  CPU_CLR(0, &all);
  CPU_CLR(1, &all);
  sched_setaffinity(0, sizeof all, &all);
}

bool measure(const Nodes& nodes, const fs::path& folder) {
  step_aside();
  const auto accounts = chain::dev_accounts().value();
  bool pass = compare_load("transfers", nodes, transfers(accounts, kPerAccount));
  pass &= compare_load("ERC-20 transfers", nodes, token_transfers(accounts, kPerAccount));
  pass &= compare_latency(nodes, accounts, folder);
  pass &= measure_calls(nodes, accounts);
  pass &= measure_instant_batches(nodes, accounts);
  return pass;
}

}  // namespace

int main(int argc, char** argv) {
  return run_in_folder(
      argc, argv, "rpc_cost CAIRN ANVIL [FOLDER [GETH]]",
      [](const Words& words, const fs::path& folder) {
        const std::string cpus(kNodeCpus);
        return measure({start_cairn(words[0], folder / "cairn", cpus), start_anvil(words[1], cpus),
                        words.size() > 3 ? start_geth(words[3], folder / "geth", cpus) : nullptr},
                       folder);
      });
}
