// Any text as typed data (EIP-712): a digest or a sentence, and the same one every time.
#include <string_view>

#include "fuzz/require.hpp"
#include "types/typed_data.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto first = cairn::types::hash_typed_data(text);
  const auto second = cairn::types::hash_typed_data(text);
  const bool same = first ? second && first->digest == second->digest
                          : !second && first.error() == second.error();
  const bool says_why = first || !first.error().message.empty();
  cairn::fuzz::require(same && says_why);
  return 0;
}
