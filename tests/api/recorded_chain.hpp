#pragma once
// Chains that other clients' request and response files were recorded on, in memory.

#include <filesystem>
#include <memory>

#include "store/store.hpp"

namespace cairn::api::test {

// `blocks`: RLP blocks one after the other. Throws where one is refused.
std::shared_ptr<store::Store> import_chain(const std::filesystem::path& genesis,
                                           const std::filesystem::path& blocks);

// `blocks`: JSON with each block's transactions and the keys that sign them. Made again before the
// merge, one second a block, without a beneficiary; times, difficulties and thus hashes of blocks
// are not those of the recording.
std::shared_ptr<store::Store> rebuild_chain(const std::filesystem::path& genesis,
                                            const std::filesystem::path& blocks);

}  // namespace cairn::api::test
