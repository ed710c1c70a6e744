#pragma once
// The command `cairn statetest`: runs Ethereum's state tests, VMTests and transaction tests.

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/thread_pool.hpp"

namespace cairn::spec {

struct StatetestOptions {
  std::vector<std::filesystem::path> paths;  // files and folders
  bool trace = false;                        // one test, with EIP-3155 lines
  std::string only;  // with `trace`: a part of the one test's name or label ("Cancun d0 g0 v0")
};

// Prints a line a failure, then a line a fork and a total. The exit code: 0 if nothing failed and
// there was something to run, 1 otherwise. An error for a path that is not there, and for a trace
// that would be of none or of several tests.
Result<int> run_statetest(const StatetestOptions& options, base::ThreadPool& pool,
                          std::ostream& out);

}  // namespace cairn::spec
