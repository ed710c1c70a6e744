#include "api/fee_methods.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/json_writer.hpp"
#include "execution/block_processor.hpp"
#include "execution/fees.hpp"
#include "node/upstream_source.hpp"

namespace cairn::api {
namespace {

constexpr std::size_t kTipBlocks = 20;  // not empty
constexpr std::uint64_t kTipSeconds = 60;
constexpr std::uint64_t kTipBlocksMost = 256;  // looked at in all
constexpr std::size_t kTipsOfBlock = 3;
constexpr std::size_t kTipPercentile = 60;
constexpr std::size_t kMostPercentiles = 100;

U256 tip_of(const types::Transaction& transaction, const types::Header& header) {
  const U256 base_fee = header.base_fee_per_gas.value_or(U256{});
  return types::effective_gas_price(transaction, header.base_fee_per_gas) - base_fee;
}

// The smallest tips that a block still took.
void collect_tips(const chain::SealedBlock& block, std::vector<U256>& tips) {
  std::vector<U256> all;
  all.reserve(block.block.transactions.size());
  for (const auto& transaction : block.block.transactions) {
    all.push_back(tip_of(transaction, block.block.header));
  }
  std::ranges::sort(all);
  tips.insert(tips.end(), all.begin(),
              all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), kTipsOfBlock)));
}

U256 blob_price(const types::Header& header, const types::ChainConfig& config) {
  return header.excess_blob_gas ? execution::blob_base_fee(*header.excess_blob_gas,
                                                           config.blob_params_at(header.timestamp))
                                : U256{};
}

// What one block says in eth_feeHistory.
struct FeeRow {
  U256 base_fee;
  U256 blob_base_fee;
  double gas_ratio = 0;
  double blob_ratio = 0;
  std::vector<U256> rewards;
};

using Paid = node::WholeBlock::Paid;

std::vector<Paid> paid_in(const chain::SealedBlock& block, const chain::Receipts& receipts) {
  std::vector<Paid> paid;
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    paid.push_back({tip_of(block.block.transactions[i], block.block.header),
                    receipts[i].cumulative_gas_used - before});
    before = receipts[i].cumulative_gas_used;
  }
  return paid;
}

// The tip below which this part of the block's gas paid.
std::vector<U256> rewards_of(std::vector<Paid> paid, const std::vector<double>& percentiles) {
  std::uint64_t all = 0;
  for (const Paid& one : paid) {
    all += one.gas;
  }
  std::ranges::sort(paid, {}, &Paid::tip);
  std::vector<U256> rewards;
  std::size_t at = 0;
  std::uint64_t sum = paid.empty() ? 0 : paid.front().gas;
  for (const double percentile : percentiles) {
    const auto threshold = static_cast<std::uint64_t>(static_cast<double>(all) * percentile / 100);
    while (!paid.empty() && sum < threshold && at + 1 < paid.size()) {
      sum += paid[++at].gas;
    }
    rewards.push_back(paid.empty() ? U256{} : paid[at].tip);
  }
  return rewards;
}

FeeRow fee_row(const chain::ChainView& chain, std::uint64_t number,
               const std::optional<Percentiles>& percentiles) {
  const auto sealed = chain.block_at(number);
  const auto& header = sealed->block.header;
  FeeRow row;
  row.base_fee = header.base_fee_per_gas.value_or(U256{});
  row.blob_base_fee = blob_price(header, chain.config());
  row.gas_ratio = header.gas_limit == 0 ? 0
                                        : static_cast<double>(header.gas_used) /
                                              static_cast<double>(header.gas_limit);
  const std::uint64_t most_blobs = chain.config().blob_params_at(header.timestamp).max;
  if (header.blob_gas_used && most_blobs != 0) {
    row.blob_ratio = static_cast<double>(*header.blob_gas_used) /
                     static_cast<double>(most_blobs * execution::kGasPerBlob);
  }
  if (percentiles) {
    row.rewards = rewards_of(paid_in(*sealed, *chain.receipts_at(number)), percentiles->values);
  }
  return row;
}

