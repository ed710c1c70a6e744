#include "execution/system_calls.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "execution/overlay_host.hpp"

namespace cairn::execution {

Judged<Bytes> system_call(state::Overlay& overlay, const BlockEnvironment& env,
                          const Address& contract, BytesView input, evm::Workspace& workspace) {
  const types::Account* account = overlay.account(contract);
  if (account == nullptr || !account->has_code()) {
    return refuse(Refused::system_contract_empty,
                  fmt::format("system contract {} has no code", base::to_hex(contract)));
  }
  OverlayHost host(overlay, env.context.fork, env.block_hashes, env.code_cache.get());
  const evm::TransactionContext context{
      .origin = kSystemAddress, .gas_price = env.context.base_fee, .blob_hashes = {}};
  evm::Message message;
  message.gas = static_cast<std::int64_t>(kSystemCallGas);
  message.sender = kSystemAddress;
  message.recipient = contract;
  message.code_address = contract;
  message.input = input;
  overlay.warm_account(contract);
  evm::CallResult result = evm::Evm(host, env.context, context, workspace).call(message);
  overlay.end_transaction(env.context.fork);
  if (!result.succeeded()) {
    return refuse(Refused::system_call_failed,
                  fmt::format("call of system contract {} failed: {}", base::to_hex(contract),
                              status_name(result.status)));
  }
  return std::move(result.output);
}

}  // namespace cairn::execution
