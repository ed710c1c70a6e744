// eth_getLogs over 100,000 blocks for an address and a topic that few of them have, over HTTP. The
// blocks between are not empty: each has a token's transfers between accounts that change.
//
//   log_query CAIRN [FOLDER]

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/hex.hpp"
#include "base/random.hpp"
#include "bench/dev_transactions.hpp"
#include "bench/figures.hpp"
#include "bench/node_process.hpp"
#include "bench/program.hpp"
#include "chain/chain.hpp"
#include "store/rocks_store.hpp"
#include "tests/api/socket_client.hpp"

namespace {

namespace fs = std::filesystem;
using namespace cairn;
using namespace cairn::bench;

constexpr std::uint64_t kBlocks = 100'000;
constexpr std::uint64_t kSparse = 1'000;  // one block in so many has the sparse address
constexpr int kLogsOfABlock = 4;
constexpr int kQueries = 200;

constexpr Address kBusy = "0x00000000000000000000000000000000000000b0"_address;
constexpr Address kRare = "0x00000000000000000000000000000000000000c0"_address;
constexpr Address kNever = "0x00000000000000000000000000000000000000d0"_address;
constexpr Hash256 kTransfer =
    "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"_hash;
constexpr Hash256 kRareTopic =
    "0x00000000000000000000000000000000000000000000000000000000000000c0"_hash;

Hash256 random_topic(base::Random& random) {
  Hash256 out;
  random.fill({out.data() + 12, 20});
  return out;
}

chain::ProducedBlock next_block(const chain::ChainView& head, base::Random& random) {
  chain::ProducedBlock out;
  types::Header& header = out.block.header;
  header = head.header();
  header.parent_hash = head.hash();
  ++header.number;
  ++header.timestamp;
  types::Receipt receipt;
  receipt.success = true;
  for (int i = 0; i < kLogsOfABlock; ++i) {
    receipt.logs.push_back({.address = kBusy,
                            .topics = {kTransfer, random_topic(random), random_topic(random)},
                            .data = Bytes(32)});
  }
  if (header.number % kSparse == 0) {
    receipt.logs.push_back(
        {.address = kRare, .topics = {kTransfer, kRareTopic, random_topic(random)}, .data = {}});
  }
  header.logs_bloom = types::bloom_of(receipt.logs);
  types::Transaction transaction;
  transaction.nonce = header.number;
  transaction.to = kBusy;
  transaction.signature = {.r = 1, .s = 1, .y_parity = false};
  out.transaction_hashes = {types::transaction_hash(transaction)};
  out.block.transactions = {std::move(transaction)};
  out.senders = {kBusy};
  out.receipts = {std::move(receipt)};
  return out;
}

void make_chain(const fs::path& folder) {
  store::RocksOptions options;
  options.sync = false;
  const std::shared_ptr<store::Store> store =
      store::RocksStore::open(folder / "chain", options).value();
  const types::Genesis genesis = chain::dev_genesis(chain::dev_accounts().value());
  chain::Settings settings;
  settings.gas_limit = genesis.header.gas_limit;
  const auto chain = chain::Chain::create(store, genesis, settings).value();
  base::SeededRandom random(1);
  while (chain->head()->number() < kBlocks) {
    (void)chain->append(next_block(*chain->head(), random)).value();
  }
}

std::string query(std::string_view terms) {
  return request("eth_getLogs",
                 fmt::format(R"({{"fromBlock":"0x1","toBlock":"{:#x}",{}}})", kBlocks, terms));
}

std::size_t logs_in(std::string_view answer) {
  std::size_t count = 0;
  for (auto at = answer.find("logIndex"); at != std::string_view::npos;
       at = answer.find("logIndex", at + 1)) {
    ++count;
  }
  return count;
}

bool measure_query(api::test::SocketClient& client, const std::string& what, std::string_view terms,
                   std::size_t logs) {
  std::vector<double> figures;
  for (int i = 0; i < kQueries; ++i) {
    const auto begin = Clock::now();
    const std::string answer = client.post(query(terms));
    figures.push_back(milliseconds_since(begin));
    if (logs_in(answer) != logs) {
      throw std::runtime_error(fmt::format("{}: {}", what, answer.substr(0, 300)));
    }
  }
  fmt::print("{}: {} logs, p99 {:.2f} ms\n", what, logs, quantile(figures, 0.99));
  return print({what + ", median", 20, quantile(figures, 0.5), "ms"});
}

bool measure(const std::string& program, const fs::path& folder) {
  const auto begin = Clock::now();
  make_chain(folder);
  fmt::print("{} blocks made in {:.1f} s\n", kBlocks, milliseconds_since(begin) / 1000);
  const CairnDev node(program, folder);
  api::test::SocketClient client(node.port());
  const auto address = [](const Address& of) {
    return fmt::format(R"("address":"{}")", base::to_hex(of));
  };
  bool pass =
      measure_query(client, "eth_getLogs, sparse address", address(kRare), kBlocks / kSparse);
  pass &= measure_query(
      client, "eth_getLogs, sparse topic of a busy one",
      fmt::format(R"("topics":["{}","{}"])", base::to_hex(kTransfer), base::to_hex(kRareTopic)),
      kBlocks / kSparse);
  pass &= measure_query(client, "eth_getLogs, address without logs", address(kNever), 0);
  return pass;
}

}  // namespace

int main(int argc, char** argv) {
  return run_in_folder(
      argc, argv, "log_query CAIRN [FOLDER]",
      [](const Words& words, const fs::path& folder) { return measure(words[0], folder); });
}
