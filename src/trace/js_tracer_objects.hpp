#pragma once
// The functions and objects that tracers in JavaScript find, by geth's names.

#include "trace/js_tracer.hpp"

namespace cairn::trace {

struct JsTracerObjects {
  // toHex, toAddress ... as globals.
  static void define_globals(duk_hthread* js);
  // `log`, `db` and what enter() and exit() get; each stays on the stack.
  static void push_log(duk_hthread* js);
  static void push_db(duk_hthread* js);
  static void push_frame(duk_hthread* js);
  static void push_frame_result(duk_hthread* js);
  // The argument of result().
  static void push_context(duk_hthread* js, const JsTracer& tracer, std::uint64_t gas_used);

 private:
  struct Functions;
};

}  // namespace cairn::trace
