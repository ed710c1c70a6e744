#include "spec/suite.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "spec/test_file.hpp"

namespace cairn::spec {
namespace {

constexpr std::string_view kVmTests = "VMTests";
constexpr std::string_view kUnreadable = "unreadable";

class FileRun {
 public:
  FileRun(const std::filesystem::path& path, base::ThreadPool& pool) : path_(path), pool_(pool) {}

  SuiteResult run() {
    const auto tests = read_test_file(path_);
    if (!tests) {
      record(kUnreadable, tests.error().message, std::string{});
      return std::move(result_);
    }
    for (const Test& test : *tests) {
      std::visit([this](const auto& each) { run_test(each); }, test);
    }
    return std::move(result_);
  }

 private:
  void run_test(const StateTest& test) {
    for (const StateTestEntry& entry : test.entries) {
      record(entry.network, fmt::format("{} [{}]", test.name, entry.label()),
             run_state_test(test, entry));
    }
  }

  void run_test(const VmTest& test) { record(kVmTests, test.name, run_vm_test(test)); }

  void run_test(const TransactionTest& test) {
    for (const auto& expected : test.expectations) {
      record(expected.network, fmt::format("{} [{}]", test.name, expected.network),
             run_transaction_test(test, expected));
    }
  }

  void run_test(const BlockchainTest& test) {
    record(test.network, test.name, run_blockchain_test(test, pool_));
  }

  void record(std::string_view fork, std::string_view name,
              const std::optional<std::string>& wrong) {
    Count& count = result_.by_fork[std::string(fork)];
    ++(wrong ? count.failed : count.passed);
    if (wrong) {
      result_.failures.push_back(fmt::format("FAIL {} {}: {}", path_.string(), name, *wrong));
    }
  }

  const std::filesystem::path& path_;
  base::ThreadPool& pool_;
  SuiteResult result_;
};

void add(SuiteResult& sum, SuiteResult part) {
  for (const auto& [fork, count] : part.by_fork) {
    Count& total = sum.by_fork[fork];
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
  }
  std::ranges::move(part.failures, std::back_inserter(sum.failures));
}

}  // namespace

Count SuiteResult::total() const {
  Count sum;
  for (const auto& [fork, count] : by_fork) {
    sum.passed += count.passed;
    sum.failed += count.failed;
    sum.skipped += count.skipped;
  }
  return sum;
}

Result<std::vector<std::filesystem::path>> find_test_files(
    const std::vector<std::filesystem::path>& paths) {
  std::vector<std::filesystem::path> files;
  for (const auto& path : paths) {
    if (std::filesystem::is_regular_file(path)) {
      files.push_back(path);
    } else if (std::filesystem::is_directory(path)) {
      for (const auto& found : std::filesystem::recursive_directory_iterator(path)) {
        if (found.is_regular_file() && found.path().extension() == ".json") {
          files.push_back(found.path());
        }
      }
    } else {
      return fail(ErrorCode::not_found,
                  fmt::format("{} is neither file nor folder", path.string()));
    }
  }
  std::ranges::sort(files);
  return files;
}

SuiteResult run_tests(const std::vector<std::filesystem::path>& files, base::ThreadPool& pool) {
  std::vector<SuiteResult> parts(files.size());
  pool.for_each_index(files.size(),
                      [&](std::size_t i) { parts[i] = FileRun(files[i], pool).run(); });
  SuiteResult sum;
  for (SuiteResult& part : parts) {
    add(sum, std::move(part));
  }
  return sum;
}

}  // namespace cairn::spec
