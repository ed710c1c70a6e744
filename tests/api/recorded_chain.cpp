#include "tests/api/recorded_chain.hpp"

#include <stdexcept>

#include "chain/block_import.hpp"
#include "store/rocks_store.hpp"
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

}  // namespace

std::shared_ptr<store::Store> import_chain(const std::filesystem::path& genesis,
                                           const std::filesystem::path& blocks) {
  std::shared_ptr<store::Store> store = store::RocksStore::open_in_memory().value();
  const auto parsed = types::parse_genesis(testing::read_text(genesis));
  const auto chain = chain::Chain::create(store, parsed->genesis).value();
  base::ThreadPool pool{2};
  chain::BlockImporter importer(*chain, pool);
  const std::string bytes = testing::read_text(blocks);
  for (BytesView rest = base::bytes_of(bytes); !rest.empty();) {
    const std::size_t size = item_size(rest);
    if (const auto done = importer.add(rest.first(size)); !done) {
      throw std::runtime_error(done.error().message);
    }
    rest = rest.subspan(size);
  }
  return store;
}

}  // namespace cairn::api::test
