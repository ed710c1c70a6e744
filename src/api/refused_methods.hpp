#pragma once
// Methods that other nodes have and this one refuses by name, with the reason.

#include <span>
#include <string_view>

namespace cairn::api {

struct RefusedMethod {
  std::string_view name;
  std::string_view reason;  // the rest of a sentence that begins with "it"
};
// Sorted by name; none of them is a method.
std::span<const RefusedMethod> refused_methods();

}  // namespace cairn::api
