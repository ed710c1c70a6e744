#include "trace/tracers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "trace/call_stream.hpp"
#include "trace/call_tracer.hpp"
#include "trace/erc7562_tracer.hpp"
#include "trace/flat_call_tracer.hpp"
#include "trace/four_byte_tracer.hpp"
#include "trace/js_tracer.hpp"
#include "trace/mux_tracer.hpp"
#include "trace/prestate_tracer.hpp"
#include "trace/struct_logger.hpp"

namespace cairn::trace {
namespace {

using types::Json;
using types::JsonObject;
using Made = Result<std::unique_ptr<TransactionTracer>>;

const Json kNoConfig{.kind = Json::Kind::object, .text = {}, .members = {}};

Result<JsonObject> open(const Json* config) {
  const bool is_there = config != nullptr && config->kind != Json::Kind::null;
  return JsonObject::open(is_there ? *config : kNoConfig, "tracerConfig");
}

Result<bool> flag(JsonObject& config, std::string_view name) {
  CAIRN_TRY(const std::optional<bool> value, config.boolean(name));
  return value.value_or(false);
}

Made make_call_tracer(JsonObject& config) {
  CollectorOptions options;
  CAIRN_TRY(options.with_logs, flag(config, "withLog"));
  CAIRN_TRY(options.only_top_call, flag(config, "onlyTopCall"));
  if (!options.with_logs) {
    return std::make_unique<CallStream>(options.only_top_call);
  }
  return std::make_unique<CallTracer>(options);
}

Made make_flat_call_tracer(JsonObject& config) {
  FlatCallOptions options;
  CAIRN_TRY(options.convert_parity_errors, flag(config, "convertParityErrors"));
  CAIRN_TRY(options.include_precompiles, flag(config, "includePrecompiles"));
  return std::make_unique<FlatCallTracer>(options);
}

Made make_prestate_tracer(JsonObject& config) {
  PrestateOptions options;
  CAIRN_TRY(options.diff_mode, flag(config, "diffMode"));
  CAIRN_TRY(options.disable_code, flag(config, "disableCode"));
  CAIRN_TRY(options.disable_storage, flag(config, "disableStorage"));
  CAIRN_TRY(options.include_empty, flag(config, "includeEmpty"));
  if (options.diff_mode && options.include_empty) {
    return fail(ErrorCode::invalid_argument, "cannot use diffMode with includeEmpty");
  }
  return std::make_unique<PrestateTracer>(options);
}

Made make_erc7562_tracer(JsonObject& config) {
  Erc7562Options options;
  CAIRN_TRY(options.with_log, flag(config, "withLog"));
  // How much of the stack geth's tracer keeps; of what it keeps only the top is ever told.
  CAIRN_CHECK(config.u64("stackTopItemsSize"));
  if (const Json* list = config.find("ignoredOpcodes")) {
    options.ignored_opcodes.emplace();
    for (const Json::Member& member : list->members) {
      CAIRN_TRY(const U256 code, types::json_number(member.value, "ignoredOpcodes"));
      options.ignored_opcodes->push_back(code.low64());
    }
  }
  return std::make_unique<Erc7562Tracer>(options);
}

Made make_mux_tracer(const Json* config) {
  std::vector<MuxTracer::Part> parts;
  if (config != nullptr) {
    for (const Json::Member& member : config->members) {
      CAIRN_TRY(auto tracer, make_tracer(member.key, &member.value));
      parts.push_back({member.key, std::move(tracer)});
    }
  }
  return std::make_unique<MuxTracer>(std::move(parts));
}

void write_json(codec::JsonWriter& out, const Json& value) {
  switch (value.kind) {
    case Json::Kind::string:
      out.string(value.text);
      return;
    case Json::Kind::array:
      out.begin_array();
      for (const Json::Member& member : value.members) {
        write_json(out, member.value);
      }
      out.end_array();
      return;
    case Json::Kind::object:
      out.begin_object();
      for (const Json::Member& member : value.members) {
        const std::string quoted = codec::to_json(member.key);
        out.key(std::string_view(quoted).substr(1, quoted.size() - 2));
        write_json(out, member.value);
      }
      out.end_object();
      return;
    default:
      out.raw(value.kind == Json::Kind::null ? "null" : value.text);
  }
}

// What is no name is a tracer itself.
bool is_name(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  });
}

Made make_js_tracer(std::string_view code, const Json* config) {
  codec::JsonWriter out;
  write_json(out, config == nullptr || config->kind == Json::Kind::null ? kNoConfig : *config);
  return JsTracer::make(std::string(code), std::move(out).take());
}

}  // namespace

Made make_tracer(std::string_view name, const Json* config) {
  if (!is_name(name)) {
    return make_js_tracer(name, config);
  }
  CAIRN_TRY(JsonObject object, open(config));
  if (name == "callTracer") {
    return make_call_tracer(object);
  }
  if (name == "flatCallTracer") {
    return make_flat_call_tracer(object);
  }
  if (name == "prestateTracer") {
    return make_prestate_tracer(object);
  }
  if (name == "4byteTracer") {
    return std::make_unique<FourByteTracer>();
  }
  if (name == "muxTracer") {
    return make_mux_tracer(config);
  }
  if (name == "noopTracer") {
    return std::make_unique<NoopTracer>();
  }
  if (name == "erc7562Tracer") {
    return make_erc7562_tracer(object);
  }
  constexpr std::size_t kShown = 64;
  return fail(ErrorCode::invalid_argument,
              fmt::format("tracer not found: {}: callTracer, flatCallTracer, prestateTracer, "
                          "4byteTracer, muxTracer, noopTracer and erc7562Tracer are there, and "
                          "JavaScript",
                          name.substr(0, kShown)));
}

Made make_struct_logger(const Json* config) {
  CAIRN_TRY(JsonObject object, open(config));
  StructLogOptions options;
  CAIRN_TRY(options.enable_memory, flag(object, "enableMemory"));
  CAIRN_TRY(options.disable_stack, flag(object, "disableStack"));
  CAIRN_TRY(options.disable_storage, flag(object, "disableStorage"));
  CAIRN_TRY(options.enable_return_data, flag(object, "enableReturnData"));
  CAIRN_TRY(const std::optional<std::uint64_t> limit, object.u64("limit"));
  options.limit = limit.value_or(0);
  return std::make_unique<StructLogger>(options);
}

}  // namespace cairn::trace
