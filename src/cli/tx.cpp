#include "cli/tx.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <cstdio>
#include <memory>

#include "base/clock.hpp"
#include "base/hex.hpp"
#include "base/u256.hpp"
#include "cli/rpc_client.hpp"

namespace cairn::cli {
namespace {

struct TxOptions {
  std::string config;
  std::string rpc;
  std::string datadir = ".cairn";
  std::string secret;  // a file
  bool json = false;
};

// What a script may go by; 1 and 2 are those of every command.
enum Code : int { succeeded = 0, waiting = 3, failed = 4, gone = 5, unknown = 6 };

Result<std::string> hash_of(const std::vector<std::string>& arguments) {
  if (arguments.size() != 1) {
    return fail(ErrorCode::invalid_argument, "tx needs one transaction hash");
  }
  const std::string_view text = arguments.front();
  const bool prefixed = text.starts_with("0x") || text.starts_with("0X");
  const std::string_view digits = text.substr(prefixed ? 2 : 0);
  if (digits.size() != 2 * Hash256::size()) {
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("a transaction hash has 64 hex digits, '{}' has {}", text, digits.size()));
  }
  const auto hash = base::fixed_from_hex<32>(digits);
  if (!hash) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("'{}' is no hash: a digit is not hexadecimal", text));
  }
  return base::to_hex(*hash);
}

// How a field of cairn_explainTransaction is shown; `wei` and counts are quantities.
struct Line {
  std::string_view field;
  std::string_view label;
  bool quantity = false;
  std::string_view unit = {};
};
constexpr Line kLines[] = {
    {"from", "From"},
    {"nonce", "Nonce", true},
    {"accountNonce", "Next nonce of the account", true},
    {"missingNonces", "Missing nonces", true},
    {"fundsMissing", "Funds missing", true, " wei"},
    {"position", "Position", true},
    {"maxFeePerGas", "Fee cap", true, " wei"},
    {"baseFeePerGas", "Next base fee", true, " wei"},
    {"blockNumber", "Block", true},
    {"blockHash", "Block hash"},
    {"transactionIndex", "Index", true},
    {"gasUsed", "Gas used", true},
    {"gasLimit", "Gas limit", true},
    {"reason", "Reason"},
    {"revertData", "Revert data"},
    {"replacedBy", "Replaced by"},
};

std::string shown(std::string_view text, bool quantity) {
  const auto number = quantity ? base::from_hex_number(text) : std::nullopt;
  return number ? base::to_decimal(*number) : std::string(text);
}

// Empty: there is nothing to show.
std::string value_of(const simdjson::dom::element& value, const Line& line) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) {
    const std::string out = shown(text, line.quantity);
    return line.field == "fundsMissing" && out == "0" ? "" : out + std::string(line.unit);
  }
  std::string out;
  simdjson::dom::array items;
  if (value.get(items) == simdjson::SUCCESS) {
    for (const simdjson::dom::element item : items) {
      if (item.get(text) == simdjson::SUCCESS) {
        out += (out.empty() ? "" : ", ") + shown(text, line.quantity);
      }
    }
  }
  return out;
}

int code_of(std::string_view state, const simdjson::dom::element& answer) {
  if (state == "mined") {
    bool success = false;
    return answer["success"].get(success) == simdjson::SUCCESS && success ? Code::succeeded
                                                                          : Code::failed;
  }
  if (state == "unknown") {
    return Code::unknown;
  }
  return state == "queued" || state == "pending" ? Code::waiting : Code::gone;
}

Result<int> print(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::element answer;
  std::string_view hash;
  std::string_view state;
  std::string_view sentence;
  if (parser.parse(json).get(answer) != simdjson::SUCCESS ||
      answer["hash"].get(hash) != simdjson::SUCCESS ||
      answer["state"].get(state) != simdjson::SUCCESS ||
      answer["sentence"].get(sentence) != simdjson::SUCCESS) {
    return fail(ErrorCode::malformed,
                "the node's answer is not what cairn_explainTransaction says");
  }
  fmt::print("{}\n{}\n", hash, sentence);
  std::string_view unblock;
  if (answer["unblock"].get(unblock) == simdjson::SUCCESS) {
    fmt::print("To do: {}\n", unblock);
  }
  fmt::print("\n");
  for (const Line& line : kLines) {
    simdjson::dom::element value;
    if (answer[line.field].get(value) == simdjson::SUCCESS) {
      if (const std::string text = value_of(value, line); !text.empty()) {
        fmt::print("{:<26} {}\n", line.label, text);
      }
    }
  }
  return code_of(state, answer);
}

Result<int> run_tx(const TxOptions& options, const std::vector<std::string>& arguments) {
  CAIRN_TRY(const std::string hash, hash_of(arguments));
  CAIRN_TRY(const std::string url, url_of_node(options.rpc, options.datadir));
  const auto now = static_cast<std::int64_t>(base::SystemClock().unix_seconds());
  // The secret of the node in the folder goes to no other one.
  CAIRN_TRY(const std::string token, options.rpc.empty() || !options.secret.empty()
                                         ? authorization_for(options.secret, options.datadir, now)
                                         : Result<std::string>{});
  CAIRN_TRY(const std::string answer,
            ask_node(url, "cairn_explainTransaction", fmt::format("[\"{}\"]", hash), token));
  if (options.json) {
    fmt::print("{}\n", answer);
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    std::string_view state;
    const bool known = parser.parse(answer).get(root) == simdjson::SUCCESS &&
                       root["state"].get(state) == simdjson::SUCCESS;
    return known ? code_of(state, root) : 1;
  }
  return print(answer);
}

}  // namespace

Command tx_command() {
  const auto options = std::make_shared<TxOptions>();
  return {
      "tx",
      "Say where a transaction is, why, and what unblocks it. Ends with 0 when it succeeded, 3 "
      "when it waits, 4 when it failed, 5 when it was replaced or dropped, 6 when the node has "
      "never seen it",
      {{"config", "FILE", "TOML file with these options as keys", into(options->config)},
       {"rpc", "URL", "the node to ask (the one that runs in --datadir)", into(options->rpc)},
       {"datadir", "FOLDER", "where the node keeps its chain (.cairn)", into(options->datadir)},
       {"authrpc.jwtsecret", "FILE",
        "the secret of a node that asks for tokens (that of the one that runs in --datadir)",
        into(options->secret)},
       {"json", "", "print the node's answer as it is", into(options->json)}},
      "HASH",
      [options](const std::vector<std::string>& arguments) { return run_tx(*options, arguments); }};
}

}  // namespace cairn::cli
