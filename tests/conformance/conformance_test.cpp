// Ethereum's own tests of states, transactions and chains, every entry of every file.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <thread>

#include "spec/suite.hpp"
#include "tests/fixtures.hpp"

namespace cairn::spec {
namespace {

// A fixed tenth of the files, for builds under sanitizers.
bool runs_a_tenth() { return std::getenv("CAIRN_CONFORMANCE_TENTH") != nullptr; }

std::uint32_t fnv1a(std::string_view text) {
  std::uint32_t value = 0x811c9dc5;
  for (const char c : text) {
    value = (value ^ static_cast<std::uint8_t>(c)) * 0x01000193u;
  }
  return value;
}

std::size_t counted_by_script(const std::filesystem::path& folder) {
  const std::string command = fmt::format("python3 '{}/tests/conformance/count_entries.py' '{}' {}",
                                          cairn::testing::source_folder().string(), folder.string(),
                                          runs_a_tenth() ? "--tenth" : "");
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::array<char, 4096> line{};
  if (pipe == nullptr || std::fgets(line.data(), line.size(), pipe.get()) == nullptr) {
    throw std::runtime_error("count_entries.py does not answer");
  }
  return std::strtoull(line.data(), nullptr, 10);
}

class Conformance : public ::testing::TestWithParam<std::string> {};

TEST_P(Conformance, PassesEveryEntryOfEveryFile) {
  CAIRN_FIXTURES_OR_SKIP(root);
  const std::filesystem::path folder = root / GetParam();
  auto files = find_test_files({folder});
  ASSERT_TRUE(files) << files.error().message;
  if (runs_a_tenth()) {
    std::erase_if(*files,
                  [](const auto& file) { return fnv1a(file.filename().string()) % 10 != 0; });
    std::cout << "CAIRN_CONFORMANCE_TENTH is set: " << files->size() << " files\n";
  }

  base::ThreadPool pool(std::max(1u, std::thread::hardware_concurrency()));
  const SuiteResult result = run_tests(*files, pool);

  for (const std::string& failure : result.failures) {
    ADD_FAILURE() << failure;
  }
  const Count total = result.total();
  EXPECT_EQ(total.skipped, 0u);
  EXPECT_EQ(total.total(), counted_by_script(folder));
  EXPECT_GT(total.passed, 0u);
  std::cout << GetParam() << ": " << total.passed << " passed, " << total.failed << " failed, "
            << total.skipped << " skipped\n";
}

// The name of a header whose hash no longer is what the test spells out.
class SpeltOut : public ::testing::TestWithParam<const char*> {};

TEST_P(SpeltOut, HashesAreThoseOfTheirBlocks) {
  CAIRN_FIXTURES_OR_SKIP(root);
  const auto path =
      root / "ethereum-tests/BlockchainTests/ValidBlocks/bcStateTests/OverflowGasRequire.json";
  const auto copy =
      std::filesystem::path(::testing::TempDir()) / fmt::format("{}.json", GetParam());
  std::string text = cairn::testing::read_text(path);
  base::ThreadPool pool(1);
  std::ofstream(copy) << text;
  EXPECT_EQ(run_tests({copy}, pool).total().failed, 0u);
  char& digit = text.at(text.find("0x", text.find("\"hash\"", text.find(GetParam())) + 6) + 2);
  digit = digit == '0' ? '1' : '0';
  std::ofstream(copy) << text;
  EXPECT_EQ(run_tests({copy}, pool).total().failed, 1u);
  std::filesystem::remove(copy);
}

INSTANTIATE_TEST_SUITE_P(Headers, SpeltOut, ::testing::Values("blockHeader", "genesisBlockHeader"));

std::string name_of(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::erase_if(name, [](char c) { return c == '/' || c == '-' || c == '_'; });
  return name;
}

INSTANTIATE_TEST_SUITE_P(Ethereum, Conformance,
                         ::testing::Values("ethereum-tests/GeneralStateTests",
                                           "ethereum-tests/TransactionTests",
                                           "execution-spec-tests/state_tests",
                                           "legacytests/Constantinople/GeneralStateTests",
                                           "legacytests/Constantinople/VMTests", "evm-benchmarks",
                                           "ethereum-tests/BlockchainTests",
                                           "execution-spec-tests/blockchain_tests",
                                           "execution-spec-tests/benchmark",
                                           "legacytests/Constantinople/BlockchainTests"),
                         name_of);

}  // namespace
}  // namespace cairn::spec
