#include "tests/api/jwt_token.hpp"

#include <openssl/hmac.h>

#include <array>

namespace cairn::api::test {

std::string base64url(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0u);
    }
    for (std::size_t i = 0; i <= group.size(); ++i) {
      out += kDigits[bits >> (18 - 6 * i) & 63];
    }
  }
  return out;
}

std::string bearer(const JwtSecret& secret, std::string_view claims, std::string_view header) {
  const std::string text = base64url(header) + '.' + base64url(claims);
  std::array<unsigned char, 32> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.bytes.data(), static_cast<int>(secret.bytes.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size);
  return "Bearer " + text + '.' +
         base64url({reinterpret_cast<const char*>(mac.data()), mac.size()});
}

}  // namespace cairn::api::test
