// Any bytes as a block with its header, transactions, ommers and withdrawals: what decodes encodes
// to the same bytes, and so does each header in it.

#include "fuzz/require.hpp"
#include "types/block.hpp"

using cairn::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const BytesView input(data, size);
  const auto header = types::decode_header(input);
  if (header) {
    require(base::equal(types::encode_header(*header), input));
  } else {
    require(!header.error().message.empty());
  }
  const auto block = types::decode_block(input);
  if (!block) {
    require(!block.error().message.empty());
    return 0;
  }
  require(base::equal(types::encode_block(*block), input));
  return 0;
}
