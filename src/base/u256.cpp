#include "base/u256.hpp"

#include <algorithm>

#include "base/hex.hpp"

namespace cairn::base {
namespace {

// Knuth's algorithm D (TAOCP 4.3.1) with 32-bit digits would be slow; digits here are 64 bits wide.
// Divides `u` (m + n words) by `v` (n words, top word non-zero); quotient in the result, remainder
// in u.
template <std::size_t M>
std::array<std::uint64_t, M> divide_words(std::array<std::uint64_t, M>& u, const U256& divisor) {
  std::array<std::uint64_t, M> quotient{};
  std::size_t n = 4;
  while (n > 0 && divisor[n - 1] == 0) {
    --n;
  }
  std::size_t m = M;
  while (m > 0 && u[m - 1] == 0) {
    --m;
  }
  if (m < n) {
    return quotient;
  }
  if (n == 1) {
    std::uint64_t rest = 0;
    for (std::size_t i = m; i > 0; --i) {
      const Uint128 part = (Uint128{rest} << 64) | u[i - 1];
      quotient[i - 1] = static_cast<std::uint64_t>(part / divisor[0]);
      rest = static_cast<std::uint64_t>(part % divisor[0]);
      u[i - 1] = 0;
    }
    u[0] = rest;
    return quotient;
  }

  const auto shift = static_cast<unsigned>(std::countl_zero(divisor[n - 1]));
  const U256 v = divisor << shift;
  std::array<std::uint64_t, M + 1> r{};
  for (std::size_t i = 0; i < m; ++i) {
    r[i] |= u[i] << shift;
    r[i + 1] = shift != 0 ? u[i] >> (64 - shift) : 0;
  }

  for (std::size_t j = m - n + 1; j > 0; --j) {
    const std::size_t k = j - 1;
    const Uint128 top = (Uint128{r[k + n]} << 64) | r[k + n - 1];
    Uint128 guess = 0;
    Uint128 rest = 0;
    if (r[k + n] >= v[n - 1]) {
      guess = ~std::uint64_t{0};
      rest = top - guess * v[n - 1];
    } else {
      guess = top / v[n - 1];
      rest = top % v[n - 1];
    }
    while ((rest >> 64) == 0 && guess * v[n - 2] > ((rest << 64) | r[k + n - 2])) {
      --guess;
      rest += v[n - 1];
    }
    std::uint64_t borrow = 0;
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const Uint128 product = guess * v[i] + carry;
      carry = static_cast<std::uint64_t>(product >> 64);
      const Uint128 d = Uint128{r[k + i]} - static_cast<std::uint64_t>(product) - borrow;
      r[k + i] = static_cast<std::uint64_t>(d);
      borrow = static_cast<std::uint64_t>(d >> 64) & 1;
    }
    const Uint128 d = Uint128{r[k + n]} - carry - borrow;
    r[k + n] = static_cast<std::uint64_t>(d);
    if ((d >> 64) != 0) {
      --guess;
      std::uint64_t back = 0;
      for (std::size_t i = 0; i < n; ++i) {
        const Uint128 s = Uint128{r[k + i]} + v[i] + back;
        r[k + i] = static_cast<std::uint64_t>(s);
        back = static_cast<std::uint64_t>(s >> 64);
      }
      r[k + n] += back;
    }
    quotient[k] = static_cast<std::uint64_t>(guess);
  }
  u.fill(0);
  for (std::size_t i = 0; i < n; ++i) {
    u[i] = r[i] >> shift;
    if (shift != 0) {
      u[i] |= r[i + 1] << (64 - shift);
    }
  }
  return quotient;
}

U256 magnitude(const U256& a) { return a.sign() ? -a : a; }

}  // namespace

QuotientRemainder divide(const U256& a, const U256& b) {
  if (b.is_zero()) {
    return {};
  }
  if (a.fits_u64() && b.fits_u64()) {
    return {a[0] / b[0], a[0] % b[0]};
  }
  auto rest = a.words;
  const auto q = divide_words(rest, b);
  return {{q[0], q[1], q[2], q[3]}, {rest[0], rest[1], rest[2], rest[3]}};
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
  std::array<std::uint64_t, 8> r{};
  for (std::size_t i = 0; i < 4; ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const Uint128 t = Uint128{a[i]} * b[j] + r[i + j] + carry;
      r[i + j] = static_cast<std::uint64_t>(t);
      carry = static_cast<std::uint64_t>(t >> 64);
    }
    r[i + 4] = carry;
  }
  return r;
}

U256 add_mod(const U256& a, const U256& b, const U256& modulus) {
  if (modulus.is_zero()) {
    return {};
  }
  const auto [sum, carry] = add_with_carry(a, b);
  std::array<std::uint64_t, 5> wide{sum[0], sum[1], sum[2], sum[3], carry ? 1u : 0u};
  divide_words(wide, modulus);
  return {wide[0], wide[1], wide[2], wide[3]};
}

U256 multiply_mod(const U256& a, const U256& b, const U256& modulus) {
  if (modulus.is_zero()) {
    return {};
  }
  auto wide = multiply_full(a, b);
  divide_words(wide, modulus);
  return {wide[0], wide[1], wide[2], wide[3]};
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
  const auto bytes = from_hex(text.size() % 2 == 0 ? std::string(text) : "0" + std::string(text));
  if (!bytes) {
    return std::nullopt;
  }
  return from_be(*bytes);
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
