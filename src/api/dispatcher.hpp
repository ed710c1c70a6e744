#pragma once
// JSON-RPC 2.0: from a request's text to its answer's. Any thread may call.

#include <cstddef>
#include <string>

#include "api/context.hpp"
#include "api/methods.hpp"

namespace cairn::api {

struct DispatchLimits {
  std::size_t batch_items = 1'000;
  std::size_t batch_answer_bytes = 25 * 1024 * 1024;
  std::size_t depth = 128;  // of nested JSON
};

class Dispatcher {
 public:
  // `context` must outlive the dispatcher.
  explicit Dispatcher(Context& context, DispatchLimits limits = {});

  // The answer to a single request or a batch; empty where there were notifications only.
  std::string answer(std::string body);

  const MethodTable& methods() const { return methods_; }

 private:
  Context& context_;
  DispatchLimits limits_;
  MethodTable methods_;
};

}  // namespace cairn::api
