#include "cli/options.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/nearest_word.hpp"

namespace cairn::cli {
namespace {

std::string text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) {
    return text->get();
  }
  if (const auto* truth = node.as_boolean()) {
    return truth->get() ? "true" : "false";
  }
  if (const auto* number = node.as_integer()) {
    return fmt::format("{}", number->get());
  }
  if (const auto* number = node.as_floating_point()) {
    return fmt::format("{}", number->get());
  }
  std::string joined;
  if (const auto* items = node.as_array()) {
    for (const auto& item : *items) {
      joined += (joined.empty() ? "" : ",") + text_of(item);
    }
  }
  return joined;
}

// Keys of nested tables joined by dots: the options' names.
void flatten(const toml::table& table, const std::string& prefix,
             std::map<std::string, std::string>& into_map) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      flatten(*inner, name + '.', into_map);
    } else {
      into_map[name] = text_of(node);
    }
  }
}

// Values by the options' first names.
Result<std::map<std::string, std::string>> read_config(std::string_view config,
                                                       std::span<const Option> options) {
  std::map<std::string, std::string> values;
  std::map<std::string, std::string> out;
  try {
    flatten(toml::parse(config), {}, values);
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::malformed, fmt::format("the configuration file is not TOML: line {}: {}",
                                                  error.source().begin.line, error.description()));
  }
  for (auto& [name, value] : values) {
    const auto option = std::ranges::find_if(
        options, [&](const Option& candidate) { return candidate.is_called(name); });
    if (option == options.end()) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("unknown key '{}' in the configuration file{}", name,
                              suggestion(name, options, "")));
    }
    out[option->name] = std::move(value);
  }
  return out;
}

// What another program's variable says; an empty one says nothing.
std::optional<std::string> variable_of(const Option& option, const Environment& environment) {
  auto out = option.variable.empty() ? std::nullopt : environment(option.variable);
  return out && !out->empty() ? out : std::nullopt;
}

template <class T>
Result<void> parse_number(std::string_view text, T& target) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} is too large, at most {}", text, std::numeric_limits<T>::max()));
  }
  if (error != std::errc{} || end != text.data() + text.size()) {
    return fail(ErrorCode::invalid_argument, fmt::format("'{}' is not a number", text));
  }
  target = value;
  return {};
}

// How often an option without a value stood there: -vvv comes as "vv", -v -v as two empty lines.
std::optional<std::size_t> count_of_letters(std::string_view text) {
  if (text.find_first_not_of("v\n") != std::string_view::npos) {
    return std::nullopt;
  }
  return text.size() + 1;
}

template <class T>
Setter into_number(T& target) {
  return [&target](std::string_view text) { return parse_number(text, target); };
}

}  // namespace

Option Option::also(std::initializer_list<std::string_view> names, char short_name) const {
  Option out = *this;
  out.aliases.insert(out.aliases.end(), names.begin(), names.end());
  out.letter = short_name == 0 ? letter : short_name;
  return out;
}

Option Option::or_alone(std::string_view value_then) const {
  Option out = *this;
  out.alone = value_then;
  return out;
}

bool Option::is_called(std::string_view wanted) const {
  return wanted == name || std::ranges::find(aliases, wanted) != aliases.end();
}

std::vector<Option> grouped(std::string_view group, std::vector<Option> options) {
  for (Option& option : options) {
    if (option.group.empty()) {
      option.group = group;
    }
  }
  return options;
}

