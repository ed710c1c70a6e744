#pragma once
// Asks a node over JSON-RPC: one question, one answer.

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace cairn::cli {

// The JSON text of the result. `params` is a JSON list. Errors: not http://HOST[:PORT][/PATH],
// nobody answers there within ten seconds, or what the node itself says.
Result<std::string> ask_node(const std::string& url, std::string_view method,
                             std::string_view params);

// `url`, or where it is empty what a running node has written into its data folder.
Result<std::string> url_of_node(const std::string& url, const std::string& datadir);

}  // namespace cairn::cli
