#include "cli/help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace cairn::cli {
namespace {

constexpr std::size_t kColumn = 34;  // where the explanations begin
constexpr std::size_t kWidth = 100;

std::string flag_text(const Option& option) {
  std::string out = option.letter == 0 ? "    " : fmt::format("-{}, ", option.letter);
  out += "--" + option.name;
  if (!option.value.empty()) {
    out += option.alone ? fmt::format(" [{}]", option.value) : ' ' + option.value;
  }
  return out;
}

std::string explanation(const Option& option) {
  std::string out = option.help;
  std::string also;
  for (const std::string& alias : option.aliases) {
    also += (also.empty() ? "--" : ", --") + alias;
  }
  return also.empty() ? out : fmt::format("{} [also {}]", out, also);
}

// `text` in lines that begin at the column; the first one's beginning is there already.
std::string wrapped(std::string_view text) {
  std::string out;
  while (text.size() > kWidth - kColumn) {
    auto end = text.rfind(' ', kWidth - kColumn);
    end = end == std::string_view::npos ? std::min(text.find(' '), text.size()) : end;
    out += text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    if (!text.empty()) {
      out += '\n' + std::string(kColumn, ' ');
    }
  }
  return out + std::string(text) + '\n';
}

std::string option_lines(const Option& option) {
  const std::string flag = "  " + flag_text(option);
  const std::string gap = flag.size() + 2 > kColumn ? '\n' + std::string(kColumn, ' ')
                                                    : std::string(kColumn - flag.size(), ' ');
  return flag + gap + wrapped(explanation(option));
}

std::vector<std::string> groups_of(const Command& command) {
  std::vector<std::string> out;
  for (const Option& option : command.options) {
    if (!option.help.empty() && std::ranges::find(out, option.group) == out.end()) {
      out.push_back(option.group);
    }
  }
  return out;
}

// Of the option that most people know; of any where it is not there.
std::string sources(const Command& command) {
  const auto known = std::ranges::find(command.options, "port", &Option::name);
  const std::string name =
      known == command.options.end() ? command.options.front().name : known->name;
  const bool file =
      std::ranges::find(command.options, "config", &Option::name) != command.options.end();
  return fmt::format("\nEach option may also come from the environment: --{} as {}{}.\n", name,
                     environment_name(name), file ? ", or from the file of --config" : "");
}

}  // namespace

std::string help_of(const Command& command) {
  std::string out = fmt::format("{}\n\nUsage: cairn {}{}{}\n", command.help, command.name,
                                command.options.empty() ? "" : " [OPTIONS]",
                                command.arguments.empty() ? "" : ' ' + command.arguments);
  for (const std::string& group : groups_of(command)) {
    out += fmt::format("\n{}\n", group.empty() ? "Options" : group);
    for (const Option& option : command.options) {
      if (option.group == group && !option.help.empty()) {
        out += option_lines(option);
      }
    }
  }
  out += fmt::format("\nOf every command\n{}{}", option_lines({"help", "", "this help", {}, 'h'}),
                     option_lines({"version", "", "the program's version", {}, 'V'}));
  return command.options.empty() ? out : out + sources(command);
}

}  // namespace cairn::cli
