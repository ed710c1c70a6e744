#pragma once
// What a forked chain asks of the node it was forked from: everything up to the block where it
// begins. The blocks after that one are the fork's own.
//
// Any thread may ask. An answer that cannot be had is an exception (state::StateUnavailable); what
// was answered once is answered the same again.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "chain/chain_view.hpp"
#include "chain/log_query.hpp"

namespace cairn::chain {

class ForkSource {
 public:
  virtual ~ForkSource() = default;

  // After a block, at most the fork's.
  virtual std::shared_ptr<const state::StateView> state_at(std::uint64_t number) const = 0;
  virtual SealedHeader header_at(std::uint64_t number) const = 0;
  // In chain order over blocks first to last, both included.
  virtual std::vector<FoundLog> logs(const LogFilter& filter, std::uint64_t first,
                                     std::uint64_t last) const = 0;
};

// Where a chain was forked: kept in its store.
struct ForkPoint {
  std::string url;             // of the other node
  std::uint64_t chain_id = 0;  // the other chain's
  SealedHeader block;          // the newest that both chains have

  bool operator==(const ForkPoint& other) const {
    return url == other.url && chain_id == other.chain_id && block.hash == other.block.hash;
  }
};

// rlp([url, chain id, block hash, header])
Bytes encode_fork_point(const ForkPoint& point);
Result<ForkPoint> decode_fork_point(BytesView rlp);

// A forked chain's base.
struct Fork {
  Fork(ForkPoint at, std::shared_ptr<const ForkSource> from)
      : point(std::move(at)),
        source(std::move(from)),
        state(source->state_at(point.block.header.number)) {}

  std::uint64_t number() const { return point.block.header.number; }

  ForkPoint point;
  std::shared_ptr<const ForkSource> source;
  std::shared_ptr<const state::StateView> state;  // after the block
};

}  // namespace cairn::chain
