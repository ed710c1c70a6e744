// Any bytecode, under any fork: every loop of the EVM does what its naive twin does.
// Input: fork, gas (two bytes, in units of four), how much of the rest is the callee's code; then
// the callee's code, then the code. What the code leaves on its stack is returned, so that it is
// seen.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "tests/evm/twin.hpp"

namespace {

using namespace cairn;

// PUSH1 0 MSTORE, PUSH1 32 MSTORE, PUSH1 64 MSTORE, RETURN(0, 96)
constexpr std::uint8_t kReturnThree[] = {0x60, 0x00, 0x52, 0x60, 0x20, 0x52, 0x60,
                                         0x40, 0x52, 0x60, 0x60, 0x60, 0x00, 0xf3};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHead = 4;
  if (size < kHead || size > 2000) {
    return 0;
  }
  evm::TwinCase test;
  test.fork = static_cast<types::Fork>(data[0] % types::kForkCount);
  test.gas = 4 * (data[1] * 256 + data[2]);
  const BytesView rest = BytesView(data, size).subspan(kHead);
  const std::size_t callee_size = std::min<std::size_t>(data[3], rest.size());
  test.callee = base::to_bytes(rest.first(callee_size));
  test.code = base::to_bytes(rest.subspan(callee_size));
  test.input = test.code;
  base::append(test.code, kReturnThree);
  if (const auto difference = evm::compare_with_twin(test)) {
    std::fprintf(stderr, "%s\n", difference->c_str());
    std::abort();
  }
  return 0;
}
