#pragma once
// gzip (RFC 1952) of a whole buffer. Pure; any thread.

#include <cstddef>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace cairn::codec {

Bytes gzip(std::string_view text);

// Whether the bytes begin as gzip does.
bool is_gzip(BytesView bytes);
// malformed: cut off, damaged (the checksum says so), more after the end, or above `limit` bytes.
Result<std::string> gunzip(BytesView bytes, std::size_t limit);

}  // namespace cairn::codec
