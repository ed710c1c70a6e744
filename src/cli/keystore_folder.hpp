#pragma once
// A folder of V3 key files, as geth keeps it: UTC--<time>--<address>, one key a file, mode 0600 in
// a folder of mode 0700.

#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "crypto/keystore.hpp"

namespace cairn::cli {

struct KeyFile {
  Address address;
  std::filesystem::path path;
};

class KeystoreFolder {
 public:
  explicit KeystoreFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Every file that says which address it is for, by name; other files are passed over. Empty where
  // there is no folder.
  Result<std::vector<KeyFile>> list() const;
  // By address, or by the number that list() gives it.
  Result<KeyFile> find(const std::string& which) const;
  // Conflict where the address is here already. On disk when it returns.
  Result<KeyFile> add(const crypto::SecretKey& key, std::string_view password,
                      const crypto::ScryptCost& cost, const base::Clock& clock) const;

  const std::filesystem::path& path() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

// The file must not be there; mode 0600, synced.
Result<void> write_secret_file(const std::filesystem::path& path, std::string_view text);

// Opens a file with a password; errors name the file.
Result<crypto::SecretKey> open_key(const KeyFile& file, std::string_view password);

}  // namespace cairn::cli
