#pragma once
// Sets what an ERC-20 token's contract says of an account, by finding the slot that it
// reads: each that a call of balanceOf or allowance reads is tried. Refused where there is none,
// because the answer is computed.

#include "api/dev_parameters.hpp"
#include "api/method.hpp"

namespace cairn::api {

Answer deal_erc20(Context& context, const Address& account, const Address& token,
                  const LooseNumber& balance);
Answer set_erc20_allowance(Context& context, const Address& owner, const Address& spender,
                           const Address& token, const LooseNumber& amount);

}  // namespace cairn::api
