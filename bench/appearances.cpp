// What the table of appearances (src/chain/appearances.hpp) costs, without a bar: chains that are
// the same but for it.
//
//   execution   blocks run with and without noting whom their transactions call, in turns until the
//               two lowest timings of each agree; processor time
//   store       blocks of ten transactions, each with a sender, a recipient and a contract that was
//               called, written with and without the table: processor time a block, and the size of
//               the table's keys and values (which do not compress: most of it are addresses)
//
//   appearances FIXTURES [FOLDER]

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "bench/figures.hpp"
#include "bench/fixtures.hpp"
#include "bench/program.hpp"
#include "chain/block_import.hpp"
#include "chain/dev_genesis.hpp"
#include "execution/block_processor.hpp"
#include "execution/transaction_rules.hpp"
#include "state/overlay.hpp"
#include "store/memory_store.hpp"
#include "store/rocks_store.hpp"

namespace {

namespace fs = std::filesystem;
using namespace cairn;
using namespace cairn::bench;

constexpr std::uint64_t kBlocks = 30'000;
constexpr std::uint32_t kTransactions = 10;
constexpr int kRounds = 20;

double execution_ms(const chain::ChainView& parent, const types::Block& block, bool noted) {
  const types::ChainConfig& config = parent.config();
  const types::Fork fork = config.fork_of(block.header);
  const auto state = parent.state();
  state::Overlay overlay(*state);
  auto environment = execution::environment_of(block.header, config, fork, parent.block_hashes());
  environment.code_cache = parent.code_cache();
  execution::BlockProcessor processor(overlay, block.header, config, std::move(environment));
  if (noted) {
    processor.keep_appearances();
  }
  const double begin = cpu_milliseconds();
  processor.begin();
  for (const types::Transaction& transaction : block.transactions) {
    const auto sender = execution::sender_of(transaction, fork, config.chain_id);
    if (!sender || !processor.add(transaction, *sender)) {
      throw std::runtime_error("a block that was valid is not so any more");
    }
  }
  return cpu_milliseconds() - begin;
}

void measure_execution(const spec::BlockchainTest& test) {
  base::ThreadPool pool(1);
  const auto chain =
      chain::Chain::create(std::make_shared<store::MemoryStore>(), test.genesis).value();
  chain::BlockImporter importer(*chain, pool);
  for (std::size_t i = 0; i + 1 < test.blocks.size(); ++i) {
    importer.add(test.blocks[i].rlp).value();
  }
  const auto block = types::decode_block(test.blocks.back().rlp).value();
  const auto parent = chain->head();
  Best without;
  Best with;
  while (!(without.is_settled() && with.is_settled()) &&
         !(without.count() >= kRounds && without.is_long_enough())) {
    without.add(execution_ms(*parent, block, false));
    with.add(execution_ms(*parent, block, true));
  }
  fmt::print("  {:<56}{:8.2f} ms without, {:8.2f} ms with: {:.3f}\n", short_name(test.name),
             without.value(), with.value(), with.value() / without.value());
}

Address random_address(base::Random& random) {
  Address out;
  random.fill({out.data(), out.size()});
  return out;
}

chain::ProducedBlock next_block(const chain::ChainView& head, base::Random& random, bool noted) {
  chain::ProducedBlock out;
  types::Header& header = out.block.header;
  header = head.header();
  header.parent_hash = head.hash();
  ++header.number;
  ++header.timestamp;
  for (std::uint32_t i = 0; i < kTransactions; ++i) {
    types::Transaction transaction;
    transaction.nonce = header.number * kTransactions + i;
    transaction.to = random_address(random);
    transaction.signature = {.r = 1, .s = 1, .y_parity = false};
    out.senders.push_back(random_address(random));
    const Address called = random_address(random);
    if (noted) {
      for (const Address& one : {out.senders.back(), *transaction.to, called}) {
        out.appearances.push_back({one, i});
      }
    }
    out.transaction_hashes.push_back(types::transaction_hash(transaction));
    out.block.transactions.push_back(std::move(transaction));
    out.receipts.emplace_back().success = true;
  }
  return out;
}

struct Written {
  double microseconds = 0;  // of processor time, a block
  double megabytes = 0;     // of the table's keys and values
};

double megabytes_of_table(const store::Reader& reader) {
  double bytes = 0;
  const auto cursor = reader.cursor(store::Column::appearances);
  for (cursor->seek({}); cursor->valid(); cursor->next()) {
    bytes += static_cast<double>(cursor->key().size() + cursor->value().size());
  }
  return bytes / 1e6;
}

Written write_chain(const fs::path& folder, bool noted) {
  store::RocksOptions options;
  options.sync = false;
  const std::shared_ptr<store::Store> store = store::RocksStore::open(folder, options).value();
  const auto chain = chain::Chain::create(store, chain::dev_genesis({})).value();
  base::SeededRandom random(1);
  double time = 0;
  for (std::uint64_t i = 0; i < kBlocks; ++i) {
    auto block = next_block(*chain->head(), random, noted);
    const double begin = cpu_milliseconds();
    chain->append(std::move(block)).value();
    time += cpu_milliseconds() - begin;
  }
  return {time * 1000 / static_cast<double>(kBlocks), megabytes_of_table(*store)};
}

void measure_store(const fs::path& folder) {
  const Written without = write_chain(folder / "without", false);
  const Written with = write_chain(folder / "with", true);
  constexpr double kAppearances = 3.0 * kTransactions * kBlocks;
  fmt::print(
      "{} blocks of {} transactions, written: {:.1f} us a block without, {:.1f} us with\n"
      "  {:.1f} us a block more; {:.1f} MB, {:.1f} bytes an appearance\n",
      kBlocks, kTransactions, without.microseconds, with.microseconds,
      with.microseconds - without.microseconds, with.megabytes,
      with.megabytes * 1e6 / kAppearances);
}

}  // namespace

int main(int argc, char** argv) {
  return run_in_folder(
      argc, argv, "appearances FIXTURES [FOLDER]", [](const Words& words, const fs::path& folder) {
        const auto blocks = read_tests(
            worst_cases(words[0]), [](const fs::path&) { return true; },
            [](std::string_view name) {
              const auto has = [name](std::string_view part) {
                return name.find(part) != std::string_view::npos;
              };
              return has("value_100M") && (has("selfdestruct_created") || has("ecrecover") ||
                                           has("identity") || has("callvalue_from_call"));
            });
        fmt::print("blocks of 100 M gas, executed with and without noting whom they call:\n");
        for (const auto& block : blocks) {
          measure_execution(block);
        }
        measure_store(folder);
        return true;
      });
}
