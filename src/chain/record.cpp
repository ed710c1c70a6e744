#include "chain/record.hpp"

#include "codec/rlp.hpp"

namespace cairn::chain {
namespace {

enum Kind : std::uint8_t { kBlock = 1, kCheat = 2, kTruncate = 3, kSettings = 4 };

Bytes encode(const BlockRecord& record) {
  const Bytes changes = state::encode_changeset(record.changes);
  return codec::encode_rlp([&](auto& sink) {
    sink.raw_byte(kBlock);
    sink.list([&](auto& fields) {
      fields.number(record.number);
      fields.string(record.hash);
      fields.string(changes);
      fields.list([&](auto& list) {
        for (const Impersonation& one : record.impersonations) {
          list.list([&](auto& pair) {
            pair.number(std::uint64_t{one.index});
            pair.string(one.sender);
          });
        }
      });
    });
  });
}

Bytes encode(const CheatRecord& record) {
  const Bytes changes = state::encode_changeset(record.changes);
  return codec::encode_rlp([&](auto& sink) {
    sink.raw_byte(kCheat);
    sink.list([&](auto& fields) { fields.string(changes); });
  });
}

Bytes encode(const TruncateRecord& record) {
  return codec::encode_rlp([&](auto& sink) {
    sink.raw_byte(kTruncate);
    sink.list([&](auto& fields) { fields.number(record.target); });
  });
}

Bytes encode(const SettingsRecord& record) {
  return codec::encode_rlp([&](auto& sink) {
    sink.raw_byte(kSettings);
    sink.list([&](auto& fields) {
      fields.raw(encode_settings(record.before));
      fields.raw(encode_settings(record.after));
    });
  });
}

Result<Impersonation> read_impersonation(codec::RlpReader& list) {
  CAIRN_TRY(codec::RlpReader pair, list.list("impersonation"));
  CAIRN_TRY(const std::uint64_t index, pair.u64("impersonation index"));
  if (index > UINT32_MAX) {
    return fail(ErrorCode::malformed, "impersonation index: too large");
  }
  Impersonation out{.index = static_cast<std::uint32_t>(index), .sender = {}};
  CAIRN_TRY(out.sender, pair.fixed<20>("impersonated sender"));
  CAIRN_CHECK(pair.finish("impersonation"));
  return out;
}

Result<state::Changeset> read_changes(codec::RlpReader& fields) {
  CAIRN_TRY(const BytesView bytes, fields.string("changeset"));
  return state::decode_changeset(bytes);
}

Result<Record> read_block(codec::RlpReader& fields) {
  BlockRecord out;
  CAIRN_TRY(out.number, fields.u64("block number"));
  CAIRN_TRY(out.hash, fields.fixed<32>("block hash"));
  CAIRN_TRY(out.changes, read_changes(fields));
  CAIRN_TRY(codec::RlpReader list, fields.list("impersonations"));
  while (!list.at_end()) {
    CAIRN_TRY(Impersonation one, read_impersonation(list));
    if (!out.impersonations.empty() && one.index <= out.impersonations.back().index) {
      return fail(ErrorCode::malformed, "impersonations: out of order");
    }
    out.impersonations.push_back(one);
  }
  return out;
}

Result<Record> read_cheat(codec::RlpReader& fields) {
  CAIRN_TRY(state::Changeset changes, read_changes(fields));
  return CheatRecord{std::move(changes)};
}

Result<Record> read_truncate(codec::RlpReader& fields) {
  CAIRN_TRY(const std::uint64_t target, fields.u64("target"));
  return TruncateRecord{target};
}

Result<Settings> read_settings(codec::RlpReader& fields, std::string_view name) {
  CAIRN_TRY(const codec::RlpItem item, fields.item(name));
  return decode_settings(item.encoded);
}

Result<Record> read_settings_record(codec::RlpReader& fields) {
  SettingsRecord out;
  CAIRN_TRY(out.before, read_settings(fields, "settings before"));
  CAIRN_TRY(out.after, read_settings(fields, "settings after"));
  return out;
}

Result<Record> read_payload(std::uint8_t kind, codec::RlpReader& fields) {
  switch (kind) {
    case kBlock:
      return read_block(fields);
    case kCheat:
      return read_cheat(fields);
    case kTruncate:
      return read_truncate(fields);
    case kSettings:
      return read_settings_record(fields);
    default:
      return fail(ErrorCode::malformed, "record: an unknown kind");
  }
}

}  // namespace

Bytes encode_record(const Record& record) {
  return std::visit([](const auto& one) { return encode(one); }, record);
}

Result<Record> decode_record(BytesView bytes) {
  if (bytes.empty()) {
    return fail(ErrorCode::malformed, "record: no bytes");
  }
  CAIRN_TRY(codec::RlpReader fields, codec::read_rlp_list(bytes.subspan(1), "record"));
  CAIRN_TRY(Record out, read_payload(bytes[0], fields));
  CAIRN_CHECK(fields.finish("record"));
  return out;
}

}  // namespace cairn::chain
