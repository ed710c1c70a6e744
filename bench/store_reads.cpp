// Random reads of a large flat state: a million accounts, by the size of the store's block cache.
// What the cache does not hold comes from the system's page cache and is decompressed.
//
//   store_reads [FOLDER]

#include <fmt/format.h>

#include <filesystem>
#include <random>
#include <stdexcept>
#include <vector>

#include "base/bytes.hpp"
#include "bench/figures.hpp"
#include "bench/program.hpp"
#include "store/rocks_store.hpp"

namespace {

namespace fs = std::filesystem;
using namespace cairn;
using bench::Clock;
using bench::milliseconds_since;

constexpr std::uint64_t kAccounts = 1'000'000;
constexpr std::uint64_t kReads = 300'000;
constexpr std::size_t kSizes[] = {2, 8, 32};  // MiB

// As spread as addresses are.
Bytes address(std::uint64_t index) {
  std::mt19937_64 random(index);
  Bytes out(20);
  for (std::uint8_t& byte : out) {
    byte = static_cast<std::uint8_t>(random());
  }
  return out;
}

void fill(const fs::path& folder) {
  store::RocksOptions options;
  options.sync = false;
  const auto opened = store::RocksStore::open(folder, options);
  for (std::uint64_t i = 0; i < kAccounts;) {
    store::Batch batch;
    for (const std::uint64_t end = i + 10'000; i < end; ++i) {
      const Bytes key = address(i);
      batch.put(store::Column::accounts, key, BytesView{key}.first(12));
    }
    (void)(*opened)->commit(std::move(batch));
  }
}

double microseconds_a_read(const fs::path& folder, std::size_t cache) {
  store::RocksOptions options;
  options.block_cache_size = cache << 20;
  const auto opened = store::RocksStore::open(folder, options);
  std::mt19937_64 random(1);
  std::vector<Bytes> keys;
  for (std::uint64_t i = 0; i < kReads; ++i) {
    keys.push_back(address(random() % kAccounts));
  }
  Clock::time_point begin;
  std::uint64_t missing = 0;
  for (int round = 0; round < 2; ++round) {  // the first one fills the cache
    begin = Clock::now();
    for (const Bytes& key : keys) {
      missing += (*opened)->get(store::Column::accounts, key) ? 0 : 1;
    }
  }
  if (missing != 0) {
    throw std::runtime_error("accounts are missing");
  }
  return milliseconds_since(begin) * 1000 / static_cast<double>(kReads);
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run_in_folder(
      argc, argv, "store_reads [FOLDER]", [](const bench::Words&, const fs::path& folder) {
        fill(folder);
        for (const std::size_t size : kSizes) {
          fmt::print("a random one of {} accounts, block cache of {} MiB: {:.2f} us\n", kAccounts,
                     size, microseconds_a_read(folder, size));
        }
        return true;
      });
}
