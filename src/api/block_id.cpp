#include "api/block_id.hpp"

#include <fmt/format.h>

#include <limits>

namespace cairn::api {
namespace {

constexpr std::uint64_t kHighestNumber = std::numeric_limits<std::int64_t>::max();  // geth's

std::optional<BlockTag> tag_of(std::string_view text) {
  if (text == "latest") {
    return BlockTag::latest;
  }
  if (text == "pending") {
    return BlockTag::pending;
  }
  if (text == "earliest") {
    return BlockTag::earliest;
  }
  if (text == "safe") {
    return BlockTag::safe;
  }
  if (text == "finalized") {
    return BlockTag::finalized;
  }
  return std::nullopt;
}

// {"blockNumber": ...} or {"blockHash": ..., "requireCanonical": ...}. Only blocks of the one chain
// are kept, so that a hash that is found is canonical.
Read<BlockId> read_block_object(simdjson::dom::object object) {
  JsonValue member;
  const bool by_number = object["blockNumber"].get(member) == simdjson::SUCCESS;
  if (by_number) {
    if (object["blockHash"].error() == simdjson::SUCCESS) {
      return bad("cannot specify both blockHash and blockNumber, choose one or the other");
    }
    CAIRN_TRY(const auto number, read_block_number(member));
    return number.id;
  }
  if (object["requireCanonical"].get(member) == simdjson::SUCCESS) {
    CAIRN_CHECK(read_bool(member));
  }
  if (object["blockHash"].get(member) != simdjson::SUCCESS) {
    return bad("want blockNumber or blockHash");
  }
  CAIRN_TRY(const auto hash, read_hash(member));
  return BlockId{hash};
}

}  // namespace

Read<BlockNumber> read_block_number(JsonValue value) {
  CAIRN_TRY(const auto text, read_text(value));
  if (const auto tag = tag_of(text)) {
    return BlockNumber{{*tag}};
  }
  if (!text.starts_with("0x")) {
    return bad(
        fmt::format("'{}' is neither a hex number nor one of earliest, latest, safe, "
                    "finalized, pending",
                    text.substr(0, 32)));
  }
  CAIRN_TRY(const auto number, read_quantity64(value));
  if (number > kHighestNumber) {
    return bad("block number larger than int64");
  }
  return BlockNumber{{number}};
}

Read<PaddedBlockNumber> read_padded_block_number(JsonValue value) {
  CAIRN_TRY(const auto text, read_text(value));
  if (text.starts_with("0x0")) {
    const auto number = base::from_hex_number(text);
    if (number && number->fits_u64() && number->low64() <= kHighestNumber) {
      return PaddedBlockNumber{{number->low64()}};
    }
  }
  CAIRN_TRY(const auto block, read_block_number(value));
  return PaddedBlockNumber{block.id};
}

Read<HeightOrTag> read_height_or_tag(JsonValue value) {
  std::uint64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS && number <= kHighestNumber) {
    return HeightOrTag{{number}};
  }
  CAIRN_TRY(const auto block, read_block_number(value));
  return HeightOrTag{block.id};
}

Read<BlockId> read_block_id(JsonValue value) {
  simdjson::dom::object object;
  if (value.get(object) == simdjson::SUCCESS) {
    return read_block_object(object);
  }
  CAIRN_TRY(const auto text, read_text(value));
  constexpr std::size_t kHashText = 66;
  if (text.size() == kHashText) {
    CAIRN_TRY(const auto hash, read_hash(value));
    return BlockId{hash};
  }
  CAIRN_TRY(const auto number, read_block_number(value));
  return number.id;
}

Read<BlockId> read_loose_block_id(JsonValue value) {
  if (value.is_number()) {
    CAIRN_TRY(const auto height, read_height_or_tag(value));
    return height.id;
  }
  return read_block_id(value);
}

std::shared_ptr<const chain::SealedBlock> BlockPlace::block() const {
  return pending ? pending->block() : chain->block_at(number);
}

std::shared_ptr<const chain::Receipts> BlockPlace::receipts() const {
  return pending ? pending->receipts() : chain->receipts_at(number);
}

std::shared_ptr<const state::StateView> BlockPlace::state() const {
  return pending ? pending->state() : chain->state_at(number);
}

std::uint64_t number_of(BlockTag tag, std::uint64_t head, const Limits& limits) {
  const std::uint64_t slots = limits.slots_in_an_epoch;
  const auto behind = [&](std::uint64_t epochs) {
    return slots > head / epochs ? 0 : head - slots * epochs;
  };
  switch (tag) {
    case BlockTag::earliest:
      return 0;
    case BlockTag::safe:
      return behind(1);
    case BlockTag::finalized:
      return behind(2);
    default:
      return head;
  }
}

RpcResult<std::optional<BlockPlace>> find_block(const Context& context, const BlockId& id) {
  if (id.is_pending()) {
    CAIRN_TRY(auto pending, as_rpc(context.node.pending_block()));
    const std::uint64_t number = pending->header().number;
    return BlockPlace{pending->parent(), number, std::move(pending)};
  }
  auto chain = context.node.head();
  std::uint64_t number = chain->number();
  if (const auto* tag = std::get_if<BlockTag>(&id.what)) {
    number = number_of(*tag, number, context.limits);
  } else if (const auto* wanted = std::get_if<std::uint64_t>(&id.what)) {
    number = *wanted;
  } else {
    const auto found = chain->number_of(std::get<Hash256>(id.what));
    if (!found) {
      return std::nullopt;
    }
    number = *found;
  }
  if (number > chain->number()) {
    return std::nullopt;
  }
  return BlockPlace{std::move(chain), number, nullptr};
}

RpcResult<BlockPlace> require_block(const Context& context, const std::optional<BlockId>& id) {
  CAIRN_TRY(auto place, find_block(context, id.value_or(BlockId{})));
  if (!place) {
    const bool by_hash = id && std::holds_alternative<Hash256>(id->what);
    return rpc_fail(RpcCode::server, by_hash ? "header for hash not found" : "header not found");
  }
  return *std::move(place);
}

}  // namespace cairn::api
