#include "api/upstream_passage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/block_id.hpp"
#include "api/fee_methods.hpp"
#include "base/hex.hpp"
#include "node/upstream_source.hpp"
#include "node/url_origin.hpp"

namespace cairn::api {
namespace {

// What one argument of a method names, and so when the source answers.
enum class Names : std::uint8_t {
  state,        // a block whose state is asked: before the fork's
  block,        // a block: up to the fork's
  block_hash,   // one that this chain does not know, or the fork's
  transaction,  // likewise; the answer tells its block
  traced,       // likewise; the answer does not
  creation,     // the address of a contract: one that the fork began with
  nonce,        // after a sender: one that the fork began with
  filter,       // an eth_getLogs object: by the hash of a block that this chain does not know
};

struct Passed {
  std::string_view method;
  std::size_t argument;
  Names names;
};

constexpr std::array kPassed{
    Passed{"eth_getBalance", 1, Names::state},
    Passed{"eth_getCode", 1, Names::state},
    Passed{"eth_getTransactionCount", 1, Names::state},
    Passed{"eth_getStorageAt", 2, Names::state},
    Passed{"eth_getProof", 2, Names::state},
    Passed{"eth_call", 1, Names::state},
    Passed{"eth_estimateGas", 1, Names::state},
    Passed{"eth_createAccessList", 1, Names::state},
    Passed{"eth_simulateV1", 1, Names::state},
    Passed{"eth_feeHistory", 1, Names::state},
    Passed{"eth_getBlockByNumber", 0, Names::block},
    Passed{"eth_getBlockTransactionCountByNumber", 0, Names::block},
    Passed{"eth_getBlockReceipts", 0, Names::block},
    Passed{"eth_getUncleCountByBlockNumber", 0, Names::block},
    Passed{"eth_getUncleByBlockNumberAndIndex", 0, Names::block},
    Passed{"eth_getTransactionByBlockNumberAndIndex", 0, Names::block},
    Passed{"eth_getRawTransactionByBlockNumberAndIndex", 0, Names::block},
    Passed{"eth_getBlockByHash", 0, Names::block_hash},
    Passed{"eth_getBlockTransactionCountByHash", 0, Names::block_hash},
    Passed{"eth_getUncleCountByBlockHash", 0, Names::block_hash},
    Passed{"eth_getUncleByBlockHashAndIndex", 0, Names::block_hash},
    Passed{"eth_getTransactionByBlockHashAndIndex", 0, Names::block_hash},
    Passed{"eth_getRawTransactionByBlockHashAndIndex", 0, Names::block_hash},
    Passed{"eth_getTransactionByHash", 0, Names::transaction},
    Passed{"eth_getTransactionReceipt", 0, Names::transaction},
    Passed{"eth_getRawTransactionByHash", 0, Names::traced},
    Passed{"eth_getTransactionBySenderAndNonce", 1, Names::nonce},
    Passed{"eth_getLogs", 0, Names::filter},
    Passed{"ots_hasCode", 1, Names::state},
    Passed{"ots_getBlockDetails", 0, Names::block},
    Passed{"ots_getBlockTransactions", 0, Names::block},
    Passed{"ots_getBlockDetailsByHash", 0, Names::block_hash},
    Passed{"ots_getContractCreator", 0, Names::creation},
    Passed{"ots_getInternalOperations", 0, Names::traced},
    Passed{"ots_getTransactionBySenderAndNonce", 1, Names::nonce},
    Passed{"ots_getTransactionError", 0, Names::traced},
    Passed{"ots_traceTransaction", 0, Names::traced},
    Passed{"debug_getRawBlock", 0, Names::block},
    Passed{"debug_getRawReceipts", 0, Names::block},
    Passed{"debug_getRawTransaction", 0, Names::traced},
    Passed{"debug_traceBlockByHash", 0, Names::block_hash},
    Passed{"debug_traceBlockByNumber", 0, Names::block},
    Passed{"debug_traceCall", 1, Names::state},
    Passed{"debug_traceTransaction", 0, Names::traced},
    Passed{"trace_block", 0, Names::block},
    Passed{"trace_blockOpcodeGas", 0, Names::block},
    Passed{"trace_call", 2, Names::state},
    Passed{"trace_callMany", 1, Names::state},
    Passed{"trace_get", 0, Names::traced},
    Passed{"trace_replayBlockTransactions", 0, Names::block},
    Passed{"trace_replayTransaction", 0, Names::traced},
    Passed{"trace_transaction", 0, Names::traced},
    Passed{"trace_transactionOpcodeGas", 0, Names::traced},
};

// They know all that they say.
constexpr std::array<std::string_view, 20> kNeverAsking{
    "eth_blockNumber",    "eth_chainId",         "eth_accounts",
    "eth_coinbase",       "eth_syncing",         "eth_mining",
    "eth_hashrate",       "eth_protocolVersion", "eth_sign",
    "eth_unsubscribe",    "eth_newBlockFilter",  "eth_newPendingTransactionFilter",
    "net_version",        "net_listening",       "net_peerCount",
    "web3_clientVersion", "web3_sha3",           "eth_uninstallFilter",
    "personal_sign",      "txpool_status"};

Answer answer_of(const node::UpstreamAnswer& answer) {
  if (answer) {
    return *answer;
  }
  const node::UpstreamError& error = answer.error();
  return std::unexpected(
      RpcError{.code = error.refused ? static_cast<RpcCode>(error.code) : RpcCode::server,
               .message = error.message,
               .data = error.data});
}

// One request on a fork.
class Passage {
 public:
  Passage(const Context& context, const chain::ChainView& chain, const Passed& passed,
          const Method& method, Arguments arguments)
      : context_(context),
        chain_(chain),
        source_(*node::upstream_of(chain)),
        passed_(passed),
        method_(method),
        arguments_(arguments) {}

