#include "cli/banner.hpp"

#include <fmt/format.h>

#include "api/json_writer.hpp"
#include "base/hex.hpp"
#include "cli/version.hpp"
#include "node/upstream_source.hpp"
#include "types/fork.hpp"

namespace cairn::cli {
namespace {

std::string folder_line(const BannerFacts& facts) {
  if (facts.folder.empty()) {
    return "nothing is kept (--ephemeral)";
  }
  if (facts.continued) {
    return fmt::format("{}, continuing at block {}, --fresh to start over", facts.folder,
                       facts.chain.number());
  }
  return fmt::format("{}, new", facts.folder);
}

std::string address_lines(const BannerFacts& facts) {
  std::string out;
  for (const std::string& url : facts.urls) {
    out += fmt::format("RPC        {}\n", url);
  }
  return facts.ipc_path.empty() ? out : out + fmt::format("IPC        {}\n", facts.ipc_path);
}

// Programs that start anvil wait for these words, and read the port behind them.
std::string listening_lines(const BannerFacts& facts) {
  constexpr std::string_view kBeforeHost = "://";
  std::string out;
  for (const std::string& url : facts.urls) {
    const auto scheme = url.find(kBeforeHost);
    out += fmt::format("Listening on {}\n", url.substr(scheme + kBeforeHost.size()));
  }
  return out;
}

std::string account_lines(const BannerFacts& facts) {
  std::string out;
  const auto line = std::back_inserter(out);
  for (std::size_t i = 0; i < facts.accounts.size(); ++i) {
    fmt::format_to(line, "({}) {}  {}\n", i, base::to_hex(facts.accounts[i].address),
                   base::to_hex(facts.accounts[i].key));
  }
  if (facts.unknown_account) {
    return fmt::format(
        "(0) {}  and others of a phrase or path that is not kept: give it again, with --mnemonic "
        "or the flag of then\n\n",
        base::to_hex(*facts.unknown_account));
  }
  const std::string path = facts.options.derivation_path.value_or("");
  return out +
         fmt::format("\nMnemonic   {}\nPath       {}", facts.options.mnemonic.value_or(""), path) +
         '\n';
}

std::string source_line(const chain::ChainView& chain) {
  const auto source = node::upstream_of(chain);
  return source ? fmt::format("Forked     {} at block {}\n", source->url(), chain.fork()->number())
                : std::string{};
}

std::string mining_line(const chain::MiningMode& mode) {
  const auto seconds = [](std::uint64_t ms) { return static_cast<double>(ms) / 1000; };
  const std::string most =
      mode.spread == 0 ? "" : fmt::format(" to {:g}", seconds(mode.interval + mode.spread));
  const std::string every = fmt::format("every {:g}{} s", seconds(mode.interval), most);
  if (mode.automine) {
    return mode.interval == 0 ? "with every transaction" : every + " and with every transaction";
  }
  return mode.interval == 0 ? "when evm_mine asks for one" : every;
}

std::string unlocked_line(const chain::Settings& settings) {
  return settings.impersonate_all ? "Unlocked   every address, without its key\n" : "";
}

}  // namespace

std::string banner(const BannerFacts& facts) {
  std::string out = fmt::format("Cairn {}\n\nAccounts\n{}", kVersion, account_lines(facts));
  const auto& header = facts.chain.header();
  const auto fork = facts.chain.config().fork_of(header);
  fmt::format_to(std::back_inserter(out),
                 "Chain id   {}\n"
                 "Fork       {}\n"
                 "Base fee   {} wei\n"
                 "Gas limit  {}\n"
                 "Blocks     {}\n"
                 "{}"
                 "{}"
                 "Data       {}\n"
                 "{}{}",
                 facts.chain.chain_id(), types::fork_name(fork), facts.base_fee,
                 facts.chain.settings().gas_limit, mining_line(facts.chain.settings().mining()),
                 unlocked_line(facts.chain.settings()), source_line(facts.chain),
                 folder_line(facts), address_lines(facts), listening_lines(facts));
  return out;
}

std::vector<base::LogField> banner_fields(const BannerFacts& facts) {
  const chain::ChainView& chain = facts.chain;
  api::JsonWriter accounts;
  accounts.begin_array();
  for (const chain::DevAccount& account : facts.accounts) {
    accounts.begin_object()
        .field("address", account.address)
        .field("privateKey", base::to_hex(account.key))
        .end_object();
  }
  accounts.end_array();
  api::JsonWriter urls;
  urls.begin_array();
  for (const std::string& url : facts.urls) {
    urls.value(url);
  }
  urls.end_array();
  std::vector<base::LogField> out{
      {"version", kVersion},
      {"rpc", base::LogJson{std::move(urls).take()}},
      {"chainId", chain.chain_id()},
      {"fork", types::fork_name(chain.config().fork_of(chain.header()))},
      {"block", chain.number()},
      {"baseFee", facts.base_fee},
      {"gasLimit", chain.settings().gas_limit},
      {"accounts", base::LogJson{std::move(accounts).take()}},
  };
  if (!facts.unknown_account) {
    out.emplace_back("mnemonic", facts.options.mnemonic.value_or(""));
    out.emplace_back("path", facts.options.derivation_path.value_or(""));
  }
  if (const auto source = node::upstream_of(chain)) {
    out.emplace_back("forkUrl", source->url());
    out.emplace_back("forkBlock", chain.fork()->number());
  }
  if (!facts.folder.empty()) {
    out.emplace_back("data", facts.folder);
    out.emplace_back("continued", facts.continued);
  }
  if (!facts.ipc_path.empty()) {
    out.emplace_back("ipc", facts.ipc_path);
  }
  return out;
}

}  // namespace cairn::cli
