#include "spec/transaction_test.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "execution/transaction_rules.hpp"
#include "spec/exceptions.hpp"
#include "spec/network.hpp"

namespace cairn::spec {
namespace {

using execution::Judged;
using execution::Refused;
using types::Transaction;
using types::TransactionType;

struct Accepted {
  Transaction transaction;
  Address sender;
};

// A typed envelope of a kind that the fork does not know may be refused for that or for what is
// wrong inside.
bool has_unknown_type(BytesView encoded, types::Fork fork) {
  constexpr auto kLastType = static_cast<std::uint8_t>(TransactionType::set_code);
  if (encoded.empty() || encoded[0] >= 0xc0) {
    return false;
  }
  return encoded[0] == 0 || encoded[0] > kLastType ||
         !execution::knows_type(fork, static_cast<TransactionType>(encoded[0]));
}

Judged<Accepted> judge_transaction(const TransactionTest& test, const Network& network) {
  auto decoded = types::decode_transaction(test.encoded);
  if (!decoded) {
    return execution::refuse(Refused::malformed, decoded.error().message);
  }
  execution::BlockEnvironment env;
  env.context.fork = network.fork;
  env.context.gas_limit = ~std::uint64_t{0};  // of a block that takes any transaction
  env.blob_params = network.blob_params;
  CAIRN_TRY(const Address sender,
            execution::sender_of(*decoded, network.fork, env.context.chain_id));
  CAIRN_CHECK(execution::validate_statically(*decoded, env));
  return Accepted{.transaction = *std::move(decoded), .sender = sender};
}

std::optional<std::string> judge_refusal(const TransactionTest& test, types::Fork fork,
                                         const Judged<Accepted>& judged,
                                         std::string_view expected) {
  if (!is_known_exception(expected)) {
    return fmt::format("unknown exception {}", expected);
  }
  if (judged) {
    return fmt::format("expected {}, but the transaction is valid", expected);
  }
  const bool unknown_type =
      has_unknown_type(test.encoded, fork) &&
      is_expected({.code = Refused::type_not_supported, .message = {}}, expected);
  if (!unknown_type && !is_expected(judged.error(), expected)) {
    return fmt::format("expected {}, refused as {} ({})", expected,
                       refused_name(judged.error().code), judged.error().message);
  }
  return std::nullopt;
}

Result<TransactionTest::Expectation> read_expectation(std::string_view network, const Json& json) {
  TransactionTest::Expectation expected;
  expected.network = network;
  if (json.has("exception")) {
    CAIRN_TRY(const Json exception, json.at("exception"));
    CAIRN_TRY(const std::string_view name, exception.text());
    expected.exception = name;
    return expected;
  }
  CAIRN_TRY(const Json hash, json.at("hash"));
  CAIRN_TRY(expected.hash, hash.hash());
  CAIRN_TRY(const Json sender, json.at("sender"));
  CAIRN_TRY(expected.sender, sender.address());
  CAIRN_TRY(const Json gas, json.at("intrinsicGas"));
  CAIRN_TRY(expected.intrinsic_gas, gas.u64());
  return expected;
}

}  // namespace

Result<TransactionTest> read_transaction_test(std::string name, const Json& json) {
  TransactionTest test;
  test.name = std::move(name);
  CAIRN_TRY(const Json encoded, json.at("txbytes"));
  CAIRN_TRY(test.encoded, encoded.bytes());
  CAIRN_TRY(const Json results, json.at("result"));
  CAIRN_TRY(const auto networks, results.object());
  for (const auto [network, value] : networks) {
    CAIRN_TRY(auto expected, read_expectation(network, Json(value, network)));
    test.expectations.push_back(std::move(expected));
  }
  return test;
}

std::optional<std::string> run_transaction_test(const TransactionTest& test,
                                                const TransactionTest::Expectation& expected) {
  const auto network = network_from_name(expected.network);
  if (!network) {
    return fmt::format("unknown fork {}", expected.network);
  }
  const auto judged = judge_transaction(test, *network);
  if (expected.exception) {
    return judge_refusal(test, network->fork, judged, *expected.exception);
  }
  if (!judged) {
    return fmt::format("refused: {}", judged.error().message);
  }
  if (const Hash256 hash = types::transaction_hash(judged->transaction); hash != expected.hash) {
    return fmt::format("hash {} instead of {}", base::to_hex(hash), base::to_hex(expected.hash));
  }
  if (judged->sender != expected.sender) {
    return fmt::format("sender {} instead of {}", base::to_hex(judged->sender),
                       base::to_hex(expected.sender));
  }
  const std::uint64_t gas = execution::intrinsic_gas(judged->transaction, network->fork).intrinsic;
  if (gas != expected.intrinsic_gas) {
    return fmt::format("intrinsic gas {} instead of {}", gas, expected.intrinsic_gas);
  }
  return std::nullopt;
}

}  // namespace cairn::spec
