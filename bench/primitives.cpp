#include "bench/primitives.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <stdexcept>
#include <unordered_map>

#include "base/hex.hpp"
#include "bench/figures.hpp"
#include "crypto/blake2f.hpp"
#include "crypto/bn254.hpp"
#include "crypto/keccak.hpp"
#include "crypto/kzg.hpp"
#include "crypto/secp256k1.hpp"
#include "evm/evm.hpp"
#include "evm/opcodes.hpp"
#include "evm/precompiles.hpp"
#include "evm/tracer.hpp"
#include "execution/block_processor.hpp"
#include "execution/transaction_rules.hpp"
#include "state/overlay.hpp"

namespace cairn::bench {
namespace {

constexpr std::uint64_t kRepeats = 64;  // of calls that are all alike; the rest is reckoned
constexpr int kRounds = 3;

constexpr std::array<std::string_view, 0x12> kNames = {"",
                                                       "ecrecover",
                                                       "sha256",
                                                       "ripemd160",
                                                       "identity",
                                                       "modexp",
                                                       "bn254 add",
                                                       "bn254 mul",
                                                       "bn254 pairs",
                                                       "blake2f",
                                                       "point eval.",
                                                       "bls12 g1add",
                                                       "bls12 g1msm",
                                                       "bls12 g2add",
                                                       "bls12 g2msm",
                                                       "bls12 pairs",
                                                       "bls12 map",
                                                       "bls12 map2"};

constexpr Address kIdentity = "0x0000000000000000000000000000000000000004"_address;  // only copies

std::string_view name_of(const Address& precompile) {
  return precompile[18] != 0 ? "p256" : kNames.at(precompile[19]);
}

struct Call {
  std::string_view name;
  Address precompile;  // of keccak: unused
  Bytes input;
  std::uint64_t count = 0;
};

// Calls by what they hash or compute, each once with how often it came.
class Calls {
 public:
  void add(std::string_view name, const Address& precompile, BytesView input) {
    Bytes key = base::to_bytes(precompile);
    base::append(key, input);
    const auto [place, is_new] = places_.try_emplace(crypto::keccak256(key), calls_.size());
    if (is_new) {
      calls_.push_back({name, precompile, base::to_bytes(input)});
    }
    ++calls_[place->second].count;
  }
  const std::vector<Call>& all() const { return calls_; }

 private:
  std::unordered_map<Hash256, std::size_t> places_;
  std::vector<Call> calls_;
};

class Recorder final : public evm::Tracer {
 public:
  Recorder(Calls& calls, types::Fork fork, bool with_keccak)
      : calls_(calls), fork_(fork), with_keccak_(with_keccak) {}

  bool wants_steps() const override { return with_keccak_; }

  void on_enter(const evm::Message& message) override {
    const bool creates =
        message.kind == evm::CallKind::create || message.kind == evm::CallKind::create2;
    precompile_ = {};
    if (!creates && message.code_address != kIdentity &&
        evm::is_precompile(message.code_address, fork_)) {
      precompile_ = message.code_address;
      input_ = message.input;
    }
  }
  // A precompile's exit comes right after its entry; one that was not paid for did nothing.
  void on_exit(evm::Status status, std::int64_t, BytesView) override {
    if (precompile_ != Address{} && status != evm::Status::out_of_gas &&
        status != evm::Status::call_depth_exceeded && status != evm::Status::insufficient_balance) {
      calls_.add(name_of(precompile_), precompile_, input_);
    }
    precompile_ = {};
  }
  void on_step(const evm::Step& step) override {
    is_keccak_ =
        step.opcode == static_cast<std::uint8_t>(evm::Op::keccak256) && step.stack.size() >= 2;
    if (is_keccak_) {
      size_ = step.stack[step.stack.size() - 2].saturated64();
    }
  }
  // Paid for, so the size is one that memory can have. What is hashed does not matter for the time.
  void on_cost(std::int64_t, std::int64_t) override {
    if (is_keccak_) {
      calls_.add("keccak", {}, Bytes(size_));
    }
  }

  void on_log(const types::Log&) override {}
  void on_selfdestruct(const Address&, const Address&, const U256&) override {}
  void on_fault(const evm::Fault&) override { is_keccak_ = false; }

