#pragma once
// What every program here is around its measuring: words of the command line, a folder that is made
// and removed, faults as sentences, exit codes.
//
// Exit codes: 0 all bars are met, 1 one is missed or the measuring failed, 2 a word of the command
// line is wrong.

#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace cairn::bench {

// What was asked for cannot be measured: exit code 2.
class BadArgument : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The value, or BadArgument with the error's sentence: for what reads what the words name.
template <class T>
T must(Result<T> result) {
  if (!result) {
    throw BadArgument(result.error().message);
  }
  return *std::move(result);
}

// The words behind the program's name.
using Words = std::vector<std::string>;

// `usage` names the program and its words, optional ones in brackets behind the others
// ("proofs CAIRN [FOLDER]"). Words named CAIRN, ANVIL and GETH must be programs, FIXTURES a folder.
// `measure` says whether all bars are met.
int run_program(int argc, char** argv, std::string_view usage,
                const std::function<bool(const Words&)>& measure);

// The same for a program whose usage has a FOLDER: it is there, empty, while `measure` runs, and
// removed behind it. By default it is called after the program, in the current folder. One that is
// there already is emptied only if a program here made it.
int run_in_folder(
    int argc, char** argv, std::string_view usage,
    const std::function<bool(const Words&, const std::filesystem::path& folder)>& measure);

// The value of an optional word that is a number from 1 on.
int count_in(const Words& words, std::size_t index, int fallback);

// What the files below a folder take.
double megabytes_of(const std::filesystem::path& folder);

}  // namespace cairn::bench
