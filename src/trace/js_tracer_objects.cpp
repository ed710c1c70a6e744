#include "trace/js_tracer_objects.hpp"

#include <duktape.h>
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/hex.hpp"
#include "crypto/keccak.hpp"
#include "evm/evm.hpp"
#include "trace/failure_text.hpp"

namespace cairn::trace {
namespace {

constexpr std::uint64_t kMostPadding = 1 << 20;

struct Named {
  const char* name;
  duk_c_function function;
  duk_idx_t arguments;
};

void push_number(duk_context* js, std::uint64_t number) {
  duk_push_number(js, static_cast<double>(number));
}

void push_text(duk_context* js, std::string_view text) {
  duk_push_lstring(js, text.data(), text.size());
}

void push_optional_text(duk_context* js, const std::optional<std::string>& text) {
  text ? push_text(js, *text) : duk_push_undefined(js);
}

void push_object(duk_context* js, std::span<const Named> functions) {
  duk_push_object(js);
  for (const Named& one : functions) {
    duk_push_c_function(js, one.function, one.arguments);
    duk_put_prop_string(js, -2, one.name);
  }
}

Address address_of(const Bytes& bytes) { return Address::from_right(bytes); }

}  // namespace

struct JsTracerObjects::Functions {
  static JsTracer& tracer(duk_context* js) { return *static_cast<JsTracer*>(JsEngine::owner(js)); }

  // Ends the trace: JavaScript may catch the error, but what it answers then does not count.
  [[noreturn]] static void refuse(duk_context* js, const std::string& why) {
    tracer(js).interrupt_ = why;
    duk_error(js, DUK_ERR_ERROR, "%s", why.c_str());
    std::unreachable();
  }

  static Bytes bytes(duk_context* js, duk_idx_t index, bool or_text) {
    auto read = JsEngine::read_bytes(js, index, or_text);
    if (!read) {
      refuse(js, "invalid buffer type");
    }
    return *std::move(read);
  }
  static Address address(duk_context* js, duk_idx_t index, bool or_text) {
    return address_of(bytes(js, index, or_text));
  }

  // What reads the state may throw: the state of a fork is elsewhere.
  template <class Read>
  static auto from_state(duk_context* js, Read read) {
    try {
      return read(tracer(js).subject_->overlay);
    } catch (...) {
      JsEngine::keep_throwing(js);
    }
    refuse(js, "the state is not there");
  }
  static void need_state(duk_context* js) {
    if (!tracer(js).subject_) {
      refuse(js, "there is no state yet");
    }
  }

  static duk_ret_t to_hex(duk_context* js) {
    push_text(js, base::to_hex(bytes(js, 0, false)));
    return 1;
  }
  static duk_ret_t to_word(duk_context* js) {
    JsEngine::push_bytes(js, Hash256::from_right(bytes(js, 0, true)));
    return 1;
  }
  static duk_ret_t to_address(duk_context* js) {
    JsEngine::push_bytes(js, address(js, 0, true));
    return 1;
  }
  static duk_ret_t to_contract(duk_context* js) {
    const auto nonce = static_cast<std::uint64_t>(JsEngine::read_integer(js, 1));
    JsEngine::push_bytes(js, evm::create_address(address(js, 0, true), nonce));
    return 1;
  }
  static duk_ret_t to_contract2(duk_context* js) {
    const Hash256 salt = Hash256::from_right(bytes(js, 1, true));
    JsEngine::push_bytes(js, evm::create2_address(address(js, 0, true), salt, bytes(js, 2, true)));
    return 1;
  }
  static duk_ret_t is_precompiled(duk_context* js) {
    const auto& subject = tracer(js).subject_;
    duk_push_boolean(js, subject && evm::is_precompile(address(js, 0, true), subject->fork()));
    return 1;
  }
  static duk_ret_t slice(duk_context* js) {
    const Bytes all = bytes(js, 0, false);
    const std::int64_t from = JsEngine::read_integer(js, 1);
    const std::int64_t to = JsEngine::read_integer(js, 2);
    if (from < 0 || from > to || to > static_cast<std::int64_t>(all.size())) {
      refuse(js,
             fmt::format("Tracer accessed out of bound memory: available {}, offset {}, size {}",
                         all.size(), from, to - from));
    }
    JsEngine::push_bytes(js, BytesView(all).subspan(static_cast<std::size_t>(from),
                                                    static_cast<std::size_t>(to - from)));
    return 1;
  }

