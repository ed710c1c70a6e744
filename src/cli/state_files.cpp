#include "cli/state_files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "api/state_dump.hpp"
#include "cli/whole_file.hpp"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;

// As anvil: a folder has its dump in state.json.
fs::path dump_in(const std::string& path) {
  return fs::is_directory(path) ? fs::path(path) / "state.json" : fs::path(path);
}

std::string_view flag_of(const StateFileOptions& options, std::string_view single) {
  return options.both.empty() ? single : "--state";
}

std::unexpected<Error> failed(std::string_view flag, ErrorCode code, std::string_view why) {
  return fail(code, fmt::format("{}: {}", flag, why));
}

}  // namespace

bool has_state_to_load(const StateFileOptions& options) {
  return !options.load.empty() || (!options.both.empty() && fs::exists(dump_in(options.both)));
}

Result<void> load_state_file(const StateFileOptions& options, node::DevNode& node) {
  if (!has_state_to_load(options)) {
    return {};
  }
  const std::string_view flag = flag_of(options, "--load-state");
  const fs::path path = dump_in(options.both.empty() ? options.load : options.both);
  std::ifstream file(path, std::ios::binary);
  const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    return failed(flag, ErrorCode::not_found, fmt::format("cannot read {}", path.string()));
  }
  if (const auto loaded = api::load_state(node, bytes); !loaded) {
    return failed(flag, loaded.error().code,
                  fmt::format("{}: {}", path.string(), loaded.error().message));
  }
  return {};
}

Result<StateDumper> StateDumper::make(const StateFileOptions& options, node::DevNode& node) {
  const std::string& named = options.both.empty() ? options.dump : options.both;
  if (named.empty()) {
    return StateDumper({}, false, node);
  }
  const fs::path path = fs::absolute(dump_in(named));
  if (::access(path.parent_path().c_str(), W_OK) != 0) {
    return failed(flag_of(options, "--dump-state"), ErrorCode::io,
                  fmt::format("cannot write into the folder {}", path.parent_path().string()));
  }
  return StateDumper(path, options.past_states, node);
}

Result<void> StateDumper::write() try {
  const auto head = node_->head();
  if (!wanted() || head == written_) {
    return {};
  }
  CAIRN_CHECK(write_whole(path_, api::state_dump_json(*head, past_states_)));
  written_ = head;
  return {};
} catch (const state::StateUnavailable& missing) {
  return fail(ErrorCode::unsupported, fmt::format("cannot dump the state: {}", missing.what()));
}

}  // namespace cairn::cli
