#include "node/whole_block.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/hex.hpp"
#include "node/upstream_json.hpp"

namespace cairn::node {
namespace {

using simdjson::SUCCESS;
using Json = simdjson::dom::element;
using JsonArray = simdjson::dom::array;

std::unexpected<Error> wrong(std::string_view what) {
  return fail(ErrorCode::malformed, std::string(what));
}

std::string_view text_at(Json object, std::string_view name) {
  std::string_view text;
  return object[name].get(text) == SUCCESS ? text : std::string_view();
}

bool is_hash(std::string_view text, const Hash256& hash) {
  return base::fixed_from_hex<Hash256{}.size()>(text) == hash;
}

std::optional<U256> number_at(Json object, std::string_view name) {
  return base::from_hex_number(text_at(object, name));
}

// The element whose `member` is this hash.
std::optional<Json> find_by_hash(JsonArray items, std::string_view member, const Hash256& hash) {
  for (const Json item : items) {
    if (is_hash(text_at(item, member), hash)) {
      return item;
    }
  }
  return std::nullopt;
}

std::string hex_size(std::size_t size) { return fmt::format(R"("{:#x}")", size); }

// Entry `index`, null beyond the end.
std::optional<std::string> entry(JsonArray items, Json index) {
  std::string_view text;
  const auto at = index.get(text) == SUCCESS ? base::from_hex_number(text) : std::nullopt;
  if (!at) {
    return std::nullopt;
  }
  const auto found = at->fits_u64() ? items.at(at->low64()) : items.at(items.size());
  return found.error() == SUCCESS ? simdjson::minify(found.value_unsafe()) : "null";
}

}  // namespace

Result<std::shared_ptr<const WholeBlock>> WholeBlock::read(Answers answers, const Hash256& hash) {
  std::shared_ptr<WholeBlock> out(new WholeBlock);
  CAIRN_TRY(const auto short_form, read_upstream_header(answers.with_hashes));
  CAIRN_TRY(auto header, read_upstream_header(answers.with_transactions));
  if (!short_form || !header || short_form->hash != hash || header->hash != hash) {
    return wrong("another block");
  }
  out->header_ = *std::move(header);
  out->answers_ = std::move(answers);
  const std::string& text = out->answers_.with_transactions;
  Json block;
  if (out->block_parser_.parse(text.data(), text.size()).get(block) != SUCCESS ||
      block["transactions"].get(out->transactions_) != SUCCESS ||
      block["uncles"].get(out->uncles_) != SUCCESS) {
    return wrong("a block without lists of transactions and uncles");
  }
  if (out->answers_.receipts.empty()) {
    return out;
  }
  JsonArray receipts;
  if (out->receipts_parser_.parse(out->answers_.receipts.data(), out->answers_.receipts.size())
              .get(receipts) != SUCCESS ||
      receipts.size() != out->transactions_.size()) {
    return wrong("other receipts than the block has transactions");
  }
  for (const Json receipt : receipts) {
    if (!is_hash(text_at(receipt, "blockHash"), hash)) {
      return wrong("a receipt of another block");
    }
  }
  out->receipts_ = receipts;
  return out;
}

bool WholeBlock::is_named(Json block) const {
  Json member;
  if (block["blockHash"].get(member) == SUCCESS || block["blockNumber"].get(member) == SUCCESS) {
    return is_named(member);
  }
  std::string_view text;
  if (block.get(text) != SUCCESS) {
    return false;
  }
  const auto number = base::from_hex_number(text);
  return is_hash(text, header_.hash) || (number && *number == U256(header_.header.number));
}

std::optional<std::string> WholeBlock::about_block(std::string_view method,
                                                   JsonArray arguments) const {
  if (method == "eth_getBlockByNumber" || method == "eth_getBlockByHash") {
    bool with_transactions = false;
    const auto wanted = arguments.at(1);
    const bool plain = wanted.error() != SUCCESS || wanted.value_unsafe().is_null();
    if (!plain && wanted.get(with_transactions) != SUCCESS) {
      return std::nullopt;  // the other node says what is wrong
    }
    return with_transactions ? answers_.with_transactions : answers_.with_hashes;
  }
  if (method.starts_with("eth_getBlockTransactionCountBy")) {
    return hex_size(transactions_.size());
  }
  if (method.starts_with("eth_getUncleCountByBlock")) {
    return hex_size(uncles_.size());
  }
  if (method.starts_with("eth_getTransactionByBlock") && arguments.size() > 1) {
    return entry(transactions_, arguments.at(1).value_unsafe());
  }
  if (method == "eth_getBlockReceipts" && receipts_) {
    return answers_.receipts;
  }
  return std::nullopt;
}

std::optional<std::string> WholeBlock::about_transaction(std::string_view method, Json hash) const {
  std::string_view text;
  const auto wanted =
      hash.get(text) == SUCCESS ? base::fixed_from_hex<Hash256{}.size()>(text) : std::nullopt;
  std::optional<Json> found;
  if (wanted && method == "eth_getTransactionByHash") {
    found = find_by_hash(transactions_, "hash", *wanted);
  } else if (wanted && receipts_ && method == "eth_getTransactionReceipt") {
    found = find_by_hash(*receipts_, "transactionHash", *wanted);
  }
  return found ? std::optional(simdjson::minify(*found)) : std::nullopt;
}

std::optional<std::string> WholeBlock::answer(std::string_view method,
                                              std::string_view params) const {
  simdjson::dom::parser parser;
  JsonArray arguments;
  Json first;
  if (parser.parse(params.data(), params.size()).get(arguments) != SUCCESS ||
      arguments.at(0).get(first) != SUCCESS) {
    return std::nullopt;
  }
  return is_named(first) ? about_block(method, arguments) : about_transaction(method, first);
}

std::optional<std::vector<chain::FoundLog>> WholeBlock::logs() const {
  if (!receipts_) {
    return std::nullopt;
  }
  std::string all = "[";
  for (const Json receipt : *receipts_) {
    JsonArray logs;
    if (receipt["logs"].get(logs) != SUCCESS) {
      return std::nullopt;
    }
    for (const Json log : logs) {
      all += (all.size() > 1 ? "," : "") + simdjson::minify(log);
    }
  }
  auto found = read_upstream_logs(all + ']');
  if (!found) {
    return std::nullopt;
  }
  for (chain::FoundLog& log : *found) {
    log.block_timestamp = header_.header.timestamp;
  }
  return *std::move(found);
}

std::optional<std::vector<WholeBlock::Paid>> WholeBlock::paid() const {
  if (!receipts_) {
    return std::nullopt;
  }
  const U256 base_fee = header_.header.base_fee_per_gas.value_or(U256{});
  std::vector<Paid> out;
  for (const Json receipt : *receipts_) {
    const auto price = number_at(receipt, "effectiveGasPrice");
    const auto gas = number_at(receipt, "gasUsed");
    if (!price || !gas || !gas->fits_u64() || *price < base_fee) {
      return std::nullopt;
    }
    out.push_back({.tip = *price - base_fee, .gas = gas->low64()});
  }
  return out;
}

}  // namespace cairn::node
