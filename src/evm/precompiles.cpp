#include "evm/precompiles.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "crypto/blake2f.hpp"
#include "crypto/bls12_381.hpp"
#include "crypto/bn254.hpp"
#include "crypto/digest.hpp"
#include "crypto/kzg.hpp"
#include "crypto/modexp.hpp"
#include "crypto/p256.hpp"
#include "crypto/secp256k1.hpp"
#include "evm/evm.hpp"
#include "evm/precompile_gas.hpp"

namespace cairn::evm {
namespace {

constexpr std::uint64_t kModexpMaxLength = 1024;  // EIP-7823

Bytes padded_slice(BytesView input, std::uint64_t offset, std::uint64_t size) {
  Bytes out(size);
  if (offset < input.size()) {
    const std::size_t n = std::min<std::uint64_t>(size, input.size() - offset);
    std::copy_n(input.begin() + static_cast<std::ptrdiff_t>(offset), n, out.begin());
  }
  return out;
}

template <std::size_t N>
std::optional<Bytes> answer(const std::optional<FixedBytes<N>>& value) {
  return value ? std::optional(base::to_bytes(*value)) : std::nullopt;
}

Bytes word_of(bool value) {
  Bytes out(32);
  out[31] = value ? 1 : 0;
  return out;
}

std::optional<Bytes> answer(std::optional<bool> value) {
  return value ? std::optional(word_of(*value)) : std::nullopt;
}

// Without a signer there is an empty answer, not a failure.
Bytes ecrecover(BytesView input) {
  const Bytes data = padded_slice(input, 0, 128);
  const BytesView view = data;
  const U256 v = base::from_be(view.subspan(32, 32));
  if (v != U256{27} && v != U256{28}) {
    return {};
  }
  const crypto::RecoverableSignature signature{base::from_be(view.subspan(64, 32)),
                                               base::from_be(view.subspan(96, 32)), v == U256{28}};
  const auto signer = crypto::recover_address(Hash256::from_right(view.first(32)), signature);
  if (!signer) {
    return {};
  }
  return base::to_bytes(base::to_hash(base::to_u256(*signer)));
}

Bytes ripemd160(BytesView input) {
  return base::to_bytes(Hash256::from_right(crypto::ripemd160(input)));
}

std::optional<Bytes> modexp(BytesView input, Fork fork) {
  const auto [base_length, exponent_length, modulus_length] = modexp_lengths(input);
  if (fork >= Fork::osaka &&
      std::max({base_length, exponent_length, modulus_length}) > kModexpMaxLength) {
    return std::nullopt;
  }
  if (modulus_length == 0) {
    return Bytes{};
  }
  const std::uint64_t exponent_at = 96 + base_length;
  return crypto::modexp(padded_slice(input, 96, base_length),
                        padded_slice(input, exponent_at, exponent_length),
                        padded_slice(input, exponent_at + exponent_length, modulus_length));
}

std::int64_t price(unsigned number, Fork fork, BytesView input) {
  switch (number) {
    case 0x01:
      return 3'000;
    case 0x02:
      return linear_gas(60, 12, input);
    case 0x03:
      return linear_gas(600, 120, input);
    case 0x04:
      return linear_gas(15, 3, input);
    case 0x05:
      return modexp_gas(input, fork);
    case 0x06:
      return bn254_add_gas(fork);
    case 0x07:
      return bn254_multiply_gas(fork);
    case 0x08:
      return bn254_pairing_gas(input, fork);
    case 0x09:
      return blake2f_gas(input);
    case 0x0a:
      return 50'000;
    case 0x0b:
      return 375;
    case 0x0c:
      return bls12_g1_msm_gas(input);
    case 0x0d:
      return 600;
    case 0x0e:
      return bls12_g2_msm_gas(input);
    case 0x0f:
      return bls12_pairing_gas(input);
    case 0x10:
      return 5'500;
    case 0x11:
      return 23'800;
    default:
      return 6'900;  // 0x100
  }
}

// Nothing when the precompile fails.
std::optional<Bytes> run(unsigned number, Fork fork, BytesView input) {
  switch (number) {
    case 0x01:
      return ecrecover(input);
    case 0x02:
      return base::to_bytes(crypto::sha256(input));
    case 0x03:
      return ripemd160(input);
    case 0x04:
      return base::to_bytes(input);
    case 0x05:
      return modexp(input, fork);
    case 0x06:
      return answer(crypto::bn254_add(input));
    case 0x07:
      return answer(crypto::bn254_multiply(input));
    case 0x08:
      return answer(crypto::bn254_pairing_check(input));
    case 0x09:
      return answer(crypto::blake2f(input));
    case 0x0a:
      return answer(crypto::kzg_point_evaluation(input));
    case 0x0b:
      return answer(crypto::bls12_g1_add(input));
    case 0x0c:
      return answer(crypto::bls12_g1_msm(input));
    case 0x0d:
      return answer(crypto::bls12_g2_add(input));
    case 0x0e:
      return answer(crypto::bls12_g2_msm(input));
    case 0x0f:
      return answer(crypto::bls12_pairing_check(input));
    case 0x10:
      return answer(crypto::bls12_map_fp_to_g1(input));
    case 0x11:
      return answer(crypto::bls12_map_fp2_to_g2(input));
    default:
      return crypto::p256_verify(input) ? word_of(true) : Bytes{};  // 0x100
  }
}

// The low two bytes; precompiles have no other.
unsigned number_of(const Address& address) { return address[18] * 256u + address[19]; }

}  // namespace

bool is_precompile(const Address& address, Fork fork) {
  if (!std::all_of(address.begin(), address.begin() + 18, [](auto b) { return b == 0; })) {
    return false;
  }
  const unsigned number = number_of(address);
  unsigned last = 4;
  if (fork >= Fork::byzantium) {
    last = 8;
  }
  if (fork >= Fork::istanbul) {
    last = 9;
  }
  if (fork >= Fork::cancun) {
    last = 0x0a;
  }
  if (fork >= Fork::prague) {
    last = 0x11;
  }
  return (number >= 1 && number <= last) || (number == 0x100 && fork >= Fork::osaka);
}

PrecompileResult run_precompile(const Address& address, Fork fork, BytesView input,
                                std::int64_t gas) {
  const unsigned number = number_of(address);
  const std::int64_t cost = price(number, fork, input);
  if (cost > gas) {
    return {Status::out_of_gas, 0, {}};
  }
  auto output = run(number, fork, input);
  if (!output) {
    return {Status::precompile_failure, 0, {}};
  }
  return {Status::success, gas - cost, std::move(*output)};
}

}  // namespace cairn::evm
