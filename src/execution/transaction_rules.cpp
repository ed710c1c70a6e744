#include "execution/transaction_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "execution/fees.hpp"

namespace cairn::execution {
namespace {

using types::Fork;
using types::Transaction;
using types::TransactionType;

constexpr std::uint8_t kKzgHashVersion = 1;  // EIP-4844: first byte of a blob's versioned hash
constexpr std::uint64_t kMaxNonce = ~std::uint64_t{0};

Fork first_fork_of(TransactionType type) {
  switch (type) {
    case TransactionType::legacy:
      return Fork::frontier;
    case TransactionType::access_list:
      return Fork::berlin;
    case TransactionType::dynamic_fee:
      return Fork::london;
    case TransactionType::blob:
      return Fork::cancun;
    case TransactionType::set_code:
      return Fork::prague;
  }
  return Fork::frontier;
}

Judged<void> check_chain_id(const Transaction& transaction, Fork fork, std::uint64_t chain_id) {
  if (!transaction.chain_id) {
    return {};
  }
  if (transaction.type == TransactionType::legacy && fork < Fork::spurious_dragon) {
    return refuse(Refused::invalid_signature, "replay protection is not known before EIP-155");
  }
  if (*transaction.chain_id != chain_id) {
    return refuse(Refused::wrong_chain_id,
                  fmt::format("invalid chain id for signer: have {} want {}", *transaction.chain_id,
                              chain_id));
  }
  return {};
}

Judged<void> check_form(const Transaction& transaction, const BlockEnvironment& env) {
  if (!knows_type(env.context.fork, transaction.type)) {
    return refuse(Refused::type_not_supported,
                  fmt::format("transaction type {} not supported in {}",
                              static_cast<int>(transaction.type), fork_name(env.context.fork)));
  }
  if (transaction.is_create() && transaction.type == TransactionType::blob) {
    return refuse(Refused::blob_transaction_creates, "blob transaction of type create");
  }
  if (transaction.is_create() && transaction.type == TransactionType::set_code) {
    return refuse(Refused::set_code_transaction_creates,
                  "EIP-7702 transaction cannot be used to create contract");
  }
  if (transaction.type == TransactionType::set_code && transaction.authorizations.empty()) {
    return refuse(Refused::no_authorizations, "EIP-7702 transaction with empty auth list");
  }
  return check_chain_id(transaction, env.context.fork, env.context.chain_id);
}

Judged<void> check_gas(const Transaction& transaction, const BlockEnvironment& env,
                       const Leniency& leniency) {
  const Fork fork = env.context.fork;
  const IntrinsicGas gas = intrinsic_gas(transaction, fork);
  if (transaction.gas_limit < gas.intrinsic) {
    return refuse(Refused::intrinsic_gas_too_low,
                  fmt::format("intrinsic gas too low: have {}, want {}", transaction.gas_limit,
                              gas.intrinsic));
  }
  if (transaction.gas_limit < gas.floor) {
    return refuse(Refused::floor_data_gas_too_low,
                  fmt::format("insufficient gas for floor data gas cost: have {}, want {}",
                              transaction.gas_limit, gas.floor));
  }
  if (transaction.nonce == kMaxNonce && !leniency.nonce) {
    return refuse(Refused::nonce_is_max, "nonce has max value: 18446744073709551615");
  }
  const std::uint64_t max_init_code = 2 * env.context.max_code_size;
  if (fork >= Fork::shanghai && transaction.is_create() &&
      transaction.data.size() > max_init_code) {
    return refuse(Refused::init_code_too_large,
                  fmt::format("max initcode size exceeded: code size {} limit {}",
                              transaction.data.size(), max_init_code));
  }
  if (fork >= Fork::osaka && env.gas_cap_per_transaction && !leniency.gas_cap &&
      transaction.gas_limit > kMaxTransactionGas) {
    return refuse(Refused::gas_limit_above_cap,
                  fmt::format("transaction gas limit too high (cap: {}, tx: {})",
                              kMaxTransactionGas, transaction.gas_limit));
  }
  return {};
}

Judged<void> check_gas_room(const Transaction& transaction, const BlockEnvironment& env,
                            const BlockUsage& before) {
  const std::uint64_t left = env.context.gas_limit - std::min(before.gas, env.context.gas_limit);
  if (transaction.gas_limit > left) {
    return refuse(Refused::gas_limit_above_block,
                  fmt::format("gas limit reached: have {}, left {}", transaction.gas_limit, left));
  }
  return {};
}

Judged<void> check_blob_room(const Transaction& transaction, const BlockEnvironment& env,
                             const BlockUsage& before) {
  const std::uint64_t blob_limit = env.blob_params.max * kGasPerBlob;
  if (before.blob_gas + blob_gas_of(transaction) > blob_limit && blob_gas_of(transaction) != 0) {
    return refuse(Refused::too_many_blobs_in_block,
                  fmt::format("blob gas limit reached: have {}, left {}", blob_gas_of(transaction),
                              blob_limit - std::min(before.blob_gas, blob_limit)));
  }
  return {};
}

Judged<void> check_fees(const Transaction& transaction, const BlockEnvironment& env,
                        const Leniency& leniency) {
  const U256& cap = transaction.max_fee_per_gas;
  if (transaction.max_priority_fee_per_gas > cap) {
    return refuse(Refused::priority_fee_above_fee_cap,
                  fmt::format("max priority fee per gas higher than max fee per gas: "
                              "maxPriorityFeePerGas: {}, maxFeePerGas: {}",
                              to_decimal(transaction.max_priority_fee_per_gas), to_decimal(cap)));
  }
  const bool free_call = leniency.base_fee && cap.is_zero();
  if (env.context.fork >= Fork::london && cap < env.context.base_fee && !free_call) {
    return refuse(
        Refused::fee_cap_below_base_fee,
        fmt::format("max fee per gas less than block base fee: maxFeePerGas: {}, baseFee: {}",
                    to_decimal(cap), to_decimal(env.context.base_fee)));
  }
  const auto product = base::multiply_full(cap, U256{transaction.gas_limit});
  if ((product[4] | product[5] | product[6] | product[7]) != 0) {
    return refuse(Refused::gas_price_overflow, "gas limit times gas price exceeds 256 bits");
  }
  return {};
}

Judged<void> check_blobs(const Transaction& transaction, const BlockEnvironment& env,
                         const Leniency& leniency) {
  const std::size_t count = transaction.blob_hashes.size();
  if (transaction.type != TransactionType::blob && count == 0) {  // a call of another may have some
    return {};
  }
  if (count == 0) {
    return refuse(Refused::no_blobs, "blob transaction missing blob hashes");
  }
  const std::uint64_t limit =
      env.context.fork >= Fork::osaka ? kMaxBlobsInTransaction : env.blob_params.max;
  if (count > limit) {
    return refuse(
        Refused::too_many_blobs_in_transaction,
        fmt::format("blob transaction has too many blobs: have {}, max {}", count, limit));
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (transaction.blob_hashes[i][0] != kKzgHashVersion) {
      return refuse(
          Refused::invalid_blob_version,
          fmt::format("blob {} has invalid hash version {}", i, transaction.blob_hashes[i][0]));
    }
  }
  const bool free_call = leniency.base_fee && transaction.max_fee_per_blob_gas.is_zero();
  if (transaction.max_fee_per_blob_gas < env.context.blob_base_fee && !free_call) {
    return refuse(Refused::blob_fee_cap_below_base_fee,
                  fmt::format("max fee per blob gas less than block blob gas fee: "
                              "maxFeePerBlobGas: {}, blobBaseFee: {}",
                              to_decimal(transaction.max_fee_per_blob_gas),
                              to_decimal(env.context.blob_base_fee)));
  }
  return {};
}

}  // namespace

bool knows_type(Fork fork, TransactionType type) { return fork >= first_fork_of(type); }

Judged<void> validate_statically(const Transaction& transaction, const BlockEnvironment& env,
                                 const Leniency& leniency, const BlockUsage& before) {
  CAIRN_CHECK(check_form(transaction, env));
  if (!leniency.block_gas) {
    CAIRN_CHECK(check_gas_room(transaction, env, before));
  }
  CAIRN_CHECK(check_fees(transaction, env, leniency));
  CAIRN_CHECK(check_blobs(transaction, env, leniency));
  CAIRN_CHECK(check_blob_room(transaction, env, before));
  return check_gas(transaction, env, leniency);
}

Judged<Address> sender_of(const Transaction& transaction, Fork fork, std::uint64_t chain_id) {
  CAIRN_CHECK(check_chain_id(transaction, fork, chain_id));
  if (fork >= Fork::homestead && transaction.signature.s > crypto::kSecp256k1HalfOrder) {
    return refuse(Refused::invalid_signature, "invalid transaction v, r, s values: s is too high");
  }
  const auto sender = recover_sender(transaction);
  if (!sender) {
    return refuse(Refused::invalid_signature, "invalid transaction v, r, s values");
  }
  return *sender;
}

std::uint64_t blob_gas_of(const Transaction& transaction) {
  return kGasPerBlob * transaction.blob_hashes.size();
}

}  // namespace cairn::execution
