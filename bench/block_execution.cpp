// Ethereum's worst-case blocks (execution-spec-tests/benchmark) through the importer, on one core
// and a store in memory: decoding, senders, validation, execution, every root. A second column
// imports into a store on disk, synced, on all cores, as `cairn import` does.
//
//   block_execution FOLDER [RUNS]     a table by block; exit code 1 when a bar is missed

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "bench/figures.hpp"
#include "chain/block_import.hpp"
#include "crypto/kzg_setup.hpp"
#include "spec/suite.hpp"
#include "spec/test_file.hpp"
#include "store/memory_store.hpp"
#include "store/rocks_store.hpp"

namespace {

namespace fs = std::filesystem;
using namespace cairn;
using namespace cairn::bench;

constexpr double kMeanBar = 500;  // Mgas a second
constexpr double kLeastBar = 50;
constexpr double kEmptyBar = 1;  // ms

struct Row {
  std::string name;
  double mgas = 0;
  double memory_ms = 0;
  double disk_ms = 0;
};

std::vector<spec::BlockchainTest> read_all(const fs::path& folder) {
  std::vector<spec::BlockchainTest> out;
  const auto files = spec::find_test_files({folder}).value();
  for (const fs::path& file : files) {
    auto tests = spec::read_test_file(file).value();
    for (spec::Test& test : tests) {
      out.push_back(std::get<spec::BlockchainTest>(std::move(test)));
    }
  }
  return out;
}

// Milliseconds of the last block; those before it set the stage.
double time_of(const spec::BlockchainTest& test, std::shared_ptr<store::Store> store,
               base::ThreadPool& pool) {
  const auto chain = chain::Chain::create(std::move(store), test.genesis).value();
  chain::BlockImporter importer(*chain, pool);
  double last = 0;
  for (const auto& block : test.blocks) {
    const auto begin = Clock::now();
    if (const auto done = importer.add(block.rlp); !done) {
      throw std::runtime_error(test.name + ": " + done.error().message);
    }
    last = milliseconds_since(begin);
  }
  return last;
}

double best_of(int runs, const std::function<double()>& run) {
  double best = run();
  for (int i = 1; i < runs; ++i) {
    best = std::min(best, run());
  }
  return best;
}

void stay_on_one_core() {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(sched_getcpu(), &set);
  if (sched_setaffinity(0, sizeof(set), &set) != 0) {
    throw std::runtime_error("cannot stay on one core");
  }
}

// The name without the file's path and what all names share.
std::string short_name(std::string name) {
  if (const auto colons = name.find("::"); colons != std::string::npos) {
    name.erase(0, colons + 2);
  }
  for (const std::string_view shared : {"fork_Osaka-", "blockchain_test_from_state_test-",
                                        "blockchain_test-", "benchmark-gas-value_"}) {
    if (const auto at = name.find(shared); at != std::string::npos) {
      name.erase(at, shared.size());
    }
  }
  return name;
}

std::vector<Row> measure(const std::vector<spec::BlockchainTest>& tests, int runs) {
  std::vector<Row> rows;
  const fs::path folder =
      fs::temp_directory_path() / fmt::format("cairn_block_execution.{}", ::getpid());
  {
    base::ThreadPool pool(std::max(1u, std::thread::hardware_concurrency()));
    for (const auto& test : tests) {
      const auto header = types::decode_block(test.blocks.back().rlp).value().header;
      Row& row = rows.emplace_back();
      row.name = short_name(test.name);
      row.mgas = static_cast<double>(header.gas_used) / 1e6;
      row.disk_ms = time_of(test, store::RocksStore::open(folder).value(), pool);
      fs::remove_all(folder);
    }
  }
  stay_on_one_core();
  base::ThreadPool pool(1);
  for (std::size_t i = 0; i < tests.size(); ++i) {
    rows[i].memory_ms = best_of(
        runs, [&] { return time_of(tests[i], std::make_shared<store::MemoryStore>(), pool); });
  }
  std::ranges::sort(rows, {}, [](const Row& row) { return row.mgas / row.memory_ms; });
  return rows;
}

bool print_all(const std::vector<Row>& rows) {
  double logarithms = 0;
  double least = 1e9;
  double longest_empty = 0;
  std::size_t with_gas = 0;
  std::size_t slow = 0;
  fmt::print("{:>9} {:>9} {:>9} {:>9}  {}\n", "Mgas", "ms", "Mgas/s", "import", "block");
  for (const Row& row : rows) {
    const double speed = row.mgas / row.memory_ms * 1000;
    fmt::print("{:>9.2f} {:>9.2f} {:>9.1f} {:>9.1f}  {}\n", row.mgas, row.memory_ms, speed,
               row.mgas / row.disk_ms * 1000, row.name);
    if (row.mgas == 0) {
      longest_empty = std::max(longest_empty, row.memory_ms);
      continue;
    }
    ++with_gas;
    logarithms += std::log(speed);
    least = std::min(least, speed);
    slow += speed < kLeastBar ? 1 : 0;
  }
  const double mean = std::exp(logarithms / static_cast<double>(with_gas));
  const auto verdict = [](bool pass) { return pass ? "PASS" : "MISS"; };
  fmt::print("{} blocks with gas\n", with_gas);
  fmt::print("{:<48} bar {:>8.2f}     figure {:>8.2f}     {}\n", "geometric mean, Mgas a second",
             kMeanBar, mean, verdict(mean >= kMeanBar));
  fmt::print("{:<48} bar {:>8.2f}     figure {:>8.2f}     {}; {} are below\n",
             "the slowest of them, Mgas a second", kLeastBar, least, verdict(least >= kLeastBar),
             slow);
  const bool empty = print({"the longest empty block", kEmptyBar, longest_empty, "ms"});
  return mean >= kMeanBar && least >= kLeastBar && empty;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: block_execution FOLDER [RUNS]\n");
    return 2;
  }
  const crypto::KzgSetup kzg;
  kzg.load();
  const int runs = argc > 2 ? std::atoi(argv[2]) : 3;
  return print_all(measure(read_all(argv[1]), std::max(1, runs))) ? 0 : 1;
}
