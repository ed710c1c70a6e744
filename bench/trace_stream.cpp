// How much a node's memory grows while it streams a trace: a block of 100 M gas is imported into a
// data folder, `cairn node --no-mining` serves it, and debug_traceBlockByNumber is asked for over
// HTTP; the answer is read and dropped.
//
//   shifts, callvalue_from_origin   blocks whose struct logs are gigabytes: read to the end
//   call_frame_context_ops          call trace and prestate to the end; its struct log is 1.1 TB,
//                                   because most rows show hundreds of addresses on the stack: read
//                                   for a while, then left
//
//   trace_stream CAIRN FIXTURES [FOLDER]

#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/dev_transactions.hpp"
#include "bench/drain.hpp"
#include "bench/figures.hpp"
#include "bench/fixtures.hpp"
#include "bench/node_process.hpp"
#include "bench/program.hpp"
#include "chain/block_import.hpp"
#include "cli/data.hpp"
#include "tests/api/socket_client.hpp"

namespace {

namespace fs = std::filesystem;
using namespace cairn;
using namespace cairn::bench;

constexpr double kBar = 64;  // MB

constexpr double kWhile = 15'000;  // ms; what a window or a cache could hold is full long before

struct Question {
  std::string_view what;
  std::string_view options;
  bool zipped = false;
  bool whole = true;  // the answer is read to its end
};

struct Work {
  std::string_view file;
  std::string_view test;  // a part of its name
  std::vector<Question> questions;
};

const std::vector<Work> kWork = {
    {"shifts", "opcode_SAR", {{"a struct log", "{}"}}},
    {"callvalue_from_origin",
     "value_True",
     {{"a struct log, zipped", "{}", true}, {"a struct log of 50 M rows", "{}"}}},
    {"call_frame_context_ops",
     "opcode_ADDRESS",
     {{"a call trace", R"({"tracer":"callTracer"})"},
      {"a prestate", R"({"tracer":"prestateTracer"})"},
      {"a terabyte", R"({"timeout":"1h"})", false, false},
      {"a terabyte, zipped", R"({"timeout":"1h"})", true, false}}},
};

// The number of the last block.
std::uint64_t import(const spec::BlockchainTest& test, const fs::path& folder) {
  const auto data = cli::open_data(folder, true).value();
  const auto chain = chain::Chain::create(data.store, test.genesis).value();
  base::ThreadPool pool(2);
  chain::BlockImporter importer(*chain, pool);
  for (const auto& block : test.blocks) {
    if (const auto done = importer.add(block.rlp); !done) {
      throw std::runtime_error(done.error().message);
    }
  }
  return chain->head()->number();
}

class PeakMemory {
 public:
  explicit PeakMemory(const NodeProcess& process)
      : before_(process.resident_megabytes()), watcher_([this, &process] {
          while (!done_) {
            peak_ = std::max(peak_, process.resident_megabytes());
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
          }
        }) {}

  double growth() {
    done_ = true;
    watcher_.join();
    return peak_ - before_;
  }

 private:
  const double before_;
  double peak_ = 0;
  std::atomic<bool> done_ = false;
  std::jthread watcher_;
};

bool measure(const CairnNode& node, std::uint64_t block, const Question& question) {
  const std::string body =
      request("debug_traceBlockByNumber", fmt::format(R"("{:#x}",{})", block, question.options));
  PeakMemory memory(node.process());
  const auto begin = Clock::now();
  Drain drain(
      node.port(),
      api::test::post_text(body, question.zipped ? "Accept-Encoding: gzip\r\nConnection: close\r\n"
                                                 : "Connection: close\r\n"));
  const double megabytes =
      static_cast<double>(question.whole ? drain.run() : drain.run(kWhile)) / 1e6;
  const double growth = memory.growth();
  fmt::print("{}: {:.0f} MB in {:.1f} s{}\n", question.what, megabytes,
             milliseconds_since(begin) / 1e3, question.whole ? "" : ", then left");
  if (question.whole && !drain.end().ends_with("0\r\n\r\n")) {
    throw std::runtime_error("the answer is not whole: " + drain.end());
  }
  if (question.whole && !question.zipped && !drain.end().ends_with("]}\r\n0\r\n\r\n")) {
    throw std::runtime_error("the answer ends with an error: " + drain.end());
  }
  return print({fmt::format("memory while {} is sent", question.what), kBar, growth, "MB"});
}

bool measure_all(const std::string& cairn, const fs::path& fixtures, const fs::path& folder) {
  bool passed = true;
  for (const Work& work : kWork) {
    const auto tests = read_tests(
        worst_cases(fixtures), [&](const fs::path& file) { return file.stem() == work.file; },
        [&](std::string_view name) {
          return name.find("value_100M") != std::string_view::npos &&
                 name.find(work.test) != std::string_view::npos;
        });
    const fs::path chain = folder / work.file;
    const std::uint64_t block = import(tests.front(), chain);
    const CairnNode node(cairn, chain);
    api::test::SocketClient(node.port()).post(request("eth_chainId", ""));
    for (const Question& question : work.questions) {
      passed &= measure(node, block, question);
    }
  }
  return passed;
}

}  // namespace

int main(int argc, char** argv) {
  return run_in_folder(argc, argv, "trace_stream CAIRN FIXTURES [FOLDER]",
                       [](const Words& words, const fs::path& folder) {
                         return measure_all(words[0], words[1], folder);
                       });
}
