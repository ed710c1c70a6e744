#include "cli/state_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "api/state_dump.hpp"
#include "base/hex.hpp"
#include "base/read_file.hpp"
#include "cli/whole_file.hpp"
#include "crypto/keccak.hpp"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;

// Hashes of the state files that the chain read or wrote last, one a line, newest first. Two,
// because a crash may come between this file and the state file.
constexpr std::string_view kKnownFile = "state-files";

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

bool has_state_to_load(const StateFileOptions& options) {
  return !options.load.empty() || (!options.both.empty() && fs::exists(dump_in(options.both)));
}

Result<std::string> read_state_file(std::string_view flag, const fs::path& path) {
  auto text = base::read_file(path);
  return text ? std::move(text) : failed(flag, text.error().code, text.error().message);
}

std::string name_of(BytesView state_file) { return base::to_hex(crypto::keccak256(state_file)); }

std::vector<std::string> known_in(const fs::path& folder) {
  std::ifstream file(folder / kKnownFile);
  return {std::istream_iterator<std::string>(file), {}};
}

Result<void> know(const fs::path& folder, BytesView state_file) {
  if (folder.empty()) {
    return {};
  }
  std::string text = name_of(state_file) + '\n';
  if (const auto before = known_in(folder); !before.empty()) {
    text += before.front() + '\n';
  }
  return write_whole(folder / kKnownFile, text);
}

}  // namespace

Result<void> load_state_file(const StateFileOptions& options, node::DevNode& node,
                             const fs::path& folder) {
  if (!folder.empty()) {
    fs::remove(folder / kKnownFile);  // of a chain that was here before
  }
  if (!has_state_to_load(options)) {
    return {};
  }
  const std::string_view flag = flag_of(options, "--load-state");
  const fs::path path = dump_in(options.both.empty() ? options.load : options.both);
  CAIRN_TRY(const std::string text, read_state_file(flag, path));
  const BytesView bytes = base::bytes_of(text);
  if (const auto loaded = api::load_state(node, bytes); !loaded) {
    return failed(flag, loaded.error().code,
                  fmt::format("{}: {}", path.string(), loaded.error().message));
  }
  return know(folder, bytes);
}

Result<void> check_state_file(const StateFileOptions& options, const fs::path& folder) {
  if (options.both.empty() || !has_state_to_load(options)) {
    return {};
  }
  const fs::path path = dump_in(options.both);
  CAIRN_TRY(const std::string text, read_state_file("--state", path));
  if (std::ranges::count(known_in(folder), name_of(base::bytes_of(text))) > 0) {
    return {};
  }
  return failed("--state", ErrorCode::conflict,
                fmt::format("{} is not what the chain in {} wrote last, and would be written over: "
                            "--fresh begins with the file, --datadir takes another folder, "
                            "--dump-state writes over it",
                            path.string(), folder.string()));
}

Result<StateDumper> StateDumper::make(const StateFileOptions& options, node::DevNode& node,
                                      fs::path folder) {
  const std::string& named = options.both.empty() ? options.dump : options.both;
  if (named.empty()) {
    return StateDumper({}, {}, false, node);
  }
  const fs::path path = fs::absolute(dump_in(named));
  if (!may_write(path)) {
    return failed(flag_of(options, "--dump-state"), ErrorCode::io,
                  fmt::format("cannot write into the folder {}", path.parent_path().string()));
  }
  return StateDumper(path, std::move(folder), options.past_states, node);
}

Result<void> StateDumper::write() try {
  const auto head = node_->head();
  if (!wanted() || head == written_) {
    return {};
  }
  const std::string text = api::state_dump_json(*head, past_states_);
  CAIRN_CHECK(know(folder_, base::bytes_of(text)));  // first: what is there is this chain's then
  CAIRN_CHECK(write_whole(path_, text));
  written_ = head;
  return {};
} catch (const state::StateUnavailable& missing) {
  return fail(ErrorCode::unsupported, fmt::format("cannot dump the state: {}", missing.what()));
}

}  // namespace cairn::cli
