#pragma once
// Unsigned 256-bit integers modulo 2^256: the EVM's word (Yellow Paper, section 9).
// Four 64-bit words, least significant first. Plain values; every function is pure.

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace cairn::base {

__extension__ using Uint128 = unsigned __int128;

struct U256 {
  std::array<std::uint64_t, 4> words{};

  constexpr U256() = default;
  constexpr U256(std::uint64_t low) : words{low, 0, 0, 0} {}  // NOLINT(*-explicit-*)
  constexpr U256(std::uint64_t w0, std::uint64_t w1, std::uint64_t w2, std::uint64_t w3)
      : words{w0, w1, w2, w3} {}

  constexpr std::uint64_t operator[](std::size_t i) const { return words[i]; }
  constexpr std::uint64_t& operator[](std::size_t i) { return words[i]; }

  constexpr bool is_zero() const { return (words[0] | words[1] | words[2] | words[3]) == 0; }
  constexpr bool fits_u64() const { return (words[1] | words[2] | words[3]) == 0; }
  constexpr std::uint64_t low64() const { return words[0]; }
  // The value, or the largest 64-bit number when it does not fit.
  constexpr std::uint64_t saturated64() const { return fits_u64() ? words[0] : ~std::uint64_t{0}; }
  constexpr explicit operator bool() const { return !is_zero(); }
  constexpr bool sign() const { return (words[3] >> 63) != 0; }

  constexpr bool operator==(const U256& b) const {
    return ((words[0] ^ b.words[0]) | (words[1] ^ b.words[1]) | (words[2] ^ b.words[2]) |
            (words[3] ^ b.words[3])) == 0;
  }
  constexpr std::strong_ordering operator<=>(const U256& b) const {
    for (std::size_t i = 3; i > 0; --i) {
      if (words[i] != b.words[i]) {
        return words[i] <=> b.words[i];
      }
    }
    return words[0] <=> b.words[0];
  }
};

struct SumWithCarry {
  U256 sum;
  bool carry;
};

struct DifferenceWithBorrow {
  U256 difference;
  bool borrow;
};

constexpr SumWithCarry add_with_carry(const U256& a, const U256& b) {
  U256 r;
  Uint128 carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    carry += Uint128{a[i]} + b[i];
    r[i] = static_cast<std::uint64_t>(carry);
    carry >>= 64;
  }
  return {r, carry != 0};
}

constexpr DifferenceWithBorrow subtract_with_borrow(const U256& a, const U256& b) {
  U256 r;
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const Uint128 d = Uint128{a[i]} - b[i] - borrow;
    r[i] = static_cast<std::uint64_t>(d);
    borrow = static_cast<std::uint64_t>(d >> 64) & 1;
  }
  return {r, borrow != 0};
}

constexpr U256 operator+(const U256& a, const U256& b) { return add_with_carry(a, b).sum; }
constexpr U256 operator-(const U256& a, const U256& b) {
  return subtract_with_borrow(a, b).difference;
}

constexpr U256 operator*(const U256& a, const U256& b) {
  U256 r;
  for (std::size_t i = 0; i < 4; ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; i + j < 4; ++j) {
      const Uint128 t = Uint128{a[i]} * b[j] + r[i + j] + carry;
      r[i + j] = static_cast<std::uint64_t>(t);
      carry = static_cast<std::uint64_t>(t >> 64);
    }
  }
  return r;
}

constexpr U256 operator&(const U256& a, const U256& b) {
  return {a[0] & b[0], a[1] & b[1], a[2] & b[2], a[3] & b[3]};
}
constexpr U256 operator|(const U256& a, const U256& b) {
  return {a[0] | b[0], a[1] | b[1], a[2] | b[2], a[3] | b[3]};
}
constexpr U256 operator^(const U256& a, const U256& b) {
  return {a[0] ^ b[0], a[1] ^ b[1], a[2] ^ b[2], a[3] ^ b[3]};
}
constexpr U256 operator~(const U256& a) { return {~a[0], ~a[1], ~a[2], ~a[3]}; }
constexpr U256 operator-(const U256& a) { return U256{} - a; }

constexpr U256 operator<<(const U256& a, std::uint64_t n) {
  if (n >= 256) {
    return {};
  }
  const std::size_t skip = n / 64;
  const unsigned bits = n % 64;
  U256 r;
  for (std::size_t i = skip; i < 4; ++i) {
    r[i] = a[i - skip] << bits;
    if (bits != 0 && i > skip) {
      r[i] |= a[i - skip - 1] >> (64 - bits);
    }
  }
  return r;
}

