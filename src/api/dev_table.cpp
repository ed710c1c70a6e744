#include "api/dev_table.hpp"

#include "api/cheat_methods.hpp"
#include "api/dev_methods.hpp"
#include "api/on_writer.hpp"
#include "api/pool_methods.hpp"
#include "api/state_dump.hpp"
#include "api/submit_methods.hpp"
#include "api/token_methods.hpp"

namespace cairn::api {
namespace {

using Names = std::initializer_list<std::string_view>;

class Table {
 public:
  template <auto Function>
  void add(Names names, Names parameters, std::string_view help, Cost cost = Cost::lengthy) {
    for (const std::string_view name : names) {
      methods_.push_back(make_method<Function>(name, parameters, help, cost));
    }
  }
  // anvil answers null where Hardhat and ganache answer true.
  template <auto Function>
  void add_affirmed(Names null_names, Names true_names, Names parameters, std::string_view help) {
    add<Function>(null_names, parameters, help);
    add<Affirmed<Function>::invoke>(true_names, parameters, help);
  }

  std::vector<Method> take() && { return std::move(methods_); }

 private:
  std::vector<Method> methods_;
};

void add_snapshots(Table& table) {
  table.add<evm_snapshot>({"evm_snapshot", "anvil_snapshot"}, {},
                          "Marks this moment; answers the mark.");
  table.add<evm_revert>({"evm_revert", "anvil_revert"}, {"snapshot"},
                        "Returns to a mark: blocks, cheats, clock and next-block settings; false "
                        "where there is none. Uses the mark up, with those after it.");
  table.add_affirmed<anvil_reset>({"anvil_reset"}, {"hardhat_reset", "ganache_reset"}, {"forking"},
                                  "Returns to genesis, or to where the chain was forked, with a "
                                  "new instance id; `forking` begins a fork anew.");
  table.add_affirmed<set_rpc_url>({"anvil_setRpcUrl"}, {"hardhat_setRpcUrl", "ganache_setRpcUrl"},
                                  {"url"}, "Finds a fork's source under another URL.");
  table.add<anvil_rollback>({"anvil_rollback"}, {"depth"},
                            "Takes back blocks (1), and the cheats made since.");
  table.add<anvil_reorg>({"anvil_reorg"}, {"depth", "transactions"},
                         "Takes back blocks and mines as many others, the n-th with the "
                         "transactions given for n (from 0).");
  table.add<anvil_dump_state>({"anvil_dumpState", "hardhat_dumpState", "ganache_dumpState"},
                              {"historicalStates"},
                              "The state, blocks and transactions in anvil's form: gzip, in hex.");
  table.add<anvil_load_state>({"anvil_loadState", "hardhat_loadState", "ganache_loadState"},
                              {"dump"},
                              "Adds a dump's blocks after the head and takes over its accounts.");
}

void add_mining(Table& table) {
  table.add<evm_mine>({"evm_mine"}, {"order"}, "Mines a block, or several.");
  table.add<anvil_mine_detailed>({"anvil_mine_detailed", "anvil_mineDetailed", "evm_mine_detailed"},
                                 {"order"},
                                 "The same; answers the blocks, with what each transaction "
                                 "returned.");
  table.add<anvil_mine>({"anvil_mine"}, {"blocks", "interval"},
                        "Mines blocks; before each the clock jumps `interval` seconds.");
  table.add<hardhat_mine>({"hardhat_mine"}, {"blocks", "interval"},
                          "Mines blocks, `interval` (1) seconds apart.");
  table.add<hardhat_interval_mine>({"hardhat_intervalMine"}, {}, "Mines a block.");
  constexpr std::string_view kAutomine = "Whether a block is made as soon as one can be.";
  table.add<set_automine>({"anvil_setAutomine", "evm_setAutomine"}, {"on"}, kAutomine);
  table.add<get_automine>({"anvil_getAutomine", "hardhat_getAutomine", "ganache_getAutomine"}, {},
                          kAutomine, Cost::brief);
  table.add<anvil_set_interval_mining>({"anvil_setIntervalMining"}, {"seconds"},
                                       "A block every so many seconds and none in between; 0: "
                                       "none at all.");
  table.add<evm_set_interval_mining>(
      {"evm_setIntervalMining"}, {"interval"},
      "A block every so often: seconds, as in anvil, with none in between; "
      "from 1,000 on and in [min, max] milliseconds, as in Hardhat, "
      "which leave automine alone; 0 ends it.");
  table.add<get_interval_mining>({"anvil_getIntervalMining"}, {},
                                 "Seconds between blocks; null: no interval.", Cost::brief);
  table.add<miner_start>({"miner_start"}, {"threads"}, "Turns automine on.");
  table.add<miner_stop>({"miner_stop"}, {}, "Turns automine off.");
}

void add_time(Table& table) {
  table.add<evm_increase_time>({"evm_increaseTime", "anvil_increaseTime"}, {"seconds"},
                               "Moves the chain's clock; answers its whole offset in seconds.");
  table.add<evm_set_time>({"evm_setTime", "anvil_setTime"}, {"time"},
                          "Sets the chain's clock; answers the seconds that it jumped ahead.");
  table.add<evm_set_next_block_timestamp>(
      {"evm_setNextBlockTimestamp", "anvil_setNextBlockTimestamp"}, {"timestamp"},
      "The next block's timestamp; the clock goes on from there.");
  table.add<set_block_timestamp_interval>(
      {"anvil_setBlockTimestampInterval", "evm_setBlockTimestampInterval",
       "ganache_setBlockTimestampInterval"},
      {"seconds"}, "Timestamps grow by this from block to block, whatever the clock says.");
  table.add<hardhat_set_block_timestamp_interval>({"hardhat_setBlockTimestampInterval"},
                                                  {"milliseconds"}, "The same, in milliseconds.");
  table.add<remove_block_timestamp_interval>(
      {"anvil_removeBlockTimestampInterval", "evm_removeBlockTimestampInterval",
       "hardhat_removeBlockTimestampInterval", "ganache_removeBlockTimestampInterval"},
      {}, "Timestamps follow the clock again; whether there was an interval.");
  table.add<get_genesis_time>({"anvil_getGenesisTime"}, {}, "The timestamp of block 0.",
                              Cost::brief);
}

void add_accounts(Table& table) {
  table.add_affirmed<set_balance>({"anvil_setBalance", "tenderly_setBalance"},
                                  {"hardhat_setBalance", "evm_setAccountBalance"},
                                  {"address", "wei"}, "Sets an account's balance.");
  table.add_affirmed<add_balance>({"anvil_addBalance", "tenderly_addBalance"},
                                  {"hardhat_addBalance"}, {"address", "wei"},
                                  "Adds to an account's balance; at most 2^256 - 1.");
  table.add_affirmed<set_code>({"anvil_setCode"}, {"hardhat_setCode", "evm_setAccountCode"},
                               {"address", "code"}, "Sets an account's code.");
  table.add_affirmed<set_nonce>({"anvil_setNonce", "evm_setAccountNonce"},
                                {"hardhat_setNonce", "ganache_setNonce"}, {"address", "nonce"},
                                "Sets an account's nonce, lower ones too.");
  table.add<set_storage_at>({"anvil_setStorageAt", "hardhat_setStorageAt", "ganache_setStorageAt",
                             "evm_setAccountStorageAt"},
                            {"address", "slot", "value"}, "Sets a slot of an account's storage.");
  table.add_affirmed<deal_erc20>({"anvil_dealERC20", "anvil_setERC20Balance"},
                                 {"hardhat_dealERC20"}, {"account", "token", "amount"},
                                 "Sets what an ERC-20 token's balanceOf answers.");
  table.add<set_erc20_allowance>({"anvil_setERC20Allowance"},
                                 {"owner", "spender", "token", "amount"},
                                 "Sets what an ERC-20 token's allowance answers.");
}

void add_next_blocks(Table& table) {
  table.add_affirmed<set_coinbase>(
      {"anvil_setCoinbase"}, {"hardhat_setCoinbase", "ganache_setCoinbase", "miner_setEtherbase"},
      {"address"}, "Who gets the tips of the next blocks.");
  table.add<set_block_gas_limit>({"evm_setBlockGasLimit", "anvil_setBlockGasLimit"}, {"gas"},
                                 "The gas limit of the next blocks.");
  table.add_affirmed<set_next_block_base_fee>(
      {"anvil_setNextBlockBaseFeePerGas"},
      {"hardhat_setNextBlockBaseFeePerGas", "ganache_setNextBlockBaseFeePerGas"}, {"wei"},
      "The next block's base fee; later ones follow from it.");
  table.add_affirmed<set_prev_randao>({"anvil_setNextBlockPrevRandao"}, {"hardhat_setPrevRandao"},
                                      {"value"}, "The next block's prevRandao.");
  table.add_affirmed<set_min_gas_price>(
      {"anvil_setMinGasPrice"},
      {"hardhat_setMinGasPrice", "ganache_setMinGasPrice", "miner_setGasPrice"}, {"wei"},
      "The least gas price that the pool takes, on chains before London.");
  table.add<set_chain_id>({"anvil_setChainId"}, {"id"},
                          "What transactions are signed for from now on.");
  table.add_affirmed<set_logging_enabled>(
      {"anvil_setLoggingEnabled"}, {"hardhat_setLoggingEnabled", "ganache_setLoggingEnabled"},
      {"on"}, "Whether the node's log tells of transactions.");
}

void add_impersonation(Table& table) {
  table.add_affirmed<impersonate_account>(
      {"anvil_impersonateAccount"}, {"hardhat_impersonateAccount", "ganache_impersonateAccount"},
      {"address"}, "Lets eth_sendTransaction send from an account without its key.");
  table.add<stop_impersonating_account>({"anvil_stopImpersonatingAccount"}, {"address"},
                                        "Ends the impersonation of an account.");
  table.add<evm_remove_account>(
      {"hardhat_stopImpersonatingAccount", "ganache_stopImpersonatingAccount", "evm_removeAccount",
       "evm_lockUnknownAccount"},
      {"address", "passphrase"}, "The same; whether it was impersonated.");
  table.add<evm_add_account>({"evm_addAccount", "evm_unlockUnknownAccount"},
                             {"address", "passphrase"},
                             "Impersonates an account; whether it was not before.");
  table.add_affirmed<auto_impersonate_account>(
      {"anvil_autoImpersonateAccount"}, {"hardhat_autoImpersonateAccount"}, {"on"},
      "Impersonates every account of which this node holds no key.");
  table.add<eth_send_unsigned_transaction>(
      {"eth_sendUnsignedTransaction"}, {"transaction"},
      "Sends from any account, without a signature; answers the hash.");
}

void add_pool(Table& table) {
  table.add<anvil_drop_transaction>({"anvil_dropTransaction"}, {"hash"},
                                    "Drops a waiting transaction; its hash, null: there is none.");
  table.add<hardhat_drop_transaction>({"hardhat_dropTransaction", "ganache_dropTransaction"},
                                      {"hash"}, "Drops a waiting transaction; whether there was.");
  table.add_affirmed<drop_all_transactions>({"anvil_dropAllTransactions"},
                                            {"hardhat_dropAllTransactions"}, {},
                                            "Drops every waiting transaction.");
  table.add<remove_pool_transactions>({"anvil_removePoolTransactions"}, {"address"},
                                      "Drops a sender's waiting transactions.");
  table.add<get_blob_by_hash>({"anvil_getBlobByHash"}, {"versionedHash"},
                              "A blob of a mined or a waiting transaction.");
  table.add<get_blobs_by_transaction_hash>({"anvil_getBlobsByTransactionHash"}, {"hash"},
                                           "The blobs of a mined or a waiting transaction.");
}

void add_information(Table& table) {
  table.add<metadata>({"anvil_metadata", "hardhat_metadata"}, {},
                      "What this chain is, where it stands, and its snapshots.");
  table.add<node_info>({"anvil_nodeInfo"}, {}, "What this chain is and how it runs.");
  table.add<add_compilation_result>(
      {"hardhat_addCompilationResult"}, {"version", "input", "output"},
      "Takes the names of methods and errors for the log; whether there were any.", Cost::brief);
  table.add<get_stack_trace_failures_count>({"hardhat_getStackTraceFailuresCount"}, {},
                                            "0: no stack traces are made.", Cost::brief);
}

}  // namespace

std::vector<Method> dev_methods() {
  Table table;
  add_snapshots(table);
  add_mining(table);
  add_time(table);
  add_accounts(table);
  add_next_blocks(table);
  add_impersonation(table);
  add_pool(table);
  add_information(table);
  return std::move(table).take();
}

}  // namespace cairn::api
