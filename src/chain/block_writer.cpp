#include "chain/block_writer.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "chain/appearances.hpp"
#include "chain/block_bytes.hpp"
#include "chain/log_index.hpp"
#include "chain/record.hpp"
#include "chain/sidecars.hpp"
#include "state/state_writer.hpp"

namespace cairn::chain {

using store::Batch;
using store::Column;

void put_block(Batch& batch, const store::Reader& reader, const SealedBlock& sealed,
               const Receipts& receipts, BytesView appearances) {
  const std::uint64_t number = sealed.block.header.number;
  const Bytes key = number_key(number);
  batch.put(Column::headers, key, encode_sealed_header({sealed.hash, sealed.block.header}));
  batch.put(Column::bodies, key, encode_body(sealed));
  batch.put(Column::receipts, key, encode_receipts(receipts));
  batch.put(Column::block_numbers, sealed.hash, key);
  for (std::uint32_t i = 0; i < sealed.transaction_hashes.size(); ++i) {
    batch.put(Column::transactions, sealed.transaction_hashes[i], encode_place({number, i}));
  }
  kLogIndex.put(batch, reader, number, log_row(receipts));
  kAppearanceIndex.put(batch, reader, number, appearances);
}

void erase_block(Batch& batch, const store::Reader& reader, const SealedBlock& sealed) {
  const Bytes key = number_key(sealed.block.header.number);
  batch.erase(Column::headers, key);
  batch.erase(Column::bodies, key);
  batch.erase(Column::receipts, key);
  batch.erase(Column::block_numbers, sealed.hash);
  for (const Hash256& hash : sealed.transaction_hashes) {
    batch.erase(Column::transactions, hash);
  }
  erase_sidecars(batch, sealed.block);
  kLogIndex.erase(batch, reader, sealed.block.header.number);
  kAppearanceIndex.erase(batch, reader, sealed.block.header.number);
}

void put_settings(Batch& batch, std::uint64_t record, const Settings& before,
                  const Settings& after) {
  batch.put(Column::records, number_key(record),
            encode_record(SettingsRecord{.before = before, .after = after}));
  batch.put(Column::meta, base::bytes_of("settings"), encode_settings(after));
}

Result<WrittenBlock> write_block(Batch& batch, const store::Reader& reader, const ChainView& parent,
                                 std::uint64_t last_record, ProducedBlock produced) {
  types::Header& header = produced.block.header;
  if (header.parent_hash != parent.hash() || header.number != parent.number() + 1) {
    return fail(ErrorCode::conflict, fmt::format("block {} does not follow the head, block {}",
                                                 header.number, parent.number()));
  }
  const state::StateView* below = parent.fork() != nullptr ? parent.fork()->state.get() : nullptr;
  header.state_root =
      state::add_block_changes(reader, batch, header.number, produced.changes, below);
  if (produced.expected_state_root.value_or(header.state_root) != header.state_root) {
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("block {}: invalid merkle root: header has {}, block gives {}", header.number,
                    base::to_hex(*produced.expected_state_root), base::to_hex(header.state_root)));
  }
  put_sidecars(batch, produced.block);
  for (types::Transaction& transaction : produced.block.transactions) {
    transaction.sidecar.reset();
  }
  auto sealed = std::make_shared<SealedBlock>();
  sealed->hash = types::header_hash(header);
  sealed->block = std::move(produced.block);
  sealed->transaction_hashes = std::move(produced.transaction_hashes);
  sealed->senders = std::move(produced.senders);
  const auto rewarded = rewarded_by(sealed->block, parent.config().fork_of(sealed->block.header));
  put_block(batch, reader, *sealed, produced.receipts,
            appearance_row(produced.appearances, rewarded));

  BlockRecord record{.number = sealed->block.header.number,
                     .hash = sealed->hash,
                     .changes = std::move(produced.changes),
                     .impersonations = {}};
  for (const std::uint32_t index : produced.impersonated) {
    record.impersonations.push_back({.index = index, .sender = sealed->senders.at(index)});
  }
  std::uint64_t sequence = last_record + 1;
  batch.put(Column::records, number_key(sequence), encode_record(record));
  const Settings settings = produced.settings.value_or(parent.settings());
  if (settings != parent.settings()) {
    put_settings(batch, ++sequence, parent.settings(), settings);
  }
  return WrittenBlock{.block = std::move(sealed),
                      .receipts = std::make_shared<const Receipts>(std::move(produced.receipts)),
                      .settings = settings,
                      .last_record = sequence,
                      .begins_states = produced.begins_states};
}

}  // namespace cairn::chain
