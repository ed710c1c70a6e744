#pragma once
// Byte strings, owned and viewed, and byte arrays of fixed size (addresses, hashes).
// Value types without shared state: any thread may use its own copy.

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace cairn::base {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

inline Bytes to_bytes(BytesView view) { return {view.begin(), view.end()}; }

inline BytesView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view text_of(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline void append(Bytes& out, BytesView tail) { out.insert(out.end(), tail.begin(), tail.end()); }

inline bool equal(BytesView a, BytesView b) { return std::ranges::equal(a, b); }

// N bytes, big-endian where they stand for a number; zero when default-made.
template <std::size_t N>
struct FixedBytes {
  std::array<std::uint8_t, N> bytes{};

  // The last N bytes of `view`, or `view` with zeros in front when it is shorter.
  static constexpr FixedBytes from_right(BytesView view) {
    FixedBytes out;
    const std::size_t n = std::min(N, view.size());
    std::copy(view.end() - static_cast<std::ptrdiff_t>(n), view.end(),
              out.bytes.end() - static_cast<std::ptrdiff_t>(n));
    return out;
  }

  static constexpr std::size_t size() { return N; }
  constexpr const std::uint8_t* data() const { return bytes.data(); }
  constexpr std::uint8_t* data() { return bytes.data(); }
  constexpr auto begin() const { return bytes.begin(); }
  constexpr auto end() const { return bytes.end(); }
  constexpr std::uint8_t operator[](std::size_t i) const { return bytes[i]; }
  constexpr std::uint8_t& operator[](std::size_t i) { return bytes[i]; }

  constexpr bool is_zero() const { return *this == FixedBytes{}; }
  constexpr operator BytesView() const { return BytesView{bytes}; }  // NOLINT(*-explicit-*): a view

  constexpr auto operator<=>(const FixedBytes&) const = default;
};

using Address = FixedBytes<20>;
using Hash256 = FixedBytes<32>;

namespace detail {
consteval std::uint8_t nibble(char c) {
  if (c >= '0' && c <= '9') {
    return static_cast<std::uint8_t>(c - '0');
  }
  if (c >= 'a' && c <= 'f') {
    return static_cast<std::uint8_t>(c - 'a' + 10);
  }
  if (c >= 'A' && c <= 'F') {
    return static_cast<std::uint8_t>(c - 'A' + 10);
  }
  throw "not a hexadecimal digit";
}

template <std::size_t N>
consteval FixedBytes<N> parse_literal(const char* text, std::size_t size) {
  if (size != 2 * N + 2 || text[0] != '0' || text[1] != 'x') {
    throw "wrong length for this type";
  }
  FixedBytes<N> out;
  for (std::size_t i = 0; i < N; ++i) {
    out.bytes[i] =
        static_cast<std::uint8_t>((nibble(text[2 + 2 * i]) << 4) | nibble(text[3 + 2 * i]));
  }
  return out;
}
}  // namespace detail

// Hashing of byte arrays for hash tables. Addresses and hashes are mostly outputs of keccak, but an
// attacker may choose addresses freely, so all bytes are mixed.
template <std::size_t N>
struct FixedBytesHash {
  std::size_t operator()(const FixedBytes<N>& value) const noexcept {
    std::uint64_t h = 0x9e3779b97f4a7c15u;
    std::size_t i = 0;
    for (; i + 8 <= N; i += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, value.data() + i, 8);
      h = (h ^ word) * 0xff51afd7ed558ccdu;
      h ^= h >> 32;
    }
    if (i < N) {
      std::uint64_t word = 0;
      std::memcpy(&word, value.data() + i, N - i);
      h = (h ^ word) * 0xff51afd7ed558ccdu;
      h ^= h >> 32;
    }
    return h;
  }
};

inline namespace literals {
consteval Address operator""_address(const char* text, std::size_t size) {
  return detail::parse_literal<20>(text, size);
}
consteval Hash256 operator""_hash(const char* text, std::size_t size) {
  return detail::parse_literal<32>(text, size);
}
}  // namespace literals

}  // namespace cairn::base

template <std::size_t N>
struct std::hash<cairn::base::FixedBytes<N>> : cairn::base::FixedBytesHash<N> {};

// The project's everyday words, spelled without their folder.
namespace cairn {
using base::Address;
using base::Bytes;
using base::BytesView;
using base::FixedBytes;
using base::Hash256;
using namespace base::literals;
}  // namespace cairn
