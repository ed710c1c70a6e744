#pragma once
// Methods that change a dev chain wait for its writer. They run on a worker (Cost::lengthy).

#include <optional>

#include "api/errors.hpp"
#include "api/method.hpp"
#include "node/dev_writer.hpp"
#include "state/overlay.hpp"

namespace cairn::api {

template <class T, class Start>
RpcResult<T> awaited(Start&& start) {
  return as_rpc(node::await<Result<T>>(std::forward<Start>(start)));
}

// Runs `work(node::DevWriter&) -> Result<T>` among the node's other commands.
template <class Work>
auto on_writer(Context& context, Work&& work) {
  using T = typename std::invoke_result_t<Work, node::DevWriter&>::value_type;
  if constexpr (std::is_void_v<T>) {
    return awaited<void>([&](auto reply) {
      context.node.perform([&](node::DevWriter& writer) { return work(writer); }, std::move(reply));
    });
  } else {
    std::optional<T> out;
    auto done = awaited<void>([&](auto reply) {
      context.node.perform(
          [&](node::DevWriter& writer) -> Result<void> {
            CAIRN_TRY(out, work(writer));
            return {};
          },
          std::move(reply));
    });
    return done ? RpcResult<T>(*std::move(out)) : RpcResult<T>(std::unexpected(done.error()));
  }
}

inline RpcResult<void> change_settings(
    Context& context, const std::function<Result<void>(chain::Settings&)>& change) {
  return on_writer(context,
                   [&](node::DevWriter& writer) { return writer.change_settings(change); });
}

inline RpcResult<void> cheat(Context& context,
                             const std::function<Result<void>(state::Overlay&)>& change) {
  // What it reads of a fork's source comes here first: the writer need not wait for it.
  if (const auto head = context.node.head(); head->fork() != nullptr) {
    state::Overlay scratch(*head->state());
    CAIRN_CHECK(as_rpc(change(scratch)));
  }
  return on_writer(context, [&](node::DevWriter& writer) { return writer.cheat(change); });
}

inline Answer null_after(RpcResult<void> done) {
  CAIRN_CHECK(std::move(done));
  return "null";
}

// `Function` under a name of Hardhat's or ganache's, which answer true where anvil answers null.
template <auto Function>
struct Affirmed;
template <class... Args, Answer (*Function)(Context&, Args...)>
struct Affirmed<Function> {
  static Answer invoke(Context& context, Args... args) {
    CAIRN_CHECK(Function(context, args...));
    return "true";
  }
};

RpcResult<std::uint64_t> to_64_bits(const U256& number, std::string_view name);

}  // namespace cairn::api
