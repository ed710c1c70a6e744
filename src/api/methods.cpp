#include "api/methods.hpp"

#include <algorithm>

#include "api/account_methods.hpp"
#include "api/block_methods.hpp"
#include "api/call_methods.hpp"
#include "api/client_methods.hpp"
#include "api/debug_trace_methods.hpp"
#include "api/dev_table.hpp"
#include "api/explain_methods.hpp"
#include "api/fee_methods.hpp"
#include "api/filter_methods.hpp"
#include "api/fork_methods.hpp"
#include "api/log_methods.hpp"
#include "api/otterscan_methods.hpp"
#include "api/otterscan_search.hpp"
#include "api/parity_trace_methods.hpp"
#include "api/pool_methods.hpp"
#include "api/proof_methods.hpp"
#include "api/raw_methods.hpp"
#include "api/sign_methods.hpp"
#include "api/simulate_methods.hpp"
#include "api/state_methods.hpp"
#include "api/submit_methods.hpp"
#include "api/submit_sync.hpp"
#include "api/subscription_methods.hpp"
#include "api/testing_methods.hpp"
#include "api/trace_filter.hpp"
#include "api/transaction_methods.hpp"

namespace cairn::api {
namespace {

std::vector<Method> client_methods() {
  return {
      make_method<eth_chain_id>("eth_chainId", {},
                                "The chain id that transactions are signed for."),
      make_method<eth_config>("eth_config", {}, "The rules of now, of the next fork and the last."),
      make_method<eth_capabilities>("eth_capabilities", {},
                                    "From which block on each kind of question can be answered."),
      make_method<eth_syncing>("eth_syncing", {}, "False: a dev chain never lags behind itself."),
      make_method<eth_coinbase>("eth_coinbase", {},
                                "The address that the next blocks' tips go to."),
      make_method<eth_mining>("eth_mining", {}, "Whether blocks are made without being asked for."),
      make_method<eth_hashrate>("eth_hashrate", {}, "Zero: no block is found by hashing."),
      make_method<eth_protocol_version>("eth_protocolVersion", {}, "1, as anvil answers."),
      make_method<eth_accounts>("eth_accounts", {}, "The accounts that this node signs for."),
      make_method<eth_accounts>("eth_requestAccounts", {},
                                "The same (EIP-1102): nobody has to be asked."),
      make_method<net_version>("net_version", {}, "The network's id in decimal: the chain id."),
      make_method<net_version>("eth_networkId", {}, "The same."),
      make_method<net_listening>("net_listening", {}, "True."),
      make_method<net_peer_count>("net_peerCount", {}, "The number of connected peers."),
      make_method<web3_client_version>("web3_clientVersion", {},
                                       "Name and version of the program."),
      make_method<web3_sha3>("web3_sha3", {"data"}, "Keccak-256 of the data."),
  };
}

std::vector<Method> state_methods() {
  return {
      make_method<eth_get_balance>("eth_getBalance", {"address", "block"},
                                   "An account's balance, in wei."),
      make_method<eth_get_code>("eth_getCode", {"address", "block"}, "An account's code."),
      make_method<eth_get_storage_at>("eth_getStorageAt", {"address", "slot", "block"},
                                      "One 32-byte slot of an account's storage."),
      make_method<eth_get_transaction_count>("eth_getTransactionCount", {"address", "block"},
                                             "An account's nonce; at `pending` with the pool's "
                                             "executable transactions."),
      make_method<eth_get_proof>("eth_getProof", {"address", "slots", "block"},
                                 "A Merkle proof of an account and of slots (EIP-1186).",
                                 Cost::mostly_brief),
      make_method<eth_get_account>("eth_getAccount", {"address", "block"},
                                   "An account's nonce, balance, storage root and code hash.",
                                   Cost::mostly_brief),
      make_method<eth_get_account_info>("eth_getAccountInfo", {"address", "block"},
                                        "An account's balance, nonce and code."),
      make_method<debug_code_by_hash>("debug_codeByHash", {"hash", "block"},
                                      "The code that has this hash; `0x` where none has. The block "
                                      "does not matter."),
      make_method<eth_get_storage_values>("eth_getStorageValues", {"slots", "block"},
                                          "Slots of several accounts' storage."),
  };
}

std::vector<Method> block_methods() {
  return {
      make_method<eth_block_number>("eth_blockNumber", {}, "The number of the newest block."),
      make_method<eth_get_block_by_hash>("eth_getBlockByHash", {"hash", "hydrated"},
                                         "A block, with whole transactions if asked."),
      make_method<eth_get_block_by_number>("eth_getBlockByNumber", {"block", "hydrated"},
                                           "A block, with whole transactions if asked."),
      make_method<eth_get_block_transaction_count_by_hash>(
          "eth_getBlockTransactionCountByHash", {"hash"}, "How many transactions a block has."),
      make_method<eth_get_block_transaction_count_by_number>(
          "eth_getBlockTransactionCountByNumber", {"block"}, "How many transactions a block has."),
      make_method<eth_get_block_receipts>("eth_getBlockReceipts", {"block"},
                                          "All receipts of a block."),
      make_method<eth_get_uncle_count_by_block_hash>("eth_getUncleCountByBlockHash", {"hash"},
                                                     "How many ommers a block has."),
      make_method<eth_get_uncle_count_by_block_number>("eth_getUncleCountByBlockNumber", {"block"},
                                                       "How many ommers a block has."),
      make_method<eth_get_uncle_by_block_hash_and_index>("eth_getUncleByBlockHashAndIndex",
                                                         {"hash", "index"}, "An ommer's header."),
      make_method<eth_get_uncle_by_block_number_and_index>(
          "eth_getUncleByBlockNumberAndIndex", {"block", "index"}, "An ommer's header."),
  };
}

std::vector<Method> raw_methods() {
  return {
      make_method<debug_get_raw_header>("debug_getRawHeader", {"block"}, "A header's RLP."),
      make_method<debug_get_raw_block>("debug_getRawBlock", {"block"}, "A block's RLP."),
      make_method<debug_get_raw_receipts>("debug_getRawReceipts", {"block"},
                                          "A block's receipts as the receipts trie has them."),
      make_method<debug_get_raw_transaction>(
          "debug_getRawTransaction", {"hash"},
          "A transaction's bytes; of one that waits with its blobs."),
      make_method<debug_get_raw_transaction>("eth_getRawTransactionByHash", {"hash"}, "The same."),
      make_method<eth_get_raw_transaction_by_block_hash_and_index>(
          "eth_getRawTransactionByBlockHashAndIndex", {"hash", "index"},
          "The bytes of a transaction of a block."),
      make_method<eth_get_raw_transaction_by_block_number_and_index>(
          "eth_getRawTransactionByBlockNumberAndIndex", {"block", "index"},
          "The bytes of a transaction of a block."),
      make_method<debug_get_bad_blocks>("debug_getBadBlocks", {},
                                        "The last ten blocks that an import refused."),
      make_method<debug_get_raw_block_access_list>(
          "debug_getRawBlockAccessList", {"block"},
          "An error: block access lists (EIP-7928) begin with Amsterdam."),
      make_method<block_access_list>("eth_getBlockAccessList", {"block"},
                                     "Null: block access lists (EIP-7928) begin with Amsterdam."),
  };
}

std::vector<Method> trace_methods() {
  return {
      make_method<debug_trace_transaction>("debug_traceTransaction", {"hash", "options"},
                                           "What a mined transaction did inside, as a tracer sees "
                                           "it.",
                                           Cost::lengthy),
      make_method<debug_trace_block_by_number>("debug_traceBlockByNumber", {"block", "options"},
                                               "The traces of a block's transactions.",
                                               Cost::lengthy),
      make_method<debug_trace_block_by_hash>("debug_traceBlockByHash", {"hash", "options"},
                                             "The traces of a block's transactions.",
                                             Cost::lengthy),
      make_method<debug_trace_block>("debug_traceBlock", {"rlp", "options"},
                                     "The traces of the transactions of a block given as RLP.",
                                     Cost::lengthy),
      make_method<debug_trace_call>("debug_traceCall", {"transaction", "block", "options"},
                                    "What a call would do inside; with overrides.", Cost::lengthy),
      make_method<debug_trace_call_many>("debug_traceCallMany", {"bundles", "place", "options"},
                                         "The traces of calls, each after the one before.",
                                         Cost::lengthy),
      make_method<trace_block>("trace_block", {"block"}, "The calls of a block, as a flat list.",
                               Cost::lengthy),
      make_method<trace_transaction>("trace_transaction", {"hash"},
                                     "The calls of a transaction, as a flat list.", Cost::lengthy),
      make_method<trace_get>("trace_get", {"hash", "address"}, "One call of a transaction.",
                             Cost::lengthy),
      make_method<trace_filter>("trace_filter", {"filter"},
                                "The calls of a range of blocks, from and to addresses.",
                                Cost::lengthy),
      make_method<trace_replay_transaction>("trace_replayTransaction", {"hash", "kinds"},
                                            "What a transaction did, and what it changed.",
                                            Cost::lengthy),
      make_method<trace_replay_block_transactions>(
          "trace_replayBlockTransactions", {"block", "kinds"},
          "The same of all transactions of a block.", Cost::lengthy),
      make_method<trace_transaction_opcode_gas>("trace_transactionOpcodeGas", {"hash"},
                                                "How often each instruction ran, and its gas.",
                                                Cost::lengthy),
      make_method<trace_block_opcode_gas>("trace_blockOpcodeGas", {"block"},
                                          "The same of each transaction of a block.",
                                          Cost::lengthy),
      make_method<trace_call>("trace_call", {"transaction", "kinds", "block"},
                              "What a call would do and change.", Cost::lengthy),
      make_method<trace_call_many>("trace_callMany", {"calls", "block"},
                                   "The same of calls, each after the one before.", Cost::lengthy),
      make_method<trace_raw_transaction>("trace_rawTransaction", {"transaction", "kinds"},
                                         "What a signed transaction would do and change.",
                                         Cost::lengthy),
  };
}

std::vector<Method> explorer_methods() {
  return {
      make_method<ots_get_api_level>("ots_getApiLevel", {}, "8."),
      make_method<ots_get_internal_operations>("ots_getInternalOperations", {"hash"},
                                               "The wei that moved inside a transaction.",
                                               Cost::lengthy),
      make_method<ots_trace_transaction>("ots_traceTransaction", {"hash"},
                                         "The calls of a transaction with their depths.",
                                         Cost::lengthy),
      make_method<ots_get_transaction_error>("ots_getTransactionError", {"hash"},
                                             "What a transaction reverted with.", Cost::lengthy),
      make_method<ots_has_code>("ots_hasCode", {"address", "block"},
                                "Whether an account is a contract."),
      make_method<ots_get_block_details>("ots_getBlockDetails", {"block"},
                                         "A block's header, rewards and fees."),
      make_method<ots_get_block_details_by_hash>("ots_getBlockDetailsByHash", {"hash"},
                                                 "A block's header, rewards and fees."),
      make_method<ots_get_transaction_by_sender_and_nonce>(
          "ots_getTransactionBySenderAndNonce", {"address", "nonce"},
          "The hash of an account's transaction of this nonce.", Cost::lengthy),
      make_method<ots_get_contract_creator>("ots_getContractCreator", {"address"},
                                            "Who made a contract, and with which transaction.",
                                            Cost::lengthy),
      make_method<ots_get_block_transactions>("ots_getBlockTransactions", {"block", "page", "size"},
                                              "A block and a page of its transactions, the last "
                                              "ones first."),
      make_method<ots_search_transactions_before>(
          "ots_searchTransactionsBefore", {"address", "block", "size"},
          "The transactions that an address appears in, before a block.", Cost::lengthy),
      make_method<ots_search_transactions_after>(
          "ots_searchTransactionsAfter", {"address", "block", "size"},
          "The transactions that an address appears in, after a block.", Cost::lengthy),
      make_method<erigon_get_header_by_number>("erigon_getHeaderByNumber", {"block"},
                                               "A header alone."),
  };
}

std::vector<Method> transaction_methods() {
  return {
      make_method<eth_get_transaction_by_hash>("eth_getTransactionByHash", {"hash"},
                                               "A transaction of a block or of the pool."),
      make_method<eth_get_transaction_by_block_hash_and_index>(
          "eth_getTransactionByBlockHashAndIndex", {"hash", "index"}, "A transaction of a block."),
      make_method<eth_get_transaction_by_block_number_and_index>(
          "eth_getTransactionByBlockNumberAndIndex", {"block", "index"},
          "A transaction of a block."),
      make_method<eth_get_transaction_by_sender_and_nonce>(
          "eth_getTransactionBySenderAndNonce", {"address", "nonce"},
          "An account's transaction of this nonce, in a block or in the pool."),
      make_method<eth_get_transaction_receipt>("eth_getTransactionReceipt", {"hash"},
                                               "What a mined transaction did."),
      make_method<eth_get_logs>("eth_getLogs", {"filter"}, "Logs by block range, address, topics.",
                                Cost::mostly_brief),
  };
}

std::vector<Method> filter_methods() {
  return {
      make_method<eth_new_filter>("eth_newFilter", {"filter"}, "Waits for logs; answers an id."),
      make_method<eth_new_block_filter>("eth_newBlockFilter", {},
                                        "Waits for blocks; answers an id."),
      make_method<eth_new_pending_transaction_filter>(
          "eth_newPendingTransactionFilter", {"whole"},
          "Waits for transactions in the pool; answers an id."),
      make_method<eth_get_filter_changes>("eth_getFilterChanges", {"id"},
                                          "What came since the last call.", Cost::mostly_brief),
      make_method<eth_get_filter_logs>("eth_getFilterLogs", {"id"},
                                       "All logs that a filter's own terms find.",
                                       Cost::mostly_brief),
      make_method<eth_uninstall_filter>("eth_uninstallFilter", {"id"},
                                        "Ends a filter; false: there was none."),
      make_method<eth_subscribe>("eth_subscribe", {"subscription", "terms"},
                                 "Pushes newHeads, logs, newPendingTransactions, "
                                 "transactionReceipts or syncing; answers an id."),
      make_method<eth_unsubscribe>("eth_unsubscribe", {"id"}, "Ends a subscription."),
  };
}

std::vector<Method> call_methods() {
  return {
      make_method<eth_call>("eth_call",
                            {"transaction", "block", "stateOverrides", "blockOverrides"},
                            "Runs a call and forgets what it did.", Cost::mostly_brief),
      make_method<eth_estimate_gas>("eth_estimateGas",
                                    {"transaction", "block", "stateOverrides", "blockOverrides"},
                                    "The smallest gas limit that suffices.", Cost::mostly_brief),
      make_method<eth_create_access_list>(
          "eth_createAccessList", {"transaction", "block", "stateOverrides"},
          "The accounts and slots that a call looks at (EIP-2930).", Cost::mostly_brief),
      make_method<eth_simulate_v1>("eth_simulateV1", {"blocks", "block"},
                                   "Runs calls in blocks that are not there, and shows the blocks.",
                                   Cost::lengthy),
      make_method<eth_gas_price>("eth_gasPrice", {}, "The next base fee and a usual tip, in wei.",
                                 Cost::mostly_brief),
      make_method<eth_max_priority_fee_per_gas>("eth_maxPriorityFeePerGas", {},
                                                "A usual tip, in wei.", Cost::mostly_brief),
      make_method<eth_base_fee>("eth_baseFee", {}, "The next block's base fee, in wei."),
      make_method<eth_blob_base_fee>("eth_blobBaseFee", {},
                                     "The next block's price of blob gas, in wei."),
      make_method<eth_fee_history>("eth_feeHistory",
                                   {"blockCount", "newestBlock", "rewardPercentiles"},
                                   "Base fees, fullness and tips of past blocks, and the next base "
                                   "fee.",
                                   Cost::mostly_brief),
  };
}

std::vector<Method> submit_methods() {
  return {
      make_method<eth_send_raw_transaction>("eth_sendRawTransaction", {"transaction"},
                                            "Sends a signed transaction; answers its hash."),
      make_method<eth_send_raw_transaction_sync>(
          "eth_sendRawTransactionSync", {"transaction", "timeout"},
          "Sends a signed transaction; answers its receipt (EIP-7966)."),
      make_method<eth_send_transaction>("eth_sendTransaction", {"transaction"},
                                        "Signs with an account of this node and sends.",
                                        Cost::lengthy),
      make_method<eth_send_transaction_sync>(
          "eth_sendTransactionSync", {"transaction", "timeout"},
          "Signs with an account of this node and sends; answers its receipt.", Cost::lengthy),
      make_method<eth_sign_transaction>("eth_signTransaction", {"transaction"},
                                        "Signs with an account of this node and does not send.",
                                        Cost::lengthy),
      make_method<eth_fill_transaction>("eth_fillTransaction", {"transaction"},
                                        "Fills in nonce, gas and fees; neither signs nor sends.",
                                        Cost::lengthy),
      make_method<testing_build_block_v1>(
          "testing_buildBlockV1", {"parent", "attributes", "transactions", "extraData"},
          "Builds a block on the head and does not keep it; for makers of fixtures.",
          Cost::lengthy),
      make_method<cairn_explain_transaction>("cairn_explainTransaction", {"hash"},
                                             "Where a transaction is, why, and what unblocks it.",
                                             Cost::lengthy),
  };
}

std::vector<Method> pool_methods() {
  return {
      make_method<txpool_status>("txpool_status", {}, "How many transactions wait."),
      make_method<txpool_content>("txpool_content", {}, "Waiting transactions by sender and nonce.",
                                  Cost::lengthy),
      make_method<txpool_content_from>("txpool_contentFrom", {"address"},
                                       "A sender's waiting transactions by nonce.", Cost::lengthy),
      make_method<txpool_inspect>("txpool_inspect", {}, "The same in a line each.", Cost::lengthy),
  };
}

std::vector<Method> sign_methods() {
  constexpr std::string_view kTypedData = "An EIP-712 signature by an account of this node.";
  return {
      make_method<eth_sign>("eth_sign", {"address", "message"},
                            "An EIP-191 signature by an account of this node."),
      make_method<personal_sign>("personal_sign", {"message", "address", "password"},
                                 "An EIP-191 signature by an account of this node; either order."),
      make_method<personal_ec_recover>("personal_ecRecover", {"message", "signature"},
                                       "The address that signed a message (EIP-191)."),
      make_method<eth_accounts>("personal_listAccounts", {},
                                "The accounts that this node signs for."),
      make_method<eth_sign_typed_data>("eth_signTypedData", {"address", "data"}, kTypedData,
                                       Cost::lengthy),
      make_method<eth_sign_typed_data>("eth_signTypedData_v3", {"address", "data"}, kTypedData,
                                       Cost::lengthy),
      make_method<eth_sign_typed_data>("eth_signTypedData_v4", {"address", "data"}, kTypedData,
                                       Cost::lengthy),
  };
}

std::string_view namespace_of(std::string_view method) {
  return method.substr(0, method.find('_'));
}

}  // namespace

MethodTable::MethodTable(bool with_cheats, const std::set<std::string>& namespaces) {
  const auto is_offered = [&](std::string_view name) {
    const std::string space(namespace_of(name));
    return namespaces.empty() || namespaces.contains(space);
  };
  std::vector families{client_methods,      state_methods,  block_methods, raw_methods,
                       transaction_methods, filter_methods, call_methods,  submit_methods,
                       pool_methods,        sign_methods,   trace_methods, explorer_methods};
  if (with_cheats) {
    families.push_back(dev_methods);
  }
  for (auto family : families) {
    for (auto& method : family()) {
      if (is_offered(method.name)) {
        methods_.push_back(std::move(method));
      }
    }
  }
  std::ranges::sort(methods_, {}, &Method::name);
}

std::set<std::string> MethodTable::namespaces() {
  std::set<std::string> out;
  const MethodTable table(false);
  for (const Method& method : table.all()) {
    out.emplace(namespace_of(method.name));
  }
  return out;
}

const Method* MethodTable::find(std::string_view name) const {
  const auto at = std::ranges::lower_bound(methods_, name, {}, &Method::name);
  return at != methods_.end() && at->name == name ? &*at : nullptr;
}

}  // namespace cairn::api
