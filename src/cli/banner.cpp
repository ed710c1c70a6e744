#include "cli/banner.hpp"

#include <fmt/format.h>

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
                 "{}"
                 "Data       {}\n"
                 "{}",
                 facts.chain.config().chain_id, types::fork_name(fork), facts.base_fee,
                 facts.chain.settings().gas_limit, source_line(facts.chain), folder_line(facts),
                 address_lines(facts));
  return out;
}

}  // namespace cairn::cli
