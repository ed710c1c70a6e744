#include "trace/js_engine.hpp"

#include <duktape.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

#include "base/hex.hpp"

extern "C" {
extern const char cairn_big_integer_begin[];
extern const char cairn_big_integer_end[];

int cairn_js_is_over(void* heap) {
  return static_cast<cairn::trace::JsEngine*>(heap)->is_over() ? 1 : 0;
}
}

namespace cairn::trace {

// In front of each piece of memory. They make a ring, so that a heap that cannot be destroyed in
// order can be freed.
struct alignas(16) JsEngine::Block {
  Block* previous = nullptr;
  Block* next = nullptr;
  std::size_t size = 0;
};

struct JsMemory {
  using Block = JsEngine::Block;

  static void* allocate(void* engine, duk_size_t size) {
    auto& self = *static_cast<JsEngine*>(engine);
    if (size == 0 || !has_room(self, size)) {
      return nullptr;
    }
    auto* block = static_cast<Block*>(std::malloc(sizeof(Block) + size));
    if (block == nullptr) {
      return nullptr;
    }
    *block = {nullptr, self.blocks_, size};
    link(self, *block);
    return block + 1;
  }

  static void* reallocate(void* engine, void* at, duk_size_t size) {
    if (at == nullptr) {
      return allocate(engine, size);
    }
    if (size == 0) {
      release(engine, at);
      return nullptr;
    }
    auto& self = *static_cast<JsEngine*>(engine);
    Block* block = static_cast<Block*>(at) - 1;
    if (size > block->size && !has_room(self, size - block->size)) {
      return nullptr;
    }
    unlink(self, *block);
    auto* moved = static_cast<Block*>(std::realloc(block, sizeof(Block) + size));
    if (moved == nullptr) {
      link(self, *block);
      return nullptr;
    }
    moved->size = size;
    link(self, *moved);
    return moved + 1;
  }

  static void release(void* engine, void* at) {
    if (at != nullptr) {
      Block* block = static_cast<Block*>(at) - 1;
      unlink(*static_cast<JsEngine*>(engine), *block);
      std::free(block);
    }
  }

 private:
  // What loops without instructions (a long join, say) ends because it gets no memory.
  static bool has_room(const JsEngine& self, std::size_t size) {
    const bool stopped = self.stop_ != nullptr && self.stop_->load(std::memory_order_relaxed);
    return !stopped &&
           size <= JsEngine::kMostMemory - std::min(JsEngine::kMostMemory, self.memory_);
  }

  static void link(JsEngine& self, Block& block) {
    block.previous = nullptr;
    block.next = self.blocks_;
    if (block.next != nullptr) {
      block.next->previous = &block;
    }
    self.blocks_ = &block;
    self.memory_ += block.size;
  }

