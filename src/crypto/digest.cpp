#include "crypto/digest.hpp"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace cairn::crypto {
namespace {

using Algorithm = std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)>;

// Fetching searches OpenSSL's providers and costs more than hashing a short text: done once.
Algorithm fetch(const char* name) {
  Algorithm algorithm(EVP_MD_fetch(nullptr, name, nullptr), EVP_MD_free);
  if (!algorithm) {
    throw std::runtime_error(std::string("OpenSSL offers no ") + name);
  }
  return algorithm;
}

template <std::size_t N>
FixedBytes<N> digest(const EVP_MD* algorithm, BytesView data) {
  FixedBytes<N> out;
  if (EVP_Digest(data.data(), data.size(), out.data(), nullptr, algorithm, nullptr) != 1) {
    throw std::runtime_error("OpenSSL failed to hash");
  }
  return out;
}

}  // namespace

Hash256 sha256(BytesView data) {
  static const Algorithm algorithm = fetch("SHA2-256");
  return digest<32>(algorithm.get(), data);
}

FixedBytes<20> ripemd160(BytesView data) {
  static const Algorithm algorithm = fetch("RIPEMD-160");
  return digest<20>(algorithm.get(), data);
}

}  // namespace cairn::crypto
