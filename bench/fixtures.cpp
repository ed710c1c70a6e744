#include "bench/fixtures.hpp"

#include <fmt/format.h>

#include <variant>

#include "bench/program.hpp"
#include "spec/suite.hpp"
#include "spec/test_file.hpp"

namespace cairn::bench {
namespace {

namespace fs = std::filesystem;

}  // namespace

fs::path worst_cases(const fs::path& fixtures) {
  return fixtures / "execution-spec-tests" / "benchmark";
}

std::vector<spec::BlockchainTest> read_tests(
    const fs::path& folder, const std::function<bool(const fs::path&)>& wants_file,
    const std::function<bool(std::string_view)>& wants_test) {
  std::vector<spec::BlockchainTest> out;
  const auto files = must(spec::find_test_files({folder}));
  for (const fs::path& file : files) {
    if (!wants_file(file)) {
      continue;
    }
    auto tests = must(spec::read_test_file(file));
    for (spec::Test& test : tests) {
      auto* blocks = std::get_if<spec::BlockchainTest>(&test);
      if (blocks != nullptr && !blocks->blocks.empty() && wants_test(blocks->name)) {
        out.push_back(std::move(*blocks));
      }
    }
  }
  if (out.empty()) {
    throw BadArgument(fmt::format("'{}' has no such blockchain test", folder.string()));
  }
  return out;
}

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

}  // namespace cairn::bench
