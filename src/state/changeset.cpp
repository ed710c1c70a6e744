#include "state/changeset.hpp"

#include <limits>
#include <utility>

#include "crypto/keccak.hpp"

// The record form. Numbers are big-endian without leading zeros behind a byte of length (0-32);
// counts and sizes are numbers too.
//
//   changeset  version (1), count, account change..., count, code...
//   account    address (20), before, after, count, (slot key, before, after)...
//   state      0: none | 1: nonce, balance | 2: nonce, balance, code hash (32); `after` + 16 where
//              a fork hides its source's storage
//   code       size, bytes; its hash is computed when read
//
// Addresses, keys and codes (by hash) stand in growing order, and nothing stands that did not
// change, so equal changesets have equal bytes. What is torn or foreign does not decode: the caller
// has the store's checksum for damage, and refuses the record here.

namespace cairn::state {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kHides = 16;

void put_number(Bytes& out, const U256& value) {
  const Bytes digits = base::to_be_compact(value);
  out.push_back(static_cast<std::uint8_t>(digits.size()));
  base::append(out, digits);
}

void put_account(Bytes& out, const std::optional<types::Account>& account, std::uint8_t flags = 0) {
  if (!account) {
    out.push_back(flags);
    return;
  }
  out.push_back((account->has_code() ? 2 : 1) | flags);
  put_number(out, account->nonce);
  put_number(out, account->balance);
  if (account->has_code()) {
    base::append(out, account->code_hash);
  }
}

class Decoder {
 public:
  explicit Decoder(BytesView bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }

  Result<BytesView> take(std::size_t size) {
    if (rest_.size() < size) {
      return fail(ErrorCode::malformed, "changeset: the bytes end too early");
    }
    const BytesView out = rest_.first(size);
    rest_ = rest_.subspan(size);
    return out;
  }

  Result<std::uint8_t> byte() {
    CAIRN_TRY(const BytesView bytes, take(1));
    return bytes[0];
  }

  Result<U256> number() {
    CAIRN_TRY(const std::uint8_t size, byte());
    CAIRN_TRY(const BytesView digits, take(size));
    if (size > 32 || (size > 0 && digits[0] == 0)) {
      return fail(ErrorCode::malformed, "changeset: a number is not canonical");
    }
    return base::from_be(digits);
  }

  Result<std::uint64_t> small_number() {
    CAIRN_TRY(const U256 value, number());
    if (!value.fits_u64()) {
      return fail(ErrorCode::malformed, "changeset: a count is too large");
    }
    return value.low64();
  }

  Result<std::optional<types::Account>> account(std::uint8_t kind) {
    if (kind == 0) {
      return std::nullopt;
    }
    if (kind > 2) {
      return fail(ErrorCode::malformed, "changeset: an account has an unknown form");
    }
    types::Account out;
    CAIRN_TRY(out.nonce, small_number());
    CAIRN_TRY(out.balance, number());
    if (kind == 2) {
      CAIRN_TRY(const BytesView hash, take(32));
      out.code_hash = Hash256::from_right(hash);
      if (!out.has_code()) {
        return fail(ErrorCode::malformed, "changeset: a code hash is that of no code");
      }
    }
    return out;
  }

  Result<AccountChange> change() {
    AccountChange out;
    CAIRN_TRY(const std::uint8_t before, byte());
    CAIRN_TRY(out.before, account(before));
    CAIRN_TRY(const std::uint8_t after, byte());
    const bool hides = (after & kHides) != 0;
    CAIRN_TRY(out.after, account(hides ? after ^ kHides : after));
    if (hides) {
      out.beneath = AccountChange::Beneath::hidden;
    }
    CAIRN_TRY(const std::uint64_t count, small_number());
    for (std::uint64_t i = 0; i < count; ++i) {
      CAIRN_TRY(const U256 key, number());
      SlotChange slot;
      CAIRN_TRY(slot.before, number());
      CAIRN_TRY(slot.after, number());
      if ((slot.before == slot.after && !hides) || (i > 0 && key <= out.slots.rbegin()->first)) {
        return fail(ErrorCode::malformed, "changeset: slots are out of order or did not change");
      }
      out.slots.emplace_hint(out.slots.end(), key, slot);
    }
    if (out.before == out.after && out.slots.empty() && !hides) {
      return fail(ErrorCode::malformed, "changeset: an account did not change");
    }
    return out;
  }

 private:
  BytesView rest_;
};

}  // namespace

Changeset inverted(const Changeset& changeset) {
  Changeset out = changeset;
  for (auto& [address, change] : out.accounts) {
    std::swap(change.before, change.after);
    if (change.beneath != AccountChange::Beneath::stays) {
      change.beneath = change.beneath == AccountChange::Beneath::hidden
                           ? AccountChange::Beneath::shown
                           : AccountChange::Beneath::hidden;
    }
    for (auto& [key, slot] : change.slots) {
      std::swap(slot.before, slot.after);
    }
  }
  return out;
}

Bytes encode_changeset(const Changeset& changeset) {
  Bytes out{kVersion};
  put_number(out, changeset.accounts.size());
  for (const auto& [address, change] : changeset.accounts) {
    base::append(out, address);
    put_account(out, change.before);
    put_account(out, change.after,
                change.beneath == AccountChange::Beneath::hidden ? kHides : std::uint8_t{0});
    put_number(out, change.slots.size());
    for (const auto& [key, slot] : change.slots) {
      put_number(out, key);
      put_number(out, slot.before);
      put_number(out, slot.after);
    }
  }
  put_number(out, changeset.codes.size());
  for (const auto& [hash, code] : changeset.codes) {
    put_number(out, code->size());
    base::append(out, *code);
  }
  return out;
}

Result<Changeset> decode_changeset(BytesView bytes) {
  Decoder in(bytes);
  CAIRN_TRY(const std::uint8_t version, in.byte());
  if (version != kVersion) {
    return fail(ErrorCode::malformed, "changeset: an unknown version");
  }
  Changeset out;
  CAIRN_TRY(const std::uint64_t accounts, in.small_number());
  for (std::uint64_t i = 0; i < accounts; ++i) {
    CAIRN_TRY(const BytesView key, in.take(20));
    const Address address = Address::from_right(key);
    if (i > 0 && address <= out.accounts.rbegin()->first) {
      return fail(ErrorCode::malformed, "changeset: accounts are out of order");
    }
    CAIRN_TRY(AccountChange change, in.change());
    out.accounts.emplace_hint(out.accounts.end(), address, std::move(change));
  }
  CAIRN_TRY(const std::uint64_t codes, in.small_number());
  for (std::uint64_t i = 0; i < codes; ++i) {
    CAIRN_TRY(const std::uint64_t size, in.small_number());
    CAIRN_TRY(const BytesView code, in.take(size));
    const Hash256 hash = crypto::keccak256(code);
    if (i > 0 && hash <= out.codes.rbegin()->first) {
      return fail(ErrorCode::malformed, "changeset: codes are out of order");
    }
    out.codes.emplace_hint(out.codes.end(), hash,
                           std::make_shared<const Bytes>(code.begin(), code.end()));
  }
  if (!in.at_end()) {
    return fail(ErrorCode::malformed, "changeset: bytes follow its end");
  }
  return out;
}

}  // namespace cairn::state
