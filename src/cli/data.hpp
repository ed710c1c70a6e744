#pragma once
// A data folder as the commands use it: its lock, and the chain's store inside.

#include <memory>
#include <optional>
#include <string>

#include "store/data_folder.hpp"
#include "store/store.hpp"

namespace cairn::cli {

struct Data {
  std::optional<store::DataFolder> folder;  // none: kept in memory alone
  std::shared_ptr<store::Store> store;
};

// Whether a store was ever made in the folder; makes nothing.
bool holds_store(const std::string& folder);
// `fresh` empties it first. Errors say which folder and what to do.
Result<Data> open_data(const std::string& folder, bool fresh);
Result<Data> data_in_memory();

}  // namespace cairn::cli
