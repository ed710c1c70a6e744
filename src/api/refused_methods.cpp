#include "api/refused_methods.hpp"

namespace cairn::api {
namespace {

constexpr std::string_view kTempo = "belongs to the Tempo network, whose rules this chain has not";
constexpr RefusedMethod kRefused[] = {
    {"anvil_dealTIP20", kTempo},
    {"anvil_impersonateSignature",
     "would change what the ecrecover precompile answers, and with it the rules that every block "
     "of "
     "this durable chain must be replayed by; impersonate the account instead"},
    {"anvil_setFeeAmmLiquidity", kTempo},
    {"anvil_setFeeToken", kTempo},
    {"anvil_setValidatorFeeToken", kTempo},
    {"hardhat_setLedgerOutputEnabled", "is about a hardware wallet that this node does not drive"},
    {"miner_setExtra", "would fill extraData, which is the consensus engine's"},
};

}  // namespace

std::span<const RefusedMethod> refused_methods() { return kRefused; }

}  // namespace cairn::api
