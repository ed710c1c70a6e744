#pragma once
// Chains that other clients' request and response files were recorded on, in memory.

#include <filesystem>
#include <memory>

#include "store/store.hpp"

namespace cairn::api::test {

// `blocks`: RLP blocks one after the other. Throws where one is refused.
std::shared_ptr<store::Store> import_chain(const std::filesystem::path& genesis,
                                           const std::filesystem::path& blocks);

}  // namespace cairn::api::test
