#include "crypto/secp256k1.hpp"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include <memory>

#include "crypto/keccak.hpp"

namespace cairn::crypto {
namespace {

struct Destroy {
  void operator()(secp256k1_context* context) const { secp256k1_context_destroy(context); }
};
using Context = std::unique_ptr<secp256k1_context, Destroy>;

// Verification works on the library's static tables; only signing needs a context of its own.
const secp256k1_context* signing_context() {
  static const Context context(secp256k1_context_create(SECP256K1_CONTEXT_NONE));
  return context.get();
}

PublicKey serialize(const secp256k1_pubkey& key) {
  std::uint8_t bytes[65];
  std::size_t size = sizeof bytes;
  secp256k1_ec_pubkey_serialize(secp256k1_context_static, bytes, &size, &key,
                                SECP256K1_EC_UNCOMPRESSED);
  PublicKey out;
  std::memcpy(out.data(), bytes + 1, out.size());
  return out;
}

}  // namespace

std::optional<PublicKey> recover_public_key(const Hash256& digest,
                                            const RecoverableSignature& signature) {
  std::uint8_t compact[64];
  base::store_be(compact, signature.r);
  base::store_be(compact + 32, signature.s);
  secp256k1_ecdsa_recoverable_signature parsed;
  secp256k1_pubkey key;
  if (secp256k1_ecdsa_recoverable_signature_parse_compact(
          secp256k1_context_static, &parsed, compact, signature.y_parity ? 1 : 0) != 1 ||
      secp256k1_ecdsa_recover(secp256k1_context_static, &key, &parsed, digest.data()) != 1) {
    return std::nullopt;
  }
  return serialize(key);
}

std::optional<Address> recover_address(const Hash256& digest,
                                       const RecoverableSignature& signature) {
  const auto key = recover_public_key(digest, signature);
  if (!key) {
    return std::nullopt;
  }
  return address_of(*key);
}

std::optional<RecoverableSignature> sign(const Hash256& digest, const SecretKey& key) {
  secp256k1_ecdsa_recoverable_signature made;
  if (secp256k1_ecdsa_sign_recoverable(signing_context(), &made, digest.data(), key.data(), nullptr,
                                       nullptr) != 1) {
    return std::nullopt;
  }
  std::uint8_t compact[64];
  int recovery_id = 0;
  secp256k1_ecdsa_recoverable_signature_serialize_compact(signing_context(), compact, &recovery_id,
                                                          &made);
  // Ids 2 and 3 mean an r above the order, of which nobody will ever see one (chance 2^-127).
  if (recovery_id > 1) {
    return std::nullopt;
  }
  return RecoverableSignature{base::load_be(compact), base::load_be(compact + 32),
                              recovery_id == 1};
}

std::optional<PublicKey> public_key_of(const SecretKey& key) {
  secp256k1_pubkey point;
  if (secp256k1_ec_pubkey_create(signing_context(), &point, key.data()) != 1) {
    return std::nullopt;
  }
  return serialize(point);
}

Address address_of(const PublicKey& key) { return Address::from_right(keccak256(key)); }

}  // namespace cairn::crypto
