#pragma once
// One description of an option serves the command line, the environment, the configuration file and
// the help: `port` is --port, CAIRN_PORT and the key `port`; `rpc.gascap` is --rpc.gascap,
// CAIRN_RPC_GASCAP and `gascap` in the table `[rpc]`. The first of these that names a value counts.

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/logger.hpp"
#include "base/result.hpp"

namespace cairn::cli {

// Takes the text of a value ("true" or "false" for a switch); an error says what is wrong with it.
using Setter = std::function<Result<void>(std::string_view)>;

struct Option {
  std::string name;
  std::string value;  // what follows the flag, as help shows it; empty: a switch
  std::string help;   // empty: known, but not offered
  Setter set;
  char letter = 0;                        // -x for short; 0: none
  bool is_repeated = false;               // each time another value: they come as lines
  std::vector<std::string> aliases = {};  // further names, also as keys
  std::optional<std::string> alone = {};  // the value where the flag comes without one
  std::string variable = {};              // another program's environment variable, after ours
  std::string group = {};                 // under which help lists it

  // The same option with further names.
  Option also(std::initializer_list<std::string_view> names, char short_name = 0) const;
  // The same option, whose value may be left out.
  Option or_alone(std::string_view value_then) const;
  bool is_called(std::string_view wanted) const;
};

// Puts a group's name on options that have none.
std::vector<Option> grouped(std::string_view group, std::vector<Option> options);

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

std::string environment_name(std::string_view option);

// "; did you mean '--port'?" where an option is near, with `prefix` before its name.
std::string suggestion(std::string_view name, std::span<const Option> options,
                       std::string_view prefix);

// Sets every option from its first source: `flags` (name to text), environment, `config` (TOML
// text). Errors name the source: "--port: ...", "CAIRN_PORT: ...", "key 'port' ...: ...".
Result<void> set_options(std::span<const Option> options,
                         const std::map<std::string, std::string>& flags,
                         const Environment& environment, std::string_view config);

// Setters for the usual kinds of values. `target` must outlive the option.
Setter into(std::string& target);
Setter into(bool& target);
Setter into(std::uint64_t& target);
Setter into(std::uint16_t& target);
Setter into(unsigned& target);
Setter into(double& target);
Setter into_chain_id(
    std::optional<std::uint64_t>& target);      // a number, or a well-known chain's name
Setter into(std::vector<std::string>& target);  // a,b,c
// A duration as geth writes it: 5s, 500ms, 1m; a bare number is seconds.
Setter into_duration(std::chrono::milliseconds& target);
Setter into_verbosity(base::LogLevel& target);  // a name, geth's number, or anvil's -v, -vv
// Refused by name: what another program's flag would do here.
Setter refuse(std::string why);
// Another program's flag that changes nothing here: its value is only looked at.
template <class T>
Setter accept() {
  return [](std::string_view text) -> Result<void> {
    T unused{};
    return into(unused)(text);
  };
}

template <class T>
Setter into(std::optional<T>& target) {
  return [&target](std::string_view text) -> Result<void> {
    T value{};
    CAIRN_CHECK(into(value)(text));
    target = std::move(value);
    return {};
  };
}

}  // namespace cairn::cli
