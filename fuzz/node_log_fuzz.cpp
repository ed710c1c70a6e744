// Any bytes as what a contract says, reverts with and is called with: lines of the log that are
// bounded and hold nothing that a terminal obeys.
#include <algorithm>
#include <string_view>

#include "fuzz/require.hpp"
#include "nodelog/call_tree.hpp"
#include "nodelog/console.hpp"
#include "nodelog/failure.hpp"

namespace {

constexpr std::size_t kLongest = 10'000;  // escapes make a byte six

void check(std::string_view line) {
  const bool obeyed =
      std::ranges::any_of(line, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  cairn::fuzz::require(!obeyed && line.size() <= kLongest);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const BytesView bytes(data, size);
  const auto lines = nodelog::console_lines(bytes, 10, 1'000);
  std::ranges::for_each(lines, check);
  check(nodelog::failure_text(evm::Status::revert, bytes, nodelog::Names{}));
  trace::CallFrame frame;
  frame.to = Address{};
  frame.input = base::to_bytes(bytes);
  frame.output = base::to_bytes(bytes);
  frame.status = evm::Status::revert;
  const auto tree = nodelog::call_tree(frame, false, nodelog::Names{});
  std::ranges::for_each(tree.lines, check);
  fuzz::require(lines.size() <= 11);
  return 0;
}
