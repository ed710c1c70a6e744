#pragma once
// Who may ask, by a shared secret: a JSON web token in each request's Authorization header, as on
// the engine API's port (execution-apis, "Authentication"): HS256, issued (`iat`) within 60 s of
// now.

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace cairn::api {

struct JwtSecret {
  std::array<std::uint8_t, 32> bytes{};
};

// From a file of 64 hexadecimal digits, with or without 0x. Where there is none, one is made, which
// only its owner can read.
Result<JwtSecret> load_jwt_secret(const std::filesystem::path& path);

// Why the value of an Authorization header is refused, in geth's words; empty: it is not. `now` in
// Unix seconds.
std::string jwt_refusal(const JwtSecret& secret, std::string_view authorization, std::int64_t now);

// The value that is not refused: "Bearer ..." with a token issued `now`.
std::string jwt_authorization(const JwtSecret& secret, std::int64_t now);

}  // namespace cairn::api
