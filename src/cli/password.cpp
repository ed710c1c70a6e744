#include "cli/password.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <sstream>
#include <utility>

#include "base/read_file.hpp"

namespace cairn::cli {
namespace {

// The terminal that the program was started at, whatever its input is. Echo is back at the end.
class Terminal {
 public:
  static Result<Terminal> open(std::string_view instead) {
    const int file = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (file < 0) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("there is no terminal to ask at: {}", instead));
    }
    return Terminal(file);
  }
  Terminal(Terminal&& other) noexcept
      : file_(std::exchange(other.file_, -1)), saved_(other.saved_), hidden_(other.hidden_) {}
  Terminal& operator=(Terminal&&) = delete;
  ~Terminal() {
    if (file_ >= 0) {
      restore();
      ::close(file_);
    }
  }

  void hide() {
    hidden_ = ::tcgetattr(file_, &saved_) == 0;
    termios silent = saved_;
    // Ctrl-C comes as a character that ends a line, so that the echo is back before the program
    // ends.
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    silent.c_cc[VEOL] = saved_.c_cc[VINTR];
    silent.c_cc[VEOL2] = saved_.c_cc[VQUIT];
    if (hidden_) {
      (void)::tcsetattr(file_, TCSAFLUSH, &silent);
    }
  }

  Result<std::string> ask(std::string_view prompt) {
    write(prompt);
    std::string line;
    char c = 0;
    while (true) {
      const ssize_t n = ::read(file_, &c, 1);
      if (n < 0 && errno == EINTR) {
        continue;
      }
      if (n <= 0) {
        return fail(ErrorCode::io, "the terminal was closed");
      }
      if (hidden_ && (is(c, VINTR) || is(c, VQUIT))) {
        write("\n");
        restore();
        (void)::raise(SIGINT);
        return fail(ErrorCode::io, "interrupted");
      }
      if (c == '\n') {
        break;
      }
      line += c;
    }
    if (hidden_) {
      write("\n");
    }
    return line;
  }

 private:
  explicit Terminal(int file) : file_(file) {}
  bool is(char c, std::size_t key) const { return static_cast<cc_t>(c) == saved_.c_cc[key]; }
  void restore() {
    if (std::exchange(hidden_, false)) {
      (void)::tcsetattr(file_, TCSAFLUSH, &saved_);
    }
  }
  void write(std::string_view text) const {
    (void)!::write(file_, text.data(), text.size());  // a terminal that is gone is seen when read
  }

  int file_;
  termios saved_{};
  bool hidden_ = false;
};

}  // namespace

Result<std::vector<std::string>> read_secret_file(const std::string& path, std::string_view role) {
  CAIRN_TRY(const std::string text, base::read_file(path, role));
  std::istringstream file(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with('\r')) {
      line.pop_back();
    }
    lines.push_back(std::move(line));
  }
  if (lines.empty()) {
    lines.emplace_back();  // an empty file is the empty secret
  }
  return lines;
}

Result<std::string> ask_secret(std::string_view prompt, std::string_view instead) {
  CAIRN_TRY(Terminal terminal, Terminal::open(instead));
  terminal.hide();
  return terminal.ask(prompt);
}

Result<std::string> password_of(const std::string& file, std::size_t index,
                                std::string_view prompt) {
  if (file.empty()) {
    return ask_secret(prompt, "name a file with --password");
  }
  CAIRN_TRY(const auto lines, read_secret_file(file, "password file"));
  return lines[std::min(index, lines.size() - 1)];
}

Result<std::string> new_password(const std::string& file) {
  if (!file.empty()) {
    return password_of(file, 0, "");
  }
  constexpr std::string_view kInstead = "name a file with --password";
  CAIRN_TRY(std::string first, ask_secret("Password for the new key: ", kInstead));
  CAIRN_TRY(const std::string second, ask_secret("The same again: ", kInstead));
  if (first != second) {
    return fail(ErrorCode::invalid_argument, "the two passwords differ");
  }
  return first;
}

Result<bool> confirm(std::string_view question) {
  CAIRN_TRY(Terminal terminal, Terminal::open("--yes answers the question"));
  CAIRN_TRY(const std::string answer, terminal.ask(fmt::format("{} Type yes: ", question)));
  return answer == "yes";
}

}  // namespace cairn::cli
