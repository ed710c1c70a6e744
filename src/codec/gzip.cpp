#include "codec/gzip.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace cairn::codec {
namespace {

constexpr int kGzipWindow = MAX_WBITS + 16;  // 16: with gzip's header
constexpr std::size_t kChunk = std::size_t{64} << 10;

// zlib counts in 32 bits.
uInt chunk_of(std::size_t left) {
  return static_cast<uInt>(std::min<std::size_t>(left, std::numeric_limits<uInt>::max() / 2));
}

struct Inflater {
  Inflater() {
    if (inflateInit2(&stream, kGzipWindow) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream stream{};
};

struct Deflater {
  Deflater() {
    constexpr int kMemory = 8;
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemory,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Deflater() { deflateEnd(&stream); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  z_stream stream{};
};

}  // namespace

Bytes gzip(std::string_view text) {
  Deflater deflater;
  z_stream& stream = deflater.stream;
  Bytes out;
  std::size_t taken = 0;
  bool last = false;
  while (!last) {
    const uInt piece = chunk_of(text.size() - taken);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data() + taken));
    stream.avail_in = piece;
    taken += piece;
    last = taken == text.size();
    do {
      const std::size_t done = out.size();
      out.resize(done + kChunk);
      stream.next_out = out.data() + done;
      stream.avail_out = kChunk;
      deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH);
      out.resize(out.size() - stream.avail_out);
    } while (stream.avail_out == 0);
  }
  return out;
}

bool is_gzip(BytesView bytes) { return bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b; }

Result<std::string> gunzip(BytesView bytes, std::size_t limit) {
  Inflater inflater;
  z_stream& stream = inflater.stream;
  std::string out;
  std::size_t taken = 0;
  int status = Z_OK;
  while (status != Z_STREAM_END) {
    if (stream.avail_in == 0) {
      stream.next_in = const_cast<Bytef*>(bytes.data() + taken);
      stream.avail_in = chunk_of(bytes.size() - taken);
      taken += stream.avail_in;
    }
    const std::size_t done = out.size();
    out.resize(done + kChunk);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + done);
    stream.avail_out = kChunk;
    status = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    if (out.size() > limit) {
      return fail(ErrorCode::malformed, fmt::format("gzip: more than {} bytes inside", limit));
    }
    if (status == Z_BUF_ERROR || (status == Z_OK && stream.avail_in == 0 && stream.avail_out != 0 &&
                                  taken == bytes.size())) {
      return fail(ErrorCode::malformed, "gzip: cut off");
    }
    if (status != Z_OK && status != Z_STREAM_END) {
      return fail(ErrorCode::malformed, "gzip: damaged");
    }
  }
  if (stream.avail_in != 0 || taken != bytes.size()) {
    return fail(ErrorCode::malformed, "gzip: bytes after the end");
  }
  return out;
}

}  // namespace cairn::codec
