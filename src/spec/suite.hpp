#pragma once
// Many test files at once: finds them, runs every entry, counts by fork.

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/thread_pool.hpp"

namespace cairn::spec {

struct Count {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;

  std::size_t total() const { return passed + failed + skipped; }
};

struct SuiteResult {
  std::map<std::string, Count> by_fork;  // VMTests count as "VMTests"; broken files as "unreadable"
  std::vector<std::string> failures;     // one line each, in the order of the files

  Count total() const;
};

// The .json files that the paths name, folders searched through, sorted. An error for a path that
// is not there.
Result<std::vector<std::filesystem::path>> find_test_files(
    const std::vector<std::filesystem::path>& paths);

// Runs every entry of every file: state tests, VMTests, transaction and blockchain tests, told
// apart by what they hold. Nothing is skipped.
SuiteResult run_tests(const std::vector<std::filesystem::path>& files, base::ThreadPool& pool);

}  // namespace cairn::spec
