#include "crypto/modexp.hpp"

#include <gmp.h>

namespace cairn::crypto {
namespace {

class Integer {
 public:
  Integer() { mpz_init(value_); }
  explicit Integer(BytesView big_endian) : Integer() {
    mpz_import(value_, big_endian.size(), 1, 1, 1, 0, big_endian.data());
  }
  ~Integer() { mpz_clear(value_); }
  Integer(const Integer&) = delete;
  Integer& operator=(const Integer&) = delete;

  mpz_ptr get() { return value_; }
  mpz_srcptr get() const { return value_; }
  bool is_zero() const { return mpz_sgn(value_) == 0; }

 private:
  mpz_t value_;
};

}  // namespace

Bytes modexp(BytesView base, BytesView exponent, BytesView modulus) {
  Bytes out(modulus.size());
  const Integer m(modulus);
  if (m.is_zero()) {
    return out;
  }
  Integer result;
  mpz_powm(result.get(), Integer(base).get(), Integer(exponent).get(), m.get());
  const std::size_t size = result.is_zero() ? 0 : mpz_sizeinbase(result.get(), 256);
  mpz_export(out.data() + (out.size() - size), nullptr, 1, 1, 1, 0, result.get());
  return out;
}

}  // namespace cairn::crypto
