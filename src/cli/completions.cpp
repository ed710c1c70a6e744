#include "cli/completions.hpp"

#include <fmt/format.h>

#include <utility>

namespace cairn::cli {
namespace {

// A text in single quotes, as all three shells read it; `marked` are put behind a backslash.
std::string quoted(std::string_view text, std::string_view marked = "") {
  std::string out = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      out += "'\\''";
    } else if (marked.contains(letter)) {
      out += fmt::format("\\{}", letter);
    } else {
      out += letter;
    }
  }
  return out + "'";
}

// Of the options that help offers, what `print` makes of each under each of its names.
template <class Print>
std::string each_name(const Command& command, Print&& print) {
  std::string out;
  for (const Option& option : command.options) {
    if (option.help.empty()) {
      continue;
    }
    out += print(option, option.name);
    for (const std::string& alias : option.aliases) {
      out += print(option, alias);
    }
  }
  return out;
}

std::string for_bash(std::span<const Command> commands) {
  std::string names;
  std::string cases;
  for (const Command& command : commands) {
    names += command.name + ' ';
    cases += fmt::format("      {}) words={} ;;\n", command.name,
                         quoted(each_name(command,
                                          [](const Option&, std::string_view name) {
                                            return fmt::format("--{} ", name);
                                          }) +
                                "--help"));
  }
  return fmt::format(R"(_cairn() {{
  local words=
  if [ "$COMP_CWORD" -eq 1 ]; then
    words={}
  elif [[ ${{COMP_WORDS[COMP_CWORD]}} == -* ]]; then
    case ${{COMP_WORDS[1]}} in
{}    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _cairn cairn
)",
                     quoted(names + "help"), cases);
}

std::string for_zsh(std::span<const Command> commands) {
  std::string names;
  std::string cases;
  for (const Command& command : commands) {
    names += fmt::format("    {}\n", quoted(fmt::format("{}:{}", command.name, command.help)));
    cases += fmt::format(
        "    {}) _arguments {}'*:file:_files' ;;\n", command.name,
        each_name(command, [](const Option& option, std::string_view name) {
          const std::string said = fmt::format("--{}{}[", name, option.value.empty() ? "" : "=");
          const std::string after =
              option.value.empty() ? "]'" : fmt::format("]:{}:_files'", option.value);
          std::string help = quoted(option.help, "[]:\\");
          help.pop_back();
          return fmt::format("'{}{}{} ", said, std::string_view(help).substr(1), after);
        }));
  }
  return fmt::format(R"(#compdef cairn
_cairn() {{
  local -a commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
compdef _cairn cairn
)",
                     names, cases);
}

std::string for_fish(std::span<const Command> commands) {
  std::string out;
  for (const Command& command : commands) {
    out += fmt::format("complete -c cairn -n __fish_use_subcommand -f -a {} -d {}\n", command.name,
                       quoted(command.help, "\\"));
    out += each_name(command, [&](const Option& option, std::string_view name) {
      return fmt::format("complete -c cairn -n '__fish_seen_subcommand_from {}' -l {}{} -d {}\n",
                         command.name, name, option.value.empty() ? "" : " -r",
                         quoted(option.help, "\\"));
    });
  }
  return out;
}

}  // namespace

Result<std::string> completions_of(std::span<const Command> commands, std::string_view shell) {
  if (shell == "bash") {
    return for_bash(commands);
  }
  if (shell == "zsh") {
    return for_zsh(commands);
  }
  if (shell == "fish") {
    return for_fish(commands);
  }
  return fail(ErrorCode::invalid_argument, "completions needs one of bash, zsh, fish");
}

Command completions_command(std::vector<Command> commands) {
  Command out{"completions",
              "Print what bash, zsh or fish needs to complete commands and flags",
              {},
              "SHELL",
              {}};
  commands.push_back(out);
  out.run = [all = std::move(commands)](const std::vector<std::string>& shells) -> Result<int> {
    CAIRN_TRY(const auto script, completions_of(all, shells.size() == 1 ? shells.front() : ""));
    fmt::print("{}", script);
    return 0;
  };
  return out;
}

}  // namespace cairn::cli
