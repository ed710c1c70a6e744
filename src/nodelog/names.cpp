#include "nodelog/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/hex.hpp"
#include "types/selector.hpp"

namespace cairn::nodelog {
namespace {

using simdjson::SUCCESS;
using Json = simdjson::dom::element;
using JsonArray = simdjson::dom::array;

constexpr std::size_t kMostNameBytes = 256;
constexpr int kDeepestTuple = 16;

std::string_view text_at(Json object, std::string_view member) {
  std::string_view text;
  return object[member].get(text) == SUCCESS ? text : std::string_view{};
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMostNameBytes && std::ranges::all_of(text, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
  });
}

// "(address,bytes)[]" of a tuple[] with its components; nothing where it is nested too deeply.
std::optional<std::string> type_of(Json parameter, int depth = 0) {
  const std::string_view type = text_at(parameter, "type");
  if (!type.starts_with("tuple")) {
    return std::string(type);
  }
  JsonArray components;
  if (depth == kDeepestTuple || parameter["components"].get(components) != SUCCESS) {
    return std::nullopt;
  }
  std::string out;
  for (const Json component : components) {
    const auto inner = type_of(component, depth + 1);
    if (!inner) {
      return std::nullopt;
    }
    out += (out.empty() ? "(" : ",") + *inner;
  }
  return (out.empty() ? "(" : out) + ')' +
         std::string(type.substr(std::string_view("tuple").size()));
}

// As Signature::parse reads it; nothing where the entry is no function or error.
std::optional<std::string> declaration_of(Json entry) {
  JsonArray inputs;
  const std::string_view name = text_at(entry, "name");
  if (!is_name(name) || entry["inputs"].get(inputs) != SUCCESS) {
    return std::nullopt;
  }
  std::string out;
  for (const Json input : inputs) {
    const auto type = type_of(input);
    if (!type) {
      return std::nullopt;
    }
    const std::string_view parameter = text_at(input, "name");
    out += (out.empty() ? "" : ", ") + *type;
    out += is_name(parameter) ? ' ' + std::string(parameter) : "";
  }
  return fmt::format("{}({})", name, out);
}

}  // namespace

std::size_t Names::learn(JsonArray abi) {
  std::size_t count = 0;
  for (const Json entry : abi) {
    const std::string_view kind = text_at(entry, "type");
    if (kind != "function" && kind != "error") {
      continue;
    }
    const auto declaration = declaration_of(entry);
    auto signature =
        declaration ? Signature::parse(*declaration) : fail(ErrorCode::malformed, "no declaration");
    if (!signature) {
      continue;
    }
    ++count;
    const Selector selector = types::selector(signature->text);
    const std::scoped_lock lock(mutex_);
    Table& table = kind == "error" ? errors_ : functions_;
    if (functions_.size() + errors_.size() < kMost || table.contains(selector)) {
      table[selector] = std::make_shared<const Signature>(*std::move(signature));
    }
  }
  return count;
}

std::size_t Names::learn_output(simdjson::dom::object output) {
  simdjson::dom::object files;
  if (output["contracts"].get(files) != SUCCESS) {
    return 0;
  }
  std::size_t count = 0;
  for (const auto file : files) {
    simdjson::dom::object contracts;
    if (file.value.get(contracts) != SUCCESS) {
      continue;
    }
    for (const auto contract : contracts) {
      JsonArray abi;
      count += contract.value["abi"].get(abi) == SUCCESS ? learn(abi) : 0;
    }
  }
  return count;
}

std::shared_ptr<const Signature> Names::function(const Selector& selector) const {
  return find(functions_, known_functions(), selector);
}

std::shared_ptr<const Signature> Names::error(const Selector& selector) const {
  return find(errors_, known_errors(), selector);
}

std::optional<std::string> Names::method_of(BytesView input) const {
  const auto selector = selector_of(input);
  if (!selector) {
    return std::nullopt;
  }
  const auto known = function(*selector);
  return known ? known->text : base::to_hex(*selector);
}

std::shared_ptr<const Signature> Names::find(const Table& given, const Signatures& known,
                                             const Selector& selector) const {
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = given.find(selector); found != given.end()) {
      return found->second;
    }
  }
  // The table of what most chains know lives as long as the program.
  return {std::shared_ptr<const Signature>{}, known.find(selector)};
}

}  // namespace cairn::nodelog