RpcResult<void> check_percentiles(const std::vector<double>& values) {
  if (values.size() > kMostPercentiles) {
    return rpc_fail(
        RpcCode::server,
        fmt::format("invalid reward percentile: over the query limit {}", kMostPercentiles));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] < 0 || values[i] > 100) {
      return rpc_fail(RpcCode::server, fmt::format("invalid reward percentile: {:f}", values[i]));
    }
    if (i > 0 && values[i] <= values[i - 1]) {
      return rpc_fail(RpcCode::server,
                      fmt::format("invalid reward percentile: #{}:{:f} >= #{}:{:f}", i - 1,
                                  values[i - 1], i, values[i]));
    }
  }
  return {};
}

std::string text_of(const std::optional<Percentiles>& percentiles) {
  return fmt::format("[{}]",
                     fmt::join(percentiles ? percentiles->values : std::vector<double>{}, ","));
}

// Entries of another node's lists, 0 where it does not have them.
U256 wei_of(JsonValue root, std::string_view list, std::size_t index) {
  JsonValue value;
  if (root[list].at(index).get(value) != simdjson::SUCCESS) {
    return {};
  }
  const auto wei = read_quantity(value);
  return wei ? *wei : U256{};
}

double ratio_of(JsonValue root, std::string_view list, std::size_t index) {
  double out = 0;
  return root[list].at(index).get(out) == simdjson::SUCCESS ? out : 0;
}

// The rows of `count` blocks from `first` on, all from before a fork.
RpcResult<std::vector<FeeRow>> upstream_rows(const chain::ChainView& chain, std::uint64_t first,
                                             std::uint64_t count,
                                             const std::optional<Percentiles>& percentiles) {
  const auto source = node::upstream_of(chain);
  const auto block = count == 1 ? source->held(first) : nullptr;
  const auto paid = percentiles && block ? block->paid() : std::nullopt;
  const auto answer = source->pass("eth_feeHistory",
                                   fmt::format(R"(["{:#x}","{:#x}",{}])", count, first + count - 1,
                                               text_of(paid ? std::nullopt : percentiles)));
  if (!answer) {
    return rpc_fail(RpcCode::server, answer.error().message);
  }
  simdjson::dom::parser parser;
  JsonValue root;
  simdjson::dom::array bases;
  if (parser.parse(answer->data(), answer->size()).get(root) != simdjson::SUCCESS ||
      root["baseFeePerGas"].get(bases) != simdjson::SUCCESS || bases.size() < count) {
    return rpc_fail(RpcCode::server, "the upstream's fee history is not one of these blocks");
  }
  std::vector<FeeRow> rows(count);
  for (std::size_t i = 0; i < count; ++i) {
    rows[i] = {.base_fee = wei_of(root, "baseFeePerGas", i),
               .blob_base_fee = wei_of(root, "baseFeePerBlobGas", i),
               .gas_ratio = ratio_of(root, "gasUsedRatio", i),
               .blob_ratio = ratio_of(root, "blobGasUsedRatio", i),
               .rewards = {}};
    if (paid) {
      rows[i].rewards = rewards_of(*paid, percentiles->values);
      continue;
    }
    for (std::size_t j = 0; percentiles && j < percentiles->values.size(); ++j) {
      JsonValue tip;
      const bool there = root["reward"].at(i).at(j).get(tip) == simdjson::SUCCESS;
      const auto wei = there ? read_quantity(tip) : Read<U256>(U256{});
      rows[i].rewards.push_back(wei ? *wei : U256{});
    }
  }
  return rows;
}

// The fees of the block after `number`, whether it is there or not.
FeeRow row_after(const Context& context, const chain::ChainView& chain, std::uint64_t number) {
  if (number < chain.number()) {
    return fee_row(chain, number + 1, std::nullopt);
  }
  const auto next = context.node.next_header();
  FeeRow row;
  row.base_fee = next.base_fee_per_gas.value_or(U256{});
  row.blob_base_fee = blob_price(next, chain.config());
  return row;
}

template <class Value>
void write_list(JsonWriter& out, std::string_view name, const std::vector<FeeRow>& rows,
                Value value) {
  out.key(name).begin_array();
  for (const auto& row : rows) {
    value(row);
  }
  out.end_array();
}

}  // namespace

Read<Percentiles> read_percentiles(JsonValue value) {
  simdjson::dom::array items;
  if (value.get(items) != simdjson::SUCCESS) {
    return bad("want an array of numbers");
  }
  Percentiles out;
  for (const JsonValue item : items) {
    double percentile = 0;
    if (item.get(percentile) != simdjson::SUCCESS) {
      return bad("want an array of numbers");
    }
    out.values.push_back(percentile);
  }
  return out;
}