  static duk_ret_t op_number(duk_context* js) {
    duk_push_uint(js, tracer(js).log_.opcode);
    return 1;
  }
  static duk_ret_t op_text(duk_context* js) {
    push_text(js, opcode_name(tracer(js).log_.opcode));
    return 1;
  }
  static duk_ret_t op_is_push(duk_context* js) {
    const unsigned opcode = tracer(js).log_.opcode;
    duk_push_boolean(js, opcode >= 0x5f && opcode <= 0x7f);
    return 1;
  }

  static duk_ret_t stack_length(duk_context* js) {
    push_number(js, tracer(js).log_.stack.size());
    return 1;
  }
  static duk_ret_t stack_peek(duk_context* js) {
    const auto& stack = tracer(js).log_.stack;
    const std::int64_t index = JsEngine::read_integer(js, 0);
    if (index < 0 || index >= static_cast<std::int64_t>(stack.size())) {
      refuse(js, fmt::format("tracer accessed out of bound stack: size {}, index {}", stack.size(),
                             index));
    }
    JsEngine::push_big_int(js, stack[stack.size() - 1 - static_cast<std::size_t>(index)]);
    return 1;
  }

  static duk_ret_t memory_length(duk_context* js) {
    push_number(js, tracer(js).log_.memory.size());
    return 1;
  }
  static duk_ret_t memory_slice(duk_context* js) {
    const Bytes& memory = tracer(js).log_.memory;
    const std::int64_t from = JsEngine::read_integer(js, 0);
    const std::int64_t to = JsEngine::read_integer(js, 1);
    if (from == to) {
      JsEngine::push_bytes(js, {});
      return 1;
    }
    if (to < from || from < 0) {
      refuse(js, fmt::format("tracer accessed out of bound memory: offset {}, end {}", from, to));
    }
    const auto begin = static_cast<std::uint64_t>(from);
    const auto size = static_cast<std::uint64_t>(to - from);
    const std::uint64_t there = begin < memory.size() ? std::min(memory.size() - begin, size) : 0;
    if (size - there > kMostPadding) {
      refuse(js, fmt::format("reached limit for padding memory slice: {}", size - there));
    }
    Bytes out(size);
    std::copy_n(memory.begin() + static_cast<std::ptrdiff_t>(there == 0 ? 0 : begin), there,
                out.begin());
    JsEngine::push_bytes(js, out);
    return 1;
  }
  static duk_ret_t memory_uint(duk_context* js) {
    const Bytes& memory = tracer(js).log_.memory;
    const std::int64_t at = JsEngine::read_integer(js, 0);
    constexpr std::int64_t kWord = 32;
    if (at < 0 || static_cast<std::int64_t>(memory.size()) < at + kWord) {
      refuse(js,
             fmt::format("tracer accessed out of bound memory: available {}, offset {}, size {}",
                         memory.size(), at, kWord));
    }
    JsEngine::push_big_int(
        js, base::from_be(BytesView(memory).subspan(static_cast<std::size_t>(at), kWord)));
    return 1;
  }

  static const JsTracer::Scope& scope(duk_context* js) {
    const JsTracer& it = tracer(js);
    return it.scopes_.empty() ? it.outermost_ : it.scopes_.back();
  }
  static duk_ret_t contract_caller(duk_context* js) {
    JsEngine::push_bytes(js, scope(js).caller);
    return 1;
  }
  static duk_ret_t contract_address(duk_context* js) {
    JsEngine::push_bytes(js, scope(js).address);
    return 1;
  }
  static duk_ret_t contract_value(duk_context* js) {
    JsEngine::push_big_int(js, scope(js).value);
    return 1;
  }
  static duk_ret_t contract_input(duk_context* js) {
    const auto& it = scope(js);
    JsEngine::push_bytes(js, it.creates ? BytesView() : BytesView(it.input));
    return 1;
  }

