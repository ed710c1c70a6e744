#include "api/ipc_path.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

namespace cairn::api {
namespace {

int new_socket() { return ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

std::optional<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& text = path.native();
  if (text.empty() || text.size() >= sizeof address.sun_path) {
    return std::nullopt;
  }
  std::memcpy(address.sun_path, text.data(), text.size());
  return address;
}

std::uint64_t inode_of(const std::filesystem::path& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

bool somebody_listens(const sockaddr_un& address) {
  const int probe = new_socket();
  const bool taken =
      ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
      errno == EAGAIN;  // its queue is full
  ::close(probe);
  return taken;
}

Result<void> make_room(const std::filesystem::path& path, const sockaddr_un& address) {
  std::error_code error;
  const auto status = std::filesystem::symlink_status(path, error);
  if (!std::filesystem::exists(status)) {
    return {};
  }
  if (!std::filesystem::is_socket(status)) {
    return fail(ErrorCode::conflict,
                fmt::format("{} is there and is no socket: choose another path with --ipcpath",
                            path.string()));
  }
  if (somebody_listens(address)) {
    return fail(ErrorCode::conflict,
                fmt::format("another program listens on {}: stop it, or choose another path with "
                            "--ipcpath",
                            path.string()));
  }
  std::filesystem::remove(path, error);
  return {};
}

}  // namespace

Result<IpcPath> IpcPath::listen(const std::filesystem::path& path) {
  const auto address = address_of(path);
  if (!address) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("the IPC path {} is empty or longer than {} bytes", path.string(),
                            sizeof(sockaddr_un::sun_path) - 1));
  }
  CAIRN_CHECK(make_room(path, *address));
  IpcPath out(path);
  out.socket_ = new_socket();
  // The file is made with the socket's own mode: there is no moment at which others can open it.
  if (out.socket_ < 0 || ::fchmod(out.socket_, 0600) != 0 ||
      ::bind(out.socket_, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
      ::listen(out.socket_, SOMAXCONN) != 0) {
    return fail(ErrorCode::io,
                fmt::format("cannot listen on {}: {}", path.string(), std::strerror(errno)));
  }
  out.inode_ = inode_of(path);
  return out;
}

IpcPath::IpcPath(IpcPath&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      socket_(std::exchange(other.socket_, -1)),
      inode_(std::exchange(other.inode_, 0)) {}

IpcPath& IpcPath::operator=(IpcPath&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(socket_, other.socket_);
  std::swap(inode_, other.inode_);
  return *this;
}

IpcPath::~IpcPath() {
  if (inode_ != 0 && inode_of(path_) == inode_) {
    ::unlink(path_.c_str());
  }
  if (socket_ >= 0) {
    ::close(socket_);
  }
}

int IpcPath::release() { return std::exchange(socket_, -1); }

}  // namespace cairn::api
