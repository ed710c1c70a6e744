#include "api/subscription_methods.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/json_writer.hpp"
#include "api/log_methods.hpp"
#include "api/objects.hpp"
#include "api/subscriptions.hpp"

namespace cairn::api {
namespace {

using Terms = std::optional<SubscriptionTerms>;

constexpr std::size_t kMostTransactions = 200;  // as in geth
constexpr std::uint64_t kMostPastHeads = 256;   // of the chain that a fork was forked from

struct Wanted {
  Topic topic;
  std::optional<std::uint64_t> first;  // replay from this block
};

Read<std::optional<std::uint64_t>> read_from_block(const simdjson::dom::object& object) {
  JsonValue value;
  if (object["fromBlock"].get(value) != simdjson::SUCCESS || value.is_null()) {
    return std::nullopt;
  }
  const auto bound = read_block_number(value);
  if (!bound) {
    return bad(fmt::format("fromBlock: {}", bound.error()));
  }
  return fixed_number(bound->id);  // "latest" and its like replay nothing
}

Read<simdjson::dom::object> read_object(const Terms& terms) {
  simdjson::dom::object object;
  if (terms->value.get(object) != simdjson::SUCCESS) {
    return bad("want an object");
  }
  return object;
}

Read<Wanted> heads(const Terms& terms) {
  Wanted out{.topic = HeadsTopic{}, .first = {}};
  if (terms) {
    CAIRN_TRY(const auto object, read_object(terms));
    CAIRN_TRY(out.first, read_from_block(object));
  }
  return out;
}

// Where its user named none go-ethereum's client writes block 0, which has no logs, and cast
// earliest to latest: as with geth and anvil that begins with the next block. "earliest" alone is
// the whole history.
bool is_first_unnamed(const LogFilterObject& filter) {
  using What = decltype(BlockId::what);
  const auto is = [](const std::optional<BlockId>& id, What what) {
    return id && id->what == what;
  };
  return is(filter.from, std::uint64_t{0}) ||
         (is(filter.from, BlockTag::earliest) && is(filter.to, BlockTag::latest));
}

Read<Wanted> logs(const Terms& terms) {
  if (!terms) {
    return Wanted{.topic = LogsTopic{}, .first = {}};
  }
  CAIRN_TRY(LogFilterObject filter, read_log_filter(terms->value));
  if (filter.block_hash) {
    return bad("blockHash: a block's logs do not change; ask eth_getLogs");
  }
  const auto first = fixed_number(filter.from);
  const auto last = fixed_number(filter.to);
  const bool unnamed = is_first_unnamed(filter);
  if (last && first.value_or(0) > *last) {
    return bad("invalid block range params");
  }
  return Wanted{.topic = LogsTopic{.filter = std::move(filter.filter), .last_block = last},
                .first = unnamed ? std::nullopt : first};
}

Read<std::vector<Hash256>> read_hashes(JsonValue value) {
  simdjson::dom::array items;
  if (value.get(items) != simdjson::SUCCESS) {
    return bad("transactionHashes: want an array");
  }
  if (items.size() > kMostTransactions) {
    return bad(
        fmt::format("exceed max number of transaction hashes allowed per "
                    "transactionReceipts subscription: {}",
                    kMostTransactions));
  }
  std::vector<Hash256> out;
  for (const JsonValue item : items) {
    auto hash = read_hash(item);
    if (!hash) {
      return bad(fmt::format("transactionHashes[{}]: {}", out.size(), hash.error()));
    }
    out.push_back(*hash);
  }
  std::ranges::sort(out);
  return out;
}

Read<Wanted> receipts(const Terms& terms) {
  Wanted out{.topic = ReceiptsTopic{}, .first = {}};
  if (!terms) {
    return out;
  }
  CAIRN_TRY(const auto object, read_object(terms));
  CAIRN_TRY(out.first, read_from_block(object));
  JsonValue member;
  if (object["transactionHashes"].get(member) == simdjson::SUCCESS && !member.is_null()) {
    CAIRN_TRY(auto hashes, read_hashes(member));
    out.topic = ReceiptsTopic{std::move(hashes)};
  }
  return out;
}

Read<Wanted> pooled(const Terms& terms) {
  PooledTopic topic;
  if (terms) {
    CAIRN_TRY(topic.whole, read_bool(terms->value));
  }
  return Wanted{.topic = topic, .first = {}};
}

Read<Wanted> syncing(const Terms& terms) {
  if (terms) {
    return bad("syncing takes none");
  }
  return Wanted{.topic = SyncingTopic{}, .first = {}};
}

struct Kind {
  std::string_view name;
  Read<Wanted> (*read)(const Terms&);
};
constexpr std::array<Kind, 5> kKinds{{{"newHeads", heads},
                                      {"logs", logs},
                                      {"newPendingTransactions", pooled},
                                      {"transactionReceipts", receipts},
                                      {"syncing", syncing}}};

// What a fork's source has of it, and the block where this chain takes over.
struct Past {
  std::vector<Text> texts;
  std::optional<std::uint64_t> next;
};

template <class Write>
Text text_of(Write&& write) {
  JsonWriter out;
  write(out);
  return message_end(std::move(out).take());
}

// The source is asked here, once: what tells of new blocks never waits for it.
RpcResult<Past> past_of(const chain::ChainView& chain, const Wanted& wanted) {
  if (!wanted.first || *wanted.first >= chain.first_block()) {
    return Past{.texts = {}, .next = wanted.first};
  }
  const std::uint64_t fork = chain.fork()->number();
  Past out{.texts = {}, .next = chain.first_block()};
  if (const auto* logs = std::get_if<LogsTopic>(&wanted.topic)) {
    const std::uint64_t last = std::min(fork, logs->last_block.value_or(fork));
    for (const auto& log : chain.fork()->source->logs(logs->filter, *wanted.first, last)) {
      out.texts.push_back(text_of([&](JsonWriter& text) { write_log(text, log); }));
    }
    return out;
  }
  if (!std::holds_alternative<HeadsTopic>(wanted.topic)) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("fromBlock {:#x} is from before the fork: receipts are told from "
                                "the first own block on, {:#x}",
                                *wanted.first, chain.first_block()));
  }
  if (fork - *wanted.first >= kMostPastHeads) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("fromBlock {:#x} is too far before the fork: at most {} headers "
                                "are told of the source's, from {:#x} on",
                                *wanted.first, kMostPastHeads, fork - kMostPastHeads + 1));
  }
  for (std::uint64_t number = *wanted.first; number <= fork; ++number) {
    const auto header = chain.fork()->source->header_at(number);
    out.texts.push_back(text_of([&](JsonWriter& text) { write_header(text, header); }));
  }
  return out;
}

}  // namespace