  static duk_ret_t log_pc(duk_context* js) {
    push_number(js, tracer(js).log_.pc);
    return 1;
  }
  static duk_ret_t log_gas(duk_context* js) {
    push_number(js, tracer(js).log_.gas);
    return 1;
  }
  static duk_ret_t log_cost(duk_context* js) {
    push_number(js, tracer(js).log_.cost);
    return 1;
  }
  static duk_ret_t log_depth(duk_context* js) {
    push_number(js, tracer(js).log_.depth);
    return 1;
  }
  static duk_ret_t log_refund(duk_context* js) {
    duk_push_number(js, static_cast<double>(tracer(js).log_.refund));
    return 1;
  }
  static duk_ret_t log_error(duk_context* js) {
    push_optional_text(js, tracer(js).log_.error);
    return 1;
  }

  static duk_ret_t balance(duk_context* js) {
    need_state(js);
    const Address who = address(js, 0, false);
    JsEngine::push_big_int(js, from_state(js, [&who](state::Overlay& overlay) {
                             const auto* account = overlay.account(who);
                             return account == nullptr ? U256{} : account->balance;
                           }));
    return 1;
  }
  static duk_ret_t nonce(duk_context* js) {
    need_state(js);
    const Address who = address(js, 0, false);
    push_number(js, from_state(js, [&who](state::Overlay& overlay) {
                  const auto* account = overlay.account(who);
                  return account == nullptr ? std::uint64_t{0} : account->nonce;
                }));
    return 1;
  }
  static duk_ret_t code(duk_context* js) {
    need_state(js);
    const Address who = address(js, 0, false);
    JsEngine::push_bytes(
        js, *from_state(js, [&who](state::Overlay& overlay) { return overlay.code(who); }));
    return 1;
  }
  static duk_ret_t slot(duk_context* js) {
    need_state(js);
    const Address who = address(js, 0, false);
    const U256 key = base::from_be(Hash256::from_right(bytes(js, 1, false)));
    JsEngine::push_bytes(js, base::to_hash(from_state(js, [&](state::Overlay& overlay) {
                           return overlay.storage(who, key);
                         })));
    return 1;
  }
  static duk_ret_t exists(duk_context* js) {
    need_state(js);
    const Address who = address(js, 0, false);
    duk_push_boolean(js, from_state(js, [&who](state::Overlay& overlay) {
                       return overlay.account(who) != nullptr;
                     }));
    return 1;
  }

  static duk_ret_t frame_type(duk_context* js) {
    push_text(js, tracer(js).call_.type);
    return 1;
  }
  static duk_ret_t frame_from(duk_context* js) {
    JsEngine::push_bytes(js, tracer(js).call_.from);
    return 1;
  }
  static duk_ret_t frame_to(duk_context* js) {
    JsEngine::push_bytes(js, tracer(js).call_.to);
    return 1;
  }
  static duk_ret_t frame_input(duk_context* js) {
    JsEngine::push_bytes(js, tracer(js).call_.input);
    return 1;
  }
  static duk_ret_t frame_gas(duk_context* js) {
    push_number(js, tracer(js).call_.gas);
    return 1;
  }
  static duk_ret_t frame_value(duk_context* js) {
    const auto& value = tracer(js).call_.value;
    value ? JsEngine::push_big_int(js, *value) : duk_push_undefined(js);
    return 1;
  }

