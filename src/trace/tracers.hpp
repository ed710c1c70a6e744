#pragma once
// The built-in tracers by geth's names, and those that a request brings with it.

#include <memory>
#include <string_view>

#include "base/result.hpp"
#include "trace/transaction_tracer.hpp"
#include "types/json_object.hpp"

namespace cairn::trace {

// A name, or what is no name, JavaScript (js_tracer.hpp). `config` is the `tracerConfig` of a
// request, null where there is none. Unknown names and options of a wrong kind are
// invalid_argument.
Result<std::unique_ptr<TransactionTracer>> make_tracer(std::string_view name,
                                                       const types::Json* config);
// The struct log, whose options stand in the request's own object.
Result<std::unique_ptr<TransactionTracer>> make_struct_logger(const types::Json* config);

}  // namespace cairn::trace
