#pragma once
// Calls that the protocol itself makes to contracts at fixed addresses, without transaction, fee or
// nonce (EIP-4788, EIP-2935, EIP-7002, EIP-7251).

#include "evm/evm.hpp"
#include "execution/transaction_rules.hpp"
#include "state/overlay.hpp"

namespace cairn::execution {

inline constexpr Address kSystemAddress = "0xfffffffffffffffffffffffffffffffffffffffe"_address;
inline constexpr Address kBeaconRootsAddress =  // EIP-4788
    "0x000f3df6d732807ef1319fb7b8bb8522d0beac02"_address;
inline constexpr Address kHistoryAddress =  // EIP-2935
    "0x0000f90827f1c53a10cb7a02335b175320002935"_address;
inline constexpr Address kWithdrawalRequestsAddress =  // EIP-7002
    "0x00000961ef480eb55e80d19ad83579a64c007002"_address;
inline constexpr Address kConsolidationRequestsAddress =  // EIP-7251
    "0x0000bbddc7ce488642fb579f8b00f3a590007251"_address;
inline constexpr std::uint64_t kSystemCallGas = 30'000'000;  // not counted in the block's gas

// What the contract returned. Refused when there is no code, or the call fails (EIP-7002: the block
// is invalid then). Without code nothing happens. The overlay's transaction is ended.
Judged<Bytes> system_call(state::Overlay& overlay, const BlockEnvironment& env,
                          const Address& contract, BytesView input, evm::Workspace& workspace);

}  // namespace cairn::execution
