#include "evm/precompile_gas.hpp"

#include <algorithm>
#include <array>

#include "base/u256.hpp"

namespace cairn::evm {
namespace {

using base::Uint128;

// `size` bytes at `offset`, zeros beyond the end of the input.
U256 number_at(BytesView input, std::uint64_t offset, std::size_t size) {
  Hash256 padded;
  if (offset < input.size()) {
    const std::size_t n = std::min<std::size_t>(size, input.size() - offset);
    std::copy_n(input.begin() + static_cast<std::ptrdiff_t>(offset), n,
                padded.bytes.begin() + static_cast<std::ptrdiff_t>(32 - size));
  }
  return to_u256(padded);
}

std::int64_t clamp(Uint128 gas) {
  return gas > Uint128{INT64_MAX} ? kNever : static_cast<std::int64_t>(gas);
}

// Lengths above this cost more than any gas limit in every formula, and their squares would not
// fit.
constexpr std::uint64_t kHugeLength = std::uint64_t{1} << 40;

Uint128 complexity(std::uint64_t longest, Fork fork) {
  const Uint128 x = longest;
  const Uint128 words = (x + 7) / 8;
  if (fork >= Fork::osaka) {
    return longest <= 32 ? Uint128{16} : 2 * words * words;
  }
  if (fork >= Fork::berlin) {
    return words * words;
  }
  if (longest <= 64) {
    return x * x;
  }
  return longest <= 1024 ? x * x / 4 + 96 * x - 3072 : x * x / 16 + 480 * x - 199'680;
}

// EIP-2537: thousandths of the price of one multiplication, by how many there are.
constexpr std::array<std::int64_t, 128> kG1Discounts = {
    1000, 949, 848, 797, 764, 750, 738, 728, 719, 712, 705, 698, 692, 687, 682, 677, 673, 669, 665,
    661,  658, 654, 651, 648, 645, 642, 640, 637, 635, 632, 630, 627, 625, 623, 621, 619, 617, 615,
    613,  611, 609, 608, 606, 604, 603, 601, 599, 598, 596, 595, 593, 592, 591, 589, 588, 586, 585,
    584,  582, 581, 580, 579, 577, 576, 575, 574, 573, 572, 570, 569, 568, 567, 566, 565, 564, 563,
    562,  561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 551, 550, 549, 548, 547, 547, 546, 545,
    544,  543, 542, 541, 540, 540, 539, 538, 537, 536, 536, 535, 534, 533, 532, 532, 531, 530, 529,
    528,  528, 527, 526, 525, 525, 524, 523, 522, 522, 521, 520, 520, 519};
constexpr std::array<std::int64_t, 128> kG2Discounts = {
    1000, 1000, 923, 884, 855, 832, 812, 796, 782, 770, 759, 749, 740, 732, 724, 717, 711, 704, 699,
    693,  688,  683, 679, 674, 670, 666, 663, 659, 655, 652, 649, 646, 643, 640, 637, 634, 632, 629,
    627,  624,  622, 620, 618, 615, 613, 611, 609, 607, 606, 604, 602, 600, 598, 597, 595, 593, 592,
    590,  589,  587, 586, 584, 583, 582, 580, 579, 578, 576, 575, 574, 573, 571, 570, 569, 568, 567,
    566,  565,  563, 562, 561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 552, 551, 550, 549, 548,
    547,  546,  545, 545, 544, 543, 542, 541, 541, 540, 539, 538, 537, 537, 536, 535, 535, 534, 533,
    532,  532,  531, 530, 530, 529, 528, 528, 527, 526, 526, 525, 524, 524};
static_assert(kG1Discounts.back() == 519 && kG2Discounts.back() == 524);

std::int64_t msm_gas(std::size_t pairs, std::int64_t multiplication,
                     const std::array<std::int64_t, 128>& discounts) {
  if (pairs == 0) {
    return 0;
  }
  const std::int64_t discount = discounts[std::min(pairs, discounts.size()) - 1];
  return static_cast<std::int64_t>(pairs) * multiplication * discount / 1000;
}

}  // namespace

std::int64_t linear_gas(std::int64_t base, std::int64_t per_word, BytesView input) {
  return base + per_word * static_cast<std::int64_t>((input.size() + 31) / 32);
}

ModexpLengths modexp_lengths(BytesView input) {
  return {number_at(input, 0, 32).saturated64(), number_at(input, 32, 32).saturated64(),
          number_at(input, 64, 32).saturated64()};
}

std::int64_t modexp_gas(BytesView input, Fork fork) {
  const ModexpLengths lengths = modexp_lengths(input);
  const std::uint64_t longest = std::max(lengths.base, lengths.modulus);
  const std::int64_t least = fork >= Fork::osaka ? 500 : fork >= Fork::berlin ? 200 : 0;
  if (longest == 0 && fork < Fork::osaka) {
    return least;
  }
  if (longest > kHugeLength || lengths.exponent > kHugeLength) {
    return kNever;
  }
  const std::size_t head_size = std::min<std::uint64_t>(lengths.exponent, 32);
  const unsigned head_bits = bit_length(number_at(input, 96 + lengths.base, head_size));
  Uint128 iterations = head_bits == 0 ? 0 : head_bits - 1;
  if (lengths.exponent > 32) {
    iterations += Uint128{fork >= Fork::osaka ? 16u : 8u} * (lengths.exponent - 32);
  }
  iterations = std::max<Uint128>(iterations, 1);
  const unsigned divisor = fork >= Fork::osaka ? 1 : fork >= Fork::berlin ? 3 : 20;
  const Uint128 factor = complexity(longest, fork);
  if (factor > (~Uint128{0}) / iterations) {
    return kNever;
  }
  return std::max(least, clamp(factor * iterations / divisor));
}

std::int64_t bn254_add_gas(Fork fork) { return fork >= Fork::istanbul ? 150 : 500; }

std::int64_t bn254_multiply_gas(Fork fork) { return fork >= Fork::istanbul ? 6'000 : 40'000; }

std::int64_t bn254_pairing_gas(BytesView input, Fork fork) {
  const auto pairs = static_cast<std::int64_t>(input.size() / 192);
  return fork >= Fork::istanbul ? 45'000 + 34'000 * pairs : 100'000 + 80'000 * pairs;
}

std::int64_t blake2f_gas(BytesView input) {
  if (input.size() != kBlake2fInput) {
    return 0;  // so that it fails for its length, not for want of gas
  }
  return static_cast<std::int64_t>(number_at(input, 0, 4).low64());
}

std::int64_t bls12_g1_msm_gas(BytesView input) {
  return msm_gas(input.size() / 160, 12'000, kG1Discounts);
}

std::int64_t bls12_g2_msm_gas(BytesView input) {
  return msm_gas(input.size() / 288, 22'500, kG2Discounts);
}

std::int64_t bls12_pairing_gas(BytesView input) {
  return 37'700 + 32'600 * static_cast<std::int64_t>(input.size() / 384);
}

}  // namespace cairn::evm
