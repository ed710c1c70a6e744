#pragma once
// How a request names a block: by number, by tag, by hash, or as an object of EIP-1898.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

#include "api/context.hpp"
#include "api/errors.hpp"
#include "api/parameters.hpp"

namespace cairn::api {

// On a chain whose blocks are final at once, safe and finalized are the latest one, or so many
// blocks behind it as Limits::slots_in_an_epoch says.
enum class BlockTag : std::uint8_t { earliest, latest, safe, finalized, pending };

struct BlockId {
  std::variant<BlockTag, std::uint64_t, Hash256> what = BlockTag::latest;

  bool is_pending() const { return what == decltype(what){BlockTag::pending}; }
};

// Where a number or a tag is asked for: no hash.
struct BlockNumber {
  BlockId id;
};

// The same, where Besu's users write leading zeros too.
struct PaddedBlockNumber {
  BlockId id;
};

// The same, where explorers write a JSON number too.
struct HeightOrTag {
  BlockId id;
};

Read<BlockId> read_block_id(JsonValue value);
Read<BlockId> read_loose_block_id(JsonValue value);  // a JSON number, too
Read<BlockNumber> read_block_number(JsonValue value);
Read<PaddedBlockNumber> read_padded_block_number(JsonValue value);
Read<HeightOrTag> read_height_or_tag(JsonValue value);

template <>
struct Parameter<BlockId> {
  static constexpr std::string_view kKind = "block number, tag, hash, or EIP-1898 object";
  static Read<BlockId> read(JsonValue value) { return read_block_id(value); }
  static Read<BlockId> read_loosely(JsonValue value) { return read_loose_block_id(value); }
};
template <>
struct Parameter<BlockNumber> {
  static constexpr std::string_view kKind = "block number or tag";
  static Read<BlockNumber> read(JsonValue value) { return read_block_number(value); }
  static Read<BlockNumber> read_loosely(JsonValue value) {
    CAIRN_TRY(const auto height, read_height_or_tag(value));
    return BlockNumber{height.id};
  }
};

template <>
struct Parameter<PaddedBlockNumber> {
  static constexpr std::string_view kKind = "block number, with leading zeros too, or tag";
  static Read<PaddedBlockNumber> read(JsonValue value) { return read_padded_block_number(value); }
};

template <>
struct Parameter<HeightOrTag> {
  static constexpr std::string_view kKind = "block number, as a JSON number too, or tag";
  static Read<HeightOrTag> read(JsonValue value) { return read_height_or_tag(value); }
};

// A block of one view of the chain, or the block that would be built now.
struct BlockPlace {
  std::shared_ptr<const chain::ChainView> chain;
  std::uint64_t number = 0;
  std::shared_ptr<const node::PendingBlock> pending;  // null: `number` is a block of `chain`

  std::shared_ptr<const chain::SealedBlock> block() const;
  std::shared_ptr<const chain::Receipts> receipts() const;
  std::shared_ptr<const state::StateView> state() const;
};

// The head's number for `pending`, too.
std::uint64_t number_of(BlockTag tag, std::uint64_t head, const Limits& limits);

// Nothing where the chain has no such block.
RpcResult<std::optional<BlockPlace>> find_block(const Context& context, const BlockId& id);
// The same, with geth's error for methods that cannot answer null.
RpcResult<BlockPlace> require_block(const Context& context, const std::optional<BlockId>& id);

}  // namespace cairn::api
