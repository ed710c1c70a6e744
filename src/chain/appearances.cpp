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

Bytes appearance_row(std::vector<Appearance> appearances, std::span<const Address> rewarded) {
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

std::optional<BlockAppearances> AppearanceCursor::at(std::uint64_t number) const {
  const auto row = kAppearanceIndex.row(reader_, number);
  for (BytesView rest = row ? BytesView{*row} : BytesView{}; !rest.empty();) {
    BlockAppearances out{.number = number, .reward = false, .transactions = {}};
    const Address address = take_address(rest, [&](std::uint64_t place) {
      if (place == 0) {
        out.reward = true;
      } else {
        out.transactions.push_back(static_cast<std::uint32_t>(place - 1));
      }
    });
    if (address == address_) {
      return out;
    }
    if (address > address_) {
      break;
    }
  }
  return std::nullopt;
}

std::optional<BlockAppearances> AppearanceCursor::next(std::uint64_t number) {
  while (const auto found = cursor_.next(fingerprint_of(address_), number)) {
    if (auto out = at(*found)) {
      return out;
    }
    number = *found + 1;  // another address with this end
  }
  return std::nullopt;
}

std::optional<BlockAppearances> AppearanceCursor::previous(std::uint64_t number) {
  while (const auto found = cursor_.previous(fingerprint_of(address_), number)) {
    if (auto out = at(*found)) {
      return out;
    }
    if (*found == 0) {
      break;
    }
    number = *found - 1;
  }
  return std::nullopt;
}

}  // namespace cairn::chain
