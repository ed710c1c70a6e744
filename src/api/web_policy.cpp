#include "api/web_policy.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cairn::api {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

// "name:8545", "1.2.3.4", "[::1]:8545": without port and brackets.
std::string name_of(std::string_view host) {
  if (host.starts_with('[')) {
    return std::string(host.substr(1, host.find(']') - 1));
  }
  return lower(host.substr(0, host.find(':')));
}

bool is_address(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> ignored{};
  return inet_pton(AF_INET, name.c_str(), ignored.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), ignored.data()) == 1;
}

}  // namespace

bool is_origin(std::string_view text) {
  if (text == "*" || text == "null") {
    return true;
  }
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos || scheme == 0) {
    return false;
  }
  const std::string_view host = text.substr(scheme + 3);
  return !host.empty() && host.find_first_of("/?#@ \t") == std::string_view::npos &&
         std::ranges::count(text, '*') <= 1;
}

bool origin_allowed(const WebPolicy& policy, std::string_view origin) {
  return policy.every_origin || std::ranges::any_of(policy.origins, [&](const std::string& one) {
           const std::string allowed = lower(one);  // as browsers write them
           const auto star = allowed.find('*');
           if (star == std::string::npos) {
             return allowed == origin;
           }
           return origin.size() + 1 >= allowed.size() &&
                  origin.starts_with(allowed.substr(0, star)) &&
                  origin.ends_with(allowed.substr(star + 1));
         });
}

bool host_allowed(const WebPolicy& policy, std::string_view host) {
  if (policy.hosts.empty() || host.empty()) {
    return true;
  }
  const std::string name = name_of(host);
  return is_address(name) || std::ranges::any_of(policy.hosts, [&](const std::string& allowed) {
           return allowed == "*" || lower(allowed) == name;
         });
}

std::string cors_headers(const WebPolicy& policy, std::string_view origin) {
  if (policy.every_origin) {
    return "Access-Control-Allow-Origin: *\r\n";
  }
  if (origin.empty() || !origin_allowed(policy, origin)) {
    return "Vary: Origin\r\n";
  }
  return fmt::format("Access-Control-Allow-Origin: {}\r\nVary: Origin\r\n", origin);
}

std::string preflight_headers(const WebPolicy& policy, std::string_view origin,
                              std::string_view requested_headers) {
  if (!origin_allowed(policy, origin)) {
    return {};
  }
  return fmt::format(
      "Access-Control-Allow-Methods: GET, POST, OPTIONS\r\n"
      "Access-Control-Allow-Headers: {}\r\n"
      "Access-Control-Allow-Private-Network: true\r\n"
      "Access-Control-Max-Age: 600\r\n",
      requested_headers.empty() ? "content-type" : requested_headers);
}

}  // namespace cairn::api
