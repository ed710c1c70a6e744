#include "chain/dev_genesis.hpp"

#include <fmt/format.h>

#include <string>

#include "base/hex.hpp"
#include "contracts/multicall3.hpp"
#include "crypto/hd_wallet.hpp"
#include "execution/system_calls.hpp"
#include "types/fork_fields.hpp"

namespace cairn::chain {
namespace {

using types::Fork;

// Run-time codes as the EIPs give them.
constexpr std::string_view kBeaconRootsCode =  // EIP-4788
    "3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f3580156049576200"
    "1fff810690815414603c575f5ffd5b62001fff01545f5260205ff35b5f5ffd5b62001fff42064281555f35906200"
    "1fff015500";
constexpr std::string_view kHistoryCode =  // EIP-2935
    "3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611f"
    "ff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";
constexpr std::string_view kWithdrawalRequestsCode =  // EIP-7002
    "3373fffffffffffffffffffffffffffffffffffffffe1460cb5760115f54807fffffffffffffffffffffffffffff"
    "ffffffffffffffffffffffffffffffffffff146101f457600182026001905f5b5f82111560685781019083028483"
    "029004916001019190604d565b909390049250505036603814608857366101f457346101f4575f5260205ff35b34"
    "106101f457600154600101600155600354806003026004013381556001015f35815560010160203590553360601b"
    "5f5260385f601437604c5fa0600101600355005b6003546002548082038060101160df575060105b5f5b81811461"
    "01835782810160030260040181604c02815460601b8152601401816001015481526020019060020154807fffffff"
    "ffffffffffffffffffffffffff00000000000000000000000000000000168252906010019060401c908160381c81"
    "600701538160301c81600601538160281c81600501538160201c81600401538160181c81600301538160101c8160"
    "0201538160081c81600101535360010160e1565b910180921461019557906002556101a0565b90505f6002555f60"
    "03555b5f54807fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff14156101cd5750"
    "5f5b6001546002828201116101e25750505f6101e8565b01600290035b5f555f600155604c025ff35b5f5ffd";
constexpr std::string_view kConsolidationRequestsCode =  // EIP-7251
    "3373fffffffffffffffffffffffffffffffffffffffe1460d35760115f54807fffffffffffffffffffffffffffff"
    "ffffffffffffffffffffffffffffffffffff1461019a57600182026001905f5b5f82111560685781019083028483"
    "029004916001019190604d565b9093900492505050366060146088573661019a573461019a575f5260205ff35b34"
    "1061019a57600154600101600155600354806004026004013381556001015f358155600101602035815560010160"
    "403590553360601b5f5260605f60143760745fa0600101600355005b6003546002548082038060021160e7575060"
    "025b5f5b8181146101295782810160040260040181607402815460601b8152601401816001015481526020018160"
    "02015481526020019060030154905260010160e9565b910180921461013b5790600255610146565b90505f600255"
    "5f6003555b5f54807fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff1415610173"
    "57505f5b6001546001828201116101885750505f61018e565b01600190035b5f555f6001556074025ff35b5f5ffd";

// The deterministic deployment proxy: CREATE2 with the first 32 bytes as salt and the rest as init
// code (github.com/Arachnid/deterministic-deployment-proxy).
constexpr Address kCreate2Deployer = "0x4e59b44847b379578588920ca78fbf26c0b4956c"_address;
constexpr std::string_view kCreate2DeployerCode =
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234"
    "f58015156039578182fd5b8082525050506014600cf3";

constexpr Address kMulticall3 = "0xca11bde05977b3631167028862be2a173976ca11"_address;

void add_contract(types::Genesis& genesis, const Address& address, Bytes code) {
  genesis.alloc[address] = {.nonce = 1, .balance = {}, .code = std::move(code), .storage = {}};
}

void add_contracts(types::Genesis& genesis, const DevGenesisOptions& options) {
  const Fork fork = options.fork;
  const auto add = [&](const Address& address, std::string_view code) {
    add_contract(genesis, address, *base::from_hex(code));
  };
  if (fork >= Fork::cancun) {
    add(execution::kBeaconRootsAddress, kBeaconRootsCode);
  }
  if (fork >= Fork::prague) {
    add(execution::kHistoryAddress, kHistoryCode);
    add(execution::kWithdrawalRequestsAddress, kWithdrawalRequestsCode);
    add(execution::kConsolidationRequestsAddress, kConsolidationRequestsCode);
  }
  if (options.create2_deployer) {
    add(kCreate2Deployer, kCreate2DeployerCode);
  }
  add_contract(genesis, kMulticall3, base::to_bytes(contracts::multicall3_runtime_code()));
}

types::Header first_header(const DevGenesisOptions& options) {
  types::Header out;
  out.gas_limit = options.gas_limit;
  out.timestamp = options.timestamp;
  out = types::with_fork_fields(std::move(out), options.fork);
  if (out.base_fee_per_gas) {
    out.base_fee_per_gas = options.base_fee;
  }
  return out;
}

}  // namespace

Result<std::vector<DevAccount>> dev_accounts(std::string_view mnemonic, std::string_view path,
                                             std::size_t count) {
  CAIRN_TRY(const Bytes seed, crypto::seed_of_mnemonic(mnemonic));
  std::vector<DevAccount> out;
  for (std::size_t i = 0; i < count; ++i) {
    CAIRN_TRY(const crypto::SecretKey key, crypto::derive(seed, fmt::format("{}{}", path, i)));
    const auto public_key = crypto::public_key_of(key);
    if (!public_key) {
      return fail(ErrorCode::invalid_argument, fmt::format("{}{}: no key there", path, i));
    }
    out.push_back({.address = crypto::address_of(*public_key), .key = key});
  }
  return out;
}

types::Genesis dev_genesis(const std::vector<DevAccount>& accounts,
                           const DevGenesisOptions& options) {
  types::Genesis out;
  out.config = types::config_at(options.fork, options.chain_id);
  out.config.cairn.emplace().same_second = true;  // for those who import the chain
  out.header = first_header(options);
  add_contracts(out, options);
  for (const DevAccount& account : accounts) {
    out.alloc[account.address].balance = options.balance;
  }
  return out;
}

types::Genesis dev_genesis_of(const types::Genesis& file, const std::vector<DevAccount>& accounts,
                              const DevGenesisOptions& options, bool with_rules) {
  types::Genesis out = dev_genesis(accounts, options);
  if (with_rules) {
    types::CairnRules rules = file.config.rules();
    rules.same_second = true;
    out.config = file.config;
    out.config.chain_id = options.chain_id;
    out.config.cairn = rules;
    DevGenesisOptions later = options;
    later.fork = types::kLatestFork;
    add_contracts(out, later);
  }
  out.header.extra_data = file.header.extra_data;
  out.header.beneficiary = file.header.beneficiary;
  out.header.prev_randao = file.header.prev_randao;
  for (const auto& [address, account] : file.alloc) {
    out.alloc[address] = account;
  }
  return out;
}

}  // namespace cairn::chain