 private:
  Calls& calls_;
  types::Fork fork_;
  bool with_keccak_;
  Address precompile_;
  BytesView input_;
  bool is_keccak_ = false;
  std::uint64_t size_ = 0;
};

// Whether an instruction of the code, data of PUSH left out, is KECCAK256.
bool hashes(BytesView code) {
  for (std::size_t at = 0; at < code.size(); ++at) {
    if (code[at] == static_cast<std::uint8_t>(evm::Op::keccak256)) {
      return true;
    }
    if (evm::is_push(code[at])) {
      at += evm::push_size(code[at]);
    }
  }
  return false;
}

// Steps are slow, so they are asked for only where some code may hash.
bool may_hash(const types::Genesis& genesis, const types::Block& block) {
  return std::ranges::any_of(genesis.alloc,
                             [](const auto& entry) { return hashes(entry.second.code); }) ||
         std::ranges::any_of(block.transactions, [](const types::Transaction& transaction) {
           return !transaction.to && hashes(transaction.data);
         });
}

Calls record(const types::Genesis& genesis, const chain::ChainView& parent,
             const types::Block& block) {
  const types::ChainConfig& config = parent.config();
  const types::Fork fork = config.fork_of(block.header);
  const bool with_keccak = may_hash(genesis, block);
  Calls calls;
  const auto state = parent.state();
  state::Overlay overlay(*state);
  execution::BlockProcessor processor(
      overlay, block.header, config,
      execution::environment_of(block.header, config, fork, parent.block_hashes()));
  processor.begin();
  for (const types::Transaction& transaction : block.transactions) {
    Recorder recorder(calls, fork, with_keccak);
    const auto sender = execution::sender_of(transaction, fork, config.chain_id);
    if (!sender || !processor.add(transaction, *sender, &recorder)) {
      throw std::runtime_error("a block that was valid is not so any more");
    }
  }
  return calls;
}

void run(const Call& call, types::Fork fork) {
  if (call.precompile == Address{}) {
    asm volatile("" : : "r"(crypto::keccak256(call.input)[0]) : "memory");
    return;
  }
  const auto result = evm::run_precompile(call.precompile, fork, call.input,
                                          std::numeric_limits<std::int64_t>::max());
  asm volatile("" : : "r"(result.output.data()) : "memory");
}

double alone_ms(const Call& call, types::Fork fork) {
  const std::uint64_t runs = std::min(call.count, kRepeats);
  double best = std::numeric_limits<double>::max();
  for (int round = 0; round < kRounds; ++round) {
    const double begin = cpu_milliseconds();
    for (std::uint64_t i = 0; i < runs; ++i) {
      run(call, fork);
    }
    best = std::min(best, cpu_milliseconds() - begin);
  }
  return best / static_cast<double>(runs) * static_cast<double>(call.count);
}

// Milliseconds of one run, the best of many loops of about a millisecond.
template <class Run>
double best_ms(int runs_a_loop, Run run_once) {
  double best = std::numeric_limits<double>::max();
  for (int loop = 0; loop < 50; ++loop) {
    const double begin = cpu_milliseconds();
    for (int i = 0; i < runs_a_loop; ++i) {
      const auto result = run_once();
      asm volatile("" : : "r"(&result) : "memory");
    }
    best = std::min(best, (cpu_milliseconds() - begin) / runs_a_loop);
  }
  return best;
}

}  // namespace

PrimitiveCost dearest_primitive(const types::Genesis& genesis, const chain::ChainView& parent,
                                const types::Block& block) {
  const types::Fork fork = parent.config().fork_of(block.header);
  const Calls calls = record(genesis, parent, block);
  std::map<std::string_view, double> costs;
  for (const Call& call : calls.all()) {
    costs[call.name] += alone_ms(call, fork);
  }
  PrimitiveCost dearest;
  for (const auto& [name, cost] : costs) {
    if (cost > dearest.alone_ms) {
      dearest = {name, cost};
    }
  }
  return dearest;
}

double keccak_permutation_ns() {
  const Bytes one_permutation(32, 0xa5);
  return best_ms(1000, [&] { return crypto::keccak256(one_permutation); }) * 1e6;
}

double bn254_pairing_ms() {
  // The generators, as EIP-197 encodes them.
  const Bytes pair = base::from_hex(
                         "0000000000000000000000000000000000000000000000000000000000000001"
                         "0000000000000000000000000000000000000000000000000000000000000002"
                         "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
                         "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
                         "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
                         "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa")
                         .value();
  return best_ms(2, [&] { return crypto::bn254_pairing_check(pair); });
}

double point_evaluation_ms() {
  // A proof that does not hold: that is noticed at the very end, so it costs what a valid one does.
  const auto generator = crypto::KzgCommitment::from_right(
      base::from_hex("97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
                     "6c55e83ff97a1aeffb3af00adb22c6bb")
          .value());
  const auto scalar = Hash256::from_right(Bytes(31, 0x5a));
  return best_ms(1, [&] { return crypto::verify_kzg_proof(generator, scalar, scalar, generator); });
}

double ecrecover_us() {
  const crypto::SecretKey key = crypto::keccak256({});
  const Hash256 digest = crypto::keccak256(key);
  const auto signature = crypto::sign(digest, key).value();
  return best_ms(20, [&] { return crypto::recover_address(digest, signature); }) * 1e3;
}

double blake2_round_ns() {
  constexpr std::uint32_t kBlake2Rounds = 1000;
  Bytes input(213);
  input[2] = kBlake2Rounds >> 8;
  input[3] = kBlake2Rounds & 0xff;
  return best_ms(50, [&] { return crypto::blake2f(input); }) * 1e6 / kBlake2Rounds;
}

}  // namespace cairn::bench
