#include "spec/statetest.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <ostream>

#include "spec/eip3155_tracer.hpp"
#include "spec/suite.hpp"
#include "spec/test_file.hpp"

namespace cairn::spec {
namespace {

void print_count(std::ostream& out, std::string_view name, const Count& count) {
  fmt::print(out, "{}: {} passed, {} failed, {} skipped\n", name, count.passed, count.failed,
             count.skipped);
}

Result<int> run_all(const std::vector<std::filesystem::path>& files, base::ThreadPool& pool,
                    std::ostream& out) {
  const SuiteResult result = run_tests(files, pool);
  for (const std::string& failure : result.failures) {
    fmt::print(out, "{}\n", failure);
  }
  for (const auto& [fork, count] : result.by_fork) {
    print_count(out, fork, count);
  }
  const Count total = result.total();
  if (total.passed + total.failed + total.skipped == 0) {
    return fail(ErrorCode::not_found, "there is no test in what was named");
  }
  print_count(out, "total", total);
  return total.failed == 0 && total.passed > 0 ? 0 : 1;
}

// The one entry that a trace is of.
struct Selection {
  std::vector<Test> tests;  // owns what the pointers below point into
  const StateTest* test = nullptr;
  const StateTestEntry* entry = nullptr;
};

Result<Selection> select_one(const std::vector<std::filesystem::path>& files,
                             const std::string& only) {
  Selection selection;
  std::size_t matches = 0;
  for (const auto& file : files) {
    CAIRN_TRY(auto tests, read_test_file(file));
    bool here = false;
    for (const Test& each : tests) {
      const auto* test = std::get_if<StateTest>(&each);
      for (std::size_t i = 0; test != nullptr && i < test->entries.size(); ++i) {
        if (fmt::format("{} [{}]", test->name, test->entries[i].label()).find(only) !=
            std::string::npos) {
          ++matches;
          here = true;
          selection.test = test;
          selection.entry = &test->entries[i];
        }
      }
    }
    if (here) {
      selection.tests = std::move(tests);
    }
  }
  if (matches != 1) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("--trace prints one test, and {} match: name it by --only", matches));
  }
  return selection;
}

Result<int> run_traced(const std::vector<std::filesystem::path>& files, const std::string& only,
                       std::ostream& out) {
  CAIRN_TRY(const Selection selected, select_one(files, only));
  Eip3155Tracer tracer(out);
  const auto wrong = run_state_test(*selected.test, *selected.entry, &tracer);
  if (wrong) {
    fmt::print(out, "FAIL {} [{}]: {}\n", selected.test->name, selected.entry->label(), *wrong);
  }
  print_count(out, "total", {.passed = wrong ? 0u : 1u, .failed = wrong ? 1u : 0u});
  return wrong ? 1 : 0;
}

}  // namespace

Result<int> run_statetest(const StatetestOptions& options, base::ThreadPool& pool,
                          std::ostream& out) {
  CAIRN_TRY(const auto files, find_test_files(options.paths));
  return options.trace ? run_traced(files, options.only, out) : run_all(files, pool, out);
}

}  // namespace cairn::spec
