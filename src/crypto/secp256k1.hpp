#pragma once
// ECDSA over secp256k1 (SEC 2; Ethereum Yellow Paper appendix F), by libsecp256k1.
// Pure functions over a process-wide constant context; any thread.

#include <optional>

#include "base/bytes.hpp"
#include "base/u256.hpp"

namespace cairn::crypto {

using SecretKey = FixedBytes<32>;
using PublicKey = FixedBytes<64>;  // x, y without the 0x04 prefix

struct RecoverableSignature {
  U256 r;
  U256 s;
  bool y_parity = false;

  bool operator==(const RecoverableSignature&) const = default;
};

inline constexpr U256 kSecp256k1Order{0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe,
                                      0xffffffffffffffff};
// Since EIP-2 a transaction's s must not be above this half of the order.
inline constexpr U256 kSecp256k1HalfOrder{0xdfe92f46681b20a0, 0x5d576e7357a4501d,
                                          0xffffffffffffffff, 0x7fffffffffffffff};

// Nothing when r or s is 0 or >= the order, or no point has this r. A high s is accepted.
std::optional<PublicKey> recover_public_key(const Hash256& digest,
                                            const RecoverableSignature& signature);
std::optional<Address> recover_address(const Hash256& digest,
                                       const RecoverableSignature& signature);

// RFC 6979 nonces, low s. Nothing when the key is 0 or >= the order.
std::optional<RecoverableSignature> sign(const Hash256& digest, const SecretKey& key);

std::optional<PublicKey> public_key_of(const SecretKey& key);
Address address_of(const PublicKey& key);  // last 20 bytes of its keccak256

}  // namespace cairn::crypto
