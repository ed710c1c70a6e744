#include "execution/requests.hpp"

#include "crypto/digest.hpp"

namespace cairn::execution {
namespace {

// keccak256("DepositEvent(bytes,bytes,bytes,bytes,bytes)")
constexpr Hash256 kDepositEvent =
    "0x649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5"_hash;

// The ABI layout of the event's data: five `bytes`, each at its offset with its length.
struct Field {
  std::uint64_t offset;
  std::uint64_t size;
};
constexpr Field kDepositFields[] = {
    {160, 48},  // public key
    {256, 32},  // withdrawal credentials
    {320, 8},   // amount
    {384, 96},  // signature
    {512, 8},   // index
};
constexpr std::size_t kDepositEventSize = 576;
constexpr std::size_t kWord = 32;

bool holds(BytesView data, std::size_t at, std::uint64_t number) {
  return base::load_be(data.data() + at) == U256{number};
}

Judged<void> append_deposit(Bytes& deposits, BytesView data) {
  if (data.size() != kDepositEventSize) {
    return refuse(Refused::invalid_deposit_event, "deposit event has a wrong length");
  }
  std::size_t head = 0;
  for (const Field& field : kDepositFields) {
    if (!holds(data, head, field.offset) || !holds(data, field.offset, field.size)) {
      return refuse(Refused::invalid_deposit_event, "deposit event has a wrong layout");
    }
    base::append(deposits, data.subspan(field.offset + kWord, field.size));
    head += kWord;
  }
  return {};
}

}  // namespace

Judged<Bytes> deposits_of(std::span<const types::Receipt> receipts,
                          const Address& deposit_contract) {
  Bytes deposits;
  for (const types::Receipt& receipt : receipts) {
    for (const types::Log& log : receipt.logs) {
      if (log.address == deposit_contract && !log.topics.empty() &&
          log.topics[0] == kDepositEvent) {
        CAIRN_CHECK(append_deposit(deposits, log.data));
      }
    }
  }
  return deposits;
}

Hash256 requests_hash(std::span<const Bytes> requests) {
  Bytes hashes;
  for (const Bytes& request : requests) {
    base::append(hashes, crypto::sha256(request));
  }
  return crypto::sha256(hashes);
}

}  // namespace cairn::execution
