// Any bytes: a transaction that decodes encodes to the same bytes, in the form it came in, and what
// a block would carry of it decodes to the same transaction.

#include "fuzz/require.hpp"
#include "types/transaction.hpp"

using cairn::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const BytesView input(data, size);
  const auto decoded = types::decode_transaction(input);
  if (!decoded) {
    require(!decoded.error().message.empty());
    return 0;
  }
  require(base::equal(types::encode_pooled_transaction(*decoded), input));

  types::Transaction without_sidecar = *decoded;
  without_sidecar.sidecar = nullptr;
  const auto again = types::decode_transaction(types::encode_transaction(*decoded));
  require(again && *again == without_sidecar);
  require(types::transaction_hash(*again) == types::transaction_hash(*decoded));
  static_cast<void>(types::recover_sender(*decoded));
  for (const types::Authorization& authorization : decoded->authorizations) {
    static_cast<void>(types::recover_authority(authorization));
  }
  return 0;
}
