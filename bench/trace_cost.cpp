// What tracing adds to execution: blocks run again without a tracer and under callTracer, the
// answer written; on one core and a store in memory, each the best of several runs in turns.
//
//   trace_cost FIXTURES [RUNS]     exit code 1 when a bar is missed

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "bench/figures.hpp"
#include "chain/block_import.hpp"
#include "cli/block_file.hpp"
#include "cli/init.hpp"
#include "node/block_replay.hpp"
#include "node/call.hpp"
#include "spec/suite.hpp"
#include "spec/test_file.hpp"
#include "store/memory_store.hpp"
#include "trace/call_stream.hpp"

namespace {

namespace fs = std::filesystem;
using namespace cairn;
using namespace cairn::bench;

constexpr double kBar = 2;  // times plain execution

struct Stage {
  std::string name;
  std::unique_ptr<chain::Chain> chain;
  std::uint64_t first = 1;  // blocks from here to the head are measured
};

std::unique_ptr<node::BlockReplay> replay_of(const Stage& stage, std::uint64_t number) {
  const auto view = stage.chain->head();
  return node::BlockReplay::open(view, view->block_at(number),
                                 node::call_site_at(*view, number).value().environment)
      .value();
}

// Milliseconds; opening a block is not counted.
double run(const Stage& stage, bool traced) {
  double total = 0;
  std::size_t answer = 0;
  for (std::uint64_t number = stage.first; number <= stage.chain->head()->number(); ++number) {
    const auto replay = replay_of(stage, number);
    const auto begin = Clock::now();
    codec::JsonWriter out([](const std::string&) {});
    out.begin_array();
    while (!replay->is_done()) {
      if (!traced) {
        replay->run_next().value();
        continue;
      }
      trace::CallStream tracer(false);
      tracer.write_to(out);
      replay->run_next(&tracer).value();
      tracer.write(out);
    }
    out.end_array();
    total += milliseconds_since(begin);
    answer += out.size();
  }
  if (traced && answer < 100) {
    throw std::runtime_error("nothing was traced");
  }
  return total;
}

bool measure(const Stage& stage, int runs) {
  double plain = 1e12;
  double traced = 1e12;
  for (int i = 0; i < runs; ++i) {
    plain = std::min(plain, run(stage, false));
    traced = std::min(traced, run(stage, true));
  }
  return print(
      {fmt::format("callTracer, {} ({:.1f} ms)", stage.name, plain), kBar, traced / plain, "x"});
}

Stage foreign_chain(const fs::path& folder, base::ThreadPool& pool) {
  Stage stage{.name = "chain.rlp", .chain = {}};
  const auto genesis = cli::read_genesis(folder / "genesis.json").value();
  stage.chain = chain::Chain::create(std::make_shared<store::MemoryStore>(), genesis).value();
  chain::BlockImporter importer(*stage.chain, pool);
  auto file = cli::BlockReader::open(folder / "chain.rlp").value();
  while (const auto block = file.next().value()) {
    if (const auto done = importer.add(*block); !done) {
      throw std::runtime_error(done.error().message);
    }
  }
  return stage;
}

// The part of a test's name that tells it from others of its file.
std::string name_of(std::string_view name) {
  const auto begin = name.rfind("::test_") + 7;
  return std::string(name.substr(begin, name.rfind(']') - begin));
}

Stage block_of(const spec::BlockchainTest& test, base::ThreadPool& pool) {
  Stage stage{.name = name_of(test.name), .chain = {}};
  stage.chain = chain::Chain::create(std::make_shared<store::MemoryStore>(), test.genesis).value();
  chain::BlockImporter importer(*stage.chain, pool);
  for (const auto& block : test.blocks) {
    if (const auto done = importer.add(block.rlp); !done) {
      throw std::runtime_error(done.error().message);
    }
  }
  stage.first = stage.chain->head()->number();
  return stage;
}

int run_all(const fs::path& fixtures, int runs) {
  base::ThreadPool pool(1);
  bool passed = measure(foreign_chain(fixtures / "execution-apis" / "tests", pool), runs);
  const fs::path folder = fixtures / "execution-spec-tests" / "benchmark";
  const auto files = spec::find_test_files({folder}).value();
  for (const fs::path& file : files) {
    if (file.stem() != "call_frame_context_ops" && file.stem() != "callvalue_from_call") {
      continue;
    }
    auto tests = spec::read_test_file(file).value();
    for (const spec::Test& test : tests) {
      const auto& block = std::get<spec::BlockchainTest>(test);
      if (block.name.find("value_100M") != std::string::npos) {
        passed &= measure(block_of(block, pool), runs);
      }
    }
  }
  return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: trace_cost FIXTURES [RUNS]\n");
    return EXIT_FAILURE;
  }
  try {
    return run_all(argv[1], argc > 2 ? std::atoi(argv[2]) : 5);
  } catch (const std::exception& error) {
    fmt::print(stderr, "trace_cost: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
