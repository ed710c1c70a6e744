#pragma once
// One JavaScript heap (Duktape: ECMAScript 5.1 and parts of what came later) for code that nobody
// vouches for: no I/O, no modules, no threads; memory and instructions have bounds. One thread.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/u256.hpp"

struct duk_hthread;  // duktape.h calls it duk_context

namespace cairn::trace {

class JsEngine {
 public:
  static constexpr std::size_t kMostMemory = std::size_t{64} << 20;  // bytes

  // `owner`: what owner() says to functions that JavaScript calls.
  explicit JsEngine(void* owner);
  ~JsEngine();
  JsEngine(const JsEngine&) = delete;
  JsEngine& operator=(const JsEngine&) = delete;

  // From now on so many instructions may run, in units of 262,144, and none once `stop` is set.
  void allow(std::uint64_t rounds, const std::atomic<bool>* stop);

  // Runs `body(duk_context*)`, in which every call of Duktape is allowed. Nothing, or why it
  // failed. What the functions of keep_throwing() met is thrown on.
  template <class Body>
  std::optional<std::string> run(Body&& body) {
    return run_body([](void* it, duk_hthread* js) { (*static_cast<Body*>(it))(js); }, &body);
  }

  // Asked by the engine from time to time.
  bool is_over();

  // In functions that JavaScript calls:
  static void* owner(duk_hthread* js);
  // Remembers the exception that is being handled; JavaScript gets an error in its place.
  static void keep_throwing(duk_hthread* js);
  static void push_bytes(duk_hthread* js, BytesView bytes);      // a Uint8Array
  static void push_big_int(duk_hthread* js, const U256& value);  // of the library
  // A Uint8Array, an array, with `or_text` hexadecimal text too; else nothing.
  static std::optional<Bytes> read_bytes(duk_hthread* js, int index, bool or_text);
  static std::int64_t read_integer(duk_hthread* js, int index);  // 0 where it is none

 private:
  friend struct JsMemory;
  struct Block;

  std::optional<std::string> run_body(void (*call)(void*, duk_hthread*), void* body);
  void load_big_int();

  void* owner_;
  duk_hthread* js_ = nullptr;
  Block* blocks_ = nullptr;  // all of the heap's memory
  std::size_t memory_ = 0;
  std::uint64_t rounds_left_ = 0;
  const std::atomic<bool>* stop_ = nullptr;
  bool dead_ = false;  // the heap cannot go on
  std::exception_ptr pending_;
};

// UTF-8 from what Duktape calls strings: surrogates become characters, what is broken U+FFFD.
std::string js_utf8(std::string_view text);

}  // namespace cairn::trace
