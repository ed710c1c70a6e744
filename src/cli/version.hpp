#pragma once
// What this build calls itself.

#include <string>
#include <string_view>

namespace cairn::cli {

extern const std::string_view kVersion;   // "0.1.0", CMake's project version
extern const std::string_view kPlatform;  // "linux-x86_64"
extern const std::string_view kCompiler;  // "g++-12.2.0"

std::string version_line();  // "Cairn/v0.1.0/linux-x86_64/g++-12.2.0"

}  // namespace cairn::cli
