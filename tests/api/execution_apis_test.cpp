// The request and response files of execution-apis, in the order of their names against one node
// over the chain that they were recorded on.

#include <gtest/gtest.h>

#include "tests/api/dev_chain.hpp"
#include "tests/api/io_cases.hpp"
#include "tests/api/recorded_chain.hpp"
#include "tests/fixtures.hpp"

namespace cairn::api::test {
namespace {

std::unique_ptr<DevChain> node_over(const std::filesystem::path& folder) {
  node::DevOptions options;
  options.automine = false;
  return std::make_unique<DevChain>(options, DispatchLimits{},
                                    import_chain(folder / "genesis.json", folder / "chain.rlp"));
}

TEST(ExecutionApis, EveryRecordedAnswerIsGiven) {
  CAIRN_FIXTURES_OR_SKIP(root);
  const auto folder = root / "execution-apis" / "tests";
  const auto node = node_over(folder);
  std::size_t count = 0;
  std::size_t failed = 0;
  for (const IoCase& one : read_io_cases(folder)) {
    ++count;
    bool equal = true;
    for (const Exchange& exchange : one.exchanges) {
      const std::string answer = node->ask(exchange.request);
      const auto found = one.speconly ? difference_in_shape(exchange.expected, answer)
                                      : difference(exchange.expected, answer);
      if (found) {
        equal = false;
        ADD_FAILURE() << one.name << ": " << *found;
      }
    }
    failed += equal ? 0 : 1;
  }
  std::cout << "execution-apis: " << count - failed << " passed, " << failed
            << " failed, 0 skipped\n";
  EXPECT_GT(count, 0u);
}

}  // namespace
}  // namespace cairn::api::test
