#pragma once
// The prime field of BN254 (EIP-196's p) and its quadratic extension Fp2 = Fp[u] / (u^2 + 1).
// Elements are kept in Montgomery form, x * 2^256 mod p, fully reduced. Plain values; any thread.

#include <array>
#include <cstdint>

#include "base/u256.hpp"

namespace cairn::crypto::bn254 {

using Words = std::array<std::uint64_t, 4>;  // least significant first
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

constexpr Words add_portably(const Words& a, const Words& b) {
  return reduce_once(add_words(a, b));
}

constexpr Words subtract_portably(const Words& a, const Words& b) {
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

// (a b + c d) / 2^256 mod p. The top word of p leaves two bits free, so no carry leaves the four
// words, and the sum needs no more reduction than one product.
constexpr Words sum_products_portably(const Words& a, const Words& b, const Words& c,
                                      const Words& d) {
  Words t{};
  for (std::size_t i = 0; i < 4; ++i) {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const Uint128 x = Uint128{a[j]} * b[i] + t[j] + first;
      const Uint128 y = Uint128{c[j]} * d[i] + static_cast<std::uint64_t>(x) + second;
      t[j] = static_cast<std::uint64_t>(y);
      first = static_cast<std::uint64_t>(x >> 64);
      second = static_cast<std::uint64_t>(y >> 64);
    }
    const std::uint64_t m = t[0] * kNegativeInverse;
    Uint128 folded = Uint128{m} * kPrime[0] + t[0];
    for (std::size_t j = 1; j < 4; ++j) {
      folded = Uint128{m} * kPrime[j] + t[j] + static_cast<std::uint64_t>(folded >> 64);
      t[j - 1] = static_cast<std::uint64_t>(folded);
    }
    t[3] = first + second + static_cast<std::uint64_t>(folded >> 64);
  }
  return reduce_once(t);
}

constexpr Words multiply_portably(const Words& a, const Words& b) {
  return sum_products_portably(a, b, {}, {});
}

// The same, by the instructions that this processor has (bn254_multiply.cpp).
Words multiply_natively(const Words& a, const Words& b);
Words sum_products_natively(const Words& a, const Words& b, const Words& c, const Words& d);

#ifdef __x86_64__
// Compilers do not keep a carry in its flag over four words, which makes these several times
// slower in C++.
[[gnu::always_inline]] inline Words add_natively(const Words& a, const Words& b) {
  auto [r0, r1, r2, r3] = a;
  std::uint64_t s0 = 0;
  std::uint64_t s1 = 0;
  std::uint64_t s2 = 0;
  std::uint64_t s3 = 0;
  asm("addq 0(%[b]), %[r0]\n\t"
      "adcq 8(%[b]), %[r1]\n\t"
      "adcq 16(%[b]), %[r2]\n\t"
      "adcq 24(%[b]), %[r3]\n\t"
      "movq %[r0], %[s0]\n\t"
      "movq %[r1], %[s1]\n\t"
      "movq %[r2], %[s2]\n\t"
      "movq %[r3], %[s3]\n\t"
      "subq 0(%[p]), %[s0]\n\t"
      "sbbq 8(%[p]), %[s1]\n\t"
      "sbbq 16(%[p]), %[s2]\n\t"
      "sbbq 24(%[p]), %[s3]\n\t"
      "cmovcq %[r0], %[s0]\n\t"
      "cmovcq %[r1], %[s1]\n\t"
      "cmovcq %[r2], %[s2]\n\t"
      "cmovcq %[r3], %[s3]"
      : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3), [s0] "=&r"(s0),
        [s1] "=&r"(s1), [s2] "=&r"(s2), [s3] "=&r"(s3)
      : [b] "r"(&b), [p] "r"(&kPrime), "m"(b)
      : "cc");
  return {s0, s1, s2, s3};
}

[[gnu::always_inline]] inline Words subtract_natively(const Words& a, const Words& b) {
  auto [r0, r1, r2, r3] = a;
  std::uint64_t s0 = 0;
  std::uint64_t s1 = 0;
  std::uint64_t s2 = 0;
  std::uint64_t s3 = 0;
  asm("subq 0(%[b]), %[r0]\n\t"
      "sbbq 8(%[b]), %[r1]\n\t"
      "sbbq 16(%[b]), %[r2]\n\t"
      "sbbq 24(%[b]), %[r3]\n\t"
      "cmovcq 0(%[p]), %[s0]\n\t"
      "cmovcq 8(%[p]), %[s1]\n\t"
      "cmovcq 16(%[p]), %[s2]\n\t"
      "cmovcq 24(%[p]), %[s3]\n\t"
      "addq %[s0], %[r0]\n\t"
      "adcq %[s1], %[r1]\n\t"
      "adcq %[s2], %[r2]\n\t"
      "adcq %[s3], %[r3]"
      : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3), [s0] "+&r"(s0),
        [s1] "+&r"(s1), [s2] "+&r"(s2), [s3] "+&r"(s3)
      : [b] "r"(&b), [p] "r"(&kPrime), "m"(b)
      : "cc");
  return {r0, r1, r2, r3};
}
#else
inline Words add_natively(const Words& a, const Words& b) { return add_portably(a, b); }
inline Words subtract_natively(const Words& a, const Words& b) { return subtract_portably(a, b); }
#endif

// At compile time the portable code, at run time the processor's.
constexpr Words add_mod_p(const Words& a, const Words& b) {
  if consteval {
    return add_portably(a, b);
  } else {
    return add_natively(a, b);
  }
}
constexpr Words subtract_mod_p(const Words& a, const Words& b) {
  if consteval {
    return subtract_portably(a, b);
  } else {
    return subtract_natively(a, b);
  }
}
constexpr Words montgomery_multiply(const Words& a, const Words& b) {
  if consteval {
    return multiply_portably(a, b);
  } else {
    return multiply_natively(a, b);
  }
}
constexpr Words montgomery_sum_products(const Words& a, const Words& b, const Words& c,
                                        const Words& d) {
  if consteval {
    return sum_products_portably(a, b, c, d);
  } else {
    return sum_products_natively(a, b, c, d);
  }
}

// 2^512 mod p, which takes a number into Montgomery form.
consteval Words square_of_radix() {
  Words r{1, 0, 0, 0};
  for (int i = 0; i < 512; ++i) {
    r = add_portably(r, r);
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

// Two sums of two products, each reduced once: as many word products as Karatsuba's three, and no
// additions around them.
constexpr Fp2 operator*(const Fp2& a, const Fp2& b) {
  using detail::montgomery_sum_products;
  const Fp minus_imaginary = -a.imaginary;
  return {
      {montgomery_sum_products(a.real.words, b.real.words, minus_imaginary.words,
                               b.imaginary.words)},
      {montgomery_sum_products(a.real.words, b.imaginary.words, a.imaginary.words, b.real.words)}};
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

}  // namespace cairn::crypto::bn254
