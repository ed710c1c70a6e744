#include "chain/appearances.hpp"

#include <algorithm>

#include "evm/evm.hpp"
#include "execution/rewards.hpp"

namespace cairn::chain {
namespace {

using execution::Appearance;

void put_varint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) {
    out.push_back(static_cast<std::uint8_t>(value | 0x80));
  }
  out.push_back(static_cast<std::uint8_t>(value));
}

std::uint64_t take_varint(BytesView& rest) {
  std::uint64_t out = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (rest.empty()) {
      break;
    }
    const std::uint8_t byte = rest.front();
    rest = rest.subspan(1);
    out |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) {
      return out;
    }
  }
  throw ChainFault("a row of appearances is damaged");
}

// Takes one address and what follows it from the row, and tells each of its places.
template <class Visit>
Address take_address(BytesView& rest, const Visit& visit) {
  if (rest.size() < Address::size()) {
    throw ChainFault("a row of appearances is damaged");
  }
  const Address address = Address::from_right(rest.first(Address::size()));
  rest = rest.subspan(Address::size());
  const std::uint64_t head = take_varint(rest);
  if (head % 2 == 0) {
    visit(head / 2);
    return address;
  }
  std::uint64_t place = 0;
  for (std::uint64_t left = head / 2; left > 0; --left) {
    place += take_varint(rest);
    visit(place);
  }
  return address;
}

Fingerprint fingerprint_of(const Address& address) {
  return std::uint32_t{address[16]} << 24 | std::uint32_t{address[17]} << 16 |
         std::uint32_t{address[18]} << 8 | address[19];
}

std::vector<Fingerprint> read_row(BytesView row) {
  std::vector<Fingerprint> out;
  while (!row.empty()) {
    out.push_back(fingerprint_of(take_address(row, [](std::uint64_t) {})));
  }
  std::ranges::sort(out);
  const auto doubled = std::ranges::unique(out);
  out.erase(doubled.begin(), doubled.end());
  return out;
}

struct Place {
  Address address;
  std::uint64_t place;

  auto operator<=>(const Place&) const = default;
};

}  // namespace

const SectionIndex kAppearanceIndex{.column = store::Column::appearances,
                                    .fingerprints_of = read_row};

Bytes appearance_row(const std::vector<Appearance>& appearances,
                     std::span<const Address> rewarded) {
  std::vector<Place> places;
  places.reserve(appearances.size() + rewarded.size());
  for (const Appearance& one : appearances) {
    places.push_back({one.address, std::uint64_t{one.transaction} + 1});
  }
  for (const Address& address : rewarded) {
    places.push_back({address, 0});
  }
  std::ranges::sort(places);
  const auto doubled = std::ranges::unique(places);
  places.erase(doubled.begin(), doubled.end());
  Bytes out;
  out.reserve(places.size() * (Address::size() + 2));
  for (auto first = places.begin(); first != places.end();) {
    const auto end = std::find_if(first, places.end(),
                                  [&](const Place& one) { return one.address != first->address; });
    base::append(out, first->address);
    const auto count = static_cast<std::uint64_t>(end - first);
    if (count == 1) {
      put_varint(out, 2 * first->place);
    } else {
      put_varint(out, 2 * count + 1);
      std::uint64_t before = 0;
      for (auto one = first; one != end; ++one) {
        put_varint(out, one->place - std::exchange(before, one->place));
      }
    }
    first = end;
  }
  return out;
}

std::vector<Address> rewarded_by(const types::Block& block, types::Fork fork) {
  std::vector<Address> out;
  if (block.header.number > 0 && !execution::block_reward(fork).is_zero()) {
    out.push_back(block.header.beneficiary);
    for (const types::Header& ommer : block.ommers) {
      out.push_back(ommer.beneficiary);
    }
  }
  return out;
}

std::vector<Appearance> appearances_in_receipts(const types::Block& block,
                                                std::span<const Address> senders,
                                                const Receipts& receipts) {
  std::vector<Appearance> out;
  for (std::uint32_t i = 0; i < block.transactions.size(); ++i) {
    const types::Transaction& transaction = block.transactions[i];
    out.push_back({senders[i], i});
    out.push_back({transaction.to.value_or(evm::create_address(senders[i], transaction.nonce)), i});
    for (const types::Log& log : receipts.at(i).logs) {
      out.push_back({log.address, i});
    }
  }
  return out;
}

AppearanceCursor::AppearanceCursor(const store::Reader& reader, std::uint64_t head,
                                   std::vector<Address> addresses)
    : reader_(reader), cursor_(kAppearanceIndex, reader, head), addresses_(std::move(addresses)) {
  std::ranges::sort(addresses_);
  for (const Address& address : addresses_) {
    wanted_.push_back({.fingerprint = fingerprint_of(address), .next = {}, .previous = {}});
  }
}

std::optional<BlockAppearances> AppearanceCursor::at(std::uint64_t number) const {
  const auto row = kAppearanceIndex.row(reader_, number);
  BlockAppearances out{.number = number, .reward = false, .transactions = {}};
  for (BytesView rest = row ? BytesView{*row} : BytesView{}; !rest.empty();) {
    const Address address = Address::from_right(rest.first(std::min(rest.size(), Address::size())));
    const bool is_wanted = std::ranges::binary_search(addresses_, address);
    take_address(rest, [&](std::uint64_t place) {
      if (is_wanted && place == 0) {
        out.reward = true;
      } else if (is_wanted) {
        out.transactions.push_back(static_cast<std::uint32_t>(place - 1));
      }
    });
  }
  if (!out.reward && out.transactions.empty()) {
    return std::nullopt;
  }
  std::ranges::sort(out.transactions);
  const auto doubled = std::ranges::unique(out.transactions);
  out.transactions.erase(doubled.begin(), doubled.end());
  return out;
}

std::optional<std::uint64_t> AppearanceCursor::next_of(Wanted& one, std::uint64_t number) {
  const bool known =
      one.next && one.next->asked <= number && (!one.next->found || *one.next->found >= number);
  if (!known) {
    one.next = {number, cursor_.next(one.fingerprint, number)};
  }
  return one.next->found;
}

std::optional<std::uint64_t> AppearanceCursor::previous_of(Wanted& one, std::uint64_t number) {
  const bool known = one.previous && one.previous->asked >= number &&
                     (!one.previous->found || *one.previous->found <= number);
  if (!known) {
    one.previous = {number, cursor_.previous(one.fingerprint, number)};
  }
  return one.previous->found;
}

// A block that an address with the same end is in is passed by.
std::optional<BlockAppearances> AppearanceCursor::next(std::uint64_t number) {
  for (;;) {
    std::optional<std::uint64_t> first;
    for (Wanted& one : wanted_) {
      const auto found = next_of(one, number);
      first = first && (!found || *first < *found) ? first : found;
    }
    if (!first) {
      return std::nullopt;
    }
    if (auto out = at(*first)) {
      return out;
    }
    number = *first + 1;
  }
}

std::optional<BlockAppearances> AppearanceCursor::previous(std::uint64_t number) {
  for (;;) {
    std::optional<std::uint64_t> last;
    for (Wanted& one : wanted_) {
      const auto found = previous_of(one, number);
      last = last && (!found || *last > *found) ? last : found;
    }
    if (!last) {
      return std::nullopt;
    }
    if (auto out = at(*last)) {
      return out;
    }
    if (*last == 0) {
      return std::nullopt;
    }
    number = *last - 1;
  }
}

}  // namespace cairn::chain
