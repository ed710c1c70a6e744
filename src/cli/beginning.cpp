#include "cli/beginning.hpp"

#include <fmt/format.h>

#include "api/json_writer.hpp"
#include "base/hex.hpp"
#include "base/read_file.hpp"
#include "cli/whole_file.hpp"
#include "types/json_object.hpp"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFile = "beginning.json";

std::unexpected<Error> refused(const DevOptions& options, std::string_view flag,
                               std::string_view began_with) {
  return fail(ErrorCode::conflict,
              fmt::format("{}: the chain in {} began {}; leave the flag away, or --fresh starts "
                          "over, --datadir takes another folder",
                          flag, options.datadir, began_with));
}

std::string ether_of(const U256& wei) {
  constexpr std::size_t kDecimals = 18;
  std::string digits = base::to_decimal(wei);
  digits.insert(0, digits.size() > kDecimals ? 0 : kDecimals + 1 - digits.size(), '0');
  std::string decimals = digits.substr(digits.size() - kDecimals);
  decimals.erase(decimals.find_last_not_of('0') + 1);
  digits.resize(digits.size() - kDecimals);
  return decimals.empty() ? digits : digits + '.' + decimals;
}

template <class T>
std::string with_value(const std::optional<T>& value) {
  if (!value) {
    return "without it";
  }
  if constexpr (std::is_same_v<T, U256>) {
    return "with " + base::to_decimal(*value);
  } else {
    return fmt::format("with {}", *value);
  }
}

Result<Beginning> parse(std::string_view text) {
  CAIRN_TRY(const types::Json json, types::parse_json(text));
  CAIRN_TRY(auto object, types::JsonObject::open(json, ""));
  Beginning out;
  CAIRN_TRY(const auto accounts, object.u64("accounts"));
  out.accounts = accounts.value_or(0);
  CAIRN_TRY(out.first_account, object.fixed<20>("firstAccount"));
  if (const types::Json* path = object.find("derivationPath")) {
    out.derivation_path = path->text;
  }
  CAIRN_TRY(const auto balance, object.number("balance"));
  out.balance = balance.value_or(U256{});
  CAIRN_TRY(out.base_fee, object.number("baseFee"));
  CAIRN_TRY(out.timestamp, object.u64("timestamp"));
  CAIRN_TRY(const auto create2, object.boolean("create2Deployer"));
  out.create2_deployer = create2.value_or(true);
  return out;
}

}  // namespace

Result<std::optional<Beginning>> read_beginning(const fs::path& folder) {
  const auto text = base::read_file(folder / kFile);
  if (!text && text.error().code == ErrorCode::not_found) {
    return std::nullopt;
  }
  if (!text) {
    return std::unexpected(text.error());
  }
  auto out = parse(*text);
  if (!out) {
    return fail(out.error().code, fmt::format("{}: {}; the chain goes on without that file",
                                              (folder / kFile).string(), out.error().message));
  }
  return *std::move(out);
}

Result<void> write_beginning(const fs::path& folder, const Beginning& beginning) {
  api::JsonWriter out;
  out.begin_object().key("accounts").raw(std::to_string(beginning.accounts));
  if (beginning.first_account) {
    out.field("firstAccount", *beginning.first_account);
  }
  out.field("derivationPath", beginning.derivation_path);
  out.field("balance", base::to_decimal(beginning.balance));
  if (beginning.base_fee) {
    out.field("baseFee", base::to_decimal(*beginning.base_fee));
  }
  if (beginning.timestamp) {
    out.key("timestamp").raw(std::to_string(*beginning.timestamp));
  }
  out.field("create2Deployer", beginning.create2_deployer).end_object();
  return write_whole(folder / kFile, std::move(out).take() + '\n');
}

Result<void> check_flags(const DevOptions& options, const Beginning& beginning) {
  if (options.accounts && *options.accounts != beginning.accounts) {
    return refused(options, fmt::format("--accounts {}", *options.accounts),
                   fmt::format("with {}", beginning.accounts));
  }
  if (options.balance && *options.balance != beginning.balance) {
    return refused(options, fmt::format("--balance {}", ether_of(*options.balance)),
                   fmt::format("with {} ether", ether_of(beginning.balance)));
  }
  if (options.base_fee && U256{*options.base_fee} != beginning.base_fee) {
    return refused(options, fmt::format("--block-base-fee-per-gas {}", *options.base_fee),
                   with_value(beginning.base_fee));
  }
  if (options.timestamp && options.timestamp != beginning.timestamp) {
    return refused(options, fmt::format("--timestamp {}", *options.timestamp),
                   with_value(beginning.timestamp));
  }
  if (options.no_create2_deployer && beginning.create2_deployer) {
    return refused(options, "--disable-default-create2-deployer", "with that contract");
  }
  return {};
}

Result<std::vector<chain::DevAccount>> accounts_that_go_on(
    const DevOptions& options, const Beginning& beginning,
    std::vector<chain::DevAccount> accounts) {
  if (accounts.empty() || beginning.first_account == accounts.front().address) {
    return accounts;
  }
  const std::string_view flag = options.mnemonic_seed     ? "--mnemonic-seed-unsafe"
                                : options.mnemonic        ? "--mnemonic"
                                : options.derivation_path ? "--derivation-path"
                                                          : "";
  if (flag.empty()) {
    return std::vector<chain::DevAccount>{};
  }
  return refused(
      options, flag,
      fmt::format("with other accounts, {} the first",
                  beginning.first_account ? base::to_hex(*beginning.first_account) : "none"));
}

}  // namespace cairn::cli
