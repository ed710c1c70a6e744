#include "bench/node_process.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace cairn::bench {
namespace {

std::vector<std::string> dev_words(const std::string& cairn, const std::filesystem::path& folder,
                                   std::vector<std::string> flags) {
  // Left by a run that was killed, it would name an old port.
  std::filesystem::remove(folder / "rpc.url");
  std::vector<std::string> words{cairn,       "dev",           "--port",  "0",
                                 "--datadir", folder.string(), "--silent"};
  words.insert(words.end(), flags.begin(), flags.end());
  return words;
}

std::vector<std::string> node_words(const std::string& cairn, const std::filesystem::path& folder) {
  std::filesystem::remove(folder / "rpc.url");
  return {cairn, "node", "--no-mining", "--port", "0", "--datadir", folder.string(), "--silent"};
}

// Once the program has written it there.
std::uint16_t port_in(const std::filesystem::path& folder) {
  for (int i = 0; i < 240'000; ++i) {  // two minutes: a genesis may be large
    std::ifstream file(folder / "rpc.url");
    std::string url;
    if (std::getline(file, url) && !file.eof()) {
      return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    }
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
  throw std::runtime_error("the node did not start");
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

pid_t spawn(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (auto& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  pid_t pid = -1;
  if (posix_spawnp(&pid, argv[0], nullptr, nullptr, argv.data(), environ) != 0) {
    throw std::runtime_error("cannot start " + words[0]);
  }
  return pid;
}

}  // namespace

NodeProcess::NodeProcess(std::vector<std::string> words) : pid_(spawn(std::move(words))) {}

NodeProcess::~NodeProcess() {
  if (pid_ < 0) {
    return;
  }
  ::kill(pid_, SIGTERM);
  for (int i = 0; i < 500; ++i) {
    if (::waitpid(pid_, nullptr, WNOHANG) != 0) {
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

NodeProcess::NodeProcess(NodeProcess&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

double NodeProcess::end_by(int signal) {
  const auto begin = std::chrono::steady_clock::now();
  const pid_t pid = std::exchange(pid_, -1);
  ::kill(pid, signal);
  int status = -1;
  if (::waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw std::runtime_error("the node did not end as it should");
  }
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

double NodeProcess::resident_megabytes() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) {
      return std::stod(line.substr(6)) / 1024;
    }
  }
  throw std::runtime_error("no VmRSS");
}

double NodeProcess::cpu_microseconds() const {
  clockid_t clock = 0;
  timespec time{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &time) != 0) {
    throw std::runtime_error("the process has ended");
  }
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

CairnDev::CairnDev(const std::string& cairn, const std::filesystem::path& folder,
                   std::vector<std::string> flags, const std::string& cpus)
    : folder_(folder), process_(pinned(dev_words(cairn, folder, std::move(flags)), cpus)) {}

std::uint16_t CairnDev::port() const { return port_in(folder_); }

CairnNode::CairnNode(const std::string& cairn, const std::filesystem::path& folder)
    : folder_(folder), process_(node_words(cairn, folder)) {}

std::uint16_t CairnNode::port() const { return port_in(folder_); }

int run_to_end(std::vector<std::string> words) {
  int status = 0;
  if (::waitpid(spawn(std::move(words)), &status, 0) < 0 || !WIFEXITED(status)) {
    return -1;
  }
  return WEXITSTATUS(status);
}

std::vector<std::string> pinned(std::vector<std::string> words, const std::string& cpus) {
  if (!cpus.empty()) {
    words.insert(words.begin(), {"taskset", "-c", cpus});
  }
  return words;
}

std::uint16_t free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  const bool bound = ::bind(probe, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                     ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(probe);
  if (!bound) {
    throw std::runtime_error("no free port");
  }
  return ntohs(address.sin_port);
}

void wait_for_port(std::uint16_t port, int seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (std::chrono::steady_clock::now() < end) {
    const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(port);
    const bool open =
        ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(probe);
    if (open) {
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  throw std::runtime_error("nothing listens on port " + std::to_string(port));
}

}  // namespace cairn::bench