constexpr U256 operator>>(const U256& a, std::uint64_t n) {
  if (n >= 256) {
    return {};
  }
  const std::size_t skip = n / 64;
  const unsigned bits = n % 64;
  U256 r;
  for (std::size_t i = 0; i + skip < 4; ++i) {
    r[i] = a[i + skip] >> bits;
    if (bits != 0 && i + skip < 3) {
      r[i] |= a[i + skip + 1] << (64 - bits);
    }
  }
  return r;
}

// Division as the EVM has it: by zero gives zero for quotient and remainder.
struct QuotientRemainder {
  U256 quotient;
  U256 remainder;
};
QuotientRemainder divide(const U256& a, const U256& b);
inline U256 operator/(const U256& a, const U256& b) { return divide(a, b).quotient; }
inline U256 operator%(const U256& a, const U256& b) { return divide(a, b).remainder; }

// Two's complement division, truncated toward zero; the remainder takes the dividend's sign.
QuotientRemainder divide_signed(const U256& a, const U256& b);

U256 add_mod(const U256& a, const U256& b, const U256& modulus);       // 0 when the modulus is 0
U256 multiply_mod(const U256& a, const U256& b, const U256& modulus);  // 0 when the modulus is 0
U256 power(const U256& base, const U256& exponent);                    // modulo 2^256

// The full 512-bit product, least significant word first.
std::array<std::uint64_t, 8> multiply_full(const U256& a, const U256& b);

constexpr U256& operator+=(U256& a, const U256& b) { return a = a + b; }
constexpr U256& operator-=(U256& a, const U256& b) { return a = a - b; }
constexpr U256& operator*=(U256& a, const U256& b) { return a = a * b; }

constexpr unsigned leading_zeros(const U256& a) {
  for (std::size_t i = 4; i > 0; --i) {
    if (a[i - 1] != 0) {
      return static_cast<unsigned>((4 - i) * 64) +
             static_cast<unsigned>(std::countl_zero(a[i - 1]));
    }
  }
  return 256;
}
constexpr unsigned bit_length(const U256& a) { return 256 - leading_zeros(a); }
constexpr unsigned byte_length(const U256& a) { return (bit_length(a) + 7) / 8; }

// 32 bytes, most significant first; `source` holds at least 32.
inline U256 load_be(const std::uint8_t* source) {
  U256 r;
  for (std::size_t i = 0; i < 4; ++i) {
    std::uint64_t word = 0;
    std::memcpy(&word, source + 8 * (3 - i), 8);
    r[i] = __builtin_bswap64(word);
  }
  return r;
}
inline void store_be(std::uint8_t* target, const U256& value) {
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint64_t word = __builtin_bswap64(value[3 - i]);
    std::memcpy(target + 8 * i, &word, 8);
  }
}

// At most 32 bytes, most significant first; of a longer view the last 32 count.
U256 from_be(BytesView bytes);
inline U256 to_u256(const Hash256& hash) { return load_be(hash.data()); }
inline U256 to_u256(const Address& address) { return from_be(address); }
inline Hash256 to_hash(const U256& value) {
  Hash256 out;
  store_be(out.data(), value);
  return out;
}
// The low 20 bytes.
inline Address to_address(const U256& value) { return Address::from_right(to_hash(value)); }

Bytes to_be_compact(const U256& value);                      // no leading zeros, empty for 0
std::string to_quantity(const U256& value);                  // JSON-RPC: "0x0", "0x1f"
std::string to_decimal(const U256& value);                   // "31"
std::optional<U256> from_hex_number(std::string_view text);  // "0x1f" or "1f", at most 256 bits
std::optional<U256> from_decimal(std::string_view text);

struct U256Hash {
  std::size_t operator()(const U256& value) const noexcept {
    std::uint64_t h = 0x9e3779b97f4a7c15u;
    for (const std::uint64_t word : value.words) {
      h = (h ^ word) * 0xff51afd7ed558ccdu;
      h ^= h >> 32;
    }
    return h;
  }
};

}  // namespace cairn::base

template <>
struct std::hash<cairn::base::U256> : cairn::base::U256Hash {};

namespace cairn {
using base::U256;
}
