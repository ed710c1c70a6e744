// geth's own tracer vectors: a genesis, a transaction, and what the tracer answers.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <iostream>

#include "base/hex.hpp"
#include "execution/fees.hpp"
#include "state/memory_state.hpp"
#include "tests/fixtures.hpp"
#include "tests/trace/equal_json.hpp"
#include "trace/tracers.hpp"

namespace cairn::trace {
namespace {

using types::Json;

struct Suite {
  std::string_view folder;
  std::string_view tracer;
  Comparison comparison = {};
};

// As geth's own runner has it: a log's index may be left out, and flat traces say nothing of the
// block that they were made in.
const Comparison kNested{.optional = {"index"}};
const Comparison kFlat{
    .all_optional = true,
    .ignored = {"blockHash", "blockNumber", "transactionHash", "transactionPosition", "time"}};

const Json* member(const Json& object, std::string_view key) {
  for (const Json::Member& entry : object.members) {
    if (entry.key == key) {
      return &entry.value;
    }
  }
  return nullptr;
}

std::string printed(const Json& value) {
  switch (value.kind) {
    case Json::Kind::null:
      return "null";
    case Json::Kind::string:
      return '"' + value.text + '"';
    case Json::Kind::boolean:
    case Json::Kind::number:
      return value.text;
    default:
      break;
  }
  const bool is_object = value.kind == Json::Kind::object;
  std::string out;
  for (const Json::Member& entry : value.members) {
    out += out.empty() ? "" : ",";
    out += (is_object ? '"' + entry.key + "\":" : "") + printed(entry.value);
  }
  return is_object ? '{' + out + '}' : '[' + out + ']';
}

// geth's runner asks a chain's config for its forks alone: who may seal (clique, which puts its
// signers into extraData), and in which order forks begin, is not looked at.
std::string lenient_genesis(const std::string& text) {
  Json genesis = *types::parse_json(text);
  std::erase_if(genesis.members,
                [](const Json::Member& member) { return member.key == "extraData"; });
  for (Json::Member& entry : genesis.members) {
    if (entry.key != "config") {
      continue;
    }
    auto& config = entry.value.members;
    std::erase_if(config, [](const Json::Member& member) { return member.key == "clique"; });
    const auto number = [](const Json::Member& member) {
      return *types::json_number(member.value, member.key);
    };
    const auto byzantium = std::ranges::find(config, "byzantiumBlock", &Json::Member::key);
    for (Json::Member& member : config) {
      if (byzantium != config.end() && member.key.starts_with("eip15") &&
          member.key.ends_with("Block") && number(member) > number(*byzantium)) {
        member.value = byzantium->value;
      }
    }
  }
  return printed(genesis);
}

// The text of a member, cut out of the file.
std::string text_of(const simdjson::dom::element& file, std::string_view key) {
  return simdjson::minify(file[key].value());
}

execution::BlockEnvironment environment_of(const types::Genesis& genesis, const Json& context) {
  const auto number = [&context](std::string_view key) {
    const Json* value = member(context, key);
    return value == nullptr ? U256{} : *types::json_number(*value, key);
  };
  execution::BlockEnvironment env;
  evm::BlockContext& block = env.context;
  block.number = number("number").low64();
  block.timestamp = number("timestamp").low64();
  const bool merged = genesis.config.terminal_total_difficulty == U256{0};
  block.fork = genesis.config.fork_at(block.number, block.timestamp, merged);
  block.chain_id = genesis.config.chain_id;
  block.gas_limit = number("gasLimit").low64();
  block.coinbase = *base::fixed_from_hex<20>(member(context, "miner")->text);
  block.prev_randao = merged ? base::to_u256(genesis.header.prev_randao) : number("difficulty");
  block.base_fee = number("baseFeePerGas");
  if (block.fork >= types::Fork::cancun) {
    env.blob_params = genesis.config.blob_params_at(block.timestamp);
    block.blob_base_fee =
        execution::blob_base_fee(genesis.header.excess_blob_gas.value_or(0), env.blob_params);
  }
  return env;
}

// Nothing: the answer is as expected.
std::optional<std::string> difference(const std::filesystem::path& file, const Suite& suite) {
  simdjson::dom::parser parser;
  const simdjson::dom::element vector = parser.load(file.string()).value();
  const auto parsed = types::parse_genesis(lenient_genesis(text_of(vector, "genesis")));
  if (!parsed) {
    return parsed.error().message;
  }
  const types::Genesis& genesis = parsed->genesis;
  const auto context = *types::parse_json(text_of(vector, "context"));
  const execution::BlockEnvironment env = environment_of(genesis, context);
  const auto transaction =
      types::decode_transaction(*base::from_hex(vector["input"].get_string().value()));
  if (!transaction) {
    return transaction.error().message;
  }
  const auto sender = execution::sender_of(*transaction, env.context.fork, genesis.config.chain_id);
  if (!sender) {
    return sender.error().message;
  }
  std::optional<Json> config;
  if (!vector["tracerConfig"].error()) {
    config = *types::parse_json(text_of(vector, "tracerConfig"));
  }
  auto made = make_tracer(suite.tracer, config ? &*config : nullptr);
  if (!made) {
    return made.error().message;
  }
  const state::MemoryState base(genesis.alloc);
  state::Overlay overlay(base);
  const Subject subject{.overlay = overlay,
                        .environment = env,
                        .transaction = *transaction,
                        .sender = *sender,
                        .base = base};
  (*made)->begin(subject);
  const auto outcome =
      execution::execute_transaction(overlay, env, *transaction, *sender, {}, {}, made->get());
  if (!outcome) {
    return outcome.error().message;
  }
  (*made)->end(*outcome);
  codec::JsonWriter out;
  (*made)->write(out);
  return first_difference(text_of(vector, "result"), std::move(out).take(), suite.comparison);
}

class GethVectors : public ::testing::TestWithParam<Suite> {};

TEST_P(GethVectors, AreAnsweredAsGethDoes) {
  CAIRN_FIXTURES_OR_SKIP(root);
  const auto folder = root / "geth-tracers" / GetParam().folder;
  std::size_t passed = 0;
  std::size_t total = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    ++total;
    const auto wrong = difference(entry.path(), GetParam());
    EXPECT_EQ(wrong.value_or(""), "") << entry.path().filename();
    passed += wrong ? 0 : 1;
  }
  EXPECT_GT(total, 0u);
  std::cout << "geth-tracers/" << GetParam().folder << ": " << passed << " passed, "
            << total - passed << " failed, 0 skipped\n";
}

INSTANTIATE_TEST_SUITE_P(Geth, GethVectors,
                         ::testing::Values(Suite{"call_tracer", "callTracer", kNested},
                                           Suite{"call_tracer_withLog", "callTracer", kNested},
                                           Suite{"call_tracer_flat", "flatCallTracer", kFlat},
                                           Suite{"prestate_tracer", "prestateTracer"},
                                           Suite{"prestate_tracer_with_diff_mode",
                                                 "prestateTracer"}),
                         [](const auto& instance) {
                           std::string name(instance.param.folder);
                           std::erase(name, '_');
                           return name;
                         });

}  // namespace
}  // namespace cairn::trace
