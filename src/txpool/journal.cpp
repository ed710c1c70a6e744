#include "txpool/journal.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/hex.hpp"
#include "codec/rlp.hpp"

namespace cairn::txpool {
namespace {

Result<void> recover(Entry& entry) {
  const auto sender = types::recover_sender(entry.transaction);
  if (!sender) {
    return fail(ErrorCode::corrupt, "the signature has no sender");
  }
  entry.sender = *sender;
  return {};
}

Result<Entry> decode_entry(BytesView key, BytesView value) {
  CAIRN_TRY(codec::RlpReader fields, codec::read_rlp_list(value, "pool entry"));
  Entry out;
  CAIRN_TRY(out.arrival, fields.u64("arrival"));
  CAIRN_TRY(const BytesView impersonated, fields.string("impersonated sender"));
  CAIRN_TRY(const BytesView pooled, fields.string("transaction"));
  CAIRN_CHECK(fields.finish("pool entry"));
  CAIRN_TRY(out.transaction, types::decode_transaction(pooled));
  out.hash = types::transaction_hash(out.transaction);
  if (!base::equal(out.hash, key)) {
    return fail(ErrorCode::corrupt, "the transaction has another hash");
  }
  if (impersonated.empty()) {
    CAIRN_CHECK(recover(out));
    return out;
  }
  if (impersonated.size() != Address::size()) {
    return fail(ErrorCode::corrupt, "impersonated sender: not 20 bytes");
  }
  out.impersonated = true;
  out.sender = Address::from_right(impersonated);
  return out;
}

}  // namespace

void write_entry(store::Batch& batch, const Entry& entry) {
  const Bytes pooled = types::encode_pooled_transaction(entry.transaction);
  batch.put(store::Column::pool, entry.hash, codec::encode_rlp([&](auto& sink) {
              sink.list([&](auto& fields) {
                fields.number(entry.arrival);
                fields.string(entry.impersonated ? BytesView(entry.sender) : BytesView{});
                fields.string(pooled);
              });
            }));
}

void erase_entry(store::Batch& batch, const Hash256& hash) {
  batch.erase(store::Column::pool, hash);
}

bool has_entry(const store::Reader& reader, const Hash256& hash) {
  return reader.get(store::Column::pool, hash).has_value();
}

Result<std::vector<Entry>> read_journal(const store::Reader& reader) {
  std::vector<Entry> out;
  const auto cursor = reader.cursor(store::Column::pool);
  for (cursor->seek({}); cursor->valid(); cursor->next()) {
    auto entry = decode_entry(cursor->key(), cursor->value());
    if (!entry) {
      return fail(
          ErrorCode::corrupt,
          fmt::format("pool journal, {}: {}", base::to_hex(cursor->key()), entry.error().message));
    }
    out.push_back(*std::move(entry));
  }
  std::ranges::sort(out, {}, &Entry::arrival);
  return out;
}

}  // namespace cairn::txpool
