#include "cli/whole_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace cairn::cli {
namespace fs = std::filesystem;

bool write_and_sync(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(file, text.data(), text.size());
    if (n < 0 && errno != EINTR) {
      return false;
    }
    text.remove_prefix(n < 0 ? 0 : static_cast<std::size_t>(n));
  }
  return ::fsync(file) == 0;
}

Result<void> write_whole(const fs::path& path, std::string_view text) {
  const fs::path unfinished = path.string() + ".unfinished";
  const auto failed = [&](int code) {
    std::error_code ignored;
    fs::remove(unfinished, ignored);
    return fail(ErrorCode::io, fmt::format("cannot write {}: {}", path.string(),
                                           std::system_category().message(code)));
  };
  const int file = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) {
    return fail(ErrorCode::io, fmt::format("cannot write {}: {}", path.string(),
                                           std::system_category().message(errno)));
  }
  const bool written = write_and_sync(file, text);
  const int why = errno;
  const bool closed = ::close(file) == 0;
  if (!written || !closed) {
    return failed(written ? errno : why);
  }
  std::error_code error;
  fs::rename(unfinished, path, error);
  return error ? Result<void>(failed(error.value())) : Result<void>{};
}

}  // namespace cairn::cli
