#include "execution/fees.hpp"

#include <algorithm>

namespace cairn::execution {
namespace {

constexpr std::uint64_t kBaseFeeChangeDenominator = 8;
constexpr std::uint64_t kBlobBaseCost = 8'192;  // EIP-7918: gas that a blob's reserve price is of

constexpr U256 kHighest = ~U256{};

// a * b, or the largest number when it does not fit.
U256 saturating_product(const U256& a, const U256& b) {
  const auto full = base::multiply_full(a, b);
  if ((full[4] | full[5] | full[6] | full[7]) != 0) {
    return kHighest;
  }
  return {full[0], full[1], full[2], full[3]};
}

}  // namespace

U256 next_base_fee(const types::Header& parent, bool parent_is_london) {
  if (!parent_is_london) {
    return kInitialBaseFee;
  }
  const U256 base_fee = parent.base_fee_per_gas.value_or(U256{});
  const std::uint64_t target = parent.gas_limit / kElasticityMultiplier;
  if (parent.gas_used == target || target == 0) {
    return base_fee;
  }
  if (parent.gas_used > target) {
    const U256 delta =
        base_fee * U256{parent.gas_used - target} / U256{target} / U256{kBaseFeeChangeDenominator};
    return base_fee + std::max(delta, U256{1});
  }
  return base_fee -
         base_fee * U256{target - parent.gas_used} / U256{target} / U256{kBaseFeeChangeDenominator};
}

std::uint64_t next_excess_blob_gas(const types::Header& parent, const types::BlobParams& params,
                                   types::Fork fork) {
  const std::uint64_t excess = parent.excess_blob_gas.value_or(0);
  const std::uint64_t used = parent.blob_gas_used.value_or(0);
  const std::uint64_t target = params.target * kGasPerBlob;
  if (excess + used < target) {
    return 0;
  }
  if (fork >= types::Fork::osaka) {
    const U256 reserve = U256{kBlobBaseCost} * parent.base_fee_per_gas.value_or(U256{});
    const U256 price = saturating_product(U256{kGasPerBlob}, blob_base_fee(excess, params));
    if (reserve > price) {
      return excess + used * (params.max - params.target) / params.max;
    }
  }
  return excess + used - target;
}

U256 blob_base_fee(std::uint64_t excess_blob_gas, const types::BlobParams& params) {
  // EIP-4844's fake_exponential with a factor of one wei: the Taylor series of e^(excess/fraction).
  const U256 denominator = params.base_fee_update_fraction;
  if (denominator.is_zero()) {
    return 1;
  }
  U256 sum;
  U256 term = denominator;
  for (std::uint64_t i = 1; !term.is_zero(); ++i) {
    const auto next_sum = base::add_with_carry(sum, term);
    const U256 product = saturating_product(term, U256{excess_blob_gas});
    if (next_sum.carry || product == kHighest) {
      return kHighest;
    }
    sum = next_sum.sum;
    term = product / (denominator * U256{i});
  }
  return sum / denominator;
}

}  // namespace cairn::execution
