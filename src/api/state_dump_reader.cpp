#include <algorithm>
#include <map>
#include <unordered_map>

#include "api/call_parameters.hpp"
#include "api/dev_parameters.hpp"
#include "api/json_members.hpp"
#include "api/state_dump.hpp"
#include "base/hex.hpp"
#include "base/json_fault.hpp"
#include "codec/gzip.hpp"
#include "execution/block_rules.hpp"
#include "execution/transaction_rules.hpp"
#include "node/submission.hpp"
#include "types/fork_fields.hpp"

namespace cairn::api {
namespace {

using simdjson::dom::object;
using types::TransactionType;

constexpr std::size_t kMostBytes = std::size_t{1} << 30;  // of a dump's JSON

// anvil writes numbers both ways, and leaves out what is zero in some versions.
Read<std::uint64_t> read_number(const object& from, std::string_view name) {
  CAIRN_TRY(const auto number, read_member<LooseNumber>(from, name));
  if (number && !number->value.fits_u64()) {
    return bad(fmt::format("{}: above 64 bits", name));
  }
  return number ? number->value.low64() : 0;
}

Read<U256> read_word(const object& from, std::string_view name) {
  CAIRN_TRY(const auto number, read_member<LooseNumber>(from, name));
  return number.value_or(LooseNumber{}).value;
}

Read<std::optional<std::uint64_t>> read_number_if_there(const object& from, std::string_view name) {
  if (!member_of(from, name)) {
    return std::nullopt;
  }
  CAIRN_TRY(const std::uint64_t number, read_number(from, name));
  return number;
}

template <class T>
Read<T> read_value(const object& from, std::string_view name) {
  if constexpr (std::is_same_v<T, Hash256>) {
    return require_member<Hash256>(from, name);
  } else if constexpr (std::is_same_v<T, U256>) {
    return read_word(from, name);
  } else {
    return read_number(from, name);
  }
}

// `read` fills in the place of an error: "accounts.0x..: ".
template <class T>
Read<T> at(std::string_view place, Read<T> read) {
  return read ? std::move(read) : bad(fmt::format("{}: {}", place, read.error()));
}

Read<std::map<U256, U256>> read_slots(JsonValue value) {
  CAIRN_TRY(const auto from, read_object(value));
  std::map<U256, U256> out;
  for (const auto& [key, content] : from) {
    const auto slot = key.starts_with("0x") ? base::from_hex_number(key.substr(2)) : std::nullopt;
    if (!slot) {
      return bad(fmt::format("storage: {} is no slot", key.substr(0, 80)));
    }
    CAIRN_TRY(const LooseNumber number, at("storage", read_loose_number(content)));
    out[*slot] = number.value;
  }
  return out;
}

Read<node::DumpedAccount> read_account(JsonValue value) {
  CAIRN_TRY(const auto from, read_object(value));
  node::DumpedAccount out;
  CAIRN_TRY(out.nonce, read_number(from, "nonce"));
  CAIRN_TRY(out.balance, read_word(from, "balance"));
  CAIRN_TRY(auto code, read_member<Bytes>(from, "code"));
  out.code = std::move(code).value_or(Bytes{});
  if (const auto storage = member_of(from, "storage")) {
    CAIRN_TRY(out.storage, read_slots(*storage));
  }
  return out;
}

// {address: ...}, each read by `read_one`.
template <class T, class ReadOne>
Read<std::map<Address, T>> read_by_address(JsonValue value, ReadOne&& read_one) {
  CAIRN_TRY(const auto from, read_object(value));
  std::map<Address, T> out;
  for (const auto& [key, content] : from) {
    const auto address = key.starts_with("0x") ? base::fixed_from_hex<20>(key) : std::nullopt;
    if (!address) {
      return bad(fmt::format("{} is no address", key.substr(0, 80)));
    }
    CAIRN_TRY(out[*address], at(key, read_one(content)));
  }
  return out;
}

Read<types::Header> read_header(JsonValue value) {
  CAIRN_TRY(const auto from, read_object(value));
  types::Header out;
  CAIRN_TRY(out.parent_hash, require_member<Hash256>(from, "parentHash"));
  CAIRN_TRY(out.beneficiary, require_member<Address>(from, "miner"));
  CAIRN_TRY(out.state_root, require_member<Hash256>(from, "stateRoot"));
  CAIRN_TRY(out.transactions_root, require_member<Hash256>(from, "transactionsRoot"));
  CAIRN_TRY(out.receipts_root, require_member<Hash256>(from, "receiptsRoot"));
  CAIRN_TRY(const Bytes bloom, require_member<Bytes>(from, "logsBloom"));
  if (bloom.size() != types::Bloom::size()) {
    return bad("logsBloom: want 256 bytes");
  }
  out.logs_bloom = types::Bloom::from_right(bloom);
  CAIRN_TRY(out.difficulty, read_word(from, "difficulty"));
  CAIRN_TRY(out.number, read_number(from, "number"));
  CAIRN_TRY(out.gas_limit, read_number(from, "gasLimit"));
  CAIRN_TRY(out.gas_used, read_number(from, "gasUsed"));
  CAIRN_TRY(out.timestamp, read_number(from, "timestamp"));
  CAIRN_TRY(const auto extra, read_member<Bytes>(from, "extraData"));
  out.extra_data = extra.value_or(Bytes{});
  CAIRN_TRY(const auto randao, read_member<Hash256>(from, "mixHash"));
  out.prev_randao = randao.value_or(Hash256{});
  CAIRN_CHECK(
      types::until_error<Read<void>>([&]<class T>(const types::ForkField<T>& field) -> Read<void> {
        if (member_of(from, field.name)) {
          CAIRN_TRY(out.*field.member, read_value<T>(from, field.name));
        }
        return {};
      }));
  return out;
}

Read<void> read_prices(const object& from, types::Transaction& out) {
  if (out.type < TransactionType::dynamic_fee) {
    CAIRN_TRY(out.max_fee_per_gas, read_word(from, "gasPrice"));
    out.max_priority_fee_per_gas = out.max_fee_per_gas;
    return {};
  }
  CAIRN_TRY(out.max_fee_per_gas, read_word(from, "maxFeePerGas"));
  CAIRN_TRY(out.max_priority_fee_per_gas, read_word(from, "maxPriorityFeePerGas"));
  CAIRN_TRY(out.max_fee_per_blob_gas, read_word(from, "maxFeePerBlobGas"));
  if (const auto hashes = member_of(from, "blobVersionedHashes")) {
    CAIRN_TRY(out.blob_hashes, read_list<Hash256>(*hashes, "blobVersionedHashes", read_hash));
  }
  return {};
}

Read<void> read_signature(const object& from, types::Transaction& out) {
  CAIRN_TRY(out.signature.r, read_word(from, "r"));
  CAIRN_TRY(out.signature.s, read_word(from, "s"));
  CAIRN_TRY(const auto parity, read_number_if_there(from, "yParity"));
  if (parity) {
    out.signature.y_parity = *parity == 1;
    return {};
  }
  CAIRN_TRY(const std::uint64_t v, read_number(from, "v"));
  constexpr std::uint64_t kProtected = 35;  // EIP-155
  out.signature.y_parity = v >= kProtected ? (v - kProtected) % 2 == 1 : v == 28 || v == 1;
  return {};
}

Read<types::Transaction> read_transaction(const object& from) {
  types::Transaction out;
  CAIRN_TRY(const std::uint64_t type, read_number(from, "type"));
  if (type > static_cast<std::uint8_t>(TransactionType::set_code)) {
    return bad(fmt::format("type {} is not known", type));
  }
  out.type = static_cast<TransactionType>(type);
  CAIRN_TRY(out.chain_id, read_number_if_there(from, "chainId"));
  CAIRN_TRY(out.nonce, read_number(from, "nonce"));
  CAIRN_TRY(out.gas_limit, read_number(from, "gas"));
  CAIRN_TRY(out.to, read_member<Address>(from, "to"));
  CAIRN_TRY(out.value, read_word(from, "value"));
  CAIRN_TRY(auto data, read_member<Bytes>(from, "input"));
  out.data = std::move(data).value_or(Bytes{});
  CAIRN_TRY(auto access_list, read_access_list(from));
  out.access_list = std::move(access_list).value_or(types::AccessList{});
  CAIRN_TRY(auto authorizations, read_authorizations(from));
  out.authorizations = std::move(authorizations).value_or(std::vector<types::Authorization>{});
  CAIRN_CHECK(read_prices(from, out));
  CAIRN_CHECK(read_signature(from, out));
  return out;
}

Read<types::Log> read_log(JsonValue value) {
  CAIRN_TRY(const auto from, read_object(value));
  types::Log out;
  CAIRN_TRY(out.address, require_member<Address>(from, "address"));
  const auto topics = member_of(from, "topics");
  if (!topics) {
    return bad("topics is missing");
  }
  CAIRN_TRY(out.topics, read_list<Hash256>(*topics, "topics", read_hash));
  CAIRN_TRY(out.data, require_member<Bytes>(from, "data"));
  return out;
}

Read<types::Receipt> read_receipt(const object& from) {
  types::Receipt out;
  CAIRN_TRY(const std::uint64_t type, read_number(from, "type"));
  if (type > static_cast<std::uint8_t>(TransactionType::set_code)) {
    return bad(fmt::format("type {} is not known", type));
  }
  out.type = static_cast<TransactionType>(type);
  CAIRN_TRY(const std::uint64_t status, read_number(from, "status"));
  out.success = status == 1;
  CAIRN_TRY(out.cumulative_gas_used, read_number(from, "cumulativeGasUsed"));
  if (const auto logs = member_of(from, "logs")) {
    CAIRN_TRY(out.logs, read_list<types::Log>(*logs, "logs", read_log));
  }
  return out;
}

// By block hash and index: anvil's hash of an impersonated transaction is none of its encoding.
using ReceiptsByPlace = std::map<std::pair<Hash256, std::uint64_t>, types::Receipt>;

Read<ReceiptsByPlace> read_receipts(const object& from) {
  ReceiptsByPlace out;
  const auto list = member_of(from, "transactions");
  if (!list) {
    return out;
  }
  simdjson::dom::array items;
  if (list->get(items) != simdjson::SUCCESS) {
    return bad("transactions: want an array");
  }
  for (const JsonValue item : items) {
    CAIRN_TRY(const auto mined, at("transactions", read_object(item)));
    const auto info = member_of(mined, "info");
    const auto receipt = member_of(mined, "receipt");
    if (!info || !receipt) {
      return bad("transactions: info and receipt are needed");
    }
    CAIRN_TRY(const auto facts, at("transactions: info", read_object(*info)));
    CAIRN_TRY(const std::uint64_t index,
              at("transactions: info", read_number(facts, "transaction_index")));
    CAIRN_TRY(const Hash256 hash, at("transactions", require_member<Hash256>(mined, "block_hash")));
    CAIRN_TRY(const auto fields, at("transactions: receipt", read_object(*receipt)));
    CAIRN_TRY(auto read, at("transactions: receipt", read_receipt(fields)));
    out[{hash, index}] = std::move(read);
  }
  return out;
}

class BlockReader {
 public:
  explicit BlockReader(const ReceiptsByPlace& receipts) : receipts_(receipts) {}

