#pragma once
// A range of memory as tracers read it, before the instruction has made room for it.

#include <algorithm>
#include <optional>

#include "base/bytes.hpp"
#include "base/u256.hpp"

namespace cairn::trace {

// Zeros stand for what is not there yet. Nothing where more than 1 MiB of them would be needed: no
// instruction that reaches there can be paid for.
inline std::optional<Bytes> padded_memory(BytesView memory, const U256& offset, const U256& size) {
  constexpr std::uint64_t kMostPadding = 1 << 20;
  if (size.is_zero()) {
    return Bytes{};
  }
  const std::uint64_t bound = memory.size() + kMostPadding;
  if (offset.saturated64() > bound || size.saturated64() > bound ||
      offset.low64() + size.low64() > bound) {
    return std::nullopt;
  }
  Bytes out(size.low64());
  if (offset.low64() < memory.size()) {
    const BytesView there = memory.subspan(offset.low64());
    std::copy_n(there.begin(), std::min<std::size_t>(there.size(), out.size()), out.begin());
  }
  return out;
}

}  // namespace cairn::trace
