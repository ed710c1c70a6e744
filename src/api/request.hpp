#pragma once
// JSON-RPC 2.0 requests as read from JSON, and the envelopes of their answers.

#include <string>
#include <string_view>
#include <vector>

#include "api/errors.hpp"
#include "api/parameters.hpp"

namespace cairn::api {

struct Request {
  std::string id = "null";  // JSON text, as it goes back
  bool notification = false;
  std::string_view method;           // lives as long as the document
  std::vector<JsonValue> arguments;  // likewise
};

// What is wrong with a request, with the id that the answer carries.
struct BadRequest {
  std::string id = "null";
  RpcError error;
};

Result<Request, BadRequest> read_request(JsonValue value);

std::string result_reply(std::string_view id, std::string_view result);
std::string error_reply(std::string_view id, const RpcError& error);
// The value of its member `error`.
std::string error_object(const RpcError& error);

}  // namespace cairn::api
