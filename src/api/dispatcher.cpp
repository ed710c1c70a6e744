#include "api/dispatcher.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <exception>
#include <optional>

#include "api/json_writer.hpp"

namespace cairn::api {
namespace {

constexpr std::string_view kNullId = "null";

std::string error_reply(std::string_view id, const RpcError& error) {
  JsonWriter out;
  out.begin_object().field("jsonrpc", "2.0").key("id").raw(id);
  out.key("error").begin_object();
  out.key("code").raw(fmt::format("{}", static_cast<int>(error.code)));
  out.field("message", error.message);
  if (!error.data.empty()) {
    out.key("data").raw(error.data);
  }
  out.end_object().end_object();
  return std::move(out).take();
}

std::string result_reply(std::string_view id, std::string_view result) {
  std::string out;
  out.reserve(id.size() + result.size() + 40);
  out += R"({"jsonrpc":"2.0","id":)";
  out += id;
  out += R"(,"result":)";
  out += result;
  out += '}';
  return out;
}

// The id as it goes back: a string, a number or null; nothing for other kinds.
std::optional<std::string> id_text(JsonValue id) {
  switch (id.type()) {
    case simdjson::dom::element_type::STRING:
      return to_json(id.get_string().value_unsafe());
    case simdjson::dom::element_type::INT64:
    case simdjson::dom::element_type::UINT64:
    case simdjson::dom::element_type::DOUBLE:
      return simdjson::minify(id);
    case simdjson::dom::element_type::NULL_VALUE:
      return std::string(kNullId);
    default:
      return std::nullopt;
  }
}

struct Request {
  std::string id = std::string(kNullId);
  bool notification = false;
  std::string_view method;
  std::vector<JsonValue> arguments;
};

// What is wrong with a request, with the id that the answer must carry.
struct BadRequest {
  std::string id;
  RpcError error;
};

std::unexpected<BadRequest> bad_request(std::string id, RpcCode code, std::string message) {
  return std::unexpected(BadRequest{std::move(id), {code, std::move(message), {}}});
}

Result<Request, BadRequest> read_request(JsonValue value) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) {
    return bad_request(std::string(kNullId), RpcCode::invalid_request,
                       "a request is a JSON object");
  }
  Request request;
  simdjson::dom::element member;
  if (object["id"].get(member) == simdjson::SUCCESS) {
    auto id = id_text(member);
    if (!id) {
      return bad_request(std::string(kNullId), RpcCode::invalid_request,
                         "id must be a string, a number or null");
    }
    request.id = *std::move(id);
  } else {
    request.notification = true;
  }
  std::string_view version;
  if (object["jsonrpc"].get(version) != simdjson::SUCCESS || version != "2.0") {
    return bad_request(request.id, RpcCode::invalid_request, "jsonrpc must be \"2.0\"");
  }
  if (object["method"].get(request.method) != simdjson::SUCCESS) {
    return bad_request(request.id, RpcCode::invalid_request, "method must be a string");
  }
  if (object["params"].get(member) == simdjson::SUCCESS && !member.is_null()) {
    simdjson::dom::array arguments;
    if (member.get(arguments) != simdjson::SUCCESS) {
      return bad_request(request.id,
                         member.is_object() ? RpcCode::invalid_params : RpcCode::invalid_request,
                         member.is_object() ? "parameters are taken by position, not by name"
                                            : "params must be an array");
    }
    request.arguments.assign(arguments.begin(), arguments.end());
  }
  return request;
}

Answer call(const Method& method, Context& context, Arguments arguments) {
  if (arguments.size() > method.parameters.size()) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("too many arguments, want at most {}", method.parameters.size()));
  }
  try {
    return method.invoke(method, context, arguments);
  } catch (const std::exception& fault) {
    return rpc_fail(RpcCode::internal, fmt::format("internal error: {}", fault.what()));
  }
}

}  // namespace

Dispatcher::Dispatcher(Context& context, DispatchLimits limits)
    : context_(context), limits_(limits) {}

std::string Dispatcher::answer(std::string body) {
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  auto error = parser.allocate(body.size(), limits_.depth);
  if (error == simdjson::SUCCESS) {
    error = parser.parse(body.data(), body.size(), false).get(document);
  }
  if (error != simdjson::SUCCESS) {
    return error_reply(
        kNullId,
        {RpcCode::parse_error, fmt::format("parse error: {}", simdjson::error_message(error)), {}});
  }
  const auto answer_one = [this](JsonValue value) -> std::string {
    const auto request = read_request(value);
    if (!request) {
      return error_reply(request.error().id, request.error().error);
    }
    const Method* method = methods_.find(request->method);
    const Answer answer = method != nullptr
                              ? call(*method, context_, request->arguments)
                              : Answer(std::unexpected(method_not_found(request->method)));
    if (request->notification) {
      return {};
    }
    return answer ? result_reply(request->id, *answer) : error_reply(request->id, answer.error());
  };
  simdjson::dom::array batch;
  if (document.get(batch) != simdjson::SUCCESS) {
    return answer_one(document);
  }
  if (batch.size() == 0) {
    return error_reply(kNullId, {RpcCode::invalid_request, "empty batch", {}});
  }
  if (batch.size() > limits_.batch_items) {
    return error_reply(kNullId,
                       {RpcCode::invalid_request,
                        fmt::format("batch too large: at most {} requests", limits_.batch_items),
                        {}});
  }
  std::string out;
  for (const JsonValue item : batch) {
    const std::string reply = answer_one(item);
    if (!reply.empty()) {
      out += out.empty() ? '[' : ',';
      out += reply;
    }
  }
  if (!out.empty()) {
    out += ']';
  }
  return out;
}

}  // namespace cairn::api
