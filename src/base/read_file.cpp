#include "base/read_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace cairn::base {
namespace {

constexpr std::size_t kStep = std::size_t{64} << 10;  // bytes

// Closes at the end of its scope.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)) {}
  ~OpenFile() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool is_open() const { return number_ >= 0; }
  bool is_folder() const {
    struct stat about{};
    return ::fstat(number_, &about) == 0 && S_ISDIR(about.st_mode);
  }
  // Nothing where it fails: errno says why.
  std::optional<std::string> read() const {
    std::string out;
    std::size_t size = 0;
    while (true) {
      if (out.size() - size < kStep) {
        out.resize(2 * out.size() + kStep);
      }
      const ssize_t n = ::read(number_, out.data() + size, out.size() - size);
      if (n == 0) {
        out.resize(size);
        return out;
      }
      if (n < 0 && errno != EINTR) {
        return std::nullopt;
      }
      size += n < 0 ? 0 : static_cast<std::size_t>(n);
    }
  }

 private:
  int number_;
};

std::unexpected<Error> unreadable(const std::filesystem::path& path, std::string_view role,
                                  int code) {
  const bool missing = code == ENOENT || code == ENOTDIR;
  const std::string named =
      role.empty() ? path.string() : fmt::format("the {} '{}'", role, path.string());
  return fail(missing ? ErrorCode::not_found : ErrorCode::io,
              fmt::format("cannot read {}: {}", named, std::generic_category().message(code)));
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::string_view role) {
  const OpenFile file(path);
  if (!file.is_open()) {
    return unreadable(path, role, errno);
  }
  if (file.is_folder()) {
    return fail(ErrorCode::io, role.empty()
                                   ? fmt::format("{} is a folder", path.string())
                                   : fmt::format("the {} {} is a folder", role, path.string()));
  }
  auto text = file.read();
  return text ? Result<std::string>(*std::move(text)) : unreadable(path, role, errno);
}

}  // namespace cairn::base
