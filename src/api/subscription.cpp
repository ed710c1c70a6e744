#include "api/subscription.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/json_writer.hpp"
#include "api/objects.hpp"
#include "api/request.hpp"

namespace cairn::api {
namespace {

// While more than this waits for the socket, the chain keeps what comes next.
constexpr std::size_t kMostBacklog = std::size_t{1} << 20;  // bytes
// Of one turn, so that others have theirs.
constexpr std::size_t kMostBlocks = 256;
constexpr chain::LogLimits kLogsOfATurn{.logs = 1'000, .blocks = 1'000};
// Fewer blocks than this are looked at one by one, more through the log index.
constexpr std::uint64_t kFewBlocks = 8;

Text message_begin(const std::string& id, std::string_view member) {
  return std::make_shared<const std::string>(fmt::format(
      R"({{"jsonrpc":"2.0","method":"eth_subscription","params":{{"subscription":"{}","{}":)", id,
      member));
}

}  // namespace

Subscription::Subscription(std::string id, const std::shared_ptr<Peer>& peer, Topic topic,
                           std::uint64_t next)
    : id_(std::move(id)),
      peer_(peer),
      topic_(std::move(topic)),
      message_begin_(message_begin(id_, "result")),
      next_(next) {}

bool Subscription::belongs_to(const std::shared_ptr<Peer>& peer) const {
  return !peer_.owner_before(peer) && !peer.owner_before(peer_);
}

void Subscription::take_back(BlockTexts& removed) {
  const std::uint64_t number = removed.number();
  if (number >= next_) {
    return;
  }
  next_ = number;
  const std::size_t untold =
      std::erase_if(waiting_, [&](const Waiting& one) { return one.block == number; });
  if (const auto* topic = std::get_if<LogsTopic>(&topic_)) {
    if (topic->last_block && number > *topic->last_block) {
      return;
    }
    std::vector<Text> logs = removed.logs(topic->filter);
    logs.resize(logs.size() - std::min(untold, logs.size()));
    for (Text& text : logs) {
      waiting_.push_back({.text = std::move(text), .block = std::nullopt});
    }
  }
}

void Subscription::head_after_removal(const chain::ChainView& head) {
  if (std::holds_alternative<HeadsTopic>(topic_)) {
    next_ = std::min(next_, head.number());
  }
}

void Subscription::begin_anew(const chain::ChainView& head) {
  waiting_.clear();
  next_ = std::holds_alternative<HeadsTopic>(topic_) && head.first_block() > 0
              ? head.first_block() - 1
              : head.first_block();
}

void Subscription::begin_with(std::vector<Text> texts) {
  for (Text& text : texts) {
    waiting_.push_back({.text = std::move(text), .block = std::nullopt});
  }
}

void Subscription::fail(std::string_view why) {
  ended_ = true;
  if (const auto peer = peer_.lock()) {
    peer->push(message_begin(id_, "error"),
               message_end(error_object({RpcCode::internal, std::string(why)})));
  }
}

void Subscription::activate() {
  active_ = true;
  if (std::holds_alternative<PooledTopic>(topic_)) {
    for (const Waiting& one : std::exchange(waiting_, {})) {
      announce(one.text);
    }
  }
}

bool Subscription::announce(const Text& text) {
  if (!active_) {
    waiting_.push_back({.text = text, .block = std::nullopt});
    return true;
  }
  const auto peer = peer_.lock();
  return peer && peer->push(message_begin_, text);
}

Subscription::Progress Subscription::deliver(const chain::ChainView& head, BlockTextsCache& texts) {
  const auto peer = peer_.lock();
  if (!peer || ended_) {
    return Progress::gone;
  }
  if (!active_) {
    return Progress::told;
  }
  for (std::size_t blocks = 0; peer->backlog() <= kMostBacklog;) {
    if (!waiting_.empty()) {
      if (!peer->push(message_begin_, waiting_.front().text)) {
        return Progress::gone;
      }
      waiting_.pop_front();
    } else if (next_ > head.number()) {
      return Progress::told;
    } else if (blocks++ == kMostBlocks) {
      break;
    } else {
      fetch(head, texts);
    }
  }
  return Progress::behind;
}

void Subscription::fetch(const chain::ChainView& head, BlockTextsCache& texts) {
  if (const auto* logs = std::get_if<LogsTopic>(&topic_)) {
    return fetch_logs(*logs, head, texts);
  }
  if (next_ < head.first_block()) {  // a fork is back at its beginning
    if (std::holds_alternative<HeadsTopic>(topic_) && next_ + 1 == head.first_block()) {
      JsonWriter out;
      write_header(out, head.fork()->point.block);
      waiting_.push_back({.text = message_end(std::move(out).take()), .block = next_});
    }
    next_ = head.first_block();
    return;
  }
  BlockTexts& block = texts.at(head, next_);
  Text text;
  if (std::holds_alternative<HeadsTopic>(topic_)) {
    text = block.header();
  } else if (const auto* receipts = std::get_if<ReceiptsTopic>(&topic_)) {
    text = block.receipts(receipts->transactions, head.config());
  }
  if (text) {
    waiting_.push_back({.text = std::move(text), .block = next_});
  }
  ++next_;
}

void Subscription::fetch_logs(const LogsTopic& topic, const chain::ChainView& head,
                              BlockTextsCache& texts) {
  const std::uint64_t last = std::min(head.number(), topic.last_block.value_or(head.number()));
  if (next_ > last) {
    next_ = head.number() + 1;
    return;
  }
  if (next_ < head.first_block()) {
    next_ = head.first_block();
    return;
  }
  if (last - next_ < kFewBlocks) {
    for (Text& text : texts.at(head, next_).logs(topic.filter)) {
      waiting_.push_back({.text = std::move(text), .block = next_});
    }
    ++next_;
    return;
  }
  const auto page = chain::page_of_logs(head, topic.filter, next_, last, kLogsOfATurn);
  for (const chain::FoundLog& log : page.logs) {
    JsonWriter writer;
    write_log(writer, log);
    waiting_.push_back({.text = message_end(std::move(writer).take()), .block = log.block_number});
  }
  next_ = page.next;
}

}  // namespace cairn::api