  static void unlink(JsEngine& self, Block& block) {
    if (block.previous != nullptr) {
      block.previous->next = block.next;
    } else {
      self.blocks_ = block.next;
    }
    if (block.next != nullptr) {
      block.next->previous = block.previous;
    }
    self.memory_ -= block.size;
  }
};

namespace {

constexpr const char* kBigInt = "bigInt";

JsEngine& engine_of(duk_hthread* js) {
  duk_memory_functions memory;
  duk_get_memory_functions(js, &memory);
  return *static_cast<JsEngine*>(memory.udata);
}

struct SafeCall {
  void (*call)(void*, duk_hthread*);
  void* body;
};

duk_ret_t call_safely(duk_context* js, void* what) {
  const auto& it = *static_cast<SafeCall*>(what);
  it.call(it.body, js);
  return 0;
}

std::string error_text(duk_context* js) {
  constexpr std::size_t kMost = 1024;
  duk_size_t size = 0;
  const char* text = duk_safe_to_lstring(js, -1, &size);
#ifdef CAIRN_PLANTED_BUG  // fuzz/js_tracer_fuzz.cpp finds that a refusal has no words
  size = 0;
#endif
  return js_utf8(std::string_view(text, size).substr(0, kMost));
}

}  // namespace

JsEngine::JsEngine(void* owner) : owner_(owner) {
  constexpr std::uint64_t kOwn = 64;
  allow(kOwn, nullptr);
  js_ = duk_create_heap(&JsMemory::allocate, &JsMemory::reallocate, &JsMemory::release, this,
                        nullptr);
  if (js_ == nullptr) {
    throw std::bad_alloc();
  }
  load_big_int();
}

JsEngine::~JsEngine() {
  if (!dead_) {
    stop_ = nullptr;
    duk_destroy_heap(js_);
  }
  while (blocks_ != nullptr) {
    Block* block = std::exchange(blocks_, blocks_->next);
    std::free(block);
  }
}

void JsEngine::load_big_int() {
  const auto failed = run([](duk_context* js) {
    duk_push_lstring(js, cairn_big_integer_begin,
                     static_cast<duk_size_t>(cairn_big_integer_end - cairn_big_integer_begin));
    duk_eval(js);
    duk_pop(js);
    duk_push_global_stash(js);
    duk_get_global_string(js, kBigInt);
    duk_put_prop_string(js, -2, kBigInt);
    duk_push_global_object(js);
    duk_del_prop_string(js, -1, "Duktape");  // threads, finalizers, the heap's inside
    duk_del_prop_string(js, -1, "performance");
  });
  if (failed) {
    throw std::logic_error("big-integer cannot be loaded: " + *failed);
  }
}

void JsEngine::allow(std::uint64_t rounds, const std::atomic<bool>* stop) {
  rounds_left_ = rounds;
  stop_ = stop;
}

bool JsEngine::is_over() {
  if (rounds_left_ == 0 || (stop_ != nullptr && stop_->load(std::memory_order_relaxed))) {
    return true;
  }
  --rounds_left_;
  return false;
}

std::optional<std::string> JsEngine::run_body(void (*call)(void*, duk_hthread*), void* body) {
  if (dead_) {
    return "the tracer has ended";
  }
  std::optional<std::string> out;
  try {
    SafeCall safe{call, body};
    if (duk_safe_call(js_, call_safely, &safe, 0, 1) != DUK_EXEC_SUCCESS) {
      out = error_text(js_);
    }
    duk_pop(js_);
  } catch (const std::runtime_error& fatal) {  // Duktape's, after which the heap is not touched
    dead_ = true;
    out = fatal.what();
  }
  if (pending_) {
    std::rethrow_exception(std::exchange(pending_, nullptr));
  }
  return out;
}

void* JsEngine::owner(duk_hthread* js) { return engine_of(js).owner_; }

void JsEngine::keep_throwing(duk_hthread* js) { engine_of(js).pending_ = std::current_exception(); }

void JsEngine::push_bytes(duk_hthread* js, BytesView bytes) {
  void* at = duk_push_fixed_buffer(js, bytes.size());
  if (!bytes.empty()) {
    std::memcpy(at, bytes.data(), bytes.size());
  }
  duk_push_buffer_object(js, -1, 0, bytes.size(), DUK_BUFOBJ_UINT8ARRAY);
  duk_remove(js, -2);
}

void JsEngine::push_big_int(duk_hthread* js, const U256& value) {
  duk_push_global_stash(js);
  duk_get_prop_string(js, -1, kBigInt);
  duk_remove(js, -2);
  const std::string text = base::to_decimal(value);
  duk_push_lstring(js, text.data(), text.size());
  duk_call(js, 1);
}

std::optional<Bytes> JsEngine::read_bytes(duk_hthread* js, int index, bool or_text) {
  constexpr duk_size_t kMost = 16 << 20;
  if (duk_is_string(js, index)) {
    duk_size_t size = 0;
    const char* const at = duk_get_lstring(js, index, &size);
    std::string_view text(at, size);
    if (!or_text) {
      return std::nullopt;
    }
    if (text.starts_with("0x") || text.starts_with("0X")) {
      text.remove_prefix(2);
    }
    return base::from_hex((text.size() % 2 == 0 ? "" : "0") + std::string(text)).value_or(Bytes{});
  }
  if (duk_is_buffer_data(js, index)) {
    duk_size_t size = 0;
    const void* at = duk_get_buffer_data(js, index, &size);
    const BytesView there(static_cast<const std::uint8_t*>(at), at == nullptr ? 0 : size);
    return base::to_bytes(there);
  }
  if (!duk_is_array(js, index) || duk_get_length(js, index) > kMost) {
    return std::nullopt;
  }
  Bytes out;
  const auto size = static_cast<duk_uarridx_t>(duk_get_length(js, index));
  for (duk_uarridx_t i = 0; i < size; ++i) {
    duk_get_prop_index(js, index, i);
    out.push_back(static_cast<std::uint8_t>(duk_to_uint32(js, -1)));
    duk_pop(js);
  }
  return out;
}

std::int64_t JsEngine::read_integer(duk_hthread* js, int index) {
  constexpr double kMost = 9'007'199'254'740'992;
  const double number = std::trunc(duk_to_number(js, index));
  return std::isnan(number) ? 0 : static_cast<std::int64_t>(std::clamp(number, -kMost, kMost));
}

std::string js_utf8(std::string_view text) {
  constexpr std::string_view kReplacement = "\xef\xbf\xbd";
  const auto byte = [text](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto tails = [&byte](std::size_t from, std::size_t count) {
    for (std::size_t i = from; i < from + count; ++i) {
      if ((byte(i) & 0xc0) != 0x80) {
        return false;
      }
    }
    return true;
  };
  // A surrogate at `i`, in three bytes.
  const auto is_half = [&](std::size_t i, unsigned from, unsigned to) {
    return byte(i) == 0xed && byte(i + 1) >= from && byte(i + 1) <= to && tails(i + 1, 2);
  };
  const auto half = [&byte](std::size_t i) {
    return ((byte(i + 1) & 0x0f) << 6) | (byte(i + 2) & 0x3f);
  };
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const unsigned lead = byte(i);
    std::size_t size = 0;
    if (lead < 0x80) {
      size = 1;
    } else if (lead >= 0xc2 && lead < 0xe0 && tails(i + 1, 1)) {
      size = 2;
    } else if (is_half(i, 0xa0, 0xaf) && is_half(i + 3, 0xb0, 0xbf)) {
      const unsigned point = 0x10000 + (half(i) << 10) + half(i + 3);
      for (const unsigned shift : {18u, 12u, 6u, 0u}) {
        out += static_cast<char>(shift == 18 ? 0xf0 | (point >> 18)
                                             : 0x80 | ((point >> shift) & 0x3f));
      }
      i += 6;
      continue;
    } else if (lead >= 0xe0 && lead < 0xf0 && tails(i + 1, 2) && !is_half(i, 0xa0, 0xbf) &&
               (lead != 0xe0 || byte(i + 1) >= 0xa0)) {
      size = 3;
    } else if (lead >= 0xf0 && lead < 0xf5 && tails(i + 1, 3) &&
               (lead != 0xf0 || byte(i + 1) >= 0x90) && (lead != 0xf4 || byte(i + 1) < 0x90)) {
      size = 4;
    }
    out += size == 0 ? kReplacement : text.substr(i, size);
    i += size > 0 ? size : is_half(i, 0xa0, 0xbf) ? 3 : 1;
  }
  return out;
}

}  // namespace cairn::trace
