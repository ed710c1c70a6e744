#include "store/data_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace cairn::store {
namespace {

// What RocksDB writes to begin with, and some blocks.
constexpr std::uintmax_t kLeastFree = std::uintmax_t{4} << 20;

std::string error_text(int number) { return std::generic_category().message(number); }

std::string holder_of(int lock_file) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(lock_file, text.data(), text.size(), 0);
  const std::string_view digits(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return std::string(digits.substr(0, digits.find_first_not_of("0123456789")));
}

}  // namespace

DataFolder::DataFolder(std::filesystem::path path, int lock_file)
    : path_(std::move(path)), lock_file_(lock_file) {}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_file_(std::exchange(other.lock_file_, -1)) {}

DataFolder& DataFolder::operator=(DataFolder&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_file_, other.lock_file_);
  return *this;
}

DataFolder::~DataFolder() {
  if (lock_file_ >= 0) {
    ::close(lock_file_);
  }
}

Result<DataFolder> DataFolder::open(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) {
    return fail(ErrorCode::io,
                fmt::format("cannot make the folder {}: {}", path.string(), error.message()));
  }
  const auto room = std::filesystem::space(path, error);
  if (!error && room.available < kLeastFree) {
    return fail(ErrorCode::limit,
                fmt::format("the disk of {} is full ({} bytes free); nothing that was "
                            "acknowledged is lost",
                            path.string(), room.available));
  }
  const std::filesystem::path file = path / "cairn.lock";
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    return fail(ErrorCode::io, fmt::format("cannot open {}: {}", file.string(), error_text(errno)));
  }
  DataFolder folder(path, descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return fail(ErrorCode::io,
                  fmt::format("cannot lock {}: {}", file.string(), error_text(errno)));
    }
    return fail(ErrorCode::conflict, fmt::format("the folder {} is in use by process {}",
                                                 path.string(), holder_of(descriptor)));
  }
  const std::string text = fmt::format("{}\n", ::getpid());
  if (::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    return fail(ErrorCode::io,
                fmt::format("cannot write {}: {}", file.string(), error_text(errno)));
  }
  return folder;
}

}  // namespace cairn::store
