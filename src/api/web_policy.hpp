#pragma once
// Which web pages may use a port: by their origin (fetch standard, "CORS protocol"), and by the
// host name that they reached it through, because a name that a page's owner controls may point
// anywhere (DNS rebinding). Programs that are no browsers send no Origin and are not held up.

#include <string>
#include <string_view>
#include <vector>

namespace cairn::api {

struct WebPolicy {
  bool every_origin = true;
  // With every_origin off: only these; as in geth a * in one stands for any text.
  std::vector<std::string> origins = {};
  std::vector<std::string> hosts = {};  // names without port; empty: every one
};

// Whether some page can have it: scheme://host[:port] without a path, "null", or with one *.
bool is_origin(std::string_view text);
bool origin_allowed(const WebPolicy& policy, std::string_view origin);

// Of a Host header's value. An address is no name that somebody else controls, so it is allowed,
// and so is an empty value, which no browser sends.
bool host_allowed(const WebPolicy& policy, std::string_view host);

// Header lines that go with each answer to a page of this origin.
std::string cors_headers(const WebPolicy& policy, std::string_view origin);
// And with the answer to what a browser asks before a request with these headers.
std::string preflight_headers(const WebPolicy& policy, std::string_view origin,
                              std::string_view requested_headers);

}  // namespace cairn::api
