#pragma once
// A command of the program: its options, its arguments and what it does.

#include <functional>
#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/options.hpp"

namespace cairn::cli {

struct Command {
  std::string name;
  std::string help;
  std::vector<Option> options;
  std::string arguments;  // what may follow the options, as help shows it; empty: nothing
  // Called when all options are set; the exit code, or the sentence that ends the program.
  std::function<Result<int>(const std::vector<std::string>& arguments)> run;
};

// The code that a program ends with after this error: 1 (it failed), or 2 (wrong usage).
int exit_code(const Error& error);

// Finds the command that the arguments name, sets its options and runs it. Help goes to `out`,
// complaints to `err`. Returns the exit code: 0, 1 (it failed), or 2 (wrong usage).
int run_command(std::span<const Command> commands, const std::vector<std::string>& arguments,
                const Environment& environment, std::ostream& out, std::ostream& err);

}  // namespace cairn::cli