  std::optional<Answer> answer() {
    if (passed_.argument >= arguments_.size() && passed_.names != Names::state &&
        passed_.names != Names::block) {
      return std::nullopt;
    }
    switch (passed_.names) {
      case Names::state:
      case Names::block:
        return by_block();
      case Names::block_hash:
        return by_block_hash();
      case Names::transaction:
        return by_transaction();
      case Names::traced:
        return by_traced();
      case Names::creation:
        return by_creation();
      case Names::nonce:
        return by_nonce();
      case Names::filter:
        return by_filter();
    }
    return std::nullopt;
  }

 private:
  std::uint64_t fork() const { return chain_.fork()->number(); }

  std::optional<Answer> by_block() {
    BlockId id;
    if (passed_.argument < arguments_.size() && !arguments_[passed_.argument].is_null()) {
      std::uint64_t number = 0;  // explorers write JSON numbers
      const bool is_number = arguments_[passed_.argument].get(number) == simdjson::SUCCESS;
      const auto read = is_number ? BlockId{number} : read_block_id(arguments_[passed_.argument]);
      if (!read) {
        return std::nullopt;  // the method says what is wrong
      }
      id = *read;
    }
    const bool of_state = passed_.names == Names::state;
    if (const auto* hash = std::get_if<Hash256>(&id.what)) {
      const auto known = chain_.number_of(*hash);
      if (known && (of_state || *known > fork())) {
        return no_proof(*known);
      }
      return known || is_before_fork(*hash) ? std::optional(passed_on(params())) : std::nullopt;
    }
    if (id.is_pending()) {
      return no_proof(chain_.number());
    }
    std::uint64_t number = chain_.number();
    if (const auto* wanted = std::get_if<std::uint64_t>(&id.what)) {
      number = *wanted;
    } else if (const auto* tag = std::get_if<BlockTag>(&id.what)) {
      number = number_of(*tag, number, context_.limits);
    }
    return number < fork() + (of_state ? 0 : 1) ? std::optional(passed_on(params(number)))
                                                : no_proof(number);
  }

  // The root of a fork's header is of a trie that only holds what differs.
  std::optional<Answer> no_proof(std::uint64_t number) const {
    if (method_.name != "eth_getProof") {
      return std::nullopt;
    }
    return rpc_fail(RpcCode::server,
                    fmt::format("no proofs from block {} on: this chain is a fork, and its state "
                                "roots cover only what differs from {} at block {}",
                                number, node::origin_of(source_.url()), fork()));
  }

  std::optional<Answer> by_block_hash() {
    const auto hash = read_hash(arguments_[0]);
    if (!hash) {
      return std::nullopt;
    }
    const auto known = chain_.number_of(*hash);
    if (known ? *known > fork() : !is_before_fork(*hash)) {
      return std::nullopt;
    }
    return passed_on(params());
  }

