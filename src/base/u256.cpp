#include "base/u256.hpp"

#include <algorithm>
#include <charconv>

#include "base/hex.hpp"

namespace cairn::base {
namespace {

constexpr Uint128 pair(std::uint64_t high, std::uint64_t low) {
  return (Uint128{high} << 64) | low;
}
constexpr std::uint64_t low64(Uint128 a) { return static_cast<std::uint64_t>(a); }

// Moller and Granlund, "Improved division by invariant integers" (2011), algorithm 6: for a divisor
// d1:d0 with its top bit set, floor((2^192 - 1) / d1:d0) - 2^64.
std::uint64_t reciprocal_of(std::uint64_t d1, std::uint64_t d0) {
  std::uint64_t v = divide_pair(~d1, ~std::uint64_t{0}, d1).quotient;
  std::uint64_t p = d1 * v + d0;
  if (p < d0) {
    --v;
    if (p >= d1) {
      --v;
      p -= d1;
    }
    p -= d1;
  }
  const Uint128 t = Uint128{v} * d0;
  p += high64(t);
  if (p < high64(t)) {
    --v;
    if (pair(p, low64(t)) >= pair(d1, d0)) {
      --v;
    }
  }
  return v;
}

// Algorithm 4: u2:u1:u0 / d1:d0 where u2:u1 < d1:d0.
struct PairDivision {
  std::uint64_t quotient;
  Uint128 remainder;
};
inline PairDivision divide_three_by_two(std::uint64_t u2, std::uint64_t u1, std::uint64_t u0,
                                        Uint128 d, std::uint64_t reciprocal) {
  const Uint128 guess = Uint128{reciprocal} * u2 + pair(u2, u1);
  std::uint64_t q = high64(guess);
  Uint128 r = pair(u1 - q * high64(d), u0) - Uint128{low64(d)} * q - d;
  ++q;
  if (high64(r) >= low64(guess)) {
    --q;
    r += d;
  }
  if (r >= d) [[unlikely]] {
    ++q;
    r -= d;
  }
  return {q, r};
}

// Knuth's algorithm D (TAOCP 4.3.1) with 64-bit digits and a divisor of N >= 2 words whose top bit
// is set; digits of the quotient are estimated by algorithm 4, so that one is at most one too
// large. `u` has `size` words, its top N words are below `v`; they become the remainder. A quotient
// of interest is written to `quotient`, lowest word first.
template <std::size_t N, bool kQuotient>
inline void divide_normalised(std::uint64_t* u, std::size_t size, const std::uint64_t* v,
                              std::uint64_t* quotient) {
  const Uint128 d = pair(v[N - 1], v[N - 2]);
  const std::uint64_t reciprocal = reciprocal_of(v[N - 1], v[N - 2]);
  for (std::size_t j = size - N; j > 0; --j) {
    std::uint64_t* const w = u + j - 1;  // N + 1 words
    if (pair(w[N], w[N - 1]) == d) [[unlikely]] {
      // The digit is 2^64 - 1 here.
      std::uint64_t carry = 0;
      unsigned char borrow = 0;
      for (std::size_t i = 0; i < N; ++i) {
        const Uint128 product = Uint128{v[i]} * ~std::uint64_t{0} + carry;
        carry = high64(product);
        const auto part = subtract_word(w[i], low64(product), borrow);
        w[i] = part.word;
        borrow = part.carry;
      }
      if constexpr (kQuotient) {
        quotient[j - 1] = ~std::uint64_t{0};
      }
      continue;
    }
    auto [q, rest] = divide_three_by_two(w[N], w[N - 1], w[N - 2], d, reciprocal);
    if constexpr (N > 2) {
      std::uint64_t carry = 0;
      unsigned char borrow = 0;
      for (std::size_t i = 0; i < N - 2; ++i) {
        const Uint128 product = Uint128{v[i]} * q + carry;
        const auto part = subtract_word(w[i], low64(product), borrow);
        carry = high64(product);
        w[i] = part.word;
        borrow = part.carry;
      }
      const Uint128 taken = Uint128{carry} + borrow;
      const bool too_large = rest < taken;
      rest -= taken;
      if (too_large) [[unlikely]] {
        --q;
        unsigned char back = 0;
        for (std::size_t i = 0; i < N - 2; ++i) {
          const auto part = add_word(w[i], v[i], back);
          w[i] = part.word;
          back = part.carry;
        }
        rest += d + back;
      }
    }
    w[N - 2] = low64(rest);
    w[N - 1] = high64(rest);
    if constexpr (kQuotient) {
      quotient[j - 1] = q;
    }
  }
}

// u / divisor for a divisor of N >= 2 words; `size` words of u count. The quotient has M words.
template <std::size_t N, bool kQuotient, std::size_t M>
U256 divide_by_words(const std::array<std::uint64_t, M>& u, std::size_t size, const U256& divisor,
                     std::uint64_t* quotient) {
  const auto shift = static_cast<unsigned>(std::countl_zero(divisor[N - 1]));
  std::array<std::uint64_t, N> v;
  for (std::size_t i = N; i > 0; --i) {
    v[i - 1] = shift_left_pair(divisor[i - 1], i > 1 ? divisor[i - 2] : 0, shift);
  }
  std::array<std::uint64_t, M + 1> w;
  w[size] = shift_left_pair(0, u[size - 1], shift);
  for (std::size_t i = size; i > 1; --i) {
    w[i - 1] = shift_left_pair(u[i - 1], u[i - 2], shift);
  }
  w[0] = u[0] << shift;
  // Where the highest digit of the quotient is zero it is not worth an estimate.
  const bool short_quotient = w[size] == 0 && w[size - 1] < v[N - 1];
  divide_normalised<N, kQuotient>(w.data(), size + (short_quotient ? 0 : 1), v.data(), quotient);
  U256 rest;
  for (std::size_t i = 0; i < N; ++i) {
    rest[i] = shift_right_pair(i + 1 < N ? w[i + 1] : 0, w[i], shift);
  }
  return rest;
}

// u modulo (or divided by) a divisor that is not zero. The remainder is the answer.
template <bool kQuotient, std::size_t M>
U256 divide_words(const std::array<std::uint64_t, M>& u, const U256& divisor,
                  std::uint64_t* quotient) {
  std::size_t size = M;
  while (size > 0 && u[size - 1] == 0) {
    --size;
  }
  if (divisor.fits_u64()) {
    std::uint64_t rest = 0;
    for (; size > 0; --size) {
      const auto part = divide_pair(rest, u[size - 1], divisor[0]);
      rest = part.remainder;
      if constexpr (kQuotient) {
        quotient[size - 1] = part.quotient;
      }
    }
    return rest;
  }
  const std::size_t n = divisor[3] != 0 ? 4 : divisor[2] != 0 ? 3 : 2;
  if (size < n) {
    U256 rest;
    std::copy_n(u.begin(), size, rest.words.begin());
    return rest;
  }
  switch (n) {
    case 2:
      return divide_by_words<2, kQuotient>(u, size, divisor, quotient);
    case 3:
      return divide_by_words<3, kQuotient>(u, size, divisor, quotient);
    default:
      return divide_by_words<4, kQuotient>(u, size, divisor, quotient);
  }
}

// One row of the product: r += a * b for four words of a, the fifth word of r is set.
inline void add_row(std::uint64_t* r, const U256& a, std::uint64_t b) {
  const Uint128 t0 = Uint128{a[0]} * b + r[0];
  const Uint128 t1 = Uint128{a[1]} * b + r[1] + high64(t0);
  const Uint128 t2 = Uint128{a[2]} * b + r[2] + high64(t1);
  const Uint128 t3 = Uint128{a[3]} * b + r[3] + high64(t2);
  r[0] = low64(t0);
  r[1] = low64(t1);
  r[2] = low64(t2);
  r[3] = low64(t3);
  r[4] = high64(t3);
}

inline std::array<std::uint64_t, 8> multiply_wide(const U256& a, const U256& b) {
  std::array<std::uint64_t, 8> r;
  r[0] = r[1] = r[2] = r[3] = 0;
  add_row(r.data(), a, b[0]);
  add_row(r.data() + 1, a, b[1]);
  add_row(r.data() + 2, a, b[2]);
  add_row(r.data() + 3, a, b[3]);
  return r;
}

U256 magnitude(const U256& a) { return a.sign() ? -a : a; }

}  // namespace

QuotientRemainder divide(const U256& a, const U256& b) {
  if (b.is_zero()) {
    return {};
  }
  if (a < b) {
    return {{}, a};
  }
  QuotientRemainder r;
  r.remainder = divide_words<true>(a.words, b, r.quotient.words.data());
  return r;
}

QuotientRemainder divide_signed(const U256& a, const U256& b) {
  auto [quotient, remainder] = divide(magnitude(a), magnitude(b));
  if (a.sign() != b.sign()) {
    quotient = -quotient;
  }
  if (a.sign()) {
    remainder = -remainder;
  }
  return {quotient, remainder};
}

std::array<std::uint64_t, 8> multiply_full(const U256& a, const U256& b) {
  return multiply_wide(a, b);
}

U256 add_mod(const U256& a, const U256& b, const U256& modulus) {
  if (a < modulus && b < modulus) {
    const auto [sum, carry] = add_with_carry(a, b);
    const auto [reduced, borrow] = subtract_with_borrow(sum, modulus);
    return carry || !borrow ? reduced : sum;
  }
  if (modulus.is_zero()) {
    return {};
  }
  const auto [sum, carry] = add_with_carry(a, b);
  const std::array<std::uint64_t, 5> wide{sum[0], sum[1], sum[2], sum[3], carry ? 1u : 0u};
  return divide_words<false>(wide, modulus, nullptr);
}

U256 multiply_mod(const U256& a, const U256& b, const U256& modulus) {
  if (modulus.is_zero()) {
    return {};
  }
  return divide_words<false>(multiply_wide(a, b), modulus, nullptr);
}

U256 power(const U256& base, const U256& exponent) {
  U256 result = 1;
  for (unsigned i = bit_length(exponent); i > 0; --i) {
    result = result * result;
    const unsigned bit = i - 1;
    if (((exponent[bit / 64] >> (bit % 64)) & 1) != 0) {
      result = result * base;
    }
  }
  return result;
}

U256 from_be(BytesView bytes) { return to_u256(Hash256::from_right(bytes)); }

Bytes to_be_compact(const U256& value) {
  const Hash256 full = to_hash(value);
  return {full.end() - static_cast<std::ptrdiff_t>(byte_length(value)), full.end()};
}

std::string to_quantity(const U256& value) {
  if (value.is_zero()) {
    return "0x0";
  }
  std::string digits = to_hex_unprefixed(to_be_compact(value));
  return "0x" + digits.substr(digits.front() == '0' ? 1 : 0);
}

std::string to_decimal(const U256& value) {
  constexpr std::uint64_t kChunk = 10'000'000'000'000'000'000u;  // 10^19
  if (value.is_zero()) {
    return "0";
  }
  std::string out;
  U256 rest = value;
  while (!rest.is_zero()) {
    const auto [quotient, remainder] = divide(rest, kChunk);
    std::string part = std::to_string(remainder[0]);
    if (!quotient.is_zero()) {
      part.insert(0, 19 - part.size(), '0');
    }
    out.insert(0, part);
    rest = quotient;
  }
  return out;
}

std::optional<U256> from_hex_number(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
  }
  if (text.empty()) {
    return std::nullopt;
  }
  const std::size_t first = std::min(text.find_first_not_of('0'), text.size());
  text.remove_prefix(first);
  if (text.size() > 64) {
    return std::nullopt;
  }
  U256 out;
  for (std::size_t word = 0; !text.empty(); ++word) {
    const std::string_view digits =
        text.substr(text.size() - std::min<std::size_t>(text.size(), 16));
    const char* const begin = digits.data();
    const char* const last = begin + digits.size();
    const auto [end, error] = std::from_chars(begin, last, out.words[word], 16);
    if (error != std::errc{} || end != last) {
      return std::nullopt;
    }
    text.remove_suffix(digits.size());
  }
  return out;
}

std::optional<U256> from_decimal(std::string_view text) {
  if (text.empty()) {
    return std::nullopt;
  }
  U256 value;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    const auto wide = multiply_full(value, 10);
    const auto [sum, carry] =
        add_with_carry({wide[0], wide[1], wide[2], wide[3]}, static_cast<std::uint64_t>(c - '0'));
    if (wide[4] != 0 || carry) {
      return std::nullopt;
    }
    value = sum;
  }
  return value;
}

}  // namespace cairn::base
