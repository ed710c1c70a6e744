#include "chain/chain_view.hpp"

#include <fmt/format.h>

#include "chain/appearances.hpp"
#include "chain/bad_blocks.hpp"
#include "chain/block_bytes.hpp"
#include "chain/block_cache.hpp"
#include "chain/fork_source.hpp"
#include "chain/log_index.hpp"
#include "chain/sidecars.hpp"
#include "state/stored_state.hpp"
#include "store/store.hpp"

namespace cairn::chain {
namespace {

using store::Column;

template <class T>
T sound(Result<T> result, std::string_view what, std::uint64_t number) {
  if (!result) {
    throw ChainFault(fmt::format("{} of block {}: {}", what, number, result.error().message));
  }
  return *std::move(result);
}

Bytes required(const store::Reader& reader, Column column, std::string_view what,
               std::uint64_t number) {
  auto bytes = reader.get(column, number_key(number));
  if (!bytes) {
    throw ChainFault(fmt::format("{} of block {}: missing", what, number));
  }
  return *std::move(bytes);
}

}  // namespace

std::uint64_t ChainView::first_block() const { return parts_.fork ? parts_.fork->number() + 1 : 0; }

std::optional<std::uint64_t> ChainView::number_of(const Hash256& block_hash) const {
  const auto bytes = parts_.reader->get(Column::block_numbers, block_hash);
  if (!bytes) {
    return std::nullopt;
  }
  return sound(read_number(*bytes), "number", 0);
}

std::optional<SealedHeader> ChainView::header_at(std::uint64_t number) const {
  if (number > this->number()) {
    return std::nullopt;
  }
  if (number == this->number()) {
    return parts_.head;
  }
  if (parts_.fork && number < parts_.fork->number()) {
    return parts_.fork->source->header_at(number);
  }
  return sound(decode_sealed_header(required(*parts_.reader, Column::headers, "header", number)),
               "header", number);
}

// Bodies and receipts up to the fork are the source's, and are not read here.
void ChainView::require_own(std::uint64_t number) const {
  if (number < first_block()) {
    throw state::StateUnavailable(
        fmt::format("block {} is from before the fork: only its header is known here", number));
  }
}

std::shared_ptr<const SealedBlock> ChainView::block_at(std::uint64_t number) const {
  require_own(number);
  const auto header = header_at(number);
  if (!header) {
    return nullptr;
  }
  if (auto cached = parts_.cache->find(header->hash).block) {
    return cached;
  }
  const Bytes body = required(*parts_.reader, Column::bodies, "body", number);
  auto block =
      std::make_shared<const SealedBlock>(sound(decode_body(*header, body), "body", number));
  parts_.cache->put_block(header->hash, block);
  return block;
}

std::shared_ptr<const Receipts> ChainView::receipts_at(std::uint64_t number) const {
  require_own(number);
  const auto header = header_at(number);
  if (!header) {
    return nullptr;
  }
  if (auto cached = parts_.cache->find(header->hash).receipts) {
    return cached;
  }
  const Bytes bytes = required(*parts_.reader, Column::receipts, "receipts", number);
  auto receipts =
      std::make_shared<const Receipts>(sound(decode_receipts(bytes), "receipts", number));
  parts_.cache->put_receipts(header->hash, receipts);
  return receipts;
}

std::optional<TransactionPlace> ChainView::place_of(const Hash256& transaction_hash) const {
  const auto bytes = parts_.reader->get(Column::transactions, transaction_hash);
  if (!bytes) {
    return std::nullopt;
  }
  return sound(decode_place(*bytes), "transaction place", number());
}

std::shared_ptr<const types::BlobSidecar> ChainView::sidecar_at(
    const TransactionPlace& place) const {
  return sound(read_sidecar(*parts_.reader, place), "blobs", place.number);
}

std::optional<Bytes> ChainView::blob_of(const Hash256& versioned_hash) const {
  const auto place = find_blob(*parts_.reader, versioned_hash);
  if (!place) {
    return std::nullopt;
  }
  return sidecar_at(place->transaction)->blobs.at(place->blob);
}

std::vector<Bytes> ChainView::bad_blocks() const {
  return sound(read_bad_blocks(*parts_.reader), "bad blocks", number());
}

LogIndexCursor ChainView::log_blocks(std::vector<std::uint32_t> fingerprints) const {
  return {*parts_.reader, number(), std::move(fingerprints)};
}

AppearanceCursor ChainView::appearances_of(std::vector<Address> addresses) const {
  return {*parts_.reader, number(), std::move(addresses)};
}

void ChainView::for_each_account(const AccountVisitor& visit) const {
  state::StoredState(parts_.reader)
      .for_each_account([&](const Address& address, const types::Account& account, const Hash256&) {
        return visit(address, account);
      });
}

void ChainView::for_each_account_at(std::uint64_t number, const AccountVisitor& visit) const {
  if (number == this->number()) {
    return for_each_account(visit);
  }
  state::PastState(parts_.reader, number)
      .for_each_account([&](const Address& address, const types::Account& account, const Hash256&) {
        return visit(address, account);
      });
}

std::shared_ptr<const state::StateView> ChainView::state_at(std::uint64_t number) const {
  if (number > this->number()) {
    return nullptr;
  }
  if (number == this->number()) {
    return parts_.state;
  }
  if (parts_.fork && number < parts_.fork->number()) {
    return parts_.fork->source->state_at(number);
  }
  if (number < states_from()) {
    throw StatePruned(unknown_state(number));
  }
  return std::make_shared<const state::PastState>(parts_.reader, number,
                                                  parts_.fork ? parts_.fork->state : nullptr);
}

std::string ChainView::unknown_state(std::uint64_t number) const {
  return fmt::format(
      "the state of block {} is not known: it came with a dump that had none of its past; states "
      "are known from block {} on",
      number, states_from());
}

Hash256 ChainView::state_root_after(const state::Changeset& changes) const {
  return state::StoredState(parts_.reader, parts_.fork ? parts_.fork->state : nullptr)
      .root_after(changes);
}

execution::BlockHashes ChainView::block_hashes() const {
  return [reader = parts_.reader, fork = parts_.fork, head = parts_.head.header.number,
          hash = parts_.head.hash](std::uint64_t number) {
    if (number == head) {
      return hash;
    }
    if (number > head) {
      return Hash256{};
    }
    if (fork && number < fork->number()) {
      return fork->source->header_at(number).hash;
    }
    return sound(decode_sealed_header(required(*reader, Column::headers, "header", number)),
                 "header", number)
        .hash;
  };
}

}  // namespace cairn::chain
