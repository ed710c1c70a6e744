#pragma once
// The prime field of BN254 (EIP-196's p) and its quadratic extension Fp2 = Fp[u] / (u^2 + 1).
// Elements are kept in Montgomery form, x * 2^256 mod p, fully reduced. Plain values; any thread.

#include <array>
#include <cstdint>

#include "base/u256.hpp"

namespace cairn::crypto::bn254 {

using Words = std::array<std::uint64_t, 4>;      // least significant first
using WideWords = std::array<std::uint64_t, 8>;  // a product, not yet reduced
using base::Uint128;

inline constexpr U256 kPrime{0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d,
                             0x30644e72e131a029};

namespace detail {

consteval std::uint64_t negative_inverse(std::uint64_t odd) {
  std::uint64_t inverse = 1;
  for (int i = 0; i < 6; ++i) {
    inverse *= 2 - odd * inverse;
  }
  return ~inverse + 1;
}
inline constexpr std::uint64_t kNegativeInverse = negative_inverse(kPrime[0]);

// a when a < p, a - p otherwise; a < 2p.
[[gnu::always_inline]] constexpr Words reduce_once(const Words& a) {
  Words r{};
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const Uint128 d = Uint128{a[i]} - kPrime[i] - borrow;
    r[i] = static_cast<std::uint64_t>(d);
    borrow = static_cast<std::uint64_t>(d >> 64) & 1;
  }
  const std::uint64_t keep = ~borrow + 1;
  for (std::size_t i = 0; i < 4; ++i) {
    r[i] ^= (r[i] ^ a[i]) & keep;
  }
  return r;
}

[[gnu::always_inline]] constexpr Words add_words(const Words& a, const Words& b) {
  Words r{};
  Uint128 carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    carry += Uint128{a[i]} + b[i];
    r[i] = static_cast<std::uint64_t>(carry);
    carry >>= 64;
  }
  return r;
}

[[gnu::always_inline]] constexpr Words add_mod_p(const Words& a, const Words& b) {
  return reduce_once(add_words(a, b));
}

[[gnu::always_inline]] constexpr Words subtract_mod_p(const Words& a, const Words& b) {
  Words r{};
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const Uint128 d = Uint128{a[i]} - b[i] - borrow;
    r[i] = static_cast<std::uint64_t>(d);
    borrow = static_cast<std::uint64_t>(d >> 64) & 1;
  }
  const std::uint64_t mask = ~borrow + 1;
  return add_words(r, {kPrime[0] & mask, kPrime[1] & mask, kPrime[2] & mask, kPrime[3] & mask});
}

// a * b / 2^256 mod p. The top word of p leaves two bits free, so no carry leaves the four words.
[[gnu::always_inline]] constexpr Words montgomery_multiply(const Words& a, const Words& b) {
  Words t{};
  for (std::size_t i = 0; i < 4; ++i) {
    Uint128 product = Uint128{a[0]} * b[i] + t[0];
    const std::uint64_t m = static_cast<std::uint64_t>(product) * kNegativeInverse;
    Uint128 folded = Uint128{m} * kPrime[0] + static_cast<std::uint64_t>(product);
    for (std::size_t j = 1; j < 4; ++j) {
      product = Uint128{a[j]} * b[i] + t[j] + static_cast<std::uint64_t>(product >> 64);
      folded = Uint128{m} * kPrime[j] + static_cast<std::uint64_t>(product) +
               static_cast<std::uint64_t>(folded >> 64);
      t[j - 1] = static_cast<std::uint64_t>(folded);
    }
    t[3] = static_cast<std::uint64_t>(product >> 64) + static_cast<std::uint64_t>(folded >> 64);
  }
  return reduce_once(t);
}

[[gnu::always_inline]] constexpr WideWords multiply_wide(const Words& a, const Words& b) {
  WideWords r{};
  for (std::size_t i = 0; i < 4; ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const Uint128 t = Uint128{a[j]} * b[i] + r[i + j] + carry;
      r[i + j] = static_cast<std::uint64_t>(t);
      carry = static_cast<std::uint64_t>(t >> 64);
    }
    r[i + 4] = carry;
  }
  return r;
}

// t / 2^256 mod p, for t < p * 2^256.
[[gnu::always_inline]] constexpr Words montgomery_reduce(WideWords t) {
  std::uint64_t above = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint64_t m = t[i] * kNegativeInverse;
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const Uint128 sum = Uint128{m} * kPrime[j] + t[i + j] + carry;
      t[i + j] = static_cast<std::uint64_t>(sum);
      carry = static_cast<std::uint64_t>(sum >> 64);
    }
    const Uint128 sum = Uint128{t[i + 4]} + carry + above;
    t[i + 4] = static_cast<std::uint64_t>(sum);
    above = static_cast<std::uint64_t>(sum >> 64);
  }
  return reduce_once({t[4], t[5], t[6], t[7]});
}

