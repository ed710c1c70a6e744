// The request and response files of execution-apis, in the order of their names against one node
// over the chain that they were recorded on.

#include <gtest/gtest.h>

#include "chain/block_import.hpp"
#include "store/rocks_store.hpp"
#include "tests/api/dev_chain.hpp"
#include "tests/api/io_cases.hpp"
#include "tests/fixtures.hpp"

namespace cairn::api::test {
namespace {

// Of an RLP list with its prefix.
std::size_t item_size(BytesView bytes) {
  const std::uint8_t first = bytes[0];
  if (first <= 0xf7) {
    return std::size_t{first} - 0xc0 + 1;
  }
  const std::size_t digits = std::size_t{first} - 0xf7;
  return 1 + digits + base::from_be(bytes.subspan(1, digits)).low64();
}

std::shared_ptr<store::Store> imported(const std::filesystem::path& folder) {
  std::shared_ptr<store::Store> store = store::RocksStore::open_in_memory().value();
  const auto genesis = types::parse_genesis(testing::read_text(folder / "genesis.json"));
  const auto chain = chain::Chain::create(store, genesis->genesis).value();
  base::ThreadPool pool{2};
  chain::BlockImporter importer(*chain, pool);
  const std::string bytes = testing::read_text(folder / "chain.rlp");
  for (BytesView rest = base::bytes_of(bytes); !rest.empty();) {
    const std::size_t size = item_size(rest);
    if (const auto done = importer.add(rest.first(size)); !done) {
      throw std::runtime_error(done.error().message);
    }
    rest = rest.subspan(size);
  }
  return store;
}

std::unique_ptr<DevChain> node_over(const std::filesystem::path& folder) {
  node::DevOptions options;
  options.automine = false;
  return std::make_unique<DevChain>(options, DispatchLimits{}, imported(folder));
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
