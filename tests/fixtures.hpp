#pragma once
// Where the official test data stands: $CAIRN_FIXTURES, else shared/fixtures beside the checkout.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>

#include "tests/source_folder.hpp"

namespace cairn::testing {

// Nothing when there are none, which has then been said in one line.
inline std::optional<std::filesystem::path> fixtures_root() {
  const char* named = std::getenv("CAIRN_FIXTURES");
  const std::filesystem::path root = named != nullptr
                                         ? std::filesystem::path(named)
                                         : source_folder().parent_path() / "shared/fixtures";
  if (std::filesystem::is_directory(root)) {
    return root;
  }
  std::cout << "no fixtures at " << root.string() << " (set CAIRN_FIXTURES): conformance skipped\n";
  return std::nullopt;
}

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw std::runtime_error("cannot read " + path.string());
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace cairn::testing

// First line of a test that needs fixtures: `root` is their folder; without them the test is
// skipped, and under CI it fails.
#define CAIRN_FIXTURES_OR_SKIP(root)                           \
  const auto root##_found = ::cairn::testing::fixtures_root(); \
  if (!root##_found) {                                         \
    if (std::getenv("CI") != nullptr) {                        \
      FAIL() << "fixtures are missing";                        \
    }                                                          \
    GTEST_SKIP() << "fixtures are missing";                    \
  }                                                            \
  const std::filesystem::path& root = *root##_found
