#include "cli/account.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "base/hex.hpp"
#include "base/nearest_word.hpp"
#include "base/random.hpp"
#include "base/read_file.hpp"
#include "cli/account_options.hpp"
#include "cli/account_sign.hpp"
#include "cli/keystore_folder.hpp"
#include "cli/password.hpp"
#include "crypto/hd_wallet.hpp"

namespace cairn::cli {
namespace {

using Arguments = std::span<const std::string>;

constexpr crypto::ScryptCost kLightCost{.n = 4'096, .r = 8, .p = 6};  // geth's --lightkdf

std::unexpected<Error> usage(std::string message) {
  return fail(ErrorCode::invalid_argument, std::move(message));
}

KeystoreFolder folder_of(const AccountOptions& options) {
  return KeystoreFolder(options.keystore_folder());
}

Result<int> keep(const AccountOptions& options, const crypto::SecretKey& key) {
  CAIRN_TRY(const std::string password, new_password(options.password));
  const auto cost = options.light_kdf ? kLightCost : crypto::ScryptCost{};
  CAIRN_TRY(const KeyFile file, folder_of(options).add(key, password, cost, base::SystemClock{}));
  fmt::print("Address  {}\nFile     {}\n", base::to_hex(file.address), file.path.string());
  return 0;
}

Result<crypto::SecretKey> key_of_mnemonic(const AccountOptions& options, std::string_view words) {
  std::string passphrase;
  if (!options.passphrase.empty()) {
    CAIRN_TRY(const auto lines, read_secret_file(options.passphrase, "passphrase file"));
    passphrase = lines.front();
  }
  CAIRN_TRY(const Bytes seed, crypto::seed_of_mnemonic(words, passphrase));
  return crypto::derive(seed, options.path);
}

Result<int> run_new(const AccountOptions& options, Arguments) {
  base::SystemRandom random;
  FixedBytes<32> entropy;
  random.fill(entropy.bytes);
  if (options.mnemonic) {
    CAIRN_TRY(const std::string words, crypto::mnemonic_of_entropy(entropy));
    CAIRN_TRY(const auto key, key_of_mnemonic(options, words));
    CAIRN_TRY(const int code, keep(options, key));
    fmt::print("Mnemonic {}\nPath     {}\nWrite the words down: they are kept nowhere.\n", words,
               options.path);
    return code;
  }
  while (!crypto::public_key_of(entropy)) {
    random.fill(entropy.bytes);
  }
  return keep(options, entropy);
}

Result<int> run_list(const AccountOptions& options, Arguments) {
  const KeystoreFolder folder = folder_of(options);
  CAIRN_TRY(const auto files, folder.list());
  for (std::size_t i = 0; i < files.size(); ++i) {
    fmt::print("{}  {}  {}\n", i, base::to_hex(files[i].address), files[i].path.string());
  }
  if (files.empty()) {
    fmt::print("no accounts in {}\n", folder.path().string());
  }
  return 0;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t start = text.find_first_not_of(kSpace);
  return start == std::string_view::npos
             ? std::string_view{}
             : text.substr(start, text.find_last_not_of(kSpace) - start + 1);
}

// A key file of another folder, a raw key in hex, or a mnemonic.
Result<crypto::SecretKey> key_in(const AccountOptions& options, std::string_view text) {
  if (text.starts_with('{')) {
    CAIRN_TRY(const std::string password,
              password_of(options.password, 0, "Password of the key file: "));
    return crypto::decrypt_keystore(text, password);
  }
  if (text.find(' ') != std::string_view::npos || text.find('\n') != std::string_view::npos) {
    return key_of_mnemonic(options, text);
  }
  const auto key = base::fixed_from_hex<32>(text);
  if (!key) {
    return usage("this is neither a private key of 64 hex digits, nor a mnemonic, nor a key file");
  }
  return *key;
}

Result<int> run_import(const AccountOptions& options, Arguments arguments) {
  if (arguments.size() > 1) {
    return usage("import takes one file");
  }
  std::string text;
  if (arguments.empty()) {
    CAIRN_TRY(text, ask_secret("Private key or mnemonic: ", "name a file that holds it"));
  } else {
    if (base::fixed_from_hex<32>(arguments.front())) {
      return usage(
          "a key on the command line can be seen by others: put it into a file, or leave "
          "it out and be asked for it");
    }
    CAIRN_TRY(text, base::read_file(arguments.front()));
  }
  CAIRN_TRY(const auto key, key_in(options, trimmed(text)));
  return keep(options, key);
}

Result<KeyFile> named_account(const AccountOptions& options, Arguments arguments,
                              std::string_view action) {
  if (arguments.size() != 1) {
    return usage(fmt::format("{} needs one ADDRESS, or its number in the list", action));
  }
  return folder_of(options).find(arguments.front());
}

Result<crypto::SecretKey> unlocked(const AccountOptions& options, const KeyFile& file) {
  CAIRN_TRY(const std::string password,
            password_of(options.password, 0,
                        fmt::format("Password of {}: ", base::to_hex(file.address))));
  return open_key(file, password);
}

Result<int> put_out(const AccountOptions& options, std::string_view text) {
  if (options.out.empty()) {
    fmt::print("{}\n", text);
    return 0;
  }
  CAIRN_CHECK(write_secret_file(options.out, fmt::format("{}\n", text)));
  return 0;
}

Result<int> run_export(const AccountOptions& options, Arguments arguments) {
  CAIRN_TRY(const KeyFile file, named_account(options, arguments, "export"));
  if (!options.raw) {
    CAIRN_TRY(const std::string json, base::read_file(file.path));
    return put_out(options, trimmed(json));
  }
  if (!options.yes) {
    CAIRN_TRY(const bool sure,
              confirm(fmt::format("Whoever sees the key of {} owns all that it has.",
                                  base::to_hex(file.address))));
    if (!sure) {
      return fail(ErrorCode::conflict, "nothing was exported");
    }
  }
  CAIRN_TRY(const auto key, unlocked(options, file));
  return put_out(options, base::to_hex(key));
}

Result<int> run_sign(const AccountOptions& options, Arguments arguments) {
  const auto given = [](const std::string& option) { return option.empty() ? 0 : 1; };
  if ((options.message ? 1 : 0) + given(options.typed_data) + given(options.transaction) != 1) {
    return usage("sign needs one of --message, --typed-data and --transaction");
  }
  CAIRN_TRY(const KeyFile file, named_account(options, arguments, "sign"));
  CAIRN_TRY(const auto key, unlocked(options, file));
  std::string signed_text;
  if (options.message) {
    CAIRN_TRY(signed_text, sign_message(*options.message, key));
  } else if (!options.typed_data.empty()) {
    CAIRN_TRY(const std::string json, base::read_file(options.typed_data, "typed data"));
    CAIRN_TRY(signed_text, sign_typed_data(json, key));
  } else {
    CAIRN_TRY(const std::string json, base::read_file(options.transaction, "transaction"));
    CAIRN_TRY(signed_text, sign_transaction(json, key));
  }
  fmt::print("{}\n", signed_text);
  return 0;
}

struct Action {
  std::string_view name;
  Result<int> (*run)(const AccountOptions&, Arguments);
};
constexpr Action kActions[] = {{"new", run_new},
                               {"list", run_list},
                               {"import", run_import},
                               {"export", run_export},
                               {"sign", run_sign}};

Result<int> run_account(const AccountOptions& options, const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  for (const Action& action : kActions) {
    names.emplace_back(action.name);
  }
  if (arguments.empty()) {
    return usage(fmt::format("account needs one of {}", fmt::join(names, ", ")));
  }
  const auto found =
      std::ranges::find(kActions, std::string_view(arguments.front()), &Action::name);
  if (found == std::end(kActions)) {
    const auto near = base::nearest_word(arguments.front(), names);
    return usage(fmt::format("account has no '{}'{}; it has {}", arguments.front(),
                             near ? fmt::format(", did you mean '{}'?", *near) : "",
                             fmt::join(names, ", ")));
  }
  const Arguments rest = Arguments(arguments).subspan(1);
  const bool takes_none = found->run == run_new || found->run == run_list;
  if (takes_none && !rest.empty()) {
    return usage(fmt::format("account {} takes no argument '{}'", found->name, rest.front()));
  }
  return found->run(options, rest);
}

}  // namespace

Command account_command() {
  const auto o = std::make_shared<AccountOptions>();
  return {
      "account",
      "Keys in files (V3, as geth's): new, list, import [FILE], export ADDRESS, sign ADDRESS",
      {{"config", "FILE", "TOML file with these options as keys", into(o->config)},
       {"datadir", "FOLDER", "the data folder, which holds the keys (.cairn)", into(o->datadir)},
       {"keystore", "FOLDER", "where the keys are, instead of `keystore` in the data folder",
        into(o->keystore)},
       {"password", "FILE", "the password is its first line (asked for)", into(o->password)},
       {"lightkdf", "", "new, import: faster to open, and to guess", into(o->light_kdf)},
       {"mnemonic", "", "new: 24 words, which are printed and kept nowhere", into(o->mnemonic)},
       {"path", "PATH", "new, import: the key's path under a mnemonic (m/44'/60'/0'/0/0)",
        into(o->path)},
       {"passphrase", "FILE", "new, import: BIP-39 passphrase, its first line (none)",
        into(o->passphrase)},
       {"raw", "", "export: the private key itself", into(o->raw)},
       {"yes", "", "export: do not ask whether you are sure", into(o->yes)},
       {"out", "FILE", "export: into a new file that only you can read", into(o->out)},
       {"message", "TEXT", "sign: EIP-191; bytes where it begins with 0x", into(o->message)},
       {"typed-data", "FILE", "sign: EIP-712 JSON", into(o->typed_data)},
       {"transaction", "FILE",
        "sign: JSON as for eth_sendTransaction, with chainId, nonce, gas and "
        "fees",
        into(o->transaction)}},
      "ACTION",
      [o](const std::vector<std::string>& arguments) { return run_account(*o, arguments); }};
}

}  // namespace cairn::cli
