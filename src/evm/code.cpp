#include "evm/code.hpp"

#include "evm/opcodes.hpp"
#include "evm/translator.hpp"

namespace cairn::evm {

Code::Code(BytesView bytecode, std::shared_ptr<Tally> tally)
    : size_(bytecode.size()), tally_(std::move(tally)) {
  padded_.reserve(size_ + kPadding);
  padded_.assign(bytecode.begin(), bytecode.end());
  padded_.resize(size_ + kPadding);
  count(sizeof(Code) + padded_.capacity());
}

Code::~Code() {
  if (tally_ != nullptr) {
    *tally_ -= memory_;
  }
  for (const auto& made : threaded_) {
    delete made.load();
  }
}

void Code::count(std::size_t bytes) const {
  memory_ += bytes;
  if (tally_ != nullptr) {
    *tally_ += bytes;
  }
}

const ThreadedCode* Code::threaded(types::Fork fork) const {
  auto& slot = threaded_[static_cast<std::size_t>(fork)];
  if (const ThreadedCode* made = slot.load(std::memory_order_acquire)) {
    return made;
  }
  if (size_ > kLongestTranslated) {
    return nullptr;
  }
  const std::lock_guard lock(translating_);
  if (slot.load(std::memory_order_relaxed) == nullptr) {
    auto made = translate(bytes(), fork);
    count(made->memory());
    slot.store(made.release(), std::memory_order_release);
  }
  return slot.load(std::memory_order_relaxed);
}

const ThreadedCode* Code::threaded_if_hot(types::Fork fork) const {
  // A translation costs about as much as running the code byte by byte a few times.
  constexpr int kRunsBefore = 3;
  const auto& slot = threaded_[static_cast<std::size_t>(fork)];
  if (const ThreadedCode* made = slot.load(std::memory_order_acquire)) {
    return made;
  }
  return runs_.fetch_add(1, std::memory_order_relaxed) < kRunsBefore ? nullptr : threaded(fork);
}

void Code::find_jump_destinations() const {
  jump_destinations_.resize((size_ + 63) / 64);
  count(jump_destinations_.capacity() * sizeof(std::uint64_t));
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
