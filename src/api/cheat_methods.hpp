#pragma once
// Methods of a dev chain that change accounts, the rules of the next blocks, the pool, or who may
// send. Each is a record of the chain's log and survives a restart.

#include "api/dev_parameters.hpp"
#include "api/method.hpp"

namespace cairn::api {

// Accounts
Answer set_balance(Context& context, const Address& address, const LooseNumber& wei);
Answer add_balance(Context& context, const Address& address, const LooseNumber& wei);
Answer set_code(Context& context, const Address& address, const Bytes& code);
Answer set_nonce(Context& context, const Address& address, const LooseNumber& nonce);
Answer set_storage_at(Context& context, const Address& address, const LooseNumber& slot,
                      const Hash256& value);

// The next blocks
Answer set_coinbase(Context& context, const Address& address);
Answer set_block_gas_limit(Context& context, const LooseNumber& gas);
Answer set_next_block_base_fee(Context& context, const LooseNumber& wei);
Answer set_prev_randao(Context& context, const Hash256& value);
Answer set_min_gas_price(Context& context, const LooseNumber& wei);
Answer set_chain_id(Context& context, const LooseNumber& id);
Answer set_logging_enabled(Context& context, const bool& on);

// Senders without a key
Answer impersonate_account(Context& context, const Address& address);
Answer stop_impersonating_account(Context& context, const Address& address);
Answer auto_impersonate_account(Context& context, const bool& on);
Answer evm_add_account(Context& context, const Address& address,
                       const std::optional<std::string>& passphrase);
Answer evm_remove_account(Context& context, const Address& address,
                          const std::optional<std::string>& passphrase);

// The pool
Answer anvil_drop_transaction(Context& context, const Hash256& hash);
Answer hardhat_drop_transaction(Context& context, const Hash256& hash);
Answer drop_all_transactions(Context& context);
Answer remove_pool_transactions(Context& context, const Address& address);
Answer get_blob_by_hash(Context& context, const Hash256& versioned_hash);
Answer get_blobs_by_transaction_hash(Context& context, const Hash256& transaction);

// The log names methods and errors by the compiler's output. No stack traces are made of it.
Answer add_compilation_result(Context& context, const std::string& version, const UnusedJson& input,
                              const CompilerOutput& output);
Answer get_stack_trace_failures_count(Context& context);

}  // namespace cairn::api
