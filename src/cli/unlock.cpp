#include "cli/unlock.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "cli/keystore_folder.hpp"
#include "cli/password.hpp"

namespace cairn::cli {

Result<std::vector<chain::DevAccount>> unlocked_accounts(const DevOptions& options) {
  const KeystoreFolder folder(options.keystore.empty() ? options.datadir + "/keystore"
                                                       : options.keystore);
  std::vector<chain::DevAccount> out;
  for (const std::string& which : options.unlock) {
    const auto file = folder.find(which);
    if (!file) {
      return fail(file.error().code, fmt::format("--unlock: {}", file.error().message));
    }
    CAIRN_TRY(const std::string password,
              password_of(options.password, out.size(),
                          fmt::format("Password of {}: ", base::to_hex(file->address))));
    const auto key = open_key(*file, password);
    if (!key) {
      return fail(key.error().code, fmt::format("--unlock: {}", key.error().message));
    }
    out.push_back({.address = file->address, .key = *key});
  }
  return out;
}

}  // namespace cairn::cli
