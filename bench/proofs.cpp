// eth_getProof over a state of a million accounts, imported from a genesis into a data folder and
// served by `cairn node --no-mining` over HTTP on loopback: random accounts, without slots, and
// with two slots of a contract that has a hundred thousand.
//
//   proofs CAIRN [FOLDER]

#include <fmt/format.h>

#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/hex.hpp"
#include "bench/dev_transactions.hpp"
#include "bench/figures.hpp"
#include "bench/node_process.hpp"
#include "bench/program.hpp"
#include "chain/chain.hpp"
#include "chain/dev_genesis.hpp"
#include "cli/data.hpp"
#include "crypto/keccak.hpp"
#include "tests/api/socket_client.hpp"

namespace {

namespace fs = std::filesystem;
using namespace cairn;
using namespace cairn::bench;
using api::test::SocketClient;

constexpr std::size_t kAccounts = 1'000'000;
constexpr std::size_t kSlots = 100'000;
constexpr std::size_t kProofs = 3'000;
constexpr double kBar = 1;  // ms
constexpr Address kContract = "0x00000000000000000000000000000000c0ffee00"_address;

Address account(std::uint64_t i) {
  const Hash256 hash = crypto::keccak256(base::to_hash(U256{i}));
  return Address::from_right(hash);
}

void fill(const fs::path& folder) {
  auto genesis = chain::dev_genesis({}, {});
  for (std::size_t i = 0; i < kAccounts; ++i) {
    genesis.alloc[account(i)].balance = U256{i + 1};
  }
  types::GenesisAccount& contract = genesis.alloc[kContract];
  contract.code = Bytes{0};
  for (std::size_t i = 0; i < kSlots; ++i) {
    contract.storage[U256{i}] = U256{i + 1};
  }
  const auto data = cli::open_data(folder, true).value();
  chain::Chain::create(data.store, genesis).value();
}

double median_of(SocketClient& client, const std::vector<std::string>& requests) {
  std::vector<double> times;
  for (const std::string& one : requests) {
    const auto begin = Clock::now();
    const std::string answer = client.post(one);
    times.push_back(milliseconds_since(begin));
    if (answer.find("accountProof") == std::string::npos) {
      throw std::runtime_error("no proof: " + answer.substr(0, 200));
    }
  }
  return quantile(times, 0.5);
}

bool measure(const std::string& cairn, const fs::path& folder) {
  const auto begin = Clock::now();
  fill(folder);
  fmt::print("{} accounts in {:.1f} s\n", kAccounts, milliseconds_since(begin) / 1e3);
  std::mt19937_64 random(1);
  std::vector<std::string> plain;
  std::vector<std::string> with_slots;
  for (std::size_t i = 0; i < kProofs; ++i) {
    plain.push_back(
        request("eth_getProof",
                fmt::format(R"("{}",[],"latest")", base::to_hex(account(random() % kAccounts)))));
    with_slots.push_back(request(
        "eth_getProof", fmt::format(R"("{}",["{:#x}","{:#x}"],"latest")", base::to_hex(kContract),
                                    random() % kSlots, random() % kSlots)));
  }
  const CairnNode node(cairn, folder);
  SocketClient client(node.port());
  bool pass =
      print({"eth_getProof of a million accounts, median", kBar, median_of(client, plain), "ms"});
  pass &= print({"the same with two of 100,000 slots", kBar, median_of(client, with_slots), "ms"});
  return pass;
}

}  // namespace

int main(int argc, char** argv) {
  return run_in_folder(
      argc, argv, "proofs CAIRN [FOLDER]",
      [](const Words& words, const fs::path& folder) { return measure(words[0], folder); });
}
