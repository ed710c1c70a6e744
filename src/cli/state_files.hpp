#pragma once
// The dumps that a dev chain begins with and leaves behind.

#include <filesystem>
#include <memory>

#include "cli/state_file_options.hpp"
#include "node/dev_node.hpp"

namespace cairn::cli {

// Brings a new chain to the state of its file; nothing where no file is named, or --state's is not
// there yet. Errors name the flag.
Result<void> load_state_file(const StateFileOptions& options, node::DevNode& node);
// Whether a file is named that a chain that goes on does not read again.
bool has_state_to_load(const StateFileOptions& options);

// Writes a chain's dump, whole or not at all, when something has changed since. One thread at a
// time.
class StateDumper {
 public:
  // Fails where the file cannot be written: at the start, not at the end. `node` must outlive it.
  static Result<StateDumper> make(const StateFileOptions& options, node::DevNode& node);

  bool wanted() const { return !path_.empty(); }
  Result<void> write();

 private:
  StateDumper(std::filesystem::path path, bool past_states, node::DevNode& node)
      : path_(std::move(path)), past_states_(past_states), node_(&node) {}

  std::filesystem::path path_;  // empty: none is wanted
  bool past_states_;
  node::DevNode* node_;
  std::shared_ptr<const chain::ChainView> written_;
};

}  // namespace cairn::cli
