#include "cli/version.hpp"

#include <fmt/format.h>

#include "cairn_version.hpp"

namespace cairn::cli {

constexpr std::string_view kVersion = CAIRN_VERSION;
constexpr std::string_view kPlatform = CAIRN_PLATFORM;
constexpr std::string_view kCompiler = CAIRN_COMPILER;

std::string version_line() {
  return fmt::format("Cairn/v{}/{}/{}", kVersion, kPlatform, kCompiler);
}

}  // namespace cairn::cli
