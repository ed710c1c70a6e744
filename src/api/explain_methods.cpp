#include "api/explain_methods.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <ranges>

#include "api/error_names.hpp"
#include "api/json_writer.hpp"
#include "api/parameters.hpp"
#include "api/upstream_passage.hpp"
#include "base/hex.hpp"
#include "execution/fees.hpp"
#include "node/replay.hpp"
#include "node/upstream_source.hpp"
#include "txpool/admission.hpp"

namespace cairn::api {
namespace {

using txpool::EntryPtr;
using txpool::PoolRefused;

constexpr std::size_t kShownNonces = 16;

// The answer's first fields; the rest depends on the state.
JsonWriter begin(const Hash256& hash, std::string_view state, std::string_view sentence,
                 std::string_view unblock) {
  JsonWriter out;
  out.begin_object().field("hash", hash).field("state", state).field("sentence", sentence);
  out.key("unblock");
  unblock.empty() ? out.null() : out.string(unblock);
  return out;
}

std::string finish(JsonWriter out) {
  out.end_object();
  return std::move(out).take();
}

void write_position_in_account(JsonWriter& out, const txpool::Entry& entry, std::uint64_t account) {
  out.field("from", entry.sender)
      .field("nonce", entry.transaction.nonce)
      .field("accountNonce", account);
}

// Nonces from the account's own up to the transaction's that no waiting transaction has.
struct Gap {
  std::vector<std::uint64_t> first;  // at most kShownNonces
  std::uint64_t count = 0;
};

Gap gap_before(const txpool::Txpool::Content& account, std::uint64_t from, std::uint64_t nonce) {
  Gap out;
  const auto skip_to = [&](std::uint64_t next) {
    for (std::uint64_t n = from; n < next && out.first.size() < kShownNonces; ++n) {
      out.first.push_back(n);
    }
    out.count += next - std::min(from, next);
    from = std::max(from, next + 1);
  };
  for (const auto* list : {&account.pending, &account.queued}) {
    for (const EntryPtr& entry : *list) {
      if (entry->transaction.nonce < nonce) {
        skip_to(entry->transaction.nonce);
      }
    }
  }
  skip_to(nonce);
  return out;
}

// What the waiting transactions up to this one may cost beyond the balance.
U256 funds_missing(const txpool::Txpool::Content& account, std::uint64_t nonce,
                   const U256& balance) {
  U256 missing;
  U256 left = balance;
  for (const auto* list : {&account.pending, &account.queued}) {
    for (const EntryPtr& entry : *list) {
      if (entry->transaction.nonce <= nonce) {
        const U256 paid = std::min(left, entry->max_cost);
        left -= paid;
        const auto [sum, carry] = base::add_with_carry(missing, entry->max_cost - paid);
        missing = carry ? ~U256{} : sum;
      }
    }
  }
  return missing;
}

std::string queued_for_nonce(const txpool::Entry& entry, std::uint64_t account, const Gap& gap,
                             const U256& funds) {
  const std::uint64_t nonce = entry.transaction.nonce;
  const std::string more = gap.count > gap.first.size() ? ", ..." : "";
  const std::string list = fmt::format("{}{}", fmt::join(gap.first, ", "), more);
  const std::string_view nonces = gap.count == 1 ? "nonce" : "nonces";
  const std::string sender = base::to_hex(entry.sender);
  const std::string pay = funds.is_zero()
                              ? ""
                              : fmt::format(
                                    " Send {} at least {} wei more, too: what waits up to this one "
                                    "may cost more than it has.",
                                    sender, base::to_decimal(funds));
  JsonWriter out = begin(
      entry.hash, "queued",
      fmt::format("Queued for nonce {}: the account's next nonce is {}, and no transaction with {} "
                  "{} is here.",
                  nonce, account, nonces, list),
      fmt::format("Send from {} what is missing: {} {}.{}", sender, nonces, list, pay));
  write_position_in_account(out, entry, account);
  out.key("missingNonces").begin_array();
  for (const std::uint64_t missing : gap.first) {
    out.quantity(missing);
  }
  out.end_array().field("missingCount", gap.count).field("fundsMissing", funds);
  return finish(std::move(out));
}

// A run stops at the first transaction that the balance cannot pay alone.
std::string queued_for_funds(const txpool::Entry& entry, std::uint64_t account,
                             const txpool::Entry& poor, const U256& balance) {
  const U256 missing = poor.max_cost > balance ? poor.max_cost - balance : U256{};
  const std::string which =
      poor.hash == entry.hash ? "it" : fmt::format("nonce {} before it", poor.transaction.nonce);
  JsonWriter out =
      begin(entry.hash, "queued",
            fmt::format("Queued for funds: {} may cost {} wei, the account has {}.", which,
                        base::to_decimal(poor.max_cost), base::to_decimal(balance)),
            fmt::format("Send {} at least {} wei more.", base::to_hex(entry.sender),
                        base::to_decimal(missing)));
  write_position_in_account(out, entry, account);
  out.key("missingNonces").begin_array().end_array();
  out.field("missingCount", std::uint64_t{0}).field("fundsMissing", missing);
  return finish(std::move(out));
}

std::string explain_queued(const chain::ChainView& chain, const txpool::Entry& entry,
                           const txpool::Txpool::Content& account) {
  const auto held = chain.state()->account(entry.sender);
  const std::uint64_t nonce = held ? held->nonce : 0;
  const U256 balance = held ? held->balance : U256{};
  const Gap gap = gap_before(account, nonce, entry.transaction.nonce);
  if (gap.count > 0) {
    return queued_for_nonce(entry, nonce, gap,
                            funds_missing(account, entry.transaction.nonce, balance));
  }
  for (const EntryPtr& other : account.queued) {
    if (other->max_cost > balance) {
      return queued_for_funds(entry, nonce, *other, balance);
    }
  }
  return queued_for_funds(entry, nonce, entry, balance);
}

struct Prospect {
  std::string sentence;
  std::string unblock;
};

// "10 minutes" of 600,000 ms, "second" of 1,000.
std::string words_of(std::uint64_t milliseconds) {
  struct Unit {
    std::uint64_t milliseconds;
    std::string_view name;
  };
  constexpr std::array kUnits{Unit{3'600'000, "hour"}, Unit{60'000, "minute"},
                              Unit{1'000, "second"}};
  for (const Unit& unit : kUnits) {
    if (milliseconds == unit.milliseconds) {
      return std::string(unit.name);
    }
    if (milliseconds % unit.milliseconds == 0) {
      return fmt::format("{} {}s", milliseconds / unit.milliseconds, unit.name);
    }
  }
  return fmt::format("{} ms", milliseconds);
}

std::string words_of(const chain::MiningMode& mode) {
  const auto seconds = [](std::uint64_t ms) { return static_cast<double>(ms) / 1000; };
  return mode.spread == 0 ? words_of(mode.interval)
                          : fmt::format("{:g} to {:g} seconds", seconds(mode.interval),
                                        seconds(mode.interval + mode.spread));
}

// How the next block comes, for a transaction that it would take.
Prospect prospect_of_next_block(const chain::Settings& settings) {
  if (settings.automine) {
    return {"the next block takes it", ""};
  }
  if (settings.mining_interval != 0) {
    return {"the next block takes it, and one comes every " + words_of(settings.mining()), ""};
  }
  return {"the next block takes it, but blocks are made only when asked for",
          "Call evm_mine, or evm_setAutomine with true."};
}

// The next block, and the state that it leaves: the head's where no block can be made.
struct NextBlock {
  txpool::Ground after;
  std::vector<Hash256> hashes;
  std::vector<Address> senders;
  txpool::Limits limits;  // of the pool
  std::string fault;      // why none can be made

  // From 1; nothing when it does not take the transaction.
  std::optional<std::uint64_t> place_of(const Hash256& hash) const {
    const auto found = std::ranges::find(hashes, hash);
    return found == hashes.end()
               ? std::nullopt
               : std::optional(static_cast<std::uint64_t>(found - hashes.begin()) + 1);
  }
};

NextBlock next_block(const Context& context, const chain::ChainView& head) {
  NextBlock out{.after = {.state = head.state(), .next = context.node.next_environment()},
                .hashes = {},
                .senders = {},
                .limits = context.node.pool_limits(),
                .fault = {}};
  const auto made = context.node.pending_block();
  if (!made) {
    out.fault = made.error().message;
    return out;
  }
  out.after.state = (*made)->state();
  const auto sealed = (*made)->block();
  out.hashes = sealed->transaction_hashes;
  out.senders = sealed->senders;
  return out;
}

// How a sentence names what stands in the way: the transaction itself, or one before it.
struct Words {
  std::string start;
  std::string_view it = "it";
  std::string_view its = "its";
};

Words words_for(const txpool::Entry& obstacle, const txpool::Entry& asked) {
  if (obstacle.hash == asked.hash) {
    return {};
  }
  return {.start = fmt::format("nonce {} comes before it, and ", obstacle.transaction.nonce),
          .it = "that one",
          .its = "that one's"};
}

// "replace nonce 7 with" what pool and next block take in its place.
std::string replacement_of(const types::Transaction& tx, const NextBlock& next,
                           std::string_view otherwise = "") {
  const evm::BlockContext& block = next.after.next.context;
  const txpool::Fees least = txpool::least_replacement(tx, next.limits);
  const std::string cap = base::to_decimal(std::max(least.cap, block.base_fee));
  const std::string tip = base::to_decimal(least.tip);
  const std::string start =
      fmt::format("replace nonce {} with {}a fee cap of at least {} wei", tx.nonce, otherwise, cap);
  if (!txpool::has_blobs(tx)) {
    return fmt::format("{} and a tip of at least {} wei", start, tip);
  }
  return fmt::format("{}, a tip of at least {} wei and a blob fee cap of at least {} wei", start,
                     tip, base::to_decimal(std::max(least.blob_cap, block.blob_base_fee)));
}

// Whether empty blocks bring the base fees down to the transaction's caps. EIP-1559 rounds: below 8
// wei the fee falls no more. It comes down to a cap where it would fall from just above.
bool fees_can_fall(const types::Transaction& tx, const execution::BlockEnvironment& next) {
  types::Header empty;
  empty.gas_limit = next.context.gas_limit;
  empty.base_fee_per_gas = tx.max_fee_per_gas + 1;
  const bool gas = tx.max_fee_per_gas >= next.context.base_fee ||
                   execution::next_base_fee(empty, true) <= tx.max_fee_per_gas;
  const bool blobs = !txpool::has_blobs(tx) ||
                     tx.max_fee_per_blob_gas >= execution::blob_base_fee(0, next.blob_params);
  return gas && blobs;
}

std::string remedy_of_fees(const types::Transaction& tx, const NextBlock& next,
                           const chain::Settings& settings) {
  const std::string replace = replacement_of(tx, next);
  if (!fees_can_fall(tx, next.after.next)) {
    return fmt::format("The base fee never falls that low: {}.", replace);
  }
  return fmt::format("{} until the base fee has fallen, or {}.",
                     settings.mining_interval != 0 ? "Wait" : "Mine (evm_mine)", replace);
}

std::optional<Prospect> prospect_of_fees(const types::Transaction& tx, const Words& words,
                                         const NextBlock& next_block,
                                         const chain::Settings& settings) {
  const execution::BlockEnvironment& next = next_block.after.next;
  const bool blob = txpool::has_blobs(tx) && tx.max_fee_per_blob_gas < next.context.blob_base_fee;
  if (!blob && tx.max_fee_per_gas >= next.context.base_fee) {
    return std::nullopt;
  }
  const std::string_view kind = blob ? "blob fee cap" : "fee cap";
  const std::string have = base::to_decimal(blob ? tx.max_fee_per_blob_gas : tx.max_fee_per_gas);
  const std::string want =
      base::to_decimal(blob ? next.context.blob_base_fee : next.context.base_fee);
  return Prospect{fmt::format("{}{} {} of {} wei is below the next block's base fee of {} wei",
                              words.start, words.its, kind, have, want),
                  remedy_of_fees(tx, next_block, settings)};
}

// What no block takes, however long it waits.
std::optional<Prospect> prospect_of_rules(const types::Transaction& tx, const Words& words,
                                          const NextBlock& next_block) {
  execution::BlockEnvironment next = next_block.after.next;
  next.context.base_fee = 0;  // fees come and go
  next.context.blob_base_fee = 0;
  const auto judged = execution::validate_statically(tx, next);
  if (judged) {
    return std::nullopt;
  }
  const std::string refused = fmt::format("{}no block takes {}: ", words.start, words.it);
  switch (judged.error().code) {
    case execution::Refused::wrong_chain_id:
      return Prospect{refused + fmt::format("it is signed for chain {}, and this is chain {}",
                                            *tx.chain_id, next.context.chain_id),
                      fmt::format("Set the chain id back with anvil_setChainId, or {}.",
                                  replacement_of(tx, next_block,
                                                 fmt::format("a transaction for chain {}, ",
                                                             next.context.chain_id)))};
    case execution::Refused::gas_limit_above_block:
      return Prospect{refused + fmt::format("its gas of {} is above the block's limit of {}",
                                            tx.gas_limit, next.context.gas_limit),
                      fmt::format("Raise the limit with evm_setBlockGasLimit, or {}.",
                                  replacement_of(tx, next_block, "less gas, "))};
    default:
      return Prospect{refused + judged.error().message,
                      fmt::format("Only another helps: {}.",
                                  replacement_of(tx, next_block, "one that keeps this rule, "))};
  }
}

Prospect prospect_of_code(const txpool::Entry& entry, const Words& words) {
  return {
      fmt::format("{}no block takes {}: its sender has code (EIP-3607)", words.start, words.it),
      fmt::format("Take the code of {} away: anvil_setCode with 0x.", base::to_hex(entry.sender))};
}

Prospect prospect_of_funds(const txpool::Entry& entry, const Words& words, const U256& balance) {
  return {fmt::format("{}{} may cost {} wei, but what comes before it leaves the account {} wei",
                      words.start, words.it, base::to_decimal(entry.max_cost),
                      base::to_decimal(balance)),
          fmt::format("Send {} at least {} wei more.", base::to_hex(entry.sender),
                      base::to_decimal(entry.max_cost - balance))};
}

// What keeps this transaction, or one of its account before it, out of the next block; nothing
// where that is a lack of room. The first that the block leaves out finds the balance that it
// leaves.
std::optional<Prospect> prospect_of_account(const txpool::Entry& entry,
                                            const txpool::Txpool::Content& account,
                                            const NextBlock& next,
                                            const chain::Settings& settings) {
  const auto taken = std::ranges::count(next.senders, entry.sender);
  bool is_first = true;
  for (const EntryPtr& other : account.pending | std::views::drop(taken)) {
    if (other->transaction.nonce > entry.transaction.nonce) {
      break;
    }
    const Words words = words_for(*other, entry);
    if (auto rules = prospect_of_rules(other->transaction, words, next)) {
      return rules;
    }
    const auto sender = txpool::sender_state(next.after, *other);
    if (!sender) {
      return prospect_of_code(*other, words);
    }
    if (auto fees = prospect_of_fees(other->transaction, words, next, settings)) {
      return fees;
    }
    if (is_first && other->max_cost > sender->balance) {
      return prospect_of_funds(*other, words, sender->balance);
    }
    is_first = false;
  }
  return std::nullopt;
}

Prospect prospect_of(const txpool::Entry& entry, const txpool::Txpool::Content& account,
                     const NextBlock& next, const chain::Settings& settings) {
  Prospect taken = prospect_of_next_block(settings);
  if (next.place_of(entry.hash)) {
    return taken;
  }
  if (!next.fault.empty()) {
    return {next.fault, ""};
  }
  return prospect_of_account(entry, account, next, settings)
      .value_or(Prospect{"the next block has no room for it", std::move(taken.unblock)});
}

std::string explain_pending(const Context& context, const txpool::Entry& entry,
                            const txpool::Txpool::Content& account) {
  const auto chain = context.node.head();
  const auto held = chain->state()->account(entry.sender);
  const NextBlock next = next_block(context, *chain);
  const auto place = next.place_of(entry.hash);
  // Beyond the next block the order is that of the pool; it has none for what cannot pay.
  const auto position = place ? place : context.node.pool_position(entry.hash);
  const Prospect prospect = prospect_of(entry, account, next, chain->settings());
  JsonWriter out =
      begin(entry.hash, "pending",
            fmt::format("Pending{}: {}.", position ? fmt::format(" at position {}", *position) : "",
                        prospect.sentence),
            prospect.unblock);
  write_position_in_account(out, entry, held ? held->nonce : 0);
  out.field("position", position)
      .field("maxFeePerGas", entry.transaction.max_fee_per_gas)
      .field("baseFeePerGas", next.after.next.context.base_fee)
      .field("inNextBlock", place.has_value());
  return finish(std::move(out));
}

// Why a mined transaction failed: it runs once more.
RpcError reason_of_failure(const Context& context, const chain::ChainView& chain,
                           const chain::TransactionPlace& place) try {
  const auto site = context.node.call_site(place.number);
  const auto again = site ? node::replay_transaction(chain, place, site->environment)
                          : Result<execution::TransactionOutcome>(std::unexpected(site.error()));
  if (!again) {
    return rpc_error(again.error());
  }
  return with_error_name(context, rpc_error(again->status, again->output), again->output);
} catch (const state::StateUnavailable& missing) {
  return {.code = RpcCode::server,
          .message = fmt::format("execution failed, and why cannot be said ({})", missing.what())};
}

Answer explain_mined(const Context& context, const chain::ChainView& chain, const Hash256& hash,
                     const chain::TransactionPlace& place) {
  const auto block = chain.block_at(place.number);
  const auto receipts = chain.receipts_at(place.number);
  const types::Transaction& tx = block->block.transactions[place.index];
  const types::Receipt& receipt = (*receipts)[place.index];
  const std::uint64_t before =
      place.index == 0 ? 0 : (*receipts)[place.index - 1].cumulative_gas_used;
  const std::uint64_t gas = receipt.cumulative_gas_used - before;
  const std::optional<RpcError> failure =
      receipt.success ? std::nullopt : std::optional(reason_of_failure(context, chain, place));
  JsonWriter out = begin(
      hash, "mined",
      fmt::format("Mined in block {} at index {}: {}, with {} of {} gas.", place.number,
                  place.index, failure ? failure->message : "it succeeded", gas, tx.gas_limit),
      "");
  out.field("from", block->senders[place.index])
      .field("nonce", tx.nonce)
      .field("blockNumber", place.number)
      .field("blockHash", block->hash)
      .field("transactionIndex", std::uint64_t{place.index})
      .field("success", receipt.success)
      .field("gasUsed", gas)
      .field("gasLimit", tx.gas_limit);
  if (failure) {
    out.field("reason", failure->message);
    out.key("revertData").raw(failure->data.empty() ? "null" : failure->data);
  }
  return finish(std::move(out));
}

// What the source of a fork says of a transaction from before the fork. Nothing: it knows none.
RpcResult<std::optional<std::string>> explain_before_fork(const chain::ChainView& chain,
                                                          const Hash256& hash) {
  const auto source = node::upstream_of(chain);
  const std::string params = fmt::format(R"(["{}"])", base::to_hex(hash));
  const auto belongs = up_to_fork(chain.fork()->number(), "blockNumber");
  const auto transaction = source->pass("eth_getTransactionByHash", params, belongs);
  const auto receipt = source->pass("eth_getTransactionReceipt", params, belongs);
  for (const auto* answer : {&transaction, &receipt}) {
    if (!*answer) {
      return rpc_fail(RpcCode::server, answer->error().message);
    }
  }
  simdjson::dom::parser transaction_parser;
  simdjson::dom::parser receipt_parser;
  JsonValue sent;
  JsonValue mined;
  if (transaction_parser.parse(*transaction).get(sent) != simdjson::SUCCESS ||
      receipt_parser.parse(*receipt).get(mined) != simdjson::SUCCESS || !sent.is_object() ||
      !mined.is_object()) {
    return std::optional<std::string>();
  }
  const auto number_in = [](JsonValue object, std::string_view name) {
    JsonValue value;
    const auto read = object[name].get(value) == simdjson::SUCCESS
                          ? read_quantity64(value)
                          : Read<std::uint64_t>(std::unexpected(std::string()));
    return read.value_or(0);
  };
  const std::uint64_t number = number_in(mined, "blockNumber");
  JsonValue status;  // none before Byzantium
  const bool success =
      mined["status"].get(status) != simdjson::SUCCESS || number_in(mined, "status") != 0;
  const std::uint64_t gas = number_in(mined, "gasUsed");
  const std::uint64_t gas_limit = number_in(sent, "gas");
  const std::uint64_t index = number_in(mined, "transactionIndex");
  JsonWriter out =
      begin(hash, "mined",
            fmt::format("Mined in block {} at index {}, before the fork: it {}, with {} of {} gas.",
                        number, index, success ? "succeeded" : "failed", gas, gas_limit),
            "");
  out.key("from").raw(simdjson::minify(sent["from"]));
  out.field("nonce", number_in(sent, "nonce")).field("blockNumber", number);
  out.key("blockHash").raw(simdjson::minify(mined["blockHash"]));
  out.field("transactionIndex", index)
      .field("success", success)
      .field("gasUsed", gas)
      .field("gasLimit", gas_limit);
  return std::optional(finish(std::move(out)));
}

std::string_view remedy_of(const txpool::Refusal& reason) {
  if (reason.rule == execution::Refused::wrong_chain_id) {
    return "Sign it again, for this chain's id.";
  }
  switch (reason.code) {
    case PoolRefused::nonce_used:
      return "Nothing: its nonce is used. Sign it again with the account's next nonce.";
    case PoolRefused::pool_full:
    case PoolRefused::underpriced:
      return "Send it again with a higher tip.";
    default:
      return "Send it again.";
  }
}

std::string explain_dropped(const Hash256& hash, const txpool::Dropped& dropped) {
  if (dropped.replaced_by) {
    const std::string other = base::to_hex(*dropped.replaced_by);
    JsonWriter out =
        begin(hash, "replaced",
              fmt::format("Replaced by {}, which has the same nonce and pays more.", other),
              fmt::format("Nothing: its nonce is that of {}. Ask about that one.", other));
    out.field("replacedBy", *dropped.replaced_by).field("reason", dropped.reason.message);
    return finish(std::move(out));
  }
  JsonWriter out =
      begin(hash, "dropped", fmt::format("Dropped from the pool: {}.", dropped.reason.message),
            remedy_of(dropped.reason));
  out.field("reason", dropped.reason.message)
      .field("code", txpool::pool_refused_name(dropped.reason.code));
  return finish(std::move(out));
}

}  // namespace

Answer cairn_explain_transaction(Context& context, const Hash256& hash) {
  // The pool first and the chain after it: a transaction that moves meanwhile is never missed.
  const EntryPtr waiting = context.node.find_pooled(hash);
  const auto dropped = context.node.why_dropped(hash);
  const auto chain = context.node.head();
  if (const auto place = chain->place_of(hash)) {
    return explain_mined(context, *chain, hash, *place);
  }
  if (waiting) {
    const auto account = context.node.pool_content_of(waiting->sender);
    const bool is_pending = std::ranges::find(account.pending, waiting) != account.pending.end();
    return is_pending ? explain_pending(context, *waiting, account)
                      : explain_queued(*chain, *waiting, account);
  }
  if (dropped) {
    return explain_dropped(hash, *dropped);
  }
  if (chain->fork() != nullptr) {
    CAIRN_TRY(auto explained, explain_before_fork(*chain, hash));
    if (explained) {
      return *std::move(explained);
    }
  }
  return finish(begin(hash, "unknown", "This node has never seen this transaction.",
                      fmt::format("Check the hash, and that it was sent to this chain (id {}).",
                                  chain->config().chain_id)));
}

}  // namespace cairn::api
