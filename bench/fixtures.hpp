#pragma once
// Official blockchain tests as work to be measured.

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/blockchain_test.hpp"

namespace cairn::bench {

// Where the worst-case blocks lie below the folder of all fixtures.
std::filesystem::path worst_cases(const std::filesystem::path& fixtures);

// The blockchain tests of the files below `folder` that are wanted by file and by name. Throws
// BadArgument where the folder cannot be read or has none.
std::vector<spec::BlockchainTest> read_tests(
    const std::filesystem::path& folder,
    const std::function<bool(const std::filesystem::path&)>& wants_file,
    const std::function<bool(std::string_view)>& wants_test);

// A test's name without the file's path and what all names share.
std::string short_name(std::string name);

}  // namespace cairn::bench
