#include "api/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>

namespace cairn::api {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool is_gzip(std::string_view name) {
  return std::ranges::equal(name, std::string_view("gzip"),
                            [](char c, char wanted) { return (c | ' ') == wanted; });
}

// "q=0", "q=0.000": not this one.
bool is_zero_weight(std::string_view parameter) {
  return (parameter.starts_with("q=") || parameter.starts_with("Q=")) && parameter.size() > 2 &&
         parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const auto comma = accept_encoding.find(',');
    const std::string_view item = accept_encoding.substr(0, comma);
    accept_encoding.remove_prefix(comma == std::string_view::npos ? accept_encoding.size()
                                                                  : comma + 1);
    const auto semicolon = item.find(';');
    const std::string_view name = trimmed(item.substr(0, semicolon));
    if (is_gzip(name)) {
      return semicolon == std::string_view::npos ||
             !is_zero_weight(trimmed(item.substr(semicolon + 1)));
    }
  }
  return false;
}

struct Gzip::State {
  z_stream stream{};
};

Gzip::Gzip() : state_(std::make_unique<State>()) {
  // The fastest level: on the way to a program on the same machine time counts more than bytes.
  constexpr int kLevel = 1;
  constexpr int kGzipHeader = 16;  // added to the window's bits
  constexpr int kMemory = 8;
  if (deflateInit2(&state_->stream, kLevel, Z_DEFLATED, MAX_WBITS + kGzipHeader, kMemory,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
}

Gzip::~Gzip() { deflateEnd(&state_->stream); }

std::string Gzip::add(std::string_view piece, bool last) {
  auto& stream = state_->stream;
  std::string out;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
  stream.avail_in = static_cast<uInt>(piece.size());
  do {
    const std::size_t done = out.size();
    out.resize(done + deflateBound(&stream, stream.avail_in));
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + done);
    stream.avail_out = static_cast<uInt>(out.size() - done);
    deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  } while (stream.avail_in > 0 || stream.avail_out == 0);
  return out;
}

}  // namespace cairn::api
