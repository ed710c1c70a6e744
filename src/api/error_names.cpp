#include "api/error_names.hpp"

#include "base/hex.hpp"
#include "codec/abi.hpp"
#include "nodelog/abi_text.hpp"
#include "nodelog/node_log.hpp"

namespace cairn::api {
namespace {

// A selector and whole words.
bool is_abi_encoded(BytesView output) {
  constexpr std::size_t kWord = 32;
  return output.size() % kWord == nodelog::Selector::size();
}

}  // namespace

RpcError with_error_name(const Context& context, RpcError error, BytesView output) {
  const auto selector = nodelog::selector_of(output);
  if (error.code == RpcCode::reverted && selector && is_abi_encoded(output) &&
      !codec::decode_revert_reason(output)) {
    const nodelog::Names common;
    const auto known = (context.log ? context.log->names() : common).error(*selector);
    error.message += known ? ": " + nodelog::described(*known, output)
                           : ": custom error " + base::to_hex(*selector);
  }
  return error;
}

}  // namespace cairn::api