  Read<node::DumpedBlock> read(JsonValue value) {
    CAIRN_TRY(const auto from, read_object(value));
    node::DumpedBlock out;
    const auto header = member_of(from, "header");
    if (!header) {
      return bad("header is missing");
    }
    CAIRN_TRY(out.block.header, at("header", read_header(*header)));
    if (out.block.header.withdrawals_root) {
      out.block.withdrawals.emplace();
    }
    as_dumped_.clear();
    const Hash256 hash = types::header_hash(out.block.header);
    simdjson::dom::array transactions;
    const auto list = member_of(from, "transactions");
    if (list && list->get(transactions) != simdjson::SUCCESS) {
      return bad("transactions: want an array");
    }
    for (const JsonValue item : transactions) {
      CAIRN_CHECK(at(fmt::format("transaction {}", out.senders.size()), add(out, hash, item)));
    }
    CAIRN_CHECK(check(out));
    return out;
  }

 private:
  // Either {transaction, impersonated_sender}, or in older dumps the transaction alone.
  Read<void> add(node::DumpedBlock& out, const Hash256& block_hash, JsonValue item) {
    CAIRN_TRY(auto from, read_object(item));
    CAIRN_TRY(const auto impersonated, read_member<Address>(from, "impersonated_sender"));
    if (const auto inner = member_of(from, "transaction")) {
      CAIRN_TRY(from, read_object(*inner));
    }
    CAIRN_TRY(types::Transaction transaction, read_transaction(from));
    CAIRN_TRY(const auto named, read_member<Hash256>(from, "hash"));
    as_dumped_.push_back(transaction);
    if (impersonated) {
      out.impersonated.push_back(static_cast<std::uint32_t>(out.senders.size()));
      out.senders.push_back(*impersonated);
      transaction.signature = node::impersonation_of(*impersonated);
    } else {
      const auto sender =
          execution::sender_of(transaction, types::Fork::osaka, transaction.chain_id.value_or(0));
      if (!sender) {
        return bad(sender.error().message);
      }
      out.senders.push_back(*sender);
    }
    if (!impersonated && named && *named != types::transaction_hash(transaction)) {
      return bad(fmt::format("it has another hash than {}", base::to_hex(*named)));
    }
    const auto receipt = receipts_.find({block_hash, out.receipts.size()});
    if (receipt == receipts_.end()) {
      return bad("it has no receipt");
    }
    if (receipt->second.type != transaction.type) {
      return bad("its receipt is of another type");
    }
    out.receipts.push_back(receipt->second);
    out.block.transactions.push_back(std::move(transaction));
    return {};
  }

