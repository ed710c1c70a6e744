#pragma once
// A node under measurement: its process, and what it costs.

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace cairn::bench {

// Ended with SIGTERM (SIGKILL where that is not enough) and waited for when it dies.
class NodeProcess {
 public:
  // words[0] is the program's path.
  explicit NodeProcess(std::vector<std::string> words);
  ~NodeProcess();
  NodeProcess(NodeProcess&& other) noexcept;
  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;

  pid_t pid() const { return pid_; }
  // From the signal to the end of the process, in milliseconds. Throws unless it ends with code 0.
  double end_by(int signal);
  double resident_megabytes() const;
  double cpu_microseconds() const;  // of all its threads, since it started

 private:
  pid_t pid_ = -1;
};

// `cairn dev` on a free port, with a folder of its own.
class CairnDev {
 public:
  // With `cpus` ("0,1") it runs on these alone.
  CairnDev(const std::string& cairn, const std::filesystem::path& folder,
           std::vector<std::string> flags = {}, const std::string& cpus = {});

  std::uint16_t port() const;  // waits until it answers
  const NodeProcess& process() const { return process_; }
  NodeProcess& process() { return process_; }

 private:
  std::filesystem::path folder_;
  NodeProcess process_;
};

// `cairn node --no-mining` over the chain of a data folder, on a free port.
class CairnNode {
 public:
  CairnNode(const std::string& cairn, const std::filesystem::path& folder);

  std::uint16_t port() const;  // waits until it answers
  const NodeProcess& process() const { return process_; }

 private:
  std::filesystem::path folder_;
  NodeProcess process_;
};

std::vector<std::string> pinned(std::vector<std::string> words, const std::string& cpus);
// The exit code of a program; -1 when a signal ended it.
int run_to_end(std::vector<std::string> words);
// A port that nobody listens on now.
std::uint16_t free_port();
// Waits until something listens there; throws after `seconds`.
void wait_for_port(std::uint16_t port, int seconds);

}  // namespace cairn::bench
