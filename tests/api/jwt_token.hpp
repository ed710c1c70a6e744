#pragma once
// Tokens for tests, also such as no honest client would make.

#include <string>
#include <string_view>

#include "api/jwt.hpp"

namespace cairn::api::test {

std::string base64url(std::string_view bytes);

// "Bearer ..." with these JSON texts, signed.
std::string bearer(const JwtSecret& secret, std::string_view claims,
                   std::string_view header = R"({"alg":"HS256","typ":"JWT"})");

}  // namespace cairn::api::test
