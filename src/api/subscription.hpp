#pragma once
// One subscription: what it is about and how far its peer has been told.
//
// A subscription about the chain keeps a position, the next block to tell of; what lies between it
// and the head is read from the chain. So replaying, following the head and waiting for a slow
// reader are the same thing, and nothing can be told twice or left out.

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/block_texts.hpp"
#include "api/peer.hpp"

namespace cairn::api {

struct HeadsTopic {};
struct LogsTopic {
  chain::LogFilter filter;
  std::optional<std::uint64_t> last_block;
};
struct ReceiptsTopic {
  std::vector<Hash256> transactions;  // sorted; empty: every one
};
struct PooledTopic {
  bool whole = false;  // transactions, or their hashes
};
struct SyncingTopic {};  // a chain that never lags behind tells nothing

using Topic = std::variant<HeadsTopic, LogsTopic, ReceiptsTopic, PooledTopic, SyncingTopic>;

// One thread, except where said.
class Subscription {
 public:
  enum class Progress : std::uint8_t {
    told,    // of everything up to the head
    behind,  // there is more, or the reader is slow
    gone,    // the peer closed
  };

  Subscription(std::string id, const std::shared_ptr<Peer>& peer, Topic topic, std::uint64_t next);

  // Any thread
  const std::string& id() const { return id_; }
  bool belongs_to(const std::shared_ptr<Peer>& peer) const;
  bool is_gone() const { return ended_ || peer_.expired(); }
  void end() { ended_ = true; }
  const Topic& topic() const { return topic_; }
  const std::weak_ptr<Peer>& peer() const { return peer_; }

  // What is told before all else: of what lies before the first block that the chain has itself.
  void begin_with(std::vector<Text> texts);
  // The reply with the id is on its way: messages may follow. Before that all waits.
  void activate();
  // A block was taken back; the newest first.
  void take_back(BlockTexts& removed);
  // After take_back: where no other blocks came instead, the new head is news.
  void head_after_removal(const chain::ChainView& head);
  // Another chain took the place of the one before: all of its own blocks are news.
  void begin_anew(const chain::ChainView& head);
  // Tells what the peer takes of what lies before the head, a bounded part of it at a time.
  Progress deliver(const chain::ChainView& head, BlockTextsCache& texts);
  // Tells of what the chain does not keep. False: the peer closed.
  bool announce(const Text& text);
  // Ends it and tells why. Nothing where the peer is gone.
  void fail(std::string_view why);

 private:
  struct Waiting {
    Text text;
    std::optional<std::uint64_t> block;  // that it is news of, and goes with; none: it stays
  };
  void fetch(const chain::ChainView& head, BlockTextsCache& texts);
  void fetch_logs(const LogsTopic& topic, const chain::ChainView& head, BlockTextsCache& texts);

  const std::string id_;
  const std::weak_ptr<Peer> peer_;
  const Topic topic_;
  const Text message_begin_;
  std::atomic<bool> ended_ = false;
  bool active_ = false;
  std::uint64_t next_;           // block
  std::deque<Waiting> waiting_;  // read from the chain, not told yet
};

}  // namespace cairn::api
