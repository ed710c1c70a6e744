#pragma once
// A source as errors name it: they go to clients, and providers' keys stand in path and query.

#include <string>
#include <string_view>

namespace cairn::node {

// Scheme, host and port, as the URL has them.
inline std::string origin_of(std::string_view url) {
  const auto scheme = url.find("://");
  const auto end = scheme == std::string_view::npos ? scheme : url.find_first_of("/?#", scheme + 3);
  return std::string(url.substr(0, end));
}

}  // namespace cairn::node