  static duk_ret_t result_gas(duk_context* js) {
    push_number(js, tracer(js).call_result_.gas_used);
    return 1;
  }
  static duk_ret_t result_output(duk_context* js) {
    JsEngine::push_bytes(js, tracer(js).call_result_.output);
    return 1;
  }
  static duk_ret_t result_error(duk_context* js) {
    push_optional_text(js, tracer(js).call_result_.error);
    return 1;
  }
};

void JsTracerObjects::define_globals(duk_context* js) {
  using F = Functions;
  static constexpr Named kGlobals[] = {
      {"toHex", F::to_hex, 1},
      {"toWord", F::to_word, 1},
      {"toAddress", F::to_address, 1},
      {"toContract", F::to_contract, 2},
      {"toContract2", F::to_contract2, 3},
      {"isPrecompiled", F::is_precompiled, 1},
      {"slice", F::slice, 3},
  };
  for (const Named& one : kGlobals) {
    duk_push_c_function(js, one.function, one.arguments);
    duk_put_global_string(js, one.name);
  }
}

void JsTracerObjects::push_log(duk_context* js) {
  using F = Functions;
  static constexpr Named kLog[] = {
      {"getPC", F::log_pc, 0},       {"getGas", F::log_gas, 0},       {"getCost", F::log_cost, 0},
      {"getDepth", F::log_depth, 0}, {"getRefund", F::log_refund, 0}, {"getError", F::log_error, 0},
  };
  static constexpr Named kOp[] = {
      {"toNumber", F::op_number, 0}, {"toString", F::op_text, 0}, {"isPush", F::op_is_push, 0}};
  static constexpr Named kStack[] = {{"peek", F::stack_peek, 1}, {"length", F::stack_length, 0}};
  static constexpr Named kMemory[] = {{"slice", F::memory_slice, 2},
                                      {"getUint", F::memory_uint, 1},
                                      {"length", F::memory_length, 0}};
  static constexpr Named kContract[] = {{"getCaller", F::contract_caller, 0},
                                        {"getAddress", F::contract_address, 0},
                                        {"getValue", F::contract_value, 0},
                                        {"getInput", F::contract_input, 0}};
  push_object(js, kLog);
  push_object(js, kOp);
  duk_put_prop_string(js, -2, "op");
  push_object(js, kStack);
  duk_put_prop_string(js, -2, "stack");
  push_object(js, kMemory);
  duk_put_prop_string(js, -2, "memory");
  push_object(js, kContract);
  duk_put_prop_string(js, -2, "contract");
}

void JsTracerObjects::push_db(duk_context* js) {
  using F = Functions;
  static constexpr Named kDb[] = {{"getBalance", F::balance, 1},
                                  {"getNonce", F::nonce, 1},
                                  {"getCode", F::code, 1},
                                  {"getState", F::slot, 2},
                                  {"exists", F::exists, 1}};
  push_object(js, kDb);
}

void JsTracerObjects::push_frame(duk_context* js) {
  using F = Functions;
  static constexpr Named kFrame[] = {
      {"getType", F::frame_type, 0}, {"getFrom", F::frame_from, 0},
      {"getTo", F::frame_to, 0},     {"getInput", F::frame_input, 0},
      {"getGas", F::frame_gas, 0},   {"getValue", F::frame_value, 0},
  };
  push_object(js, kFrame);
}

void JsTracerObjects::push_frame_result(duk_context* js) {
  using F = Functions;
  static constexpr Named kResult[] = {{"getGasUsed", F::result_gas, 0},
                                      {"getOutput", F::result_output, 0},
                                      {"getError", F::result_error, 0}};
  push_object(js, kResult);
}

void JsTracerObjects::push_context(duk_context* js, const JsTracer& tracer,
                                   std::uint64_t gas_used) {
  const Subject& subject = *tracer.subject_;
  const auto put = [js](const char* name) { duk_put_prop_string(js, -2, name); };
  const auto put_bytes = [&](const char* name, BytesView bytes) {
    JsEngine::push_bytes(js, bytes);
    put(name);
  };
  duk_push_object(js);
  push_text(js, tracer.outermost_.creates ? "CREATE" : "CALL");
  put("type");
  put_bytes("from", tracer.outermost_.caller);
  put_bytes("to", tracer.outermost_.address);
  put_bytes("input", tracer.outermost_.input);
  put_bytes("output", tracer.outermost_result_.output);
  put_bytes("coinbase", subject.environment.context.coinbase);
  JsEngine::push_big_int(js, tracer.outermost_.value);
  put("value");
  push_number(js, subject.transaction.gas_limit);
  put("gas");
  push_number(js, gas_used);
  put("gasUsed");
  const U256& base_fee = subject.environment.context.base_fee;
  const U256 price = types::effective_gas_price(subject.transaction, base_fee);
  JsEngine::push_big_int(js, price < base_fee ? U256{} : price - base_fee);  // as in geth: the tip
  put("gasPrice");
  push_number(js, subject.environment.context.number);
  put("block");
  if (subject.block_hash) {
    put_bytes("blockHash", *subject.block_hash);
    if (subject.hash) {
      push_number(js, subject.index);
      put("txIndex");
      put_bytes("txHash", *subject.hash);
    }
  }
  if (tracer.outermost_result_.error) {
    push_text(js, *tracer.outermost_result_.error);
    put("error");
  }
}

}  // namespace cairn::trace
