#pragma once
// Records of the chain's log: column `records`, key = sequence number (8 bytes, big-endian),
// from 1.
//
//   value = kind (1 byte) || rlp(payload)
//   0x01 block     rlp([number, block hash, changeset, [[index, sender], ...]])
//   0x02 cheat     rlp([changeset])
//   0x03 truncate  rlp([target])
//   0x04 settings  rlp([before, after])
//
// A changeset is the byte string of state::encode_changeset; settings are those of encode_settings.
// The list in a block record flags its impersonated transactions: encoded with yParity 0, r = 1 and
// s = the sender's address, their sender is taken from here and never from the signature.
// `truncate` says that the records between `target` and itself were undone; they are erased in the
// batch that writes it, so a reader who walks back finds the target next.
//
// A value that is cut off, longer than its payload, of an unknown kind, or otherwise not what these
// rules write is refused by decode_record.

#include <cstdint>
#include <variant>
#include <vector>

#include "chain/settings.hpp"
#include "state/changeset.hpp"

namespace cairn::chain {

struct Impersonation {
  std::uint32_t index = 0;
  Address sender;

  bool operator==(const Impersonation&) const = default;
};

struct BlockRecord {
  std::uint64_t number = 0;
  Hash256 hash;
  state::Changeset changes;
  std::vector<Impersonation> impersonations;
};

struct CheatRecord {
  state::Changeset changes;
};

struct TruncateRecord {
  std::uint64_t target = 0;
};

struct SettingsRecord {
  Settings before;
  Settings after;
};

using Record = std::variant<BlockRecord, CheatRecord, TruncateRecord, SettingsRecord>;

Bytes encode_record(const Record& record);
Result<Record> decode_record(BytesView bytes);

}  // namespace cairn::chain
