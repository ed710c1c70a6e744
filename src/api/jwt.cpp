#include "api/jwt.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <simdjson.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "base/hex.hpp"
#include "base/random.hpp"
#include "base/read_file.hpp"

namespace cairn::api {
namespace {

constexpr double kTolerance = 60;  // seconds, to either side

// RFC 4648, section 5, without padding.
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::optional<std::string> from_base64url(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const auto digit = kDigits.find(c);
    if (digit == std::string_view::npos) {
      return std::nullopt;
    }
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xff);
    }
  }
  return count == 6 ? std::nullopt : std::optional(std::move(out));
}

std::string to_base64url(BytesView bytes) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    for (count += 8; count >= 6; count -= 6) {
      out += kDigits[bits >> (count - 6) & 0x3f];
    }
  }
  if (count > 0) {
    out += kDigits[bits << (6 - count) & 0x3f];
  }
  return out;
}

std::array<std::uint8_t, 32> signature_of(const JwtSecret& secret, std::string_view text) {
  std::array<std::uint8_t, 32> out{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.bytes.data(), static_cast<int>(secret.bytes.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size);
  return out;
}

bool is_signed_by(const JwtSecret& secret, std::string_view text, std::string_view signature) {
  const auto expected = signature_of(secret, text);
  return signature.size() == expected.size() &&
         CRYPTO_memcmp(signature.data(), expected.data(), expected.size()) == 0;
}

// A JSON object of the token; nothing where it is none.
class Part {
 public:
  explicit Part(std::string_view encoded) {
    const auto text = from_base64url(encoded);
    is_object_ = text && parser_.parse(*text).get(object_) == simdjson::SUCCESS;
  }
  bool is_object() const { return is_object_; }
  simdjson::dom::object object() const { return object_; }

 private:
  simdjson::dom::parser parser_;
  simdjson::dom::object object_;
  bool is_object_ = false;
};

std::string claims_refusal(simdjson::dom::object claims, double now) {
  double expires = 0;
  simdjson::dom::element expiry;
  if (claims["exp"].get(expiry) == simdjson::SUCCESS && !expiry.is_null() &&  // cast's is null
      (expiry.get(expires) != simdjson::SUCCESS || now >= expires)) {
    return "token is expired";
  }
  double issued = 0;
  if (claims["iat"].get(issued) != simdjson::SUCCESS) {
    return "missing issued-at";
  }
  if (now - issued > kTolerance) {
    return "stale token";
  }
  if (issued - now > kTolerance) {
    return "future token";
  }
  return {};
}

Result<JwtSecret> make_jwt_secret(const std::filesystem::path& path) {
  JwtSecret secret;
  base::SystemRandom().fill(secret.bytes);
  const std::string text = base::to_hex(secret.bytes);
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  const bool written =
      file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (file >= 0) {
    ::close(file);
  }
  if (!written) {
    return fail(ErrorCode::io, fmt::format("cannot write the secret {}", path.string()));
  }
  return secret;
}

}  // namespace

Result<JwtSecret> load_jwt_secret(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return make_jwt_secret(path);
  }
  CAIRN_TRY(std::string text, base::read_file(path, "secret"));
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  const auto bytes = base::from_hex(text);
  JwtSecret secret;
  if (!bytes || bytes->size() != secret.bytes.size()) {
    return fail(ErrorCode::malformed,
                fmt::format("the secret in {} is not 32 bytes as hexadecimal text", path.string()));
  }
  std::ranges::copy(*bytes, secret.bytes.begin());
  return secret;
}

std::string jwt_refusal(const JwtSecret& secret, std::string_view authorization, std::int64_t now) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!authorization.starts_with(kScheme)) {
    return "missing token";
  }
  const std::string_view token = authorization.substr(kScheme.size());
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  if (first == last || token.find('.', first + 1) != last) {
    return "token contains an invalid number of segments";
  }
  const Part header(token.substr(0, first));
  const Part claims(token.substr(first + 1, last - first - 1));
  const auto signature = from_base64url(token.substr(last + 1));
  if (!header.is_object() || !claims.is_object() || !signature) {
    return "token is malformed";
  }
  std::string_view algorithm;
  if (header.object()["alg"].get(algorithm) != simdjson::SUCCESS || algorithm != "HS256") {
    return "signing method must be HS256";
  }
  if (!is_signed_by(secret, token.substr(0, last), *signature)) {
    return "signature is invalid";
  }
  return claims_refusal(claims.object(), static_cast<double>(now));
}

std::string jwt_authorization(const JwtSecret& secret, std::int64_t now) {
  const std::string text = to_base64url(base::bytes_of(R"({"alg":"HS256","typ":"JWT"})")) + '.' +
                           to_base64url(base::bytes_of(fmt::format(R"({{"iat":{}}})", now)));
  return fmt::format("Bearer {}.{}", text, to_base64url(signature_of(secret, text)));
}

}  // namespace cairn::api
