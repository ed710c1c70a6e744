#include "execution/intrinsic_gas.hpp"

#include <algorithm>

namespace cairn::execution {
namespace {

using types::Fork;

constexpr std::uint64_t kCreationGas = 32'000;
constexpr std::uint64_t kZeroByteGas = 4;
constexpr std::uint64_t kByteGas = 16;
constexpr std::uint64_t kByteGasBeforeIstanbul = 68;
constexpr std::uint64_t kInitCodeWordGas = 2;
constexpr std::uint64_t kAccessListAddressGas = 2'400;
constexpr std::uint64_t kAccessListKeyGas = 1'900;
constexpr std::uint64_t kFloorTokenGas = 10;
constexpr std::uint64_t kTokensInAByte = 4;  // a zero byte is one token

}  // namespace

IntrinsicGas intrinsic_gas(const types::Transaction& transaction, Fork fork) {
  const auto zeros =
      static_cast<std::uint64_t>(std::ranges::count(transaction.data, std::uint8_t{0}));
  const std::uint64_t others = transaction.data.size() - zeros;

  std::uint64_t gas = kTransactionGas + zeros * kZeroByteGas +
                      others * (fork >= Fork::istanbul ? kByteGas : kByteGasBeforeIstanbul);
  if (transaction.is_create() && fork >= Fork::homestead) {
    gas += kCreationGas;
  }
  if (transaction.is_create() && fork >= Fork::shanghai) {
    gas += kInitCodeWordGas * ((transaction.data.size() + 31) / 32);
  }
  for (const types::AccessListEntry& entry : transaction.access_list) {
    gas += kAccessListAddressGas + kAccessListKeyGas * entry.storage_keys.size();
  }
  gas += kAuthorizationGas * transaction.authorizations.size();

  const std::uint64_t floor =
      fork >= Fork::prague ? kTransactionGas + kFloorTokenGas * (zeros + others * kTokensInAByte)
                           : 0;
  return {.intrinsic = gas, .floor = floor};
}

}  // namespace cairn::execution
