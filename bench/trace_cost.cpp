// What tracing adds to execution: blocks run again without a tracer and under callTracer, the
// answer written; on one core and a store in memory, processor time. Both in turns until the two
// lowest timings of each agree within 3 %, and ROUNDS times (20) at the most; the lowest counts.
//
//   trace_cost FIXTURES [ROUNDS]

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/figures.hpp"
#include "bench/fixtures.hpp"
#include "bench/program.hpp"
#include "chain/block_import.hpp"
#include "cli/block_file.hpp"
#include "cli/init.hpp"
#include "node/block_replay.hpp"
#include "node/call.hpp"
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
    const double begin = cpu_milliseconds();
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
    total += cpu_milliseconds() - begin;
    answer += out.size();
  }
  if (traced && answer < 100) {
    throw std::runtime_error("nothing was traced");
  }
  return total;
}

bool measure(const Stage& stage, int rounds) {
  Best plain;
  Best traced;
  while (!(plain.is_settled() && traced.is_settled()) &&
         !(plain.count() >= rounds && plain.is_long_enough())) {
    plain.add(run(stage, false));
    traced.add(run(stage, true));
  }
  return print({fmt::format("{} ({:.1f} ms)", stage.name, plain.value()), kBar,
                traced.value() / plain.value(), "x"});
}

Stage foreign_chain(const fs::path& folder, base::ThreadPool& pool) {
  Stage stage{.name = "chain.rlp", .chain = {}};
  const auto genesis = must(cli::read_genesis(folder / "genesis.json"));
  stage.chain = chain::Chain::create(std::make_shared<store::MemoryStore>(), genesis).value();
  chain::BlockImporter importer(*stage.chain, pool);
  auto file = must(cli::BlockReader::open(folder / "chain.rlp"));
  while (const auto block = must(file.next())) {
    if (const auto done = importer.add(*block); !done) {
      throw std::runtime_error(done.error().message);
    }
  }
  return stage;
}

Stage block_of(const spec::BlockchainTest& test, base::ThreadPool& pool) {
  Stage stage{.name = short_name(test.name), .chain = {}};
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

bool measure_all(const fs::path& fixtures, int rounds) {
  base::ThreadPool pool(1);
  const auto blocks = read_tests(
      worst_cases(fixtures),
      [](const fs::path& file) {
        return file.stem() == "call_frame_context_ops" || file.stem() == "callvalue_from_call";
      },
      [](std::string_view name) { return name.find("value_100M") != std::string_view::npos; });
  fmt::print("callTracer by plain execution:\n");
  bool passed = measure(foreign_chain(fixtures / "execution-apis" / "tests", pool), rounds);
  for (const auto& block : blocks) {
    passed &= measure(block_of(block, pool), rounds);
  }
  return passed;
}

}  // namespace

int main(int argc, char** argv) {
  return run_program(argc, argv, "trace_cost FIXTURES [ROUNDS]", [](const Words& words) {
    return measure_all(words[0], count_in(words, 1, 20));
  });
}
