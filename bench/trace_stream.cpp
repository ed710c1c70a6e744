// How much a node's memory grows while it streams a trace: a block of 100 M gas is imported into a
// data folder, `cairn node --no-mining` serves it, and debug_traceBlockByNumber is asked for over
// HTTP; the answer, gigabytes of it, is read and dropped.
//
//   trace_stream CAIRN FIXTURES [FOLDER]    FOLDER is made and removed; default: trace_stream.tmp
//                                           here. Exit code 1 when a bar is missed

#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include "bench/drain.hpp"
#include "bench/figures.hpp"
#include "bench/node_process.hpp"
#include "chain/block_import.hpp"
#include "cli/data.hpp"
#include "spec/suite.hpp"
#include "spec/test_file.hpp"
#include "tests/api/socket_client.hpp"

namespace {

namespace fs = std::filesystem;
using namespace cairn;
using namespace cairn::bench;

constexpr double kBar = 64;  // MB

// The blocks whose struct log is measured.
constexpr std::string_view kFile = "call_frame_context_ops";

spec::BlockchainTest read_test(const fs::path& fixtures) {
  const auto files =
      spec::find_test_files({fixtures / "execution-spec-tests" / "benchmark"}).value();
  for (const fs::path& file : files) {
    if (file.stem() == kFile) {
      auto tests = spec::read_test_file(file).value();
      for (spec::Test& test : tests) {
        auto& block = std::get<spec::BlockchainTest>(test);
        if (block.name.find("value_100M") != std::string::npos) {
          return std::move(block);
        }
      }
    }
  }
  throw std::runtime_error("no fixture call_frame_context_ops");
}

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

bool measure(const CairnNode& node, std::uint64_t block, std::string_view what,
             std::string_view options, std::string_view header) {
  const std::string body = fmt::format(
      R"({{"jsonrpc":"2.0","id":1,"method":"debug_traceBlockByNumber","params":["{:#x}",{}]}})",
      block, options);
  PeakMemory memory(node.process());
  const auto begin = Clock::now();
  Drain drain(node.port(),
              api::test::post_text(body, std::string(header) + "Connection: close\r\n"));
  const double megabytes = static_cast<double>(drain.run()) / 1e6;
  const double growth = memory.growth();
  fmt::print("{}: {:.0f} MB in {:.1f} s\n", what, megabytes, milliseconds_since(begin) / 1e3);
  if (header.empty() && !drain.end().ends_with("]}\r\n0\r\n\r\n")) {
    throw std::runtime_error("the answer is not whole: " + drain.end());
  }
  return print({fmt::format("memory while {} is sent", what), kBar, growth, "MB"});
}

int run(const std::string& cairn, const fs::path& fixtures, const fs::path& folder) {
  fs::remove_all(folder);
  const std::uint64_t block = import(read_test(fixtures), folder);
  bool passed = true;
  {
    const CairnNode node(cairn, folder);
    api::test::SocketClient(node.port()).post(R"({"jsonrpc":"2.0","id":1,"method":"eth_chainId"})");
    passed &= measure(node, block, "a struct log", R"({"timeout":"1h"})", "");
    passed &= measure(node, block, "a struct log, zipped", R"({"timeout":"1h"})",
                      "Accept-Encoding: gzip\r\n");
    passed &= measure(node, block, "a call trace", R"({"tracer":"callTracer","timeout":"1h"})", "");
    passed &=
        measure(node, block, "a prestate", R"({"tracer":"prestateTracer","timeout":"1h"})", "");
  }
  fs::remove_all(folder);
  return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: trace_stream CAIRN FIXTURES [FOLDER]\n");
    return EXIT_FAILURE;
  }
  try {
    return run(argv[1], argv[2], argc > 3 ? argv[3] : "trace_stream.tmp");
  } catch (const std::exception& error) {
    fmt::print(stderr, "trace_stream: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