// a - b, plus p * 2^256 when that is negative.
[[gnu::always_inline]] constexpr WideWords subtract_wide(const WideWords& a, const WideWords& b) {
  WideWords r{};
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    const Uint128 d = Uint128{a[i]} - b[i] - borrow;
    r[i] = static_cast<std::uint64_t>(d);
    borrow = static_cast<std::uint64_t>(d >> 64) & 1;
  }
  const std::uint64_t mask = ~borrow + 1;
  const Words high = add_words({r[4], r[5], r[6], r[7]}, {kPrime[0] & mask, kPrime[1] & mask,
                                                          kPrime[2] & mask, kPrime[3] & mask});
  return {r[0], r[1], r[2], r[3], high[0], high[1], high[2], high[3]};
}

// 2^512 mod p, which takes a number into Montgomery form.
consteval Words square_of_radix() {
  Words r{1, 0, 0, 0};
  for (int i = 0; i < 512; ++i) {
    r = add_mod_p(r, r);
  }
  return r;
}

}  // namespace detail

struct Fp {
  Words words{};

  constexpr bool operator==(const Fp&) const = default;
  constexpr bool is_zero() const { return (words[0] | words[1] | words[2] | words[3]) == 0; }

  // `value` must be below p.
  static constexpr Fp from(const U256& value) {
    return {detail::montgomery_multiply(value.words, detail::square_of_radix())};
  }
  static constexpr Fp one() { return from(U256{1}); }
  constexpr U256 value() const {
    const Words plain = detail::montgomery_multiply(words, {1, 0, 0, 0});
    return {plain[0], plain[1], plain[2], plain[3]};
  }
};

constexpr Fp operator+(const Fp& a, const Fp& b) { return {detail::add_mod_p(a.words, b.words)}; }
constexpr Fp operator-(const Fp& a, const Fp& b) {
  return {detail::subtract_mod_p(a.words, b.words)};
}
constexpr Fp operator-(const Fp& a) { return Fp{} - a; }
constexpr Fp operator*(const Fp& a, const Fp& b) {
  return {detail::montgomery_multiply(a.words, b.words)};
}
constexpr Fp square(const Fp& a) { return a * a; }
constexpr Fp twice(const Fp& a) { return a + a; }

Fp inverse(const Fp& a);  // 0 for 0; time depends on the value

// real + imaginary * u.
struct Fp2 {
  Fp real;
  Fp imaginary;

  constexpr bool operator==(const Fp2&) const = default;
  constexpr bool is_zero() const { return real.is_zero() && imaginary.is_zero(); }
  static constexpr Fp2 one() { return {Fp::one(), {}}; }
};

constexpr Fp2 operator+(const Fp2& a, const Fp2& b) {
  return {a.real + b.real, a.imaginary + b.imaginary};
}
constexpr Fp2 operator-(const Fp2& a, const Fp2& b) {
  return {a.real - b.real, a.imaginary - b.imaginary};
}
constexpr Fp2 operator-(const Fp2& a) { return {-a.real, -a.imaginary}; }
constexpr Fp2 twice(const Fp2& a) { return a + a; }
constexpr Fp2 conjugate(const Fp2& a) { return {a.real, -a.imaginary}; }

// Karatsuba's three products, but only two reductions: the sums stay below p * 2^256.
constexpr Fp2 operator*(const Fp2& a, const Fp2& b) {
  using namespace detail;
  const WideWords low = multiply_wide(a.real.words, b.real.words);
  const WideWords high = multiply_wide(a.imaginary.words, b.imaginary.words);
  const WideWords mixed = multiply_wide(add_words(a.real.words, a.imaginary.words),
                                        add_words(b.real.words, b.imaginary.words));
  return {{montgomery_reduce(subtract_wide(low, high))},
          {montgomery_reduce(subtract_wide(subtract_wide(mixed, low), high))}};
}
constexpr Fp2 operator*(const Fp2& a, const Fp& b) { return {a.real * b, a.imaginary * b}; }

constexpr Fp2 square(const Fp2& a) {
  return {(a.real + a.imaginary) * (a.real - a.imaginary), twice(a.real * a.imaginary)};
}

Fp2 inverse(const Fp2& a);  // 0 for 0

// Times xi = 9 + u, of which no square or cube root exists in Fp2: the tower stands on it.
constexpr Fp2 times_xi(const Fp2& a) {
  const Fp2 nine_times = twice(twice(twice(a))) + a;
  return {nine_times.real - a.imaginary, nine_times.imaginary + a.real};
}

// Square and multiply; for constants computed by the compiler.
template <class Field>
constexpr Field power(const Field& base, const U256& exponent) {
  Field result = Field::one();
  for (unsigned i = base::bit_length(exponent); i > 0; --i) {
    result = square(result);
    if (((exponent[(i - 1) / 64] >> ((i - 1) % 64)) & 1) != 0) {
      result = result * base;
    }
  }
  return result;
}

}  // namespace cairn::crypto::bn254
