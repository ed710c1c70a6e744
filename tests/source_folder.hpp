#pragma once
// The checkout that this test was built from. Known to one file alone, so that all others compile
// the same wherever the checkout stands, and a compiler's cache serves every checkout.

#include <filesystem>

namespace cairn::testing {

const std::filesystem::path& source_folder();

}  // namespace cairn::testing
