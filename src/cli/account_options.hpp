#pragma once
// What `cairn account` was told.

#include <optional>
#include <string>

namespace cairn::cli {

struct AccountOptions {
  std::string config;
  std::string datadir = ".cairn";
  std::string keystore;  // empty: `keystore` in the data folder
  std::string password;  // a file
  bool light_kdf = false;
  // new, import
  bool mnemonic = false;
  std::string path = "m/44'/60'/0'/0/0";
  std::string passphrase;  // a file
  // export
  bool raw = false;
  bool yes = false;
  std::string out;
  // sign
  std::optional<std::string> message;  // may be empty
  std::string typed_data;
  std::string transaction;

  std::string keystore_folder() const {
    return keystore.empty() ? datadir + "/keystore" : keystore;
  }
};

}  // namespace cairn::cli