Read<Count> read_count(JsonValue value) {
  std::uint64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) {
    return Count{number};
  }
  CAIRN_TRY(number, read_quantity64(value));
  return Count{number};
}

Read<BlockCount> read_block_count(JsonValue value) {
  CAIRN_TRY(const std::uint64_t number, read_loose64(value));
  return BlockCount{number};
}

U256 suggested_tip(const Context& context) {
  const auto chain = context.node.head();
  const std::uint64_t now = chain->header().timestamp;
  std::vector<U256> tips;
  std::size_t filled = 0;
  std::uint64_t number = chain->number();
  for (std::uint64_t looked = 0;
       looked < kTipBlocksMost && number > 0 && number >= chain->first_block();
       ++looked, --number) {
    const auto block = chain->block_at(number);
    const bool recent = block->block.header.timestamp + kTipSeconds >= now;
    if (filled >= kTipBlocks && !recent) {
      break;
    }
    collect_tips(*block, tips);
    filled += block->block.transactions.empty() ? 0 : 1;
  }
  if (tips.empty()) {
    return context.limits.usual_tip;
  }
  std::ranges::sort(tips);
  return tips[(tips.size() - 1) * kTipPercentile / 100];
}

Answer eth_gas_price(Context& context) {
  const U256 base_fee = context.node.next_header().base_fee_per_gas.value_or(U256{});
  const auto& given = context.limits.gas_price;
  return to_json(given ? std::max(*given, base_fee) : base_fee + suggested_tip(context));
}

Answer eth_max_priority_fee_per_gas(Context& context) { return to_json(suggested_tip(context)); }

Answer eth_base_fee(Context& context) {
  return to_json(context.node.next_header().base_fee_per_gas);
}

Answer eth_blob_base_fee(Context& context) {
  return to_json(blob_price(context.node.next_header(), context.node.head()->config()));
}

Answer eth_fee_history(Context& context, const BlockCount& blocks, const BlockNumber& newest,
                       const std::optional<Percentiles>& asked) {
  // An empty list asks for no rewards.
  const auto percentiles = asked && !asked->values.empty() ? asked : std::nullopt;
  if (percentiles && blocks.value != 0) {
    CAIRN_CHECK(check_percentiles(percentiles->values));
  }
  const auto chain = context.node.head();
  std::uint64_t last = chain->number();
  if (const auto* number = std::get_if<std::uint64_t>(&newest.id.what)) {
    last = *number;
  } else if (const auto* tag = std::get_if<BlockTag>(&newest.id.what)) {
    last = number_of(*tag, last, context.limits);
  }
  if (last > chain->number() && blocks.value != 0) {
    return rpc_fail(RpcCode::server, fmt::format("request beyond head block: requested {}, head {}",
                                                 last, chain->number()));
  }
  const std::uint64_t count = std::min({blocks.value, context.limits.fee_history_blocks, last + 1});
  std::vector<FeeRow> rows;
  std::uint64_t own = last + 1 - count;
  if (count != 0 && own < chain->first_block()) {
    CAIRN_TRY(rows, upstream_rows(*chain, own, std::min(last + 1, chain->first_block()) - own,
                                  percentiles));
    own += rows.size();
  }
  for (std::uint64_t number = own; number <= last && count != 0; ++number) {
    rows.push_back(fee_row(*chain, number, percentiles));
  }
  JsonWriter out;
  out.begin_object().field("oldestBlock", count == 0 ? std::uint64_t{0} : last + 1 - count);
  write_list(out, "gasUsedRatio", rows, [&](const FeeRow& row) { out.number(row.gas_ratio); });
  write_list(out, "blobGasUsedRatio", rows, [&](const FeeRow& row) { out.number(row.blob_ratio); });
  if (percentiles) {
    write_list(out, "reward", rows, [&](const FeeRow& row) {
      out.begin_array();
      for (const U256& reward : row.rewards) {
        out.value(reward);
      }
      out.end_array();
    });
  }
  if (count != 0) {
    rows.push_back(row_after(context, *chain, last));
  }
  write_list(out, "baseFeePerGas", rows, [&](const FeeRow& row) { out.value(row.base_fee); });
  write_list(out, "baseFeePerBlobGas", rows,
             [&](const FeeRow& row) { out.value(row.blob_base_fee); });
  out.end_object();
  return std::move(out).take();
}

}  // namespace cairn::api
