#pragma once
// The fixtures' words for refusals, and ours.

#include <string_view>

#include "execution/refusal.hpp"

namespace cairn::spec {

// Whether `refusal` is what a fixture expects: a name of execution-spec-tests
// ("TransactionException.NONCE_IS_MAX") or of ethereum-tests ("TR_NonceHasMaxValue"), or a set
// "A|B" that any member meets. An unknown name is met by nothing.
bool is_expected(const execution::Refusal& refusal, std::string_view expected);

// Whether every name of the set is in the table.
bool is_known_exception(std::string_view expected);

}  // namespace cairn::spec
