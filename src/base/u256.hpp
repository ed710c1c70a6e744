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
#include <type_traits>

#include "base/bytes.hpp"

namespace cairn::base {

__extension__ using Uint128 = unsigned __int128;

struct U256 {
  std::array<std::uint64_t, 4> words{};

  constexpr U256() = default;
  constexpr U256(std::uint64_t low) : words{low, 0, 0, 0} {}  // NOLINT(*-explicit-*): lossless
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

// One word with carry in and out. The builtins become adc and sbb; they cannot run at compile time.
struct WordAndCarry {
  std::uint64_t word;
  unsigned char carry;
};

constexpr WordAndCarry add_word(std::uint64_t a, std::uint64_t b, unsigned char carry) {
#if defined(__x86_64__)
  if (!std::is_constant_evaluated()) {
    unsigned long long sum = 0;
    const unsigned char out = __builtin_ia32_addcarryx_u64(carry, a, b, &sum);
    return {sum, out};
  }
#endif
  const Uint128 sum = Uint128{a} + b + carry;
  return {static_cast<std::uint64_t>(sum), static_cast<unsigned char>(sum >> 64)};
}

constexpr WordAndCarry subtract_word(std::uint64_t a, std::uint64_t b, unsigned char borrow) {
#if defined(__x86_64__)
  if (!std::is_constant_evaluated()) {
    unsigned long long difference = 0;
#if defined(__clang__)
    const unsigned char out = __builtin_ia32_subborrow_u64(borrow, a, b, &difference);
#else
    const unsigned char out = __builtin_ia32_sbb_u64(borrow, a, b, &difference);
#endif
    return {difference, out};
  }
#endif
  const Uint128 difference = Uint128{a} - b - borrow;
  return {static_cast<std::uint64_t>(difference),
          static_cast<unsigned char>((difference >> 64) & 1)};
}

constexpr SumWithCarry add_with_carry(const U256& a, const U256& b) {
  const auto w0 = add_word(a[0], b[0], 0);
  const auto w1 = add_word(a[1], b[1], w0.carry);
  const auto w2 = add_word(a[2], b[2], w1.carry);
  const auto w3 = add_word(a[3], b[3], w2.carry);
  return {{w0.word, w1.word, w2.word, w3.word}, w3.carry != 0};
}

constexpr DifferenceWithBorrow subtract_with_borrow(const U256& a, const U256& b) {
  const auto w0 = subtract_word(a[0], b[0], 0);
  const auto w1 = subtract_word(a[1], b[1], w0.carry);
  const auto w2 = subtract_word(a[2], b[2], w1.carry);
  const auto w3 = subtract_word(a[3], b[3], w2.carry);
  return {{w0.word, w1.word, w2.word, w3.word}, w3.carry != 0};
}

#if defined(__x86_64__)
// Flags of a - b over all four words. The compiler's own chain of borrows would store each word.
#define CAIRN_COMPARE_U256(flag, result, a, b)                                                    \
  std::uint64_t scratch = 0;                                                                      \
  __asm__(                                                                                        \
      "cmpq %[b0], %[a0]\n\tmovq %[a1], %[t]\n\tsbbq %[b1], %[t]\n\t"                             \
      "movq %[a2], %[t]\n\tsbbq %[b2], %[t]\n\tmovq %[a3], %[t]\n\tsbbq %[b3], %[t]"              \
      : "=@cc" flag(result), [t] "=&r"(scratch)                                                   \
      : [a0] "r"((a)[0]), [a1] "m"((a).words[1]), [a2] "m"((a).words[2]), [a3] "m"((a).words[3]), \
        [b0] "m"((b).words[0]), [b1] "m"((b).words[1]), [b2] "m"((b).words[2]),                   \
        [b3] "m"((b).words[3]))

inline bool less(const U256& a, const U256& b) {
  bool result = false;
  CAIRN_COMPARE_U256("c", result, a, b);
  return result;
}
inline bool signed_less(const U256& a, const U256& b) {
  bool result = false;
  CAIRN_COMPARE_U256("l", result, a, b);
  return result;
}
#undef CAIRN_COMPARE_U256
#else
constexpr bool less(const U256& a, const U256& b) { return subtract_with_borrow(a, b).borrow; }
constexpr bool signed_less(const U256& a, const U256& b) {
  return a.sign() == b.sign() ? less(a, b) : a.sign();
}
#endif

constexpr bool operator<(const U256& a, const U256& b) {
#if defined(__x86_64__)
  if (!std::is_constant_evaluated()) {
    return less(a, b);
  }
#endif
  return subtract_with_borrow(a, b).borrow;
}
constexpr bool operator>(const U256& a, const U256& b) { return b < a; }
constexpr bool operator<=(const U256& a, const U256& b) { return !(b < a); }
constexpr bool operator>=(const U256& a, const U256& b) { return !(a < b); }

constexpr U256 operator+(const U256& a, const U256& b) { return add_with_carry(a, b).sum; }
constexpr U256 operator-(const U256& a, const U256& b) {
  return subtract_with_borrow(a, b).difference;
}

constexpr std::uint64_t high64(Uint128 a) { return static_cast<std::uint64_t>(a >> 64); }

// Column by column; what would go above 256 bits is never computed.
constexpr U256 operator*(const U256& a, const U256& b) {
  const Uint128 p00 = Uint128{a[0]} * b[0];
  const Uint128 p01 = Uint128{a[0]} * b[1];
  const Uint128 p10 = Uint128{a[1]} * b[0];
  const Uint128 p02 = Uint128{a[0]} * b[2];
  const Uint128 p11 = Uint128{a[1]} * b[1];
  const Uint128 p20 = Uint128{a[2]} * b[0];

  const Uint128 row1 = p01 + high64(p00);
  const Uint128 row2 = p10 + static_cast<std::uint64_t>(row1);
  const Uint128 column2 = p02 + p11 + p20 + high64(row1) + high64(row2);
  const std::uint64_t w3 = a[0] * b[3] + a[1] * b[2] + a[2] * b[1] + a[3] * b[0] + high64(column2);
  return {static_cast<std::uint64_t>(p00), static_cast<std::uint64_t>(row2),
          static_cast<std::uint64_t>(column2), w3};
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

// The upper word of high:low shifted left by fewer than 64 bits (one shld).
constexpr std::uint64_t shift_left_pair(std::uint64_t high, std::uint64_t low, unsigned bits) {
  const Uint128 pair = (Uint128{high} << 64) | low;
  return static_cast<std::uint64_t>((pair << (bits & 63)) >> 64);
}
// The lower word of high:low shifted right by fewer than 64 bits (one shrd).
constexpr std::uint64_t shift_right_pair(std::uint64_t high, std::uint64_t low, unsigned bits) {
  const Uint128 pair = (Uint128{high} << 64) | low;
  return static_cast<std::uint64_t>(pair >> (bits & 63));
}

// A shift is a window that slides over the words with zeros beside them.
constexpr U256 operator<<(const U256& a, std::uint64_t n) {
  if (n >= 256) {
    return {};
  }
  const std::array<std::uint64_t, 8> words = {0, 0, 0, 0, a[0], a[1], a[2], a[3]};
  const std::uint64_t* const w = words.data() + 4 - n / 64;
  const unsigned bits = n % 64;
  return {shift_left_pair(w[0], w[-1], bits), shift_left_pair(w[1], w[0], bits),
          shift_left_pair(w[2], w[1], bits), shift_left_pair(w[3], w[2], bits)};
}

constexpr U256 operator>>(const U256& a, std::uint64_t n) {
  if (n >= 256) {
    return {};
  }
  const std::array<std::uint64_t, 8> words = {a[0], a[1], a[2], a[3], 0, 0, 0, 0};
  const std::uint64_t* const w = words.data() + n / 64;
  const unsigned bits = n % 64;
  return {shift_right_pair(w[1], w[0], bits), shift_right_pair(w[2], w[1], bits),
          shift_right_pair(w[3], w[2], bits), shift_right_pair(w[4], w[3], bits)};
}

// Division as the EVM has it: by zero gives zero for quotient and remainder.
struct QuotientRemainder {
  U256 quotient;
  U256 remainder;
};
QuotientRemainder divide(const U256& a, const U256& b);

// high:low / divisor where high < divisor: what the processor's own division does.
struct WordDivision {
  std::uint64_t quotient;
  std::uint64_t remainder;
};
inline WordDivision divide_pair(std::uint64_t high, std::uint64_t low, std::uint64_t divisor) {
#if defined(__x86_64__)
  WordDivision r{};
  __asm__("divq %4"
          : "=a"(r.quotient), "=d"(r.remainder)
          : "a"(low), "d"(high), "r"(divisor)
          : "cc");
  return r;
#else
  const Uint128 value = (Uint128{high} << 64) | low;
  return {static_cast<std::uint64_t>(value / divisor), static_cast<std::uint64_t>(value % divisor)};
#endif
}

// Of numbers below 2^128 by a word that is not zero, the everyday case.
struct ShortDivision {
  U256 quotient;
  std::uint64_t remainder;
};
inline ShortDivision divide_short(const U256& a, std::uint64_t divisor) {
  const std::uint64_t high = a[1] < divisor ? 0 : a[1] / divisor;
  const auto low = divide_pair(a[1] - high * divisor, a[0], divisor);
  return {{low.quotient, high, 0, 0}, low.remainder};
}
constexpr bool is_short_division(const U256& a, const U256& b) {
  return (a[2] | a[3] | b[1] | b[2] | b[3]) == 0 && b[0] != 0;
}

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
// By words: copying the bytes first would make every load wait for the stores before it.
inline U256 to_u256(const Address& address) {
  std::uint32_t high = 0;
  std::uint64_t middle = 0;
  std::uint64_t low = 0;
  std::memcpy(&high, address.data(), 4);
  std::memcpy(&middle, address.data() + 4, 8);
  std::memcpy(&low, address.data() + 12, 8);
  return {__builtin_bswap64(low), __builtin_bswap64(middle), __builtin_bswap32(high), 0};
}
inline Hash256 to_hash(const U256& value) {
  Hash256 out;
  store_be(out.data(), value);
  return out;
}
// The low 20 bytes.
inline Address to_address(const U256& value) {
  const auto high = __builtin_bswap32(static_cast<std::uint32_t>(value[2]));
  const std::uint64_t middle = __builtin_bswap64(value[1]);
  const std::uint64_t low = __builtin_bswap64(value[0]);
  Address out;
  std::memcpy(out.data(), &high, 4);
  std::memcpy(out.data() + 4, &middle, 8);
  std::memcpy(out.data() + 12, &low, 8);
  return out;
}

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
