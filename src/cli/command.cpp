#include "cli/command.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <memory>
#include <ostream>

#include "base/nearest_word.hpp"
#include "base/read_file.hpp"
#include "cli/help.hpp"
#include "cli/version.hpp"

namespace cairn::cli {
namespace {

constexpr int kUsage = 2;

// What the command line said of one command, before anything is believed.
struct Line {
  CLI::App* app = nullptr;
  std::map<std::string, std::string> values;
  std::vector<std::string> arguments;
};

// As CLI11 takes names: -p,--port,--also.
std::string names_of(const Option& option) {
  std::string out = option.letter == 0 ? "" : fmt::format("-{},", option.letter);
  out += "--" + option.name;
  for (const std::string& alias : option.aliases) {
    out += ",--" + alias;
  }
  return out;
}

void add_option(Line& line, const Option& option) {
  const std::string names = names_of(option);
  const auto take = [&values = line.values, &option](const CLI::results_t& texts) {
    std::vector<std::string> given = texts;
    std::ranges::replace(given, std::string{}, option.alone.value_or(""));
    values[option.name] = given.empty()        ? option.alone.value_or("")
                          : option.is_repeated ? fmt::format("{}", fmt::join(given, "\n"))
                                               : given.back();
    return true;
  };
  if (option.help.empty() && option.value.empty()) {  // known, but not offered
    line.app->add_option(names, take)->expected(0, 1);
  } else if (option.value.empty()) {
    // The text of --flag=maybe is for the option's setter: what it says names the flag.
    line.app->add_option(names, take)
        ->expected(0)
        ->default_str("true")
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  } else {
    auto* added = line.app->add_option(names, take)->type_name(option.value);
    if (option.is_repeated) {
      added->expected(option.alone ? 0 : 1, 1 << 20)->allow_extra_args(false);
    } else if (option.alone) {
      added->expected(0, 1);
    }
  }
}

std::unique_ptr<Line> add_command(CLI::App& program, const Command& command) {
  auto line = std::make_unique<Line>();
  line->app = program.add_subcommand(command.name, command.help);
  line->app->allow_extras();
  line->app->prefix_command(false);
  line->app->set_version_flag("-V,--version", version_line());
  for (const auto& option : command.options) {
    add_option(*line, option);
  }
  if (!command.arguments.empty()) {
    line->app->add_option(command.arguments, line->arguments, "")->expected(0, 1 << 30);
  }
  return line;
}

std::string unknown_flag(std::string_view text, const Command& command) {
  if (!text.starts_with("-")) {
    return fmt::format("{} takes no argument '{}'", command.name, text);
  }
  std::string_view name = text.substr(text.find_first_not_of('-') == std::string_view::npos
                                          ? text.size()
                                          : text.find_first_not_of('-'));
  name = name.substr(0, name.find('='));
  return fmt::format("unknown flag '{}'{}", text, suggestion(name, command.options, "--"));
}

Result<std::string> read_config_file(const Line& line, const Environment& environment) {
  const auto flag = line.values.find("config");
  const auto variable = environment(environment_name("config"));
  if (flag == line.values.end() && !variable) {
    return std::string{};
  }
  const std::string path = flag != line.values.end() ? flag->second : *variable;
  return base::read_file(path, "configuration file");
}

Result<int> run_line(const Command& command, const Line& line, const Environment& environment) {
  CAIRN_TRY(const auto config, read_config_file(line, environment));
  CAIRN_CHECK(set_options(command.options, line.values, environment, config));
  return command.run(line.arguments);
}

// The first word, where it should be a command and is none.
std::optional<std::string> unknown_command(std::span<const Command> commands,
                                           const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.front().starts_with("-")) {
    return std::nullopt;
  }
  std::vector<std::string> names;
  for (const auto& command : commands) {
    names.push_back(command.name);
  }
  if (std::ranges::find(names, arguments.front()) != names.end()) {
    return std::nullopt;
  }
  const auto near = base::nearest_word(arguments.front(), names);
  return fmt::format("unknown command '{}'{}; see cairn --help", arguments.front(),
                     near ? fmt::format("; did you mean '{}'?", *near) : "");
}

const Command& named(std::span<const Command> commands, const std::string& name) {
  return *std::ranges::find(commands, name, &Command::name);
}

// `help COMMAND` is `COMMAND --help`.
std::vector<std::string> without_help_command(std::vector<std::string> arguments) {
  if (arguments.front() == "help") {
    arguments.erase(arguments.begin());
    arguments.emplace_back("--help");
  }
  return arguments;
}

// `-p=81` is `-p81`, which CLI11 knows.
std::vector<std::string> with_letters_joined(std::vector<std::string> words) {
  constexpr std::size_t kEquals = 2;  // after the dash and the letter
  for (std::string& word : words) {
    if (word.size() > kEquals && word[0] == '-' && word[1] != '-' && word[kEquals] == '=') {
      word.erase(kEquals, 1);
    }
  }
  return words;
}

// CLI11 counts what is missing, "--port: 1 required PORT missing", and what is too much, "--port:
// At Most 1 required but received 2".
std::string words_of(const CLI::ParseError& error) {
  constexpr std::string_view kOne = ": 1 required ";
  constexpr std::string_view kMissing = " missing";
  constexpr std::string_view kTwice = ": At Most 1 required";
  std::string out = error.what();
  if (const std::size_t at = out.find(kTwice); at != std::string::npos) {
    return out.substr(0, at) + ": give it once";
  }
  if (const std::size_t at = out.find(kOne); at != std::string::npos && out.ends_with(kMissing)) {
    out.replace(out.size() - kMissing.size(), kMissing.size(), " is missing");
    out.replace(at, kOne.size(), ": ");
  }
  return out;
}

int complain(std::ostream& err, std::string_view what, int code) {
  err << "cairn: " << what << '\n';
  return code;
}

}  // namespace

int exit_code(const Error& error) { return error.code == ErrorCode::invalid_argument ? kUsage : 1; }

int run_command(std::span<const Command> commands, const std::vector<std::string>& arguments,
                const Environment& environment, std::ostream& out, std::ostream& err) {
  if (arguments.empty()) {
    return complain(err, "a command is missing; cairn --help lists them", kUsage);
  }
  const std::vector<std::string> words = with_letters_joined(without_help_command(arguments));
  if (const auto unknown = unknown_command(commands, words)) {
    return complain(err, *unknown, kUsage);
  }
  CLI::App program("An EVM chain that you run yourself", "cairn");
  program.require_subcommand(1);
  program.set_version_flag("-V,--version", version_line())->description("Print the version");
  std::vector<std::unique_ptr<Line>> lines;
  for (const auto& command : commands) {
    lines.push_back(add_command(program, command));
  }
  try {
    program.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    const auto chosen = program.get_subcommands();
    out << (chosen.empty() ? program.help() : help_of(named(commands, chosen.front()->get_name())));
    return 0;
  } catch (const CLI::CallForVersion&) {
    out << version_line() << '\n';
    return 0;
  } catch (const CLI::ParseError& error) {
    return complain(err, fmt::format("{}; see cairn --help", words_of(error)), kUsage);
  }
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (!lines[i]->app->parsed()) {
      continue;
    }
    if (const auto extra = lines[i]->app->remaining(); !extra.empty()) {
      return complain(err, unknown_flag(extra.front(), commands[i]), kUsage);
    }
    const auto code = run_line(commands[i], *lines[i], environment);
    if (!code) {
      return complain(err, code.error().message, exit_code(code.error()));
    }
    return *code;
  }
  return kUsage;
}

}  // namespace cairn::cli
