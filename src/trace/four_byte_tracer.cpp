#include "trace/four_byte_tracer.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "evm/evm.hpp"

namespace cairn::trace {

void FourByteTracer::on_enter(const evm::Message& message) {
  constexpr std::size_t kSelector = 4;
  const bool creates =
      message.kind == evm::CallKind::create || message.kind == evm::CallKind::create2;
  if (creates || message.input.size() < kSelector ||
      evm::is_precompile(message.code_address, fork_)) {
    return;
  }
  ++calls_[fmt::format("{}-{}", base::to_hex(message.input.first(kSelector)),
                       message.input.size() - kSelector)];
}

void FourByteTracer::write(codec::JsonWriter& out) {
  out.begin_object();
  for (const auto& [name, count] : calls_) {
    out.key(name).decimal(count);
  }
  out.end_object();
}

}  // namespace cairn::trace
