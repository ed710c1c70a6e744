#include "cli/block_file.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/u256.hpp"
#include "cli/whole_file.hpp"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBlock = std::size_t{256} << 20;  // bytes
constexpr unsigned kBuffer = 1u << 20;

struct CloseGz {
  void operator()(gzFile_s* file) const { gzclose(file); }
};
using GzFile = std::unique_ptr<gzFile_s, CloseGz>;

std::string system_error(int code) {
  return std::error_code(code, std::generic_category()).message();
}

}  // namespace

struct BlockReader::Impl {
  std::string path;
  GzFile file;
  std::uintmax_t file_size = 0;  // in bytes on the disk
  std::uint64_t position = 0;    // of what is unpacked

  std::unexpected<Error> refuse(std::uint64_t at, std::string_view what) const {
    return fail(ErrorCode::malformed, fmt::format("{}: {} at byte {}", path, what, at));
  }

  // Fewer bytes than asked for only at the end.
  Result<std::size_t> read(std::uint8_t* to, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
      const int n = gzread(file.get(), to + done,
                           static_cast<unsigned>(std::min<std::size_t>(size - done, kBuffer)));
      if (n < 0) {
        int code = 0;
        const std::string_view what = gzerror(file.get(), &code);
        return fail(code == Z_ERRNO ? ErrorCode::io : ErrorCode::malformed,
                    fmt::format("{}: {} after byte {}", path,
                                code == Z_BUF_ERROR ? "the gzip stream is cut" : what, position));
      }
      if (n == 0) {
        break;
      }
      done += static_cast<std::size_t>(n);
      position += static_cast<std::uint64_t>(n);
    }
    return done;
  }
};

BlockReader::BlockReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BlockReader::~BlockReader() = default;
BlockReader::BlockReader(BlockReader&&) noexcept = default;

Result<BlockReader> BlockReader::open(const std::string& path) {
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  if (fs::is_directory(path)) {
    return fail(ErrorCode::invalid_argument, fmt::format("{} is a folder", path));
  }
  impl->file.reset(path == kStandardStream ? gzdopen(::dup(STDIN_FILENO), "rb")
                                           : gzopen(path.c_str(), "rb"));
  if (!impl->file) {
    return fail(ErrorCode::not_found, fmt::format("cannot read {}: {}", path, system_error(errno)));
  }
  std::error_code no_regular_file;
  const auto size = fs::file_size(path, no_regular_file);
  impl->file_size = no_regular_file ? 0 : size;
  gzbuffer(impl->file.get(), kBuffer);
  if (path.ends_with(".gz") && impl->file_size > 0 && gzdirect(impl->file.get()) == 1) {
    return fail(ErrorCode::malformed, fmt::format("{} is no gzip file, whatever its name", path));
  }
  return BlockReader(std::move(impl));
}

Result<std::optional<Bytes>> BlockReader::next() {
  const std::uint64_t start = impl_->position;
  Bytes out(1);
  CAIRN_TRY(const std::size_t first, impl_->read(out.data(), 1));
  if (first == 0) {
    return std::nullopt;
  }
  if (out[0] < 0xc0) {
    return impl_->refuse(start, "no block begins");
  }
  std::size_t size = std::size_t{out[0]} - 0xc0;
  if (out[0] > 0xf7) {
    const std::size_t digits = std::size_t{out[0]} - 0xf7;
    out.resize(1 + digits);
    CAIRN_TRY(const std::size_t have, impl_->read(out.data() + 1, digits));
    if (have < digits) {
      return impl_->refuse(impl_->position, "the file is cut inside a block,");
    }
    const U256 length = base::from_be(BytesView(out).subspan(1));
    if (length > U256{kMaxBlock}) {
      return impl_->refuse(start, "no block begins");
    }
    size = length.low64();
  }
  const std::size_t prefix = out.size();
  out.resize(prefix + size);
  CAIRN_TRY(const std::size_t have, impl_->read(out.data() + prefix, size));
  if (have < size) {
    return impl_->refuse(impl_->position, "the file is cut inside a block,");
  }
  return out;
}

double BlockReader::fraction() const {
  const auto offset = gzoffset(impl_->file.get());  // of what is packed
  return offset <= 0 || impl_->file_size == 0
             ? 0
             : std::min(1.0, static_cast<double>(offset) / static_cast<double>(impl_->file_size));
}

struct BlockWriter::Impl {
  std::string path;
  WholeFile whole;
  GzFile file;  // writes to a descriptor of its own

  std::unexpected<Error> failed() const {
    return fail(ErrorCode::io, fmt::format("cannot write {}: {}", path, system_error(errno)));
  }
};

BlockWriter::BlockWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BlockWriter::~BlockWriter() = default;
BlockWriter::BlockWriter(BlockWriter&&) noexcept = default;

Result<BlockWriter> BlockWriter::create(const std::string& path) {
  CAIRN_TRY(WholeFile whole, path == kStandardStream ? WholeFile::around(STDOUT_FILENO, path)
                                                     : WholeFile::create(path));
  const bool pack = path.ends_with(".gz");
  const int descriptor = ::dup(whole.descriptor());
  auto impl = std::make_unique<Impl>(path, std::move(whole));
  impl->file.reset(gzdopen(descriptor, pack ? "wb" : "wbT"));  // T: as it stands
  if (!impl->file) {
    return impl->failed();
  }
  gzbuffer(impl->file.get(), kBuffer);
  return BlockWriter(std::move(impl));
}

Result<void> BlockWriter::write(BytesView block) {
  if (gzwrite(impl_->file.get(), block.data(), static_cast<unsigned>(block.size())) <= 0) {
    return impl_->failed();
  }
  return {};
}

Result<void> BlockWriter::finish() {
  if (gzclose(impl_->file.release()) != Z_OK) {
    return impl_->failed();
  }
  return impl_->whole.finish();
}

}  // namespace cairn::cli
