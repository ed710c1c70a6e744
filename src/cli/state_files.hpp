#pragma once
// The dumps that a dev chain begins with and leaves behind.

#include <filesystem>
#include <memory>

#include "cli/state_file_options.hpp"
#include "node/dev_node.hpp"

namespace cairn::cli {

// `folder` is the chain's data folder, which remembers what file it read or wrote last; empty: it
// has none.

// Brings a new chain to the state of its file; nothing where no file is named, or --state's is not
// there yet. Errors name the flag.
Result<void> load_state_file(const StateFileOptions& options, node::DevNode& node,
                             const std::filesystem::path& folder);
// A chain that goes on reads no file. Conflict where it would write over one of --state that is not
// its own.
Result<void> check_state_file(const StateFileOptions& options, const std::filesystem::path& folder);

// Writes a chain's dump, whole or not at all, when something has changed since. One thread at a
// time.
class StateDumper {
 public:
  // Fails where the file cannot be written: at the start, not at the end. `node` must outlive it.
  static Result<StateDumper> make(const StateFileOptions& options, node::DevNode& node,
                                  std::filesystem::path folder);

  bool wanted() const { return !path_.empty(); }
  Result<void> write();

 private:
  StateDumper(std::filesystem::path path, std::filesystem::path folder, bool past_states,
              node::DevNode& node)
      : path_(std::move(path)),
        folder_(std::move(folder)),
        past_states_(past_states),
        node_(&node) {}

  std::filesystem::path path_;  // empty: none is wanted
  std::filesystem::path folder_;
  bool past_states_;
  node::DevNode* node_;
  std::shared_ptr<const chain::ChainView> written_;
};

}  // namespace cairn::cli
