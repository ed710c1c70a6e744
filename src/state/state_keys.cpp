#include "state/state_keys.hpp"

#include "state/state_view.hpp"

namespace cairn::state {
namespace {

constexpr std::uint8_t kHasCode = 1;
constexpr std::uint8_t kHasStorage = 2;
constexpr std::uint8_t kGone = 4;
constexpr std::uint8_t kHidesBelow = 8;

void put_number(Bytes& out, const U256& value) {
  const Bytes digits = base::to_be_compact(value);
  out.push_back(static_cast<std::uint8_t>(digits.size()));
  base::append(out, digits);
}

[[noreturn]] void fault() { throw StateFault("a stored account does not decode"); }

BytesView take(BytesView& bytes, std::size_t size) {
  if (bytes.size() < size) {
    fault();
  }
  const BytesView out = bytes.first(size);
  bytes = bytes.subspan(size);
  return out;
}

}  // namespace

Bytes encode_account_record(const AccountRecord& record) {
  const bool has_storage = record.storage_root != types::kEmptyTrieRoot;
  Bytes out;
  out.reserve(80);
  out.push_back(static_cast<std::uint8_t>(
      (record.account.has_code() ? kHasCode : 0) | (has_storage ? kHasStorage : 0) |
      (record.gone ? kGone : 0) | (record.hides_below ? kHidesBelow : 0)));
  put_number(out, record.account.nonce);
  put_number(out, record.account.balance);
  if (record.account.has_code()) {
    base::append(out, record.account.code_hash);
  }
  if (has_storage) {
    base::append(out, record.storage_root);
  }
  return out;
}

AccountRecord decode_account_record(BytesView bytes) {
  AccountRecord out;
  const std::uint8_t form = take(bytes, 1)[0];
  const std::size_t nonce_size = take(bytes, 1)[0];
  const U256 nonce = base::from_be(take(bytes, nonce_size));
  const std::size_t balance_size = take(bytes, 1)[0];
  out.account.nonce = nonce.low64();
  out.account.balance = base::from_be(take(bytes, balance_size));
  if ((form & kHasCode) != 0) {
    out.account.code_hash = Hash256::from_right(take(bytes, 32));
  }
  if ((form & kHasStorage) != 0) {
    out.storage_root = Hash256::from_right(take(bytes, 32));
  }
  out.gone = (form & kGone) != 0;
  out.hides_below = (form & kHidesBelow) != 0;
  if (form > 15 || nonce_size > 8 || balance_size > 32 || !bytes.empty()) {
    fault();
  }
  return out;
}

U256 decode_slot_value(BytesView bytes) {
  if (bytes.size() > 32) {
    throw StateFault("a stored slot does not decode");
  }
  return base::from_be(bytes);
}

Bytes slot_key(const Address& address, const U256& key) {
  Bytes out(20 + 32);
  std::ranges::copy(address, out.begin());
  base::store_be(out.data() + 20, key);
  return out;
}

Bytes storage_trie_key(const Hash256& hashed_address, BytesView path) {
  Bytes out = base::to_bytes(hashed_address);
  base::append(out, path);
  return out;
}

Bytes history_key(BytesView key, std::uint64_t block) {
  Bytes out = base::to_bytes(key);
  for (int shift = 56; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(block >> shift));
  }
  return out;
}

}  // namespace cairn::state
