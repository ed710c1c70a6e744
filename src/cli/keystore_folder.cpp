#include "cli/keystore_folder.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/hex.hpp"
#include "base/random.hpp"
#include "base/read_file.hpp"
#include "cli/whole_file.hpp"
#include "types/json_object.hpp"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxFile = 64 * 1024;  // bytes; a key file has about five hundred

std::optional<Address> address_in(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error) || fs::file_size(path, error) > kMaxFile) {
    return std::nullopt;
  }
  const auto text = base::read_file(path);
  const auto json = text ? types::parse_json(*text) : Result<types::Json>(types::Json{});
  if (!json || json->kind != types::Json::Kind::object) {
    return std::nullopt;
  }
  const auto found = std::ranges::find(json->members, "address", &types::Json::Member::key);
  return found == json->members.end() ? std::nullopt : base::fixed_from_hex<20>(found->value.text);
}

// UTC--2016-03-22T12-57-55.920751759Z--7ef5a6135f1fd6a02593eedc869c6d41d934aef8
std::string name_of(const Address& address, const base::Clock& clock) {
  const std::uint64_t ms = clock.unix_ms();
  const auto time = fmt::gmtime(static_cast<std::time_t>(ms / 1000));
  return fmt::format("UTC--{:%Y-%m-%dT%H-%M-%S}.{:03}000000Z--{}", time, ms % 1000,
                     base::to_hex_unprefixed(address));
}

crypto::KeystoreRandomness fresh_randomness() {
  base::SystemRandom random;
  crypto::KeystoreRandomness out;
  random.fill(out.salt.bytes);
  random.fill(out.iv.bytes);
  random.fill(out.id.bytes);
  return out;
}

std::unexpected<Error> io_error(const fs::path& path, std::string_view what) {
  return fail(ErrorCode::io,
              fmt::format("cannot {} {}: {}", what, path.string(),
                          std::error_code(errno, std::generic_category()).message()));
}

// Closes at the end of its scope.
struct File {
  int number;
  explicit File(int n) : number(n) {}
  ~File() {
    if (number >= 0) {
      ::close(number);
    }
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
};

Result<void> sync_folder(const fs::path& folder) {
  const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.number < 0 || ::fsync(file.number) != 0) {
    return io_error(folder, "sync");
  }
  return {};
}

}  // namespace

Result<void> write_secret_file(const fs::path& path, std::string_view text) {
  const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.number < 0) {
    return io_error(path, "make");
  }
  if (!write_and_sync(file.number, text)) {
    const auto error = io_error(path, "write");
    ::unlink(path.c_str());  // no half of a key
    return error;
  }
  return sync_folder(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

Result<std::vector<KeyFile>> KeystoreFolder::list() const {
  std::vector<KeyFile> out;
  std::error_code error;
  if (!fs::exists(folder_, error)) {
    return out;
  }
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with('.') || name.ends_with('~')) {
      continue;  // editors' files
    }
    if (const auto address = address_in(at->path())) {
      out.push_back({*address, at->path()});
    }
  }
  if (error) {
    return fail(ErrorCode::io,
                fmt::format("cannot read {}: {}", folder_.string(), error.message()));
  }
  std::ranges::sort(out, {}, &KeyFile::path);
  return out;
}

Result<KeyFile> KeystoreFolder::find(const std::string& which) const {
  CAIRN_TRY(const auto files, list());
  if (const auto address = base::fixed_from_hex<20>(which)) {
    const auto found = std::ranges::find(files, *address, &KeyFile::address);
    if (found == files.end()) {
      return fail(ErrorCode::not_found, fmt::format("no key for {} in {}; cairn account list shows "
                                                    "those that are there",
                                                    base::to_hex(*address), folder_.string()));
    }
    return *found;
  }
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(which.data(), which.data() + which.size(), index);
  if (error != std::errc{} || end != which.data() + which.size()) {
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("'{}' is neither an address of 20 bytes nor an account's number", which));
  }
  if (index >= files.size()) {
    return fail(ErrorCode::not_found,
                fmt::format("no account {}: {} has {}", index, folder_.string(), files.size()));
  }
  return files[index];
}

Result<KeyFile> KeystoreFolder::add(const crypto::SecretKey& key, std::string_view password,
                                    const crypto::ScryptCost& cost,
                                    const base::Clock& clock) const {
  const auto public_key = crypto::public_key_of(key);
  if (!public_key) {
    return fail(ErrorCode::invalid_argument, "the key is 0 or not below the order of secp256k1");
  }
  const Address address = crypto::address_of(*public_key);
  CAIRN_TRY(const auto files, list());
  if (const auto found = std::ranges::find(files, address, &KeyFile::address);
      found != files.end()) {
    return fail(ErrorCode::conflict, fmt::format("the key for {} is here already: {}",
                                                 base::to_hex(address), found->path.string()));
  }
  std::error_code error;
  if (fs::create_directories(folder_, error)) {
    fs::permissions(folder_, fs::perms::owner_all, error);
  }
  if (error) {
    return fail(ErrorCode::io,
                fmt::format("cannot make {}: {}", folder_.string(), error.message()));
  }
  CAIRN_TRY(const std::string json,
            crypto::encrypt_keystore(key, password, fresh_randomness(), cost));
  KeyFile out{address, folder_ / name_of(address, clock)};
  CAIRN_CHECK(write_secret_file(out.path, json));
  return out;
}

Result<crypto::SecretKey> open_key(const KeyFile& file, std::string_view password) {
  CAIRN_TRY(const std::string json, base::read_file(file.path));
  auto key = crypto::decrypt_keystore(json, password);
  if (!key) {
    return fail(key.error().code, fmt::format("{}: {}", file.path.string(), key.error().message));
  }
  return key;
}

}  // namespace cairn::cli
