// Any text as genesis.json: a reason, or a genesis that is the same when it is written and read
// again.
#include <string_view>

#include "fuzz/require.hpp"
#include "types/genesis.hpp"

using cairn::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const auto parsed = types::parse_genesis({reinterpret_cast<const char*>(data), size});
  if (!parsed) {
    require(!parsed.error().message.empty());
    return 0;
  }
  const auto again = types::parse_genesis(types::genesis_to_json(parsed->genesis));
  require(again.has_value());
  require(again->genesis == parsed->genesis);
  require(again->warnings.size() <= parsed->warnings.size());
  return 0;
}
