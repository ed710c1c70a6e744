#include "crypto/bn254_field.hpp"

#include <gmp.h>

#include <algorithm>
#include <cstdlib>
#include <type_traits>

namespace cairn::crypto::bn254 {
namespace {

static_assert(std::is_same_v<mp_limb_t, unsigned long> && sizeof(mp_limb_t) == 8 &&
              GMP_NAIL_BITS == 0);

// 2^768 mod p: the inverse of x * 2^256, times this in Montgomery form, is 2^256 / x.
constexpr Words cube_of_radix() {
  const Words square = detail::square_of_radix();
  return detail::montgomery_multiply(square, square);
}

}  // namespace

Fp inverse(const Fp& a) {
  if (a.is_zero()) {
    return a;
  }
  // The first operand must have no zero word on top: a + p has none, and the same inverse.
  Words value = detail::add_words(a.words, kPrime.words);
  Words modulus = kPrime.words;  // both are destroyed
  Words gcd{};
  std::array<std::uint64_t, 5> cofactor{};
  mp_size_t cofactor_size = 0;  // negative for a negative cofactor
  mpn_gcdext(gcd.data(), cofactor.data(), &cofactor_size, value.data(), 4, modulus.data(), 4);
  Words plain{};
  std::copy_n(cofactor.begin(), std::abs(cofactor_size), plain.begin());
  if (cofactor_size < 0) {
    plain = detail::subtract_mod_p({}, plain);
  }
  return {detail::montgomery_multiply(plain, cube_of_radix())};
}

Fp2 inverse(const Fp2& a) {
  const Fp scale = inverse(square(a.real) + square(a.imaginary));
  return {a.real * scale, -a.imaginary * scale};
}

}  // namespace cairn::crypto::bn254
