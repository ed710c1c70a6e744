#include "crypto/p256.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <memory>
#include <new>
#include <stdexcept>

#include "base/u256.hpp"

namespace cairn::crypto {
namespace {

constexpr U256 kPrime{0xffffffffffffffff, 0x00000000ffffffff, 0, 0xffffffff00000001};
constexpr U256 kOrder{0xf3b9cac2fc632551, 0xbce6faada7179e84, 0xffffffffffffffff,
                      0xffffffff00000000};

using Group = std::unique_ptr<EC_GROUP, decltype(&EC_GROUP_free)>;
using Point = std::unique_ptr<EC_POINT, decltype(&EC_POINT_free)>;
using Context = std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)>;
using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;

template <class T>
T* not_null(T* pointer) {
  if (pointer == nullptr) {
    throw std::bad_alloc();
  }
  return pointer;
}

Number number(const U256& value) {
  const Hash256 bytes = base::to_hash(value);
  return {not_null(BN_bin2bn(bytes.data(), 32, nullptr)), BN_free};
}

void require(int outcome) {
  if (outcome != 1) {
    throw std::runtime_error("OpenSSL failed to compute on P-256");
  }
}

bool in_range(const U256& r_or_s) { return !r_or_s.is_zero() && r_or_s < kOrder; }

}  // namespace

// Written over points, not over OpenSSL's ECDSA interface, which wants the signature in DER and a
// key object made for each call.
bool p256_verify(BytesView input) {
  if (input.size() != 160) {
    return false;
  }
  const U256 digest = base::load_be(input.data());
  const U256 r = base::load_be(input.data() + 32);
  const U256 s = base::load_be(input.data() + 64);
  const U256 x = base::load_be(input.data() + 96);
  const U256 y = base::load_be(input.data() + 128);
  if (!in_range(r) || !in_range(s) || x >= kPrime || y >= kPrime) {
    return false;
  }

  static const Group group(not_null(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)),
                           EC_GROUP_free);
  const Context context(not_null(BN_CTX_new()), BN_CTX_free);
  const Point key(not_null(EC_POINT_new(group.get())), EC_POINT_free);
  if (EC_POINT_set_affine_coordinates(group.get(), key.get(), number(x).get(), number(y).get(),
                                      context.get()) != 1) {
    return false;  // not on the curve
  }

  const BIGNUM* order = EC_GROUP_get0_order(group.get());
  const Number inverse(not_null(BN_mod_inverse(nullptr, number(s).get(), order, context.get())),
                       BN_free);
  const Number u1 = number(digest);
  const Number u2 = number(r);
  require(BN_mod_mul(u1.get(), u1.get(), inverse.get(), order, context.get()));
  require(BN_mod_mul(u2.get(), u2.get(), inverse.get(), order, context.get()));
  const Point sum(not_null(EC_POINT_new(group.get())), EC_POINT_free);
  require(EC_POINT_mul(group.get(), sum.get(), u1.get(), key.get(), u2.get(), context.get()));
  if (EC_POINT_is_at_infinity(group.get(), sum.get()) == 1) {
    return false;
  }
  const Number sum_x = number({});
  require(
      EC_POINT_get_affine_coordinates(group.get(), sum.get(), sum_x.get(), nullptr, context.get()));
  require(BN_nnmod(sum_x.get(), sum_x.get(), order, context.get()));
  return BN_cmp(sum_x.get(), number(r).get()) == 0;
}

}  // namespace cairn::crypto
