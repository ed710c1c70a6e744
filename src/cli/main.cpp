#include <fmt/format.h>
#include <malloc.h>

#include <cstdlib>
#include <exception>
#include <iostream>

#include "cli/account.hpp"
#include "cli/chain_files.hpp"
#include "cli/command.hpp"
#include "cli/completions.hpp"
#include "cli/dev.hpp"
#include "cli/init.hpp"
#include "cli/node.hpp"
#include "cli/statetest.hpp"
#include "cli/tx.hpp"
#include "cli/version.hpp"

namespace {

using namespace cairn;

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): before threads
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

cli::Command version_command() {
  return {
      "version", "Print the version", {}, "", [](const std::vector<std::string>&) -> Result<int> {
        fmt::print("{}\n", cli::version_line());
        return 0;
      }};
}

}  // namespace

int main(int argc, char** argv) {
  mallopt(M_ARENA_MAX, 2);  // glibc makes one for each thread, and each keeps what it once freed
  try {
    std::vector<cli::Command> commands{cli::dev_command(),       cli::init_command(),
                                       cli::node_command(),      cli::import_command(),
                                       cli::export_command(),    cli::account_command(),
                                       cli::statetest_command(), cli::blockchaintest_command(),
                                       cli::tx_command(),        version_command()};
    commands.push_back(cli::completions_command(commands));
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    return cli::run_command(commands, arguments, environment, std::cout, std::cerr);
  } catch (const std::exception& fault) {
    std::cerr << "cairn: " << fault.what() << '\n';
    return 1;
  }
}
