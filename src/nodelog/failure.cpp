#include "nodelog/failure.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "base/printable.hpp"
#include "codec/abi.hpp"
#include "nodelog/abi_text.hpp"
#include "nodelog/signatures.hpp"

namespace cairn::nodelog {
namespace {

constexpr std::size_t kMostReasonBytes = 1'024;
constexpr std::size_t kMostDataBytes = 132;  // a selector and four words

std::string revert_text(BytesView output, const Names& names) {
  if (output.empty()) {
    return "reverted without a reason";
  }
  const auto selector = selector_of(output);
  if (!selector) {
    return "reverted with " + base::to_hex(output);
  }
  if (const auto reason = codec::decode_revert_reason(output)) {
    if (*selector == codec::kErrorSelector) {
      return base::printable(*reason, kMostReasonBytes);
    }
    const U256 code = base::from_be(output.subspan(Selector::size(), 32));
    return fmt::format("Panic({}): {}", base::to_quantity(code), *reason);
  }
  if (const auto known = names.error(*selector)) {
    return described(*known, output);
  }
  return output.size() == Selector::size()
             ? fmt::format("custom error {}", base::to_hex(*selector))
             : fmt::format("custom error {} with {}", base::to_hex(*selector),
                           bytes_text(output.subspan(Selector::size()), kMostDataBytes));
}

}  // namespace

std::string failure_text(evm::Status status, BytesView output, const Names& names) {
  if (status == evm::Status::success) {
    return {};
  }
  return status == evm::Status::revert ? revert_text(output, names)
                                       : std::string(evm::status_name(status));
}

}  // namespace cairn::nodelog
