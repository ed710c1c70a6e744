#include "api/request.hpp"

#include <fmt/format.h>

#include <optional>

#include "api/json_writer.hpp"

namespace cairn::api {
namespace {

std::unexpected<BadRequest> bad_request(std::string id, RpcCode code, std::string message) {
  return std::unexpected(BadRequest{std::move(id), {code, std::move(message)}});
}

// Nothing for an id that is no string, number or null.
std::optional<std::string> id_text(JsonValue id) {
  switch (id.type()) {
    case simdjson::dom::element_type::STRING:
      return to_json(id.get_string().value_unsafe());
    case simdjson::dom::element_type::INT64:
    case simdjson::dom::element_type::UINT64:
    case simdjson::dom::element_type::DOUBLE:
      return simdjson::minify(id);
    case simdjson::dom::element_type::NULL_VALUE:
      return std::string("null");
    default:
      return std::nullopt;
  }
}

}  // namespace

Result<Request, BadRequest> read_request(JsonValue value) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) {
    return bad_request("null", RpcCode::invalid_request, "a request is a JSON object");
  }
  Request request;
  JsonValue member;
  request.notification = object["id"].get(member) != simdjson::SUCCESS;
  if (!request.notification) {
    auto id = id_text(member);
    if (!id) {
      return bad_request("null", RpcCode::invalid_request, "id must be a string, a number or null");
    }
    request.id = *std::move(id);
  }
  std::string_view version;
  if (object["jsonrpc"].get(version) != simdjson::SUCCESS || version != "2.0") {
#ifdef CAIRN_PLANTED_BUG  // fuzz/jsonrpc_fuzz.cpp finds that the answer is no JSON
    request.id.clear();
#endif
    return bad_request(request.id, RpcCode::invalid_request, "jsonrpc must be \"2.0\"");
  }
  if (object["method"].get(request.method) != simdjson::SUCCESS) {
    return bad_request(request.id, RpcCode::invalid_request, "method must be a string");
  }
  if (object["params"].get(member) != simdjson::SUCCESS || member.is_null()) {
    return request;
  }
  simdjson::dom::array arguments;
  if (member.is_object()) {
    return bad_request(request.id, RpcCode::invalid_params,
                       "non-array args: parameters are taken by position, not by name");
  }
  if (member.get(arguments) != simdjson::SUCCESS) {
    return bad_request(request.id, RpcCode::invalid_request, "params must be an array");
  }
  request.arguments.assign(arguments.begin(), arguments.end());
  return request;
}

std::string result_reply(std::string_view id, std::string_view result) {
  constexpr std::size_t kEnvelope = 40;
  std::string out;
  out.reserve(id.size() + result.size() + kEnvelope);
  out += R"({"jsonrpc":"2.0","id":)";
  out += id;
  out += R"(,"result":)";
  out += result;
  out += '}';
  return out;
}

std::string error_reply(std::string_view id, const RpcError& error) {
  JsonWriter out;
  out.begin_object().field("jsonrpc", "2.0").key("id").raw(id);
  out.key("error").raw(error_object(error)).end_object();
  return std::move(out).take();
}

std::string error_object(const RpcError& error) {
  JsonWriter out;
  out.begin_object().key("code").raw(fmt::format("{}", static_cast<int>(error.code)));
  out.field("message", error.message);
  if (!error.data.empty()) {
    out.key("data").raw(error.data);
  }
  out.end_object();
  return std::move(out).take();
}

}  // namespace cairn::api
