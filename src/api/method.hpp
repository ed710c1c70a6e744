#pragma once
// A JSON-RPC method: its name, parameters, help, and the function that answers. The function's own
// signature says which parameters there are; checking and reading them follows from it:
//
//   RpcResult<std::string> get_balance(const Context&, const Address&, const std::optional<...>&);
//   make_method<get_balance>("eth_getBalance", {"address", "block"}, "The balance, in wei.")
//
// A function whose second parameter is a Caller& is told who asks, and is refused where nothing can
// be pushed to them:
//
//   RpcResult<std::string> eth_subscribe(Context&, Caller&, const std::string& kind, ...);
//
// One whose second parameter is a Later& may answer when it can. One whose second parameter is an
// AnswerWriter& writes its result to it, for results that may be large:
//
//   RpcResult<void> debug_trace_transaction(Context&, AnswerWriter&, const Hash256&, ...);
//
// An optional parameter may be left out at the end, or be null.

#include <fmt/format.h>

#include <functional>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "api/answer_writer.hpp"
#include "api/context.hpp"
#include "api/errors.hpp"
#include "api/parameters.hpp"
#include "api/peer.hpp"

namespace cairn::api {

// The JSON text of a result.
using Answer = RpcResult<std::string>;

using Arguments = std::span<const JsonValue>;

// The way to an answer that is not known yet. Called once, from any thread, or never: the node
// stops.
struct Later {
  std::function<void(Answer)> answer;
};

struct ParameterInfo {
  std::string_view name;
  std::string_view kind;
  bool required = true;
};

// Where a method runs: `brief` ones on the thread that read the request, and those that mostly are
// brief too, as long as they are (io_threads.hpp); `lengthy` ones on a worker, so that they never
// keep other connections waiting.
enum class Cost : std::uint8_t { brief, mostly_brief, lengthy };

struct Method {
  // Answers by itself.
  using Query = Answer (*)(const Method&, Context&, Arguments);
  // Says which transaction to send; the answer is its hash, once the node has taken it.
  using Send = RpcResult<node::Submission> (*)(const Method&, Context&, Arguments);
  // Answers by itself and may push to the caller later; `Caller::peer` is never null.
  using PeerQuery = Answer (*)(const Method&, Context&, Caller&, Arguments);
  // Answers through Later::answer, which it takes, unless it refuses at once.
  using LaterQuery = RpcResult<void> (*)(const Method&, Context&, Later&, Arguments);
  // Writes its result, which may leave while it is made.
  using WriterQuery = RpcResult<void> (*)(const Method&, Context&, AnswerWriter&, Arguments);

  std::string_view name;
  std::vector<ParameterInfo> parameters;
  std::string_view help;
  Cost cost = Cost::brief;
  std::variant<Query, Send, PeerQuery, LaterQuery, WriterQuery> invoke;
};

namespace detail {

template <class T>
struct Optional : std::false_type {
  using Value = T;
};
template <class T>
struct Optional<std::optional<T>> : std::true_type {
  using Value = T;
};

// As a dev chain's users write it, where the type has such a form.
template <class T>
Read<T> read_in_form(JsonValue value, bool loosely) {
  if constexpr (requires { Parameter<T>::read_loosely(value); }) {
    if (loosely) {
      return Parameter<T>::read_loosely(value);
    }
  }
  return Parameter<T>::read(value);
}

// Reads one argument, or says which one is wrong and how.
template <class T>
RpcResult<T> read_argument(const Method& method, const Context& context, Arguments arguments,
                           std::size_t index) {
  const auto name = method.parameters[index].name;
  if (index >= arguments.size() || arguments[index].is_null()) {
    if constexpr (Optional<T>::value) {
      return T{};
    }
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("missing value for required argument {} ({})", index, name));
  }
  auto read = read_in_form<typename Optional<T>::Value>(arguments[index], context.with_cheats);
  if (!read) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("invalid argument {} ({}): {}", index, name, read.error()));
  }
  return T{*std::move(read)};
}

// AskerPack: Caller, Later or AnswerWriter where the function wants it, else empty.
template <auto Function, class Returned, class AskerPack, class... Args>
struct Invoker;

template <auto Function, class Returned, class... Asker, class... Args>
struct Invoker<Function, Returned, std::tuple<Asker...>, Args...> {
  static constexpr std::size_t kCount = sizeof...(Args);

  static Returned invoke(const Method& method, Context& context, Asker&... asker,
                         Arguments arguments) {
    return read_rest(method, context, asker..., arguments);
  }

  static std::vector<ParameterInfo> describe([[maybe_unused]] const std::string_view* name) {
    std::vector<ParameterInfo> out;
    (out.push_back(
         {*name++, Parameter<typename Optional<Args>::Value>::kKind, !Optional<Args>::value}),
     ...);
    return out;
  }

 private:
  template <class... Done>
  static Returned read_rest(const Method& method, Context& context, Asker&... asker,
                            Arguments arguments, const Done&... done) {
    constexpr std::size_t kIndex = sizeof...(Done);
    if constexpr (kIndex == kCount) {
      return Function(context, asker..., done...);
    } else {
      using T = std::tuple_element_t<kIndex, std::tuple<Args...>>;
      CAIRN_TRY(const T value, read_argument<T>(method, context, arguments, kIndex));
      return read_rest(method, context, asker..., arguments, done..., value);
    }
  }
};

template <auto Function, class Returned, class... Args>
Invoker<Function, Returned, std::tuple<>, std::remove_cvref_t<Args>...> invoker_of(
    Returned (*)(Context&, Args...));
template <auto Function, class Returned, class... Args>
Invoker<Function, Returned, std::tuple<Caller>, std::remove_cvref_t<Args>...> invoker_of(
    Returned (*)(Context&, Caller&, Args...));
template <auto Function, class Returned, class... Args>
Invoker<Function, Returned, std::tuple<Later>, std::remove_cvref_t<Args>...> invoker_of(
    Returned (*)(Context&, Later&, Args...));
template <auto Function, class Returned, class... Args>
Invoker<Function, Returned, std::tuple<AnswerWriter>, std::remove_cvref_t<Args>...> invoker_of(
    Returned (*)(Context&, AnswerWriter&, Args...));

}  // namespace detail

template <auto Function>
Method make_method(std::string_view name, std::initializer_list<std::string_view> parameter_names,
                   std::string_view help, Cost cost = Cost::brief) {
  using Invoker = decltype(detail::invoker_of<Function>(Function));
  if (parameter_names.size() != Invoker::kCount) {
    throw std::logic_error(fmt::format("{} names {} parameters and takes {}", name,
                                       parameter_names.size(), Invoker::kCount));
  }
  return {name, Invoker::describe(parameter_names.begin()), help, cost, &Invoker::invoke};
}

}  // namespace cairn::api