  Read<void> check(const node::DumpedBlock& block) const {
    const types::Header& header = block.block.header;
    const auto wrong = [&](std::string_view what) {
      return bad(fmt::format("block {}: {} are not those of its header", header.number, what));
    };
    if (execution::transactions_root(as_dumped_) != header.transactions_root) {
      return as_dumped_.empty()
                 ? bad(fmt::format("block {}: its transactions are not in the dump; anvil leaves "
                                   "them out with --transaction-block-keeper and --prune-history",
                                   header.number))
                 : wrong("the transactions");
    }
    if (execution::receipts_root(block.receipts) != header.receipts_root) {
      return wrong("the receipts");
    }
    const std::uint64_t gas =
        block.receipts.empty() ? 0 : block.receipts.back().cumulative_gas_used;
    if (gas != header.gas_used || gas > header.gas_limit) {
      return wrong("the amounts of gas");
    }
    return {};
  }

  const ReceiptsByPlace& receipts_;
  std::vector<types::Transaction> as_dumped_;  // with the signatures that the root is of
};

// [[block hash, {accounts: {address: {balance, nonce, code}}, storage: {address: slots}}], ...]
// The code is in a form of anvil's EVM: {"LegacyAnalyzed": {bytecode, original_len, ...}} and
// others.
Read<Bytes> read_evm_code(JsonValue value) {
  if (value.is_string()) {
    return read_data(value);
  }
  CAIRN_TRY(const auto kinds, read_object(value));
  for (const auto& [kind, content] : kinds) {
    if (content.is_string()) {
      return read_data(content);
    }
    CAIRN_TRY(const auto analysed, read_object(content));
    if (const auto delegated = member_of(analysed, "delegated_address")) {
      CAIRN_TRY(const Address target, read_address(*delegated));
      Bytes out{0xef, 0x01, 0x00};  // EIP-7702
      base::append(out, target);
      return out;
    }
    CAIRN_TRY(Bytes code, require_member<Bytes>(analysed, "bytecode"));
    CAIRN_TRY(const std::uint64_t size, read_number(analysed, "original_len"));
    if (size > code.size()) {
      return bad("original_len is above the bytecode's length");
    }
    code.resize(size);
    return code;
  }
  return bad("no kind of bytecode");
}

Read<node::DumpedAccount> read_past_account(JsonValue value) {
  CAIRN_TRY(const auto from, read_object(value));
  node::DumpedAccount out;
  CAIRN_TRY(out.nonce, read_number(from, "nonce"));
  CAIRN_TRY(out.balance, read_word(from, "balance"));
  if (const auto code = member_of(from, "code")) {
    CAIRN_TRY(out.code, at("code", read_evm_code(*code)));
  }
  return out;
}

Read<node::DumpedAccounts> read_past_state(JsonValue value) {
  CAIRN_TRY(const auto from, read_object(value));
  const auto accounts = member_of(from, "accounts");
  const auto storage = member_of(from, "storage");
  if (!accounts || !storage) {
    return bad("accounts and storage are needed");
  }
  CAIRN_TRY(auto out, read_by_address<node::DumpedAccount>(*accounts, read_past_account));
  CAIRN_TRY(auto slots, (read_by_address<std::map<U256, U256>>(*storage, read_slots)));
  for (auto& [address, content] : slots) {
    if (const auto account = out.find(address); account != out.end()) {
      account->second.storage = std::move(content);
    }
  }
  return out;
}

using PastStates = std::unordered_map<Hash256, node::DumpedAccounts>;  // by the dump's block hash

Read<PastStates> read_past_states(const object& from) {
  PastStates out;
  const auto list = member_of(from, "historical_states");
  if (!list) {
    return out;
  }
  simdjson::dom::array items;
  if (list->get(items) != simdjson::SUCCESS) {
    return bad("historical_states: want an array");
  }
  for (const JsonValue item : items) {
    simdjson::dom::array pair;
    if (item.get(pair) != simdjson::SUCCESS || pair.size() != 2) {
      return bad("historical_states: want pairs of a block hash and a state");
    }
    CAIRN_TRY(const Hash256 hash, at("historical_states", read_hash(pair.at(0).value_unsafe())));
    CAIRN_TRY(out[hash], at("historical_states", read_past_state(pair.at(1).value_unsafe())));
  }
  return out;
}

// An anvil that has loaded a dump writes its own first blocks beside those it took over. Of several
// of one number the one counts that the next block goes on from.
std::vector<node::DumpedBlock> one_chain(std::vector<node::DumpedBlock> blocks) {
  std::multimap<std::uint64_t, node::DumpedBlock> by_number;  // of one number in their order
  for (auto& one : blocks) {
    const std::uint64_t number = one.block.header.number;
    by_number.emplace(number, std::move(one));
  }
  std::vector<node::DumpedBlock> sorted;
  for (auto& [number, one] : by_number) {
    sorted.push_back(std::move(one));
  }
  std::vector<node::DumpedBlock> out;
  while (!sorted.empty()) {
    const std::uint64_t number = sorted.back().block.header.number;
    const auto first =
        std::ranges::find(sorted, number, [](const auto& one) { return one.block.header.number; });
    auto chosen = std::prev(sorted.end());
    for (auto one = first; !out.empty() && one != sorted.end(); ++one) {
      if (types::header_hash(one->block.header) == out.back().block.header.parent_hash) {
        chosen = one;
      }
    }
    out.push_back(std::move(*chosen));
    sorted.erase(first, sorted.end());
  }
  std::ranges::reverse(out);
  return out;
}

Read<std::vector<node::DumpedBlock>> read_blocks(const object& from) {
  CAIRN_TRY(const auto receipts, read_receipts(from));
  CAIRN_TRY(PastStates states, read_past_states(from));
  std::vector<node::DumpedBlock> out;
  if (const auto list = member_of(from, "blocks")) {
    BlockReader reader(receipts);
    CAIRN_TRY(out, read_list<node::DumpedBlock>(*list, "blocks",
                                                [&](JsonValue item) { return reader.read(item); }));
  }
  out = one_chain(std::move(out));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const types::Header& header = out[i].block.header;
    const Hash256 hash = types::header_hash(header);
    if (i > 0 && header.number != out[i - 1].block.header.number + 1) {
      return bad(fmt::format("blocks: {} is not followed by the next one, but by {}",
                             out[i - 1].block.header.number, header.number));
    }
    if (const auto state = states.find(hash); state != states.end()) {
      out[i].state_after = std::move(state->second);
    }
  }
  return out;
}

Read<node::StateDump> read_dump(JsonValue value) {
  CAIRN_TRY(const auto from, read_object(value));
  const auto accounts = member_of(from, "accounts");
  if (!accounts) {
    return bad("accounts is missing");
  }
  node::StateDump out;
  CAIRN_TRY(out.accounts,
            at("accounts", read_by_address<node::DumpedAccount>(*accounts, read_account)));
  CAIRN_TRY(out.blocks, read_blocks(from));
  return out;
}

}  // namespace

Result<node::StateDump> read_state_dump(BytesView dump) {
  std::string text;
  if (codec::is_gzip(dump)) {
    CAIRN_TRY(text, codec::gunzip(dump, kMostBytes));
  } else {
    text = base::text_of(dump);
  }
  simdjson::dom::parser parser;
  JsonValue value;
  if (const auto error = parser.parse(text).get(value); error != simdjson::SUCCESS) {
    return fail(ErrorCode::malformed,
                fmt::format("state dump: not valid JSON: {}", base::json_fault(error)));
  }
  auto out = read_dump(value);
  if (!out) {
    return fail(ErrorCode::malformed, "state dump: " + out.error());
  }
  return *std::move(out);
}

}  // namespace cairn::api