std::string environment_name(std::string_view option) {
  std::string name = "CAIRN_";
  for (const char c : option) {
    const bool separator = c == '-' || c == '.';
    name += separator ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::string suggestion(std::string_view name, std::span<const Option> options,
                       std::string_view prefix) {
  std::vector<std::string> names;
  for (const auto& option : options) {
    if (option.help.empty()) {  // known only to be refused
      continue;
    }
    names.push_back(option.name);
    names.insert(names.end(), option.aliases.begin(), option.aliases.end());
  }
  const auto near = base::nearest_word(name, names);
  return near ? fmt::format("; did you mean '{}{}'?", prefix, *near) : std::string{};
}

Result<void> set_options(std::span<const Option> options,
                         const std::map<std::string, std::string>& flags,
                         const Environment& environment, std::string_view config) {
  CAIRN_TRY(const auto file, read_config(config, options));
  for (const auto& option : options) {
    std::string source;
    std::string text;
    const std::string variable = environment_name(option.name);
    if (const auto flag = flags.find(option.name); flag != flags.end()) {
      source = "--" + option.name;
      text = flag->second;
    } else if (const auto set = environment(variable)) {
      source = variable;
      text = *set;
    } else if (const auto foreign = variable_of(option, environment)) {
      source = option.variable;
      text = *foreign;
    } else if (const auto key = file.find(option.name); key != file.end()) {
      source = fmt::format("key '{}' in the configuration file", option.name);
      text = key->second;
    } else {
      continue;
    }
    if (const auto done = option.set(text); !done) {
      return fail(done.error().code, fmt::format("{}: {}", source, done.error().message));
    }
  }
  return {};
}

Setter into(std::string& target) {
  return [&target](std::string_view text) -> Result<void> {
    target = text;
    return {};
  };
}

Setter into(bool& target) {
  return [&target](std::string_view text) -> Result<void> {
    if (text != "true" && text != "false" && text != "1" && text != "0") {
      return fail(ErrorCode::invalid_argument, fmt::format("'{}' is not true or false", text));
    }
    target = text == "true" || text == "1";
    return {};
  };
}

Setter into(std::uint64_t& target) { return into_number(target); }
Setter into(std::uint16_t& target) { return into_number(target); }
Setter into(unsigned& target) { return into_number(target); }
Setter into(double& target) { return into_number(target); }

Setter into_chain_id(std::optional<std::uint64_t>& target) {
  return [&target](std::string_view text) -> Result<void> {
    constexpr std::array<std::pair<std::string_view, std::uint64_t>, 24> kNames{
        {{"mainnet", 1},
         {"ethereum", 1},
         {"ethlive", 1},
         {"sepolia", 11155111},
         {"holesky", 17000},
         {"hoodi", 560048},
         {"goerli", 5},
         {"optimism", 10},
         {"optimism-sepolia", 11155420},
         {"base", 8453},
         {"base-sepolia", 84532},
         {"arbitrum", 42161},
         {"arbitrum-sepolia", 421614},
         {"polygon", 137},
         {"polygon-amoy", 80002},
         {"bsc", 56},
         {"gnosis", 100},
         {"avalanche", 43114},
         {"linea", 59144},
         {"scroll", 534352},
         {"celo", 42220},
         {"anvil-hardhat", 31337},
         {"anvil", 31337},
         {"dev", 1337}}};
    const auto* const named =
        std::ranges::find(kNames, text, &std::pair<std::string_view, std::uint64_t>::first);
    if (named != kNames.end()) {
      target = named->second;
      return {};
    }
    if (!text.empty() && text.find_first_not_of("0123456789") == 0) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("'{}' is neither a number nor the name of a well-known chain", text));
    }
    return into(target)(text);
  };
}

Setter into_duration(std::chrono::milliseconds& target) {
  return [&target](std::string_view text) -> Result<void> {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const double factor = unit == "ms"                  ? 1
                          : unit == "m"                 ? 60'000
                          : unit == "s" || unit.empty() ? 1'000
                                                        : 0;
    if (error != std::errc{} || factor == 0 || number < 0 || number * factor > 86'400'000) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("'{}' is not a time such as 5s or 500ms, a day at most", text));
    }
    target = std::chrono::milliseconds(static_cast<std::int64_t>(number * factor));
    return {};
  };
}

Setter into_verbosity(base::LogLevel& target) {
  return [&target](std::string_view text) -> Result<void> {
    using base::LogLevel;
    constexpr std::array kByNumber{LogLevel::off,  LogLevel::error, LogLevel::warn,
                                   LogLevel::info, LogLevel::debug, LogLevel::trace};
    if (const auto letters = count_of_letters(text)) {
      target = *letters == 1 ? LogLevel::debug : LogLevel::trace;
      return {};
    }
    if (text.size() == 1 && text[0] >= '0' && text[0] <= '5') {
      target = kByNumber[static_cast<std::size_t>(text[0] - '0')];
      return {};
    }
    const auto level = base::log_level_from_name(text);
    if (!level) {
      return fail(
          ErrorCode::invalid_argument,
          fmt::format("'{}' is neither 0 to 5 nor one of off, error, warn, info, debug, trace",
                      text));
    }
    target = *level;
    return {};
  };
}

Setter refuse(std::string why) {
  return [why = std::move(why)](std::string_view) -> Result<void> {
    return fail(ErrorCode::invalid_argument, why);
  };
}

Setter into(std::vector<std::string>& target) {
  return [&target](std::string_view text) -> Result<void> {
    target.clear();
    while (!text.empty()) {
      const auto comma = text.find(',');
      target.emplace_back(text.substr(0, comma));
      text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    return {};
  };
}

}  // namespace cairn::cli
