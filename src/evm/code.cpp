#include "evm/code.hpp"

#include "evm/opcodes.hpp"

namespace cairn::evm {

Code::Code(BytesView bytecode) : size_(bytecode.size()) {
  padded_.reserve(size_ + kPadding);
  padded_.assign(bytecode.begin(), bytecode.end());
  padded_.resize(size_ + kPadding);
}

Code::~Code() = default;

void Code::find_jump_destinations() const {
  jump_destinations_.resize((size_ + 63) / 64);
  for (std::size_t i = 0; i < size_; ++i) {
    const std::uint8_t code = padded_[i];
    if (code == static_cast<std::uint8_t>(Op::jumpdest)) {
      jump_destinations_[i / 64] |= std::uint64_t{1} << (i % 64);
    } else {
      i += push_size(code);
    }
  }
}

std::optional<Address> delegation_of(BytesView code) {
  constexpr std::array<std::uint8_t, 3> kPrefix = {0xef, 0x01, 0x00};
  if (code.size() != kPrefix.size() + Address::size() ||
      !base::equal(code.first(kPrefix.size()), kPrefix)) {
    return std::nullopt;
  }
  return Address::from_right(code);
}

}  // namespace cairn::evm
