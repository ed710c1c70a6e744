// What one operation of each kind costs on one core: the hashes and curves behind precompiles,
// sender recovery and tries.

#include <benchmark/benchmark.h>

#include "base/hex.hpp"
#include "crypto/blake2f.hpp"
#include "crypto/bls12_381.hpp"
#include "crypto/bn254.hpp"
#include "crypto/digest.hpp"
#include "crypto/keccak.hpp"
#include "crypto/kzg.hpp"
#include "crypto/modexp.hpp"
#include "crypto/p256.hpp"
#include "crypto/secp256k1.hpp"

namespace cairn::crypto {
namespace {

void keccak(benchmark::State& state) {
  const Bytes data(static_cast<std::size_t>(state.range(0)), 0xa5);
  for (auto _ : state) {
    benchmark::DoNotOptimize(keccak256(data));
  }
}
BENCHMARK(keccak)->Arg(32)->Arg(64)->Arg(135)->Arg(1360)->Arg(100'000);

void sha256_of(benchmark::State& state) {
  const Bytes data(static_cast<std::size_t>(state.range(0)), 0xa5);
  for (auto _ : state) {
    benchmark::DoNotOptimize(sha256(data));
  }
}
BENCHMARK(sha256_of)->Arg(32)->Arg(4096);

void ripemd160_of(benchmark::State& state) {
  const Bytes data(static_cast<std::size_t>(state.range(0)), 0xa5);
  for (auto _ : state) {
    benchmark::DoNotOptimize(ripemd160(data));
  }
}
BENCHMARK(ripemd160_of)->Arg(32)->Arg(4096);

void blake2f_1000_rounds(benchmark::State& state) {
  Bytes input(213);
  input[2] = 0x03;
  input[3] = 0xe8;
  for (auto _ : state) {
    benchmark::DoNotOptimize(blake2f(input));
  }
}
BENCHMARK(blake2f_1000_rounds);

const SecretKey kKey = keccak256({});

void secp256k1_recover(benchmark::State& state) {
  const Hash256 digest = keccak256(kKey);
  const RecoverableSignature signature = sign(digest, kKey).value();
  for (auto _ : state) {
    benchmark::DoNotOptimize(recover_address(digest, signature));
  }
}
BENCHMARK(secp256k1_recover)->Unit(benchmark::kMicrosecond);

void secp256k1_sign(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(sign(kKey, kKey));
  }
}
BENCHMARK(secp256k1_sign)->Unit(benchmark::kMicrosecond);

void p256(benchmark::State& state) {
  const Bytes input = base::from_hex(
                          "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023"
                          "2ba3a8be6b94d5ec80a6d9d1190a436effe50d85a1eee859b8cc6af9bd5c2e18"
                          "4cd60b855d442f5b3c7b11eb6c4e0ae7525fe710fab9aa7c77a67f79e6fadd76"
                          "2927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838"
                          "c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e")
                          .value();
  for (auto _ : state) {
    benchmark::DoNotOptimize(p256_verify(input));
  }
}
BENCHMARK(p256)->Unit(benchmark::kMicrosecond);

void modexp_full(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  Bytes modulus(size, 0xff);
  modulus.back() = state.range(1) == 0 ? 0xfe : 0xff;
  const Bytes base(size, 0xab);
  for (auto _ : state) {
    benchmark::DoNotOptimize(modexp(base, base, modulus));
  }
}
BENCHMARK(modexp_full)
    ->ArgNames({"bytes", "odd"})
    ->ArgsProduct({{32, 256, 1024}, {0, 1}})
    ->Unit(benchmark::kMicrosecond);

const Bytes kBn254G1 = base::from_hex(
                           "0000000000000000000000000000000000000000000000000000000000000001"
                           "0000000000000000000000000000000000000000000000000000000000000002")
                           .value();
const Bytes kBn254G2 = base::from_hex(
                           "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
                           "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
                           "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
                           "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa")
                           .value();

void bn254_add_points(benchmark::State& state) {
  Bytes input = kBn254G1;
  Bytes scalar = kBn254G1;
  scalar.resize(96, 0x17);
  base::append(input, bn254_multiply(scalar).value());
  for (auto _ : state) {
    benchmark::DoNotOptimize(bn254_add(input));
  }
}
BENCHMARK(bn254_add_points)->Unit(benchmark::kMicrosecond);

void bn254_multiply_point(benchmark::State& state) {
  Bytes input = kBn254G1;
  input.resize(96, 0x97);
  for (auto _ : state) {
    benchmark::DoNotOptimize(bn254_multiply(input));
  }
}
BENCHMARK(bn254_multiply_point)->Unit(benchmark::kMicrosecond);

void bn254_pairs(benchmark::State& state) {
  Bytes input;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    base::append(input, kBn254G1);
    base::append(input, kBn254G2);
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(bn254_pairing_check(input));
  }
}
BENCHMARK(bn254_pairs)->Arg(1)->Arg(2)->Arg(4)->Arg(16)->Unit(benchmark::kMicrosecond);

// The generators of BLS12-381 as EIP-2537 encodes them.
const Bytes kBls12G1 = base::from_hex(
                           "0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0f"
                           "c3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
                           "0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4"
                           "fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1")
                           .value();
const Bytes kBls12G2 = base::from_hex(
                           "00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051"
                           "c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
                           "0000000000000000000000000000000013e02b6052719f607dacd3a088274f65"
                           "596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
                           "000000000000000000000000000000000ce5d527727d6e118cc9cdc6da2e351a"
                           "adfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801"
                           "000000000000000000000000000000000606c4a02ea734cc32acd2b02bc28b99"
                           "cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be")
                           .value();

void bls12_g1_sum(benchmark::State& state) {
  Bytes input;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    base::append(input, kBls12G1);
    base::append(input, keccak256(input));
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(bls12_g1_msm(input));
  }
}
BENCHMARK(bls12_g1_sum)->Arg(1)->Arg(128)->Unit(benchmark::kMicrosecond);

void bls12_pairs(benchmark::State& state) {
  Bytes input;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    base::append(input, kBls12G1);
    base::append(input, kBls12G2);
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(bls12_pairing_check(input));
  }
}
BENCHMARK(bls12_pairs)->Arg(1)->Arg(2)->Unit(benchmark::kMicrosecond);

// A proof that does not hold: it is noticed only at the very end, so it costs what a valid one
// does.
void kzg_point(benchmark::State& state) {
  const auto generator = KzgCommitment::from_right(
      base::from_hex("97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
                     "6c55e83ff97a1aeffb3af00adb22c6bb")
          .value());
  const auto scalar = Hash256::from_right(Bytes(31, 0x5a));
  for (auto _ : state) {
    benchmark::DoNotOptimize(verify_kzg_proof(generator, scalar, scalar, generator));
  }
}
BENCHMARK(kzg_point)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace cairn::crypto

BENCHMARK_MAIN();
