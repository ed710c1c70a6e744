#include "cli/serving.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <thread>

#include "api/dispatcher.hpp"
#include "api/filters.hpp"
#include "api/receipt_waits.hpp"
#include "api/subscriptions.hpp"
#include "base/clock.hpp"
#include "cli/command.hpp"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNoticeFile = "rpc.url";

// A file by which other programs find the port, or its secret; gone when the port is.
class NoticeFile {
 public:
  static Result<NoticeFile> write(fs::path path, std::string_view line) {
    std::ofstream file(path, std::ios::trunc);
    file << line << '\n';
    file.close();
    if (!file) {
      return fail(ErrorCode::io, fmt::format("cannot write {}: make room on the disk, or choose "
                                             "another folder with --datadir",
                                             path.string()));
    }
    return NoticeFile(std::move(path));
  }
  NoticeFile(NoticeFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  NoticeFile& operator=(NoticeFile&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~NoticeFile() {
    if (!path_.empty()) {
      std::error_code ignored;
      fs::remove(path_, ignored);
    }
  }

 private:
  explicit NoticeFile(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

// For what takes long; a call is bounded by its gas.
std::size_t worker_count(const RpcOptions& options) {
  const std::size_t cores = std::max(4U, std::thread::hardware_concurrency());
  return options.threads && *options.threads > 0 ? *options.threads : cores;
}

}  // namespace

void DiskFault::report(const Error& error) {
  {
    const std::scoped_lock lock(mutex_);
    error_ = error;
  }
  ::kill(::getpid(), SIGTERM);
}

std::optional<Error> DiskFault::error() const {
  const std::scoped_lock lock(mutex_);
  return error_;
}

StopSignals::StopSignals() {
  sigemptyset(&set_);
  sigaddset(&set_, SIGINT);
  sigaddset(&set_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit of file sizes is an error like a full disk
}

void StopSignals::wait() const {
  int signal = 0;
  sigwait(&set_, &signal);
}

bool StopSignals::wait_for(std::chrono::seconds time) const {
  const timespec limit{.tv_sec = time.count(), .tv_nsec = 0};
  int signal = 0;
  do {
    signal = sigtimedwait(&set_, nullptr, &limit);
  } while (signal < 0 && errno == EINTR);
  return signal > 0;
}

namespace {

void wait_for_end(const Serving& serving) {
  if (!serving.on_interval) {
    return serving.signals.wait();
  }
  while (!serving.signals.wait_for(serving.interval)) {
    serving.on_interval();
  }
}

}  // namespace

Result<int> serve(const Serving& serving, const std::shared_ptr<const base::Clock>& clock) {
  api::Context& context = serving.context;
  node::DevNode& node = context.node;
  context.filters = std::make_shared<api::Filters>(node, clock);
  context.receipt_waits = std::make_shared<api::ReceiptWaits>(node, clock);
  context.subscriptions =
      std::make_shared<api::Subscriptions>(node, serving.logger.named("subscriptions"));
  auto dispatcher = std::make_unique<api::Dispatcher>(context, worker_count(serving.rpc));
  const auto& folder = serving.data.folder;
  CAIRN_TRY(const auto listen_on,
            server_options(serving.rpc, folder ? folder->path() : fs::path{}));
  CAIRN_TRY(const auto server,
            api::HttpServer::listen(
                listen_on,
                [&dispatcher](std::string body, std::shared_ptr<api::Peer> peer, api::Reply reply) {
                  dispatcher->handle(std::move(body), std::move(peer), std::move(reply));
                }));
  std::optional<NoticeFile> url_file;
  std::optional<NoticeFile> secret_file;
  if (folder && !serving.rpc.jwt_secret.empty()) {
    CAIRN_TRY(secret_file, NoticeFile::write(folder->path() / kSecretNameFile,
                                             fs::absolute(serving.rpc.jwt_secret).string()));
  }
  if (folder) {
    CAIRN_TRY(url_file, NoticeFile::write(folder->path() / kNoticeFile, server->url()));
  }
  serving.on_ready(*server);
  wait_for_end(serving);
  if (const auto error = serving.fault.error()) {
    serving.logger.error(
        "stopping, because the disk failed: make room or mend it, then start again; nothing "
        "that was acknowledged is lost",
        {{"error", error->message}});
    server->stop();
    url_file.reset();
    secret_file.reset();
    std::_Exit(1);
  }
  serving.logger.info("stopping");
  context.call_timer->stop_all();
  server->stop();
  node.interrupt();    // so that no request waits long
  dispatcher.reset();  // its last requests still need the node
  node.stop();
  if (serving.on_end) {
    CAIRN_CHECK(serving.on_end());
  }
  return 0;
}

void print_ready(const std::vector<base::LogField>& facts) {
  const base::SystemClock clock;
  base::Logger(clock, std::cout, base::LogFormat::json).write(base::LogLevel::info, "ready", facts);
}

Result<int> as_logged(Result<int> code, bool log_json) {
  if (code || !log_json) {
    return code;
  }
  const base::SystemClock clock;
  base::Logger(clock, std::cerr, base::LogFormat::json).error(code.error().message);
  return exit_code(code.error());
}

}  // namespace cairn::cli