Answer eth_subscribe(Context& context, Caller& caller, const std::string& kind,
                     const std::optional<SubscriptionTerms>& terms) {
  const auto* known = std::ranges::find(kKinds, kind, &Kind::name);
  if (known == kKinds.end()) {
    constexpr std::size_t kShown = 128;  // of a name that may be as long as the request
    return rpc_fail(RpcCode::method_not_found,
                    fmt::format("no \"{}\" subscription in eth namespace", kind.substr(0, kShown)));
  }
  auto wanted = known->read(terms);
  if (!wanted) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("invalid argument 1 (terms): {}", wanted.error()));
  }
  CAIRN_TRY(Past past, past_of(*context.node.head(), *wanted));
  CAIRN_TRY(const std::string id,
            context.subscriptions->subscribe(caller.peer, std::move(wanted->topic), past.next,
                                             std::move(past.texts)));
  caller.after_reply.emplace_back(
      [subscriptions = context.subscriptions, id] { subscriptions->activate(id); });
  return to_json(id);
}

Answer eth_unsubscribe(Context& context, Caller& caller, const std::string& id) {
  // An unknown id is no error, as on other dev chains: clients let go of a subscription twice.
  return to_json(context.subscriptions->unsubscribe(caller.peer, id));
}

}  // namespace cairn::api
