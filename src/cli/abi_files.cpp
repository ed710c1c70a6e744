#include "cli/abi_files.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;
using simdjson::SUCCESS;

constexpr std::uintmax_t kMostBytes = std::uintmax_t{256} << 20;  // of a file

// How many functions and errors there are; nothing where the file has no ABI.
std::optional<std::size_t> learn_file(const fs::path& path, nodelog::Names& names) {
  std::error_code error;
  if (fs::file_size(path, error) > kMostBytes || error) {
    return std::nullopt;
  }
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array abi;
  simdjson::dom::object output;
  if (parser.load(path.string()).get(root) != SUCCESS) {
    return std::nullopt;
  }
  if (root.get(abi) == SUCCESS || root["abi"].get(abi) == SUCCESS) {
    return names.learn(abi);
  }
  if (root["output"].get(output) == SUCCESS || root.get(output) == SUCCESS) {
    const std::size_t count = names.learn_output(output);
    return count > 0 ? std::optional(count) : std::nullopt;
  }
  return std::nullopt;
}

Result<void> learn_path(const fs::path& path, nodelog::Names& names) {
  std::error_code error;
  bool any = false;
  if (!fs::is_directory(path, error)) {
    any = learn_file(path, names).has_value();
  } else {
    for (fs::recursive_directory_iterator at(path, error), end; !error && at != end;
         at.increment(error)) {
      if (at->path().extension() == ".json" && at->is_regular_file()) {
        any |= learn_file(at->path(), names).has_value();
      }
    }
  }
  return any ? Result<void>{}
             : fail(ErrorCode::not_found,
                    fmt::format("--abi: no contract's ABI is in {}", path.string()));
}

}  // namespace

Result<void> learn_abis(const std::vector<std::string>& paths, nodelog::Names& names) {
  for (const std::string& path : paths) {
    CAIRN_CHECK(learn_path(path, names));
  }
  return {};
}

}  // namespace cairn::cli
