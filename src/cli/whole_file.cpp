#include "cli/whole_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kMode = 0644;

std::unexpected<Error> cannot_write(const fs::path& path, int code) {
  return fail(ErrorCode::io, fmt::format("cannot write {}: {}", path.string(),
                                         std::system_category().message(code)));
}

// The number that the name of one of this process' own descriptors ends in: /proc/self/fd/1, which
// /dev/stdout is a link to, or /dev/fd/63 of a shell's process substitution.
std::optional<int> own_descriptor(const fs::path& path) {
  std::error_code error;
  const fs::path own = fs::canonical("/proc/self/fd", error);
  if (error || fs::canonical(path.parent_path(), error) != own || error) {
    return std::nullopt;
  }
  const std::string name = path.filename().string();
  int out = 0;
  const auto [end, why] = std::from_chars(name.data(), name.data() + name.size(), out);
  return why == std::errc{} && end == name.data() + name.size() ? std::optional(out) : std::nullopt;
}

// What the path's links lead to, whether it is there or not. The name of an own descriptor is an
// end: what its link says is no path of a pipe's or a deleted file's.
fs::path behind_links(fs::path path) {
  constexpr int kMost = 40;  // as the system's
  std::error_code error;
  for (int i = 0; i < kMost && !own_descriptor(path) && fs::is_symlink(path, error); ++i) {
    path = path.parent_path() / fs::read_symlink(path, error);
  }
  return path;
}

bool is_special(const fs::path& path) {
  struct stat about{};
  return ::stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
}

// Of a folder.
bool takes_nothing_new(int code) { return code == EACCES || code == EROFS || code == EPERM; }

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(file, text.data(), text.size());
    if (n < 0 && errno != EINTR) {
      return false;
    }
    text.remove_prefix(n < 0 ? 0 : static_cast<std::size_t>(n));
  }
  return true;
}

// Pipes and most devices have no disk to be synced to.
bool sync(int file) {
  return ::fsync(file) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP;
}

bool copy(int from, int to) {
  constexpr std::size_t kStep = std::size_t{1} << 20;  // bytes
  std::string buffer(kStep, '\0');
  ::off_t at = 0;
  while (true) {
    const ssize_t n = ::pread(from, buffer.data(), buffer.size(), at);
    if (n <= 0) {
      return n == 0;
    }
    if (!write_all(to, std::string_view(buffer).substr(0, static_cast<std::size_t>(n)))) {
      return false;
    }
    at += n;
  }
}

}  // namespace

bool write_and_sync(int file, std::string_view text) { return write_all(file, text) && sync(file); }

WholeFile::WholeFile(fs::path path, fs::path target, fs::path unfinished, int descriptor)
    : path_(std::move(path)),
      target_(std::move(target)),
      unfinished_(std::move(unfinished)),
      descriptor_(descriptor) {}

WholeFile::WholeFile(WholeFile&& other) noexcept
    : path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      unfinished_(std::exchange(other.unfinished_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

WholeFile::~WholeFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
  if (!unfinished_.empty()) {
    std::error_code ignored;
    fs::remove(unfinished_, ignored);
  }
}

Result<WholeFile> WholeFile::around(int descriptor, const fs::path& name) {
  const int own = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (own < 0) {
    return cannot_write(name, errno);
  }
  return WholeFile(name, name, {}, own);
}

Result<WholeFile> WholeFile::create(const fs::path& path) {
  const fs::path target = behind_links(path);
  if (const auto descriptor = own_descriptor(target)) {
    return around(*descriptor, path);
  }
  if (std::error_code error; fs::is_symlink(target, error)) {
    return cannot_write(path, ELOOP);
  }
  if (is_special(target)) {
    const int file = ::open(target.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return file < 0 ? Result<WholeFile>(cannot_write(path, errno))
                    : WholeFile(path, target, {}, file);
  }
  const fs::path unfinished = target.string() + ".unfinished";
  const int beside = ::open(unfinished.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, kMode);
  if (beside >= 0) {
    return WholeFile(path, target, unfinished, beside);
  }
  const int why = errno;
  const int in_place =
      takes_nothing_new(why) ? ::open(target.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC) : -1;
  if (in_place >= 0) {
    return WholeFile(path, target, {}, in_place);
  }
  return cannot_write(path, why);
}

int WholeFile::copy_into_target() const {
  const int to = ::open(target_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (to < 0) {
    return errno;
  }
  const bool copied = copy(descriptor_, to) && sync(to);
  const int why = copied ? 0 : errno;
  ::close(to);
  return why;
}

int WholeFile::take_place() const {
  if (::rename(unfinished_.c_str(), target_.c_str()) == 0) {
    return 0;
  }
  // A file that is mounted by itself, as a container's, stays where it is.
  return errno == EBUSY || errno == EXDEV ? copy_into_target() : errno;
}

Result<void> WholeFile::finish() {
  if (!sync(descriptor_)) {
    return cannot_write(path_, errno);
  }
  if (unfinished_.empty()) {
    return {};
  }
  if (const int why = take_place(); why != 0) {
    return cannot_write(path_, why);
  }
  std::error_code ignored;
  fs::remove(std::exchange(unfinished_, {}), ignored);  // there still where it was copied
  return {};
}

Result<void> write_whole(const fs::path& path, std::string_view text) {
  CAIRN_TRY(WholeFile file, WholeFile::create(path));
  if (!write_all(file.descriptor(), text)) {
    return cannot_write(path, errno);
  }
  return file.finish();
}

bool may_write(const fs::path& path) {
  const fs::path target = behind_links(path);
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  return own_descriptor(target) || ::access(target.c_str(), W_OK) == 0 ||
         ::access(folder.c_str(), W_OK) == 0;
}

bool is_standard_output(const fs::path& path) {
  struct stat named{};
  struct stat standard{};
  return ::stat(path.c_str(), &named) == 0 && ::fstat(STDOUT_FILENO, &standard) == 0 &&
         named.st_dev == standard.st_dev && named.st_ino == standard.st_ino;
}

}  // namespace cairn::cli
