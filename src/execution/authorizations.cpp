#include "execution/authorizations.hpp"

#include "evm/code.hpp"
#include "execution/intrinsic_gas.hpp"

namespace cairn::execution {
namespace {

constexpr std::uint64_t kMaxNonce = ~std::uint64_t{0};
constexpr std::array<std::uint8_t, 3> kDelegationPrefix = {0xef, 0x01, 0x00};

Bytes delegation_to(const Address& target) {
  Bytes code(kDelegationPrefix.begin(), kDelegationPrefix.end());
  base::append(code, target);
  return code;
}

// The refund of one tuple.
std::uint64_t apply_authorization(state::Overlay& overlay,
                                  const types::Authorization& authorization,
                                  std::uint64_t chain_id) {
  const bool for_this_chain =
      authorization.chain_id.is_zero() || authorization.chain_id == U256{chain_id};
  if (!for_this_chain || authorization.nonce == kMaxNonce) {
    return 0;
  }
  const auto authority = recover_authority(authorization);
  if (!authority) {
    return 0;
  }
  overlay.warm_account(*authority);

  const types::Account* account = overlay.account(*authority);
  const bool exists = account != nullptr;
  const std::uint64_t nonce = exists ? account->nonce : 0;
  if (exists && account->has_code() && !is_delegation(*overlay.code(*authority))) {
    return 0;
  }
  if (nonce != authorization.nonce) {
    return 0;
  }
  overlay.set_code(
      *authority, authorization.address.is_zero() ? Bytes{} : delegation_to(authorization.address));
  overlay.set_nonce(*authority, nonce + 1);
  return exists ? kAuthorizationGas - kAuthorizationBaseGas : 0;
}

}  // namespace

std::uint64_t apply_authorizations(state::Overlay& overlay,
                                   std::span<const types::Authorization> authorizations,
                                   std::uint64_t chain_id) {
  std::uint64_t refund = 0;
  for (const types::Authorization& authorization : authorizations) {
    refund += apply_authorization(overlay, authorization, chain_id);
  }
  return refund;
}

bool is_delegation(BytesView code) { return evm::delegation_of(code).has_value(); }

}  // namespace cairn::execution
