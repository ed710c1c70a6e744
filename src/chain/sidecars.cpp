#include "chain/sidecars.hpp"

#include <algorithm>

#include "chain/block_bytes.hpp"

namespace cairn::chain {
namespace {

using store::Column;

constexpr std::uint8_t kSidecar = 0;
constexpr std::uint8_t kBlob = 1;

Bytes sidecar_key(const TransactionPlace& place) {
  Bytes out{kSidecar};
  base::append(out, encode_place(place));
  return out;
}

Bytes first_blob_key(const Hash256& versioned_hash) {
  Bytes out{kBlob};
  base::append(out, versioned_hash);
  return out;
}

Bytes blob_key(const Hash256& versioned_hash, const BlobPlace& place) {
  Bytes out = first_blob_key(versioned_hash);
  base::append(out, encode_place(place.transaction));
  out.push_back(place.blob);
  return out;
}

// `visit`: (transaction, its place), of those with blobs.
template <class Visit>
void for_each_blob_transaction(const types::Block& block, Visit&& visit) {
  for (std::uint32_t i = 0; i < block.transactions.size(); ++i) {
    if (block.transactions[i].type == types::TransactionType::blob) {
      visit(block.transactions[i], TransactionPlace{block.header.number, i});
    }
  }
}

// `visit`: a key of the column for each blob.
template <class Visit>
void for_each_blob_key(const types::Transaction& transaction, const TransactionPlace& place,
                       Visit&& visit) {
  for (std::size_t i = 0; i < transaction.blob_hashes.size(); ++i) {
    visit(blob_key(transaction.blob_hashes[i], {place, static_cast<std::uint8_t>(i)}));
  }
}

// The block of the first sidecar from `number` on.
std::optional<std::uint64_t> next_block(store::Cursor& cursor, std::uint64_t number) {
  cursor.seek(sidecar_key({number, 0}));
  if (!cursor.valid() || cursor.key().front() != kSidecar) {
    return std::nullopt;
  }
  return decode_place(cursor.key().subspan(1)).value().number;
}

}  // namespace

void put_sidecars(store::Batch& batch, const types::Block& block) {
  for_each_blob_transaction(block, [&](const auto& transaction, const TransactionPlace& place) {
    if (transaction.sidecar) {
      batch.put(Column::sidecars, sidecar_key(place),
                types::encode_pooled_transaction(transaction));
      for_each_blob_key(transaction, place,
                        [&](const Bytes& key) { batch.put(Column::sidecars, key, {}); });
    }
  });
}

void erase_sidecars(store::Batch& batch, const types::Block& block) {
  for_each_blob_transaction(block, [&](const auto& transaction, const TransactionPlace& place) {
    batch.erase(Column::sidecars, sidecar_key(place));
    for_each_blob_key(transaction, place,
                      [&](const Bytes& key) { batch.erase(Column::sidecars, key); });
  });
}

Result<std::shared_ptr<const types::BlobSidecar>> read_sidecar(const store::Reader& reader,
                                                               const TransactionPlace& place) {
  const auto bytes = reader.get(Column::sidecars, sidecar_key(place));
  if (!bytes) {
    return nullptr;
  }
  CAIRN_TRY(types::Transaction transaction, types::decode_transaction(*bytes));
  if (!transaction.sidecar) {
    return fail(ErrorCode::corrupt, "it has no blobs");
  }
  return std::move(transaction.sidecar);
}

std::optional<BlobPlace> find_blob(const store::Reader& reader, const Hash256& versioned_hash) {
  const Bytes first = first_blob_key(versioned_hash);
  const auto cursor = reader.cursor(Column::sidecars);
  cursor->seek(first);
  if (!cursor->valid() || !std::ranges::equal(cursor->key().first(first.size()), first)) {
    return std::nullopt;
  }
  const BytesView rest = cursor->key().subspan(first.size());
  return BlobPlace{decode_place(rest.first(rest.size() - 1)).value(), rest.back()};
}

void prune_sidecars(store::Batch& batch, const store::Reader& reader, const ChainView& chain,
                    std::uint64_t number) {
  constexpr std::size_t kMostBlocks = 1'024;
  const auto cursor = reader.cursor(Column::sidecars);
  auto next = next_block(*cursor, 0);
  for (std::size_t i = 0; i < kMostBlocks && next && *next < number; ++i) {
    erase_sidecars(batch, chain.block_at(*next)->block);
    next = next_block(*cursor, *next + 1);
  }
}

}  // namespace cairn::chain
