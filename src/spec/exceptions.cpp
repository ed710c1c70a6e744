#include "spec/exceptions.hpp"

#include <algorithm>

namespace cairn::spec {
namespace {

using execution::Refusal;
using execution::Refused;

// One meaning of a name. Bytes that do not decode are refused with a sentence that begins with the
// field: `field` says which it must be, empty for any.
struct Meaning {
  std::string_view name;
  Refused code;
  std::string_view field = {};
};

constexpr std::string_view kPrefixes[] = {"TransactionException.", "BlockException."};

// A name that stands on several lines has several meanings: the specifications do not tell those
// apart.
constexpr Meaning kMeanings[] = {
    // execution-spec-tests, without their prefix
    {"TYPE_NOT_SUPPORTED", Refused::type_not_supported},
    {"TYPE_NOT_SUPPORTED", Refused::malformed, "transaction"},
    {"TYPE_1_TX_PRE_FORK", Refused::type_not_supported},
    {"TYPE_2_TX_PRE_FORK", Refused::type_not_supported},
    {"TYPE_3_TX_PRE_FORK", Refused::type_not_supported},
    {"TYPE_3_TX_ZERO_BLOBS_PRE_FORK", Refused::type_not_supported},
    {"TYPE_4_TX_PRE_FORK", Refused::type_not_supported},
    {"SENDER_NOT_EOA", Refused::sender_not_eoa},
    {"NONCE_MISMATCH_TOO_HIGH", Refused::nonce_too_high},
    {"NONCE_MISMATCH_TOO_LOW", Refused::nonce_too_low},
    {"NONCE_TOO_BIG", Refused::nonce_is_max},
    {"NONCE_IS_MAX", Refused::nonce_is_max},
    {"NONCE_OVERFLOW", Refused::malformed, "nonce"},
    {"GASLIMIT_OVERFLOW", Refused::malformed, "gas"},
    {"VALUE_OVERFLOW", Refused::malformed, "value"},
    {"GASPRICE_OVERFLOW", Refused::malformed, "gasPrice"},
    {"GASPRICE_OVERFLOW", Refused::malformed, "maxFeePerGas"},
    {"PRIORITY_OVERFLOW", Refused::malformed, "maxPriorityFeePerGas"},
    {"GASLIMIT_PRICE_PRODUCT_OVERFLOW", Refused::gas_price_overflow},
    {"INVALID_SIGNATURE_VRS", Refused::invalid_signature},
    {"INVALID_SIGNATURE_VRS", Refused::malformed, "v"},
    {"INVALID_SIGNATURE_VRS", Refused::malformed, "yParity"},
    {"INVALID_SIGNATURE_VRS", Refused::malformed, "r"},
    {"INVALID_SIGNATURE_VRS", Refused::malformed, "s"},
    {"EC_RECOVERY_FAIL", Refused::invalid_signature},
    {"INVALID_CHAINID", Refused::wrong_chain_id},
    {"INVALID_CHAINID", Refused::malformed, "v"},
    {"ADDRESS_TOO_SHORT", Refused::malformed, "to"},
    {"ADDRESS_TOO_LONG", Refused::malformed, "to"},
    {"RLP_INVALID_TO", Refused::malformed, "to"},
    {"RLP_INVALID_SIGNATURE_R", Refused::malformed, "r"},
    {"RLP_INVALID_SIGNATURE_S", Refused::malformed, "s"},
    {"RLP_INVALID_NONCE", Refused::malformed, "nonce"},
    {"RLP_INVALID_GASLIMIT", Refused::malformed, "gas"},
    {"RLP_INVALID_VALUE", Refused::malformed, "value"},
    {"RLP_INVALID_DATA", Refused::malformed, "data"},
    {"RLP_LEADING_ZEROS_NONCE", Refused::malformed, "nonce"},
    {"RLP_LEADING_ZEROS_NONCE_SIZE", Refused::malformed, "nonce"},
    {"RLP_LEADING_ZEROS_GASLIMIT", Refused::malformed, "gas"},
    {"RLP_LEADING_ZEROS_GASPRICE", Refused::malformed, "gasPrice"},
    {"RLP_LEADING_ZEROS_VALUE", Refused::malformed, "value"},
    {"RLP_LEADING_ZEROS_DATA_SIZE", Refused::malformed, "data"},
    {"RLP_LEADING_ZEROS_V", Refused::malformed, "v"},
    {"RLP_LEADING_ZEROS_R", Refused::malformed, "r"},
    {"RLP_LEADING_ZEROS_S", Refused::malformed, "s"},
    {"RLP_LEADING_ZEROS_BASEFEE", Refused::malformed, "maxFeePerGas"},
    {"RLP_LEADING_ZEROS_PRIORITY_FEE", Refused::malformed, "maxPriorityFeePerGas"},
    {"RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_LONG", Refused::malformed, "accessList.address"},
    {"RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_SHORT", Refused::malformed, "accessList.address"},
    {"RLP_INVALID_ACCESS_LIST_STORAGE_TOO_LONG", Refused::malformed, "accessList.storageKeys"},
    {"RLP_INVALID_ACCESS_LIST_STORAGE_TOO_SHORT", Refused::malformed, "accessList.storageKeys"},
    {"RLP_TOO_FEW_ELEMENTS", Refused::malformed},
    {"RLP_TOO_MANY_ELEMENTS", Refused::malformed},
    {"RLP_ERROR_EOF", Refused::malformed},
    {"RLP_ERROR_SIZE", Refused::malformed},
    {"RLP_ERROR_SIZE_LEADING_ZEROS", Refused::malformed},
    {"RLP_INVALID_HEADER", Refused::malformed},
    // A price that does not fit is more than anybody has.
    {"INSUFFICIENT_ACCOUNT_FUNDS", Refused::insufficient_funds},
    {"INSUFFICIENT_ACCOUNT_FUNDS", Refused::gas_price_overflow},
    {"INSUFFICIENT_MAX_FEE_PER_GAS", Refused::fee_cap_below_base_fee},
    {"INSUFFICIENT_MAX_FEE_PER_BLOB_GAS", Refused::blob_fee_cap_below_base_fee},
    {"PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS", Refused::priority_fee_above_fee_cap},
    {"PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2", Refused::priority_fee_above_fee_cap},
    {"INTRINSIC_GAS_TOO_LOW", Refused::intrinsic_gas_too_low},
    {"INTRINSIC_GAS_BELOW_FLOOR_GAS_COST", Refused::floor_data_gas_too_low},
    {"INITCODE_SIZE_EXCEEDED", Refused::init_code_too_large},
    {"GAS_ALLOWANCE_EXCEEDED", Refused::gas_limit_above_block},
    {"GAS_LIMIT_EXCEEDS_MAXIMUM", Refused::gas_limit_above_cap},
    {"TYPE_3_TX_ZERO_BLOBS", Refused::no_blobs},
    {"TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH", Refused::invalid_blob_version},
    {"TYPE_3_TX_BLOB_COUNT_EXCEEDED", Refused::too_many_blobs_in_transaction},
    {"TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED", Refused::too_many_blobs_in_block},
    // Before Osaka a transaction's own limit is the block's.
    {"TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED", Refused::too_many_blobs_in_transaction},
    {"TYPE_3_TX_CONTRACT_CREATION", Refused::blob_transaction_creates},
    {"TYPE_3_TX_WITH_FULL_BLOBS", Refused::malformed},
    {"TYPE_4_EMPTY_AUTHORIZATION_LIST", Refused::no_authorizations},
    {"TYPE_4_TX_CONTRACT_CREATION", Refused::set_code_transaction_creates},
    {"TYPE_4_INVALID_AUTHORIZATION_FORMAT", Refused::malformed},
    {"TYPE_4_INVALID_AUTHORITY_SIGNATURE", Refused::malformed},
    {"TYPE_4_INVALID_AUTHORITY_SIGNATURE_S_TOO_HIGH", Refused::malformed},
    // ethereum-tests before they took over those
    {"TR_TypeNotSupported", Refused::type_not_supported},
    {"TR_TypeNotSupportedBlob", Refused::type_not_supported},
    {"TransactionTypeNotSupported", Refused::type_not_supported},
    {"TR_IntrinsicGas", Refused::intrinsic_gas_too_low},
    {"IntrinsicGas", Refused::intrinsic_gas_too_low},
    {"TR_NoFunds", Refused::insufficient_funds},
    {"TR_NoFunds", Refused::gas_price_overflow},
    {"TR_NoFundsX", Refused::insufficient_funds},
    {"TR_NoFundsX", Refused::gas_price_overflow},
    {"TR_NoFundsValue", Refused::insufficient_funds},
    {"TR_NoFundsOrGas", Refused::insufficient_funds},
    {"TR_NoFundsOrGas", Refused::intrinsic_gas_too_low},
    {"TR_FeeCapLessThanBlocks", Refused::fee_cap_below_base_fee},
    {"TR_FeeCapLessThanBlocksORNoFunds", Refused::fee_cap_below_base_fee},
    {"TR_FeeCapLessThanBlocksORNoFunds", Refused::insufficient_funds},
    {"TR_FeeCapLessThanBlocksORGasLimitReached", Refused::fee_cap_below_base_fee},
    {"TR_FeeCapLessThanBlocksORGasLimitReached", Refused::gas_limit_above_block},
    {"TR_GasLimitReached", Refused::gas_limit_above_block},
    {"TR_NonceTooHigh", Refused::nonce_too_high},
    {"TR_NonceTooLow", Refused::nonce_too_low},
    {"TR_NonceHasMaxValue", Refused::nonce_is_max},
    {"NonceMax", Refused::nonce_is_max},
    {"TR_TipGtFeeCap", Refused::priority_fee_above_fee_cap},
    {"TR_TooShort", Refused::malformed},
    {"TR_RLP_WRONGVALUE", Refused::malformed},
    {"TR_RLP_LEADINGZEROS", Refused::malformed},
    {"TR_InitCodeLimitExceeded", Refused::init_code_too_large},
    {"TR_EMPTYBLOB", Refused::no_blobs},
    {"TR_BLOBCREATE", Refused::blob_transaction_creates},
    {"TR_BLOBVERSION_INVALID", Refused::invalid_blob_version},
    {"TR_BLOBLIST_OVERSIZE", Refused::too_many_blobs_in_transaction},
    {"TR_BLOBLIST_OVERSIZE", Refused::too_many_blobs_in_block},
    {"SenderNotEOA", Refused::sender_not_eoa},
    {"SenderNotEOAorNoCASH", Refused::sender_not_eoa},
    {"SenderNotEOAorNoCASH", Refused::insufficient_funds},
    // Blocks
    {"UNKNOWN_PARENT", Refused::unknown_parent},
    {"UNKNOWN_PARENT_ZERO", Refused::unknown_parent},
    {"INVALID_BLOCK_NUMBER", Refused::invalid_number},
    {"INVALID_BLOCK_TIMESTAMP_OLDER_THAN_PARENT", Refused::invalid_timestamp},
    {"INVALID_GASLIMIT", Refused::invalid_gas_limit},
    {"GASLIMIT_TOO_BIG", Refused::invalid_gas_limit},
    {"INVALID_GAS_USED", Refused::invalid_gas_used},
    {"INVALID_GAS_USED_ABOVE_LIMIT", Refused::gas_used_above_limit},
    {"GAS_USED_OVERFLOW", Refused::gas_used_above_limit},
    {"INVALID_BASEFEE_PER_GAS", Refused::invalid_base_fee},
    {"EXTRA_DATA_TOO_BIG", Refused::invalid_extra_data},
    {"EXTRA_DATA_INVALID_DAO", Refused::invalid_dao_extra_data},
    {"INVALID_DIFFICULTY", Refused::invalid_difficulty},
    {"INVALID_UNCLES_HASH", Refused::invalid_ommers},
    {"TOO_MANY_UNCLES", Refused::too_many_ommers},
    {"UNCLE_IN_CHAIN", Refused::ommer_in_chain},
    {"UNCLE_IS_ANCESTOR", Refused::ommer_in_chain},
    {"UNCLE_IS_BROTHER", Refused::ommer_is_brother},
    {"UNCLE_UNKNOWN_PARENT", Refused::ommer_parent_unknown},
    {"UNCLE_PARENT_INCORRECT", Refused::ommer_parent_unknown},
    {"INVALID_STATE_ROOT", Refused::invalid_state_root},
    {"INVALID_TRANSACTIONS_ROOT", Refused::invalid_transactions_root},
    {"INVALID_RECEIPTS_ROOT", Refused::invalid_receipts_root},
    {"INVALID_LOG_BLOOM", Refused::invalid_logs_bloom},
    {"INVALID_WITHDRAWALS_ROOT", Refused::invalid_withdrawals_root},
    {"INCORRECT_BLOB_GAS_USED", Refused::invalid_blob_gas_used},
    {"BLOB_GAS_USED_ABOVE_LIMIT", Refused::invalid_blob_gas_used},
    {"INCORRECT_EXCESS_BLOB_GAS", Refused::invalid_excess_blob_gas},
    {"INVALID_REQUESTS", Refused::invalid_requests_hash},
    {"INVALID_DEPOSIT_EVENT_LAYOUT", Refused::invalid_deposit_event},
    {"SYSTEM_CONTRACT_EMPTY", Refused::system_contract_empty},
    {"SYSTEM_CONTRACT_CALL_FAILED", Refused::system_call_failed},
    {"INVALID_VERSIONED_HASHES", Refused::invalid_blob_version},
    {"RLP_BLOCK_LIMIT_EXCEEDED", Refused::block_too_large},
    {"RLP_STRUCTURES_ENCODING", Refused::malformed},
    {"RLP_INVALID_FIELD_OVERFLOW_64", Refused::malformed},
    {"RLP_WITHDRAWALS_NOT_READ", Refused::malformed},
    {"RLP_INVALID_ADDRESS", Refused::malformed},
    // Fields that a fork does not have yet, or no longer does without.
    {"INCORRECT_BLOCK_FORMAT", Refused::missing_field},
    {"INCORRECT_BLOCK_FORMAT", Refused::unexpected_field},
    {"INCORRECT_BLOCK_FORMAT", Refused::malformed},
    {"IMPORT_IMPOSSIBLE_LEGACY_WRONG_PARENT", Refused::missing_field},
    {"IMPORT_IMPOSSIBLE_LONDON_WRONG_PARENT", Refused::unexpected_field},
    {"IMPORT_IMPOSSIBLE_PARIS_OVER_SHANGHAI", Refused::missing_field},
    {"IMPORT_IMPOSSIBLE_SHANGHAI", Refused::unexpected_field},
    {"IMPORT_IMPOSSIBLE_LONDON_OVER_PARIS", Refused::invalid_difficulty},
    {"IMPORT_IMPOSSIBLE_PARIS_WRONG_POW", Refused::invalid_difficulty},
    {"IMPORT_IMPOSSIBLE_PARIS_WRONG_POS", Refused::invalid_difficulty},
    {"IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS", Refused::invalid_difficulty},
    {"IMPORT_IMPOSSIBLE_UNCLES_OVER_PARIS", Refused::invalid_ommers},
    // Blocks in ethereum-tests before they took over those
    {"UnknownParent", Refused::unknown_parent},
    {"InvalidNumber", Refused::invalid_number},
    {"InvalidTimestamp", Refused::invalid_timestamp},
    {"InvalidTimestampOlderParent", Refused::invalid_timestamp},
    {"InvalidGasLimit", Refused::invalid_gas_limit},
    {"InvalidGasLimit2", Refused::invalid_gas_limit},
    {"InvalidGasUsed", Refused::invalid_gas_used},
    {"InvalidGasUsed2", Refused::invalid_gas_used},
    {"TooMuchGasUsed", Refused::gas_used_above_limit},
    {"ExtraDataTooBig", Refused::invalid_extra_data},
    {"InvalidDifficulty", Refused::invalid_difficulty},
    {"InvalidDifficulty2", Refused::invalid_difficulty},
    {"InvalidStateRoot", Refused::invalid_state_root},
    {"InvalidTransactionsRoot", Refused::invalid_transactions_root},
    {"InvalidReceiptsStateRoot", Refused::invalid_receipts_root},
    {"InvalidLogBloom", Refused::invalid_logs_bloom},
    {"InvalidUnclesHash", Refused::invalid_ommers},
    {"TooManyUncles", Refused::too_many_ommers},
    {"UncleInChain", Refused::ommer_in_chain},
    {"UncleIsAncestor", Refused::ommer_in_chain},
    {"UncleIsBrother", Refused::ommer_is_brother},
    {"InvalidUncleParentHash", Refused::ommer_parent_unknown},
    {"UncleParentIsNotAncestor", Refused::ommer_parent_unknown},
};

bool names_field(std::string_view message, std::string_view field) {
  return field.empty() || (message.starts_with(field) && message.size() > field.size() &&
                           message[field.size()] == ':');
}

std::string_view plain(std::string_view name) {
  for (const std::string_view prefix : kPrefixes) {
    if (name.starts_with(prefix)) {
      return name.substr(prefix.size());
    }
  }
  return name;
}

// The members of "A|B", one call each; true if `found` was true for one.
template <class Found>
bool any_member(std::string_view set, Found&& found) {
  while (true) {
    const std::size_t bar = set.find('|');
    if (found(plain(set.substr(0, bar)))) {
      return true;
    }
    if (bar == std::string_view::npos) {
      return false;
    }
    set.remove_prefix(bar + 1);
  }
}

}  // namespace

bool is_expected(const Refusal& refusal, std::string_view expected) {
  return any_member(expected, [&](std::string_view name) {
    return std::ranges::any_of(kMeanings, [&](const Meaning& meaning) {
      return meaning.name == name && meaning.code == refusal.code &&
             (refusal.code != Refused::malformed || names_field(refusal.message, meaning.field));
    });
  });
}

bool is_known_exception(std::string_view expected) {
  return !any_member(expected, [](std::string_view name) {
    return std::ranges::none_of(kMeanings,
                                [&](const Meaning& meaning) { return meaning.name == name; });
  });
}

}  // namespace cairn::spec
