#include "tests/api/recorded_chain.hpp"

#include <stdexcept>

#include "base/hex.hpp"
#include "chain/block_import.hpp"
#include "execution/block_rules.hpp"
#include "execution/header_rules.hpp"
#include "store/rocks_store.hpp"
#include "tests/fixtures.hpp"
#include "types/json_object.hpp"

namespace cairn::api::test {
namespace {

using types::Json;
using types::JsonObject;

// Of an RLP list with its prefix.
std::size_t item_size(BytesView bytes) {
  const std::uint8_t first = bytes[0];
  if (first <= 0xf7) {
    return std::size_t{first} - 0xc0 + 1;
  }
  const std::size_t digits = std::size_t{first} - 0xf7;
  return 1 + digits + base::from_be(bytes.subspan(1, digits)).low64();
}

template <class T>
T must(Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
  return *std::move(result);
}

struct EmptyChain {
  std::shared_ptr<store::Store> store;
  std::unique_ptr<chain::Chain> chain;
};

EmptyChain begin(const std::filesystem::path& genesis) {
  EmptyChain out;
  out.store = must(store::RocksStore::open_in_memory());
  out.chain = must(chain::Chain::create(
      out.store, must(types::parse_genesis(testing::read_text(genesis))).genesis));
  return out;
}

types::Transaction signed_transaction(const Json& json, const chain::ChainView& chain,
                                      const std::map<Address, std::uint64_t>& sent) {
  JsonObject object = must(JsonObject::open(json, "transaction"));
  types::Transaction out;
  out.gas_limit = must(object.u64("gasLimit")).value();
  out.max_fee_per_gas = must(object.number("gasPrice")).value();
  out.max_priority_fee_per_gas = out.max_fee_per_gas;
  out.to = must(object.fixed<20>("to"));
  out.value = must(object.number("value")).value_or(U256{});
  out.data = must(object.bytes("data")).value_or(Bytes{});
  const auto key = must(object.fixed<32>("secretKey")).value();
  const Address sender = crypto::address_of(crypto::public_key_of(key).value());
  const auto account = chain.state()->account(sender);
  out.nonce = account ? account->nonce : 0;
  out.nonce += sent.contains(sender) ? sent.at(sender) : 0;
  out.signature = crypto::sign(types::signing_hash(out), key).value();
  return out;
}

chain::ProducedBlock unfinished_block(const chain::ChainView& parent, const Json& json) {
  chain::ProducedBlock out;
  types::Header& header = out.block.header;
  header.number = parent.number() + 1;
  header.parent_hash = parent.hash();
  header.timestamp = parent.header().timestamp + 1;
  header.gas_limit = parent.header().gas_limit;
  const auto fork = parent.config().fork_at(header.number, header.timestamp, false);
  header.difficulty = execution::next_difficulty(parent.header(), header.timestamp, fork,
                                                 parent.config().bomb_delay_at(header.number));
  std::map<Address, std::uint64_t> sent;
  for (const Json::Member& member :
       must(JsonObject::open(json, "block")).find("transactions")->members) {
    const auto transaction = signed_transaction(member.value, parent, sent);
    out.senders.push_back(types::recover_sender(transaction).value());
    ++sent[out.senders.back()];
    out.transaction_hashes.push_back(types::transaction_hash(transaction));
    out.block.transactions.push_back(transaction);
  }
  return out;
}

void add_block(chain::Chain& chain, const Json& json) {
  const auto parent = chain.head();
  chain::ProducedBlock produced = unfinished_block(*parent, json);
  types::Header& header = produced.block.header;
  const auto state = parent->state();
  state::Overlay overlay(*state);
  const auto fork = parent->config().fork_at(header.number, header.timestamp, false);
  execution::BlockProcessor processor(
      overlay, header, parent->config(),
      execution::environment_of(header, parent->config(), fork, parent->block_hashes()));
  processor.keep_appearances();
  processor.begin();
  for (std::size_t i = 0; i < produced.senders.size(); ++i) {
    const auto done = processor.add(produced.block.transactions[i], produced.senders[i]);
    if (!done) {
      throw std::runtime_error(done.error().message);
    }
  }
  auto outcome = processor.finish({}, {}).value();
  header.gas_used = outcome.gas_used;
  header.logs_bloom = outcome.logs_bloom;
  header.transactions_root = execution::transactions_root(produced.block.transactions);
  header.receipts_root = execution::receipts_root(outcome.receipts);
  produced.receipts = std::move(outcome.receipts);
  produced.appearances = std::move(outcome.appearances);
  produced.changes = overlay.changeset();
  if (const auto done = chain.append(std::move(produced)); !done) {
    throw std::runtime_error(done.error().message);
  }
}

}  // namespace

std::shared_ptr<store::Store> import_chain(const std::filesystem::path& genesis,
                                           const std::filesystem::path& blocks) {
  const EmptyChain made = begin(genesis);
  base::ThreadPool pool{2};
  chain::BlockImporter importer(*made.chain, pool);
  const std::string bytes = testing::read_text(blocks);
  for (BytesView rest = base::bytes_of(bytes); !rest.empty();) {
    const std::size_t size = item_size(rest);
    if (const auto done = importer.add(rest.first(size)); !done) {
      throw std::runtime_error(done.error().message);
    }
    rest = rest.subspan(size);
  }
  return made.store;
}

std::shared_ptr<store::Store> rebuild_chain(const std::filesystem::path& genesis,
                                            const std::filesystem::path& blocks) {
  const EmptyChain made = begin(genesis);
  const Json json = must(types::parse_json(testing::read_text(blocks)));
  for (const Json::Member& block : must(JsonObject::open(json, "")).find("blocks")->members) {
    add_block(*made.chain, block.value);
  }
  return made.store;
}

}  // namespace cairn::api::test
