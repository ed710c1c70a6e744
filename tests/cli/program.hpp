#pragma once
// The program itself, started and stopped as a user does.

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/api/socket_client.hpp"

namespace cairn::cli::test {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// `cairn` with these arguments, its output in files beside the data folder.
class Cairn {
 public:
  Cairn(const std::filesystem::path& folder, std::vector<std::string> arguments) : folder_(folder) {
    arguments.insert(arguments.begin(), CAIRN_PROGRAM);
    std::vector<char*> argv;
    for (auto& argument : arguments) {
      argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    constexpr int kFlags = O_CREAT | O_WRONLY | O_TRUNC;
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out().c_str(), kFlags, 0600);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err().c_str(), kFlags, 0600);
    EXPECT_EQ(posix_spawn(&pid_, CAIRN_PROGRAM, &actions, nullptr, argv.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
  }
  ~Cairn() {
    if (pid_ > 0) {
      stop(SIGKILL);
    }
  }
  Cairn(const Cairn&) = delete;
  Cairn& operator=(const Cairn&) = delete;

  std::uint16_t port() const {
    for (int i = 0; i < 2'000; ++i) {
      const std::string url = read_file(folder_ / "data" / "rpc.url");
      if (url.ends_with('\n')) {
        return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    throw std::runtime_error("cairn did not start: " + read_file(err()));
  }

  // The exit code, or nothing where a signal ended it.
  std::optional<int> wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? std::optional(WEXITSTATUS(status)) : std::nullopt;
  }
  std::optional<int> stop(int signal) {
    ::kill(pid_, signal);
    return wait();
  }

  std::filesystem::path out() const { return folder_ / "out"; }
  std::filesystem::path err() const { return folder_ / "err"; }
  pid_t pid() const { return pid_; }

 private:
  std::filesystem::path folder_;
  pid_t pid_ = -1;
};

class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest()
      : folder_(std::filesystem::temp_directory_path() /
                fmt::format("cairn_program_test.{}", ::getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~ProgramTest() override { std::filesystem::remove_all(folder_); }

  std::vector<std::string> dev(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"dev", "--port", "0", "--datadir",
                                       (folder_ / "data").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  // The exit code and what was said on the error output.
  std::pair<int, std::string> fails(const std::vector<std::string>& arguments) {
    std::filesystem::create_directories(folder_ / "second");
    Cairn cairn(folder_ / "second", arguments);
    const int code = cairn.wait().value_or(-1);
    return {code, read_file(cairn.err())};
  }
  static std::string ask(std::uint16_t port, std::string_view method, std::string_view params) {
    return api::test::SocketClient(port).post(
        fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":{}}})", method, params));
  }

  std::filesystem::path folder_;
};

}  // namespace cairn::cli::test
