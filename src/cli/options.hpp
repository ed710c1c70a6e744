#pragma once
// One description of an option serves the command line, the environment, the configuration file and
// the help: `port` is --port, CAIRN_PORT and the key `port`; `rpc.gascap` is --rpc.gascap,
// CAIRN_RPC_GASCAP and `gascap` in the table `[rpc]`. The first of these that names a value counts.

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace cairn::cli {

struct Option {
  std::string name;
  std::string value;  // what follows the flag, as help shows it; empty: a switch
  std::string help;
  // Takes the text of the value ("true" or "false" for a switch); an error says what is wrong.
  std::function<Result<void>(std::string_view)> set;
};

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

std::string environment_name(std::string_view option);

// The known name nearest to `name` by edit distance; empty where none is near.
std::string nearest(std::string_view name, std::span<const Option> options);

// Sets every option from its first source: `flags` (name to text), environment, `config` (TOML
// text). Errors name the source: "--port: ...", "CAIRN_PORT: ...", "key 'port': ...".
Result<void> set_options(std::span<const Option> options,
                         const std::map<std::string, std::string>& flags,
                         const Environment& environment, std::string_view config);

// Setters for the usual kinds of values. `target` must outlive the option.
std::function<Result<void>(std::string_view)> into(std::string& target);
std::function<Result<void>(std::string_view)> into(bool& target);
std::function<Result<void>(std::string_view)> into(std::uint64_t& target);
std::function<Result<void>(std::string_view)> into(std::uint16_t& target);
std::function<Result<void>(std::string_view)> into(unsigned& target);
std::function<Result<void>(std::string_view)> into(double& target);
std::function<Result<void>(std::string_view)> into(std::vector<std::string>& target);  // a,b,c

template <class T>
std::function<Result<void>(std::string_view)> into(std::optional<T>& target) {
  return [&target](std::string_view text) -> Result<void> {
    T value{};
    CAIRN_CHECK(into(value)(text));
    target = std::move(value);
    return {};
  };
}

}  // namespace cairn::cli