  std::optional<Answer> by_transaction() {
    const auto hash = read_hash(arguments_[0]);
    if (!hash || chain_.place_of(*hash) || context_.node.find_pooled(*hash)) {
      return std::nullopt;
    }
    return answer_of(source_.pass(std::string(method_.name), params(), belongs("blockNumber")));
  }

  std::optional<Answer> by_traced() {
    const auto hash = read_hash(arguments_[0]);
    if (!hash || chain_.place_of(*hash) || context_.node.find_pooled(*hash)) {
      return std::nullopt;
    }
    const auto found =
        source_.pass("eth_getTransactionByHash", fmt::format(R"(["{}"])", base::to_hex(*hash)),
                     belongs("blockNumber"));
    if (!found) {
      return answer_of(found);
    }
    return *found == "null" ? std::nullopt : std::optional(passed_on(params()));
  }

  std::optional<Answer> by_creation() {
    const auto address = Parameter<Address>::read(arguments_[0]);
    if (!address) {
      return std::nullopt;
    }
    const auto account = chain_.fork()->state->account(*address);
    return account && account->has_code() ? std::optional(passed_on(params())) : std::nullopt;
  }

  std::optional<Answer> by_nonce() {
    const auto sender = Parameter<Address>::read(arguments_[0]);
    const auto nonce = Parameter<Count>::read(arguments_[1]);
    if (!sender || !nonce) {
      return std::nullopt;
    }
    const auto account = chain_.fork()->state->account(*sender);
    return account && account->nonce > nonce->value ? std::optional(passed_on(params()))
                                                    : std::nullopt;
  }

  std::optional<Answer> by_filter() {
    JsonValue member;
    if (arguments_[0]["blockHash"].get(member) != simdjson::SUCCESS) {
      return std::nullopt;
    }
    const auto hash = read_hash(member);
    if (!hash || chain_.number_of(*hash) || !is_before_fork(*hash)) {
      return std::nullopt;
    }
    return passed_on(params());
  }

  node::UpstreamSource::Belongs belongs(std::string_view member) const {
    return up_to_fork(fork(), member);
  }

  bool is_before_fork(const Hash256& hash) const {
    const auto block =
        source_.pass("eth_getBlockByHash", fmt::format(R"(["{}",false])", base::to_hex(hash)),
                     belongs("number"));
    if (!block && !block.error().refused) {
      throw state::StateUnavailable(block.error().message);
    }
    return block && *block != "null";
  }

  Answer passed_on(const std::string& params) const {
    return answer_of(source_.pass(std::string(method_.name), params));
  }

  // The arguments as they came; with `number` in the place of the block.
  std::string params(std::optional<std::uint64_t> number = {}) const {
    std::vector<std::string> out;
    for (const JsonValue argument : arguments_) {
      out.push_back(simdjson::minify(argument));
    }
    if (number) {
      out.resize(std::max(out.size(), passed_.argument + 1), "null");
      out[passed_.argument] = fmt::format(R"("{:#x}")", *number);
    }
    return fmt::format("[{}]", fmt::join(out, ","));
  }

  const Context& context_;
  const chain::ChainView& chain_;
  const node::UpstreamSource& source_;
  const Passed& passed_;
  const Method& method_;
  Arguments arguments_;
};

}  // namespace

bool may_ask_source(const Method& method) {
  return std::ranges::find(kNeverAsking, method.name) == kNeverAsking.end();
}

std::function<bool(std::string_view)> up_to_fork(std::uint64_t fork, std::string_view member) {
  return [member, fork](std::string_view json) {
    simdjson::dom::parser parser;
    JsonValue root;
    JsonValue value;
    if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS ||
        root[member].get(value) != simdjson::SUCCESS) {
      return false;
    }
    const auto number = read_quantity64(value);
    return number && *number <= fork;
  };
}

std::optional<Answer> pass_upstream(Context& context, const Method& method, Arguments arguments) {
  const auto chain = context.node.head();
  if (chain->fork() == nullptr || arguments.size() > method.parameters.size()) {
    return std::nullopt;
  }
  const auto* passed = std::ranges::find(kPassed, method.name, &Passed::method);
  if (passed == kPassed.end()) {
    return std::nullopt;
  }
  try {
    return Passage(context, *chain, *passed, method, arguments).answer();
  } catch (const state::StateUnavailable& missing) {
    return rpc_fail(RpcCode::server, missing.what());
  }
}

}  // namespace cairn::api
