#include "cli/statetest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>

#include "spec/statetest.hpp"

namespace cairn::cli {
namespace {

struct StatetestArguments {
  std::string config;
  bool trace = false;
  std::string only;
  std::uint64_t jobs = std::max(1u, std::thread::hardware_concurrency());
};

Result<int> run(std::string_view command, const StatetestArguments& given,
                const std::vector<std::string>& paths) {
  if (paths.empty()) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} needs the paths of files or folders", command));
  }
  spec::StatetestOptions options;
  options.paths.assign(paths.begin(), paths.end());
  options.trace = given.trace;
  options.only = given.only;
  base::ThreadPool pool(given.jobs);
  return spec::run_statetest(options, pool, std::cout);
}

}  // namespace

Command blockchaintest_command() {
  const auto given = std::make_shared<StatetestArguments>();
  return {"blockchaintest",
          "Run Ethereum's blockchain tests through the importer of a node",
          {{"config", "FILE", "TOML file with these options as keys", into(given->config)},
           {"jobs", "N", "threads (one a processor)", into(given->jobs)}},
          "PATHS",
          [given](const std::vector<std::string>& paths) {
            return run("blockchaintest", *given, paths);
          }};
}

Command statetest_command() {
  const auto given = std::make_shared<StatetestArguments>();
  return {
      "statetest",
      "Run Ethereum's state, VM and transaction tests",
      {{"config", "FILE", "TOML file with these options as keys", into(given->config)},
       {"trace", "", "EIP-3155 lines of one test", into(given->trace)},
       {"only", "TEXT", "with --trace: a part of the test's name", into(given->only)},
       {"jobs", "N", "threads (one a processor)", into(given->jobs)}},
      "PATHS",
      [given](const std::vector<std::string>& paths) { return run("statetest", *given, paths); }};
}

}  // namespace cairn::cli
