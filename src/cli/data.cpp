#include "cli/data.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "store/rocks_store.hpp"

namespace cairn::cli {
namespace {

constexpr std::string_view kStoreFolder = "chain";

// What the folder's error leaves open: what to do about it.
Error with_remedy(Error error) {
  error.message += error.code == ErrorCode::conflict ? ": stop that one, or"
                   : error.code == ErrorCode::limit  ? ": make room and start again, or"
                                                     : ":";
  error.message += " choose another folder with --datadir";
  return error;
}

template <class T>
Result<T> or_remedy(Result<T> result) {
  if (!result) {
    return std::unexpected(with_remedy(result.error()));
  }
  return result;
}

}  // namespace

bool holds_store(const std::string& folder) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::path(folder) / kStoreFolder, ignored);
}

Result<Data> open_data(const std::string& folder, bool fresh) {
  Data data;
  CAIRN_TRY(data.folder, or_remedy(store::DataFolder::open(folder)));
  const std::filesystem::path chain = data.folder->path() / kStoreFolder;
  if (fresh) {
    std::error_code error;
    std::filesystem::remove_all(chain, error);
    if (error) {
      return fail(ErrorCode::io,
                  fmt::format("cannot empty {}: {}", chain.string(), error.message()));
    }
  }
  CAIRN_TRY(data.store, or_remedy(store::RocksStore::open(chain)));
  return data;
}

Result<Data> data_in_memory() {
  Data data;
  CAIRN_TRY(data.store, store::RocksStore::open_in_memory());
  return data;
}

}  // namespace cairn::cli
