#pragma once
// `cairn dev --unlock`: accounts of key files that the node signs for.

#include <vector>

#include "base/result.hpp"
#include "chain/dev_genesis.hpp"
#include "cli/dev_options.hpp"

namespace cairn::cli {

// In the order in which they were named; the first takes the password file's first line, as with
// geth. Asks on the terminal without such a file.
Result<std::vector<chain::DevAccount>> unlocked_accounts(const DevOptions& options);

}  // namespace cairn::cli
