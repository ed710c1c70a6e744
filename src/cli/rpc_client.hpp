#pragma once
// Asks a node over JSON-RPC: one question, one answer.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace cairn::cli {

// The JSON text of the result. `params` is a JSON list, `authorization` that header's value or
// empty. Errors: not http://HOST[:PORT][/PATH], nobody answers there within ten seconds, or what
// the node itself says.
Result<std::string> ask_node(const std::string& url, std::string_view method,
                             std::string_view params, std::string_view authorization = {});

// `url`, or where it is empty what a running node has written into its data folder.
Result<std::string> url_of_node(const std::string& url, const std::string& datadir);

// What a node that asks for a token wants to hear now: by the secret in `file`, or where that is
// empty by the one that a running node has named in its data folder. Empty: it has named none.
Result<std::string> authorization_for(const std::string& file, const std::string& datadir,
                                      std::int64_t now);

}  // namespace cairn::cli
