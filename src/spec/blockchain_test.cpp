#include "spec/blockchain_test.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "chain/block_import.hpp"
#include "crypto/keccak.hpp"
#include "spec/exceptions.hpp"
#include "spec/network.hpp"
#include "spec/state_test.hpp"
#include "store/memory_store.hpp"

namespace cairn::spec {
namespace {

Result<types::ChainConfig> read_chain_config(const Json& json, const std::string& network) {
  BlobSchedule schedule;
  std::uint64_t chain_id = 1;
  if (json.has("config")) {
    CAIRN_TRY(const Json config, json.at("config"));
    CAIRN_TRY(chain_id, config.u64_or("chainid", 1));
    CAIRN_TRY(schedule, read_blob_schedule(config));
  }
  const auto found = chain_config_from_name(network, schedule, chain_id);
  return found ? Result<types::ChainConfig>(*found)
               : fail(ErrorCode::unsupported, fmt::format("network: unknown fork {}", network));
}

// Under `expectException`, in old files followed by the network, or by ALL.
Result<std::optional<std::string>> read_exception(const Json& block, const std::string& network) {
  constexpr std::string_view kKey = "expectException";
  for (const std::string& key :
       {std::string(kKey), fmt::format("{}{}", kKey, network), fmt::format("{}ALL", kKey)}) {
    if (block.has(key)) {
      CAIRN_TRY(const Json value, block.at(key));
      CAIRN_TRY(const std::string_view text, value.text());
      return std::string(text);
    }
  }
  return std::optional<std::string>{};
}

// Of the header that a test spells out beside the RLP.
Result<std::optional<Hash256>> read_header_hash(const Json& json, std::string_view name) {
  if (!json.has(name)) {
    return std::nullopt;
  }
  CAIRN_TRY(const Json header, json.at(name));
  CAIRN_TRY(const Json hash, header.at("hash"));
  return hash.hash();
}

Result<> read_blocks(const Json& json, BlockchainTest& test) {
  CAIRN_TRY(const Json blocks, json.at("blocks"));
  CAIRN_TRY(const auto items, blocks.array());
  for (const auto item : items) {
    const Json block(item, "blocks");
    CAIRN_TRY(const Json rlp, block.at("rlp"));
    BlockchainTest::Block& added = test.blocks.emplace_back();
    CAIRN_TRY(added.rlp, rlp.bytes());
    CAIRN_TRY(added.exception, read_exception(block, test.network));
    CAIRN_TRY(added.hash, read_header_hash(block, "blockHeader"));
  }
  return {};
}

Result<> read_outcome(const Json& json, BlockchainTest& test) {
  CAIRN_TRY(const Json head, json.at("lastblockhash"));
  CAIRN_TRY(test.head, head.hash());
  if (json.has("postState")) {
    CAIRN_TRY(const Json state, json.at("postState"));
    CAIRN_TRY(test.state, read_accounts(state));
    return {};
  }
  CAIRN_TRY(const Json root, json.at("postStateHash"));
  CAIRN_TRY(test.state_root, root.hash());
  return {};
}

std::optional<std::string> wrong_hash(std::string_view what, const Hash256& is,
                                      const Hash256& wanted) {
  return is == wanted ? std::nullopt
                      : std::optional(fmt::format("{} is {} instead of {}", what, base::to_hex(is),
                                                  base::to_hex(wanted)));
}

std::optional<std::string> judge_block(
    const BlockchainTest& test, std::size_t index,
    const Result<chain::BlockImporter::Outcome, chain::RejectedBlock>& outcome) {
  const auto& [rlp, expected, hash] = test.blocks[index];
  if (outcome && expected) {
    return fmt::format("blocks[{}]: expected {}, but it was taken", index, *expected);
  }
  if (outcome) {
    const Hash256 taken = types::header_hash(types::decode_block(rlp).value().header);
    return wrong_hash(fmt::format("blocks[{}]", index), taken, hash.value_or(taken));
  }
  const chain::RejectedBlock& rejected = outcome.error();
  if (!expected) {
    return fmt::format("blocks[{}] was refused: {}", index, rejected.message);
  }
  if (!is_known_exception(*expected)) {
    return fmt::format("blocks[{}]: unknown exception {}", index, *expected);
  }
  if (!rejected.refusal || !is_expected(*rejected.refusal, *expected)) {
    return fmt::format(
        "blocks[{}]: expected {}, refused as {} ({})", index, *expected,
        rejected.refusal ? execution::refused_name(rejected.refusal->code) : "no rule",
        rejected.message);
  }
  return std::nullopt;
}

std::optional<std::string> judge_account(const state::StateView& state, const Address& address,
                                         const types::GenesisAccount& want) {
  const auto account = state.account(address);
  if (!account || account->nonce != want.nonce || account->balance != want.balance) {
    return fmt::format(
        "{} has {}", base::to_hex(address),
        account ? fmt::format("nonce {} balance {} instead of {} and {}", account->nonce,
                              to_decimal(account->balance), want.nonce, to_decimal(want.balance))
                : "nothing");
  }
  if (account->code_hash != crypto::keccak256(want.code)) {
    return fmt::format("{} has other code", base::to_hex(address));
  }
  std::size_t slots = 0;
  std::optional<std::string> wrong;
  state.for_each_slot(address, [&](const U256& key, const U256& value) {
    const auto found = want.storage.find(key);
    const U256 expected = found != want.storage.end() ? found->second : U256{};
    if (value != expected) {
      wrong = fmt::format("{} slot {} has {} instead of {}", base::to_hex(address),
                          to_quantity(key), to_quantity(value), to_quantity(expected));
    }
    ++slots;
    return !wrong;
  });
  const auto zeros = static_cast<std::size_t>(
      std::ranges::count_if(want.storage, [](const auto& one) { return one.second.is_zero(); }));
  if (!wrong && slots != want.storage.size() - zeros) {
    wrong = fmt::format("{} has {} slots instead of {}", base::to_hex(address), slots,
                        want.storage.size() - zeros);
  }
  return wrong;
}

std::optional<std::string> judge_state(const BlockchainTest& test, const chain::ChainView& head) {
  if (test.state_root && head.header().state_root != *test.state_root) {
    return fmt::format("state root {} instead of {}", base::to_hex(head.header().state_root),
                       base::to_hex(*test.state_root));
  }
  if (!test.state) {
    return std::nullopt;
  }
  for (const auto& [address, want] : *test.state) {
    if (auto wrong = judge_account(*head.state(), address, want)) {
      return wrong;
    }
  }
  std::size_t accounts = 0;
  head.for_each_account([&](const Address&, const types::Account&) {
    ++accounts;
    return true;
  });
  return accounts == test.state->size() ? std::nullopt
                                        : std::optional(fmt::format("{} accounts instead of {}",
                                                                    accounts, test.state->size()));
}

}  // namespace

Result<BlockchainTest> read_blockchain_test(std::string name, const Json& json) {
  BlockchainTest test;
  test.name = std::move(name);
  CAIRN_TRY(const Json network, json.at("network"));
  CAIRN_TRY(const std::string_view network_name, network.text());
  test.network = network_name;
  CAIRN_TRY(test.genesis.config, read_chain_config(json, test.network));
  CAIRN_TRY(const Json genesis_rlp, json.at("genesisRLP"));
  CAIRN_TRY(const Bytes rlp, genesis_rlp.bytes());
  CAIRN_TRY(types::Block genesis, types::decode_block(rlp));
  test.genesis.header = std::move(genesis.header);
  CAIRN_TRY(const auto genesis_hash, read_header_hash(json, "genesisBlockHeader"));
  test.genesis_hash = genesis_hash.value_or(types::header_hash(test.genesis.header));
  CAIRN_TRY(const Json pre, json.at("pre"));
  CAIRN_TRY(test.genesis.alloc, read_accounts(pre));
  CAIRN_CHECK(read_blocks(json, test));
  CAIRN_CHECK(read_outcome(json, test));
  return test;
}

std::optional<std::string> run_blockchain_test(const BlockchainTest& test, base::ThreadPool& pool) {
  const auto chain = chain::Chain::create(std::make_shared<store::MemoryStore>(), test.genesis);
  if (!chain) {
    return fmt::format("genesis: {}", chain.error().message);
  }
  if (auto wrong = wrong_hash("genesis", (*chain)->head()->hash(), test.genesis_hash)) {
    return wrong;
  }
  chain::BlockImporter importer(**chain, pool, chain::AfterMerge::last_is_head);
  for (std::size_t i = 0; i < test.blocks.size(); ++i) {
    if (auto wrong = judge_block(test, i, importer.add(test.blocks[i].rlp))) {
      return wrong;
    }
  }
  const auto head = (*chain)->head();
  if (auto wrong = wrong_hash("the head", head->hash(), test.head)) {
    return wrong;
  }
  return judge_state(test, *head);
}

}  // namespace cairn::spec
