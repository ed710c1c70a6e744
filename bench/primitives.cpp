#include "bench/primitives.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include "base/hex.hpp"
#include "bench/figures.hpp"
#include "crypto/blake2f.hpp"
#include "crypto/bn254.hpp"
#include "crypto/keccak.hpp"
#include "crypto/kzg.hpp"
#include "crypto/secp256k1.hpp"
#include "evm/code.hpp"
#include "evm/evm.hpp"
#include "evm/opcodes.hpp"
#include "evm/precompiles.hpp"
#include "evm/tracer.hpp"
#include "execution/block_processor.hpp"
#include "execution/transaction_rules.hpp"
#include "state/overlay.hpp"

namespace cairn::bench {
namespace {

constexpr std::uint64_t kRepeats = 64;  // of calls that are all alike, for an estimate

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

// Calls by what they hash or compute, each once with how often it came.
class Calls {
 public:
  void add(std::string_view name, const Address& precompile, BytesView input) {
    Bytes key = base::to_bytes(precompile);
    base::append(key, input);
    auto& list = by_name_[name];
    const auto [place, is_new] = places_.try_emplace(crypto::keccak256(key), list.size());
    if (is_new) {
      list.push_back({precompile, base::to_bytes(input)});
    }
    ++list[place->second].count;
  }
  const std::map<std::string_view, std::vector<PrimitiveCalls::Call>>& by_name() const {
    return by_name_;
  }

 private:
  std::unordered_map<Hash256, std::size_t> places_;
  std::map<std::string_view, std::vector<PrimitiveCalls::Call>> by_name_;
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

class Recorder final : public evm::Tracer {
 public:
  Recorder(Calls& calls, types::Fork fork, bool with_keccak)
      : calls_(calls), fork_(fork), with_keccak_(with_keccak) {}

  // Accounts whose code ran, and whether init code may hash.
  const std::unordered_set<Address>& entered() const { return entered_; }
  bool created_hash() const { return created_hash_; }

  bool wants_steps() const override { return with_keccak_; }

  void on_enter(const evm::Message& message) override {
    const bool creates =
        message.kind == evm::CallKind::create || message.kind == evm::CallKind::create2;
    precompile_ = {};
    if (creates) {
      created_hash_ = created_hash_ || hashes(message.input);
    } else {
      entered_.insert(message.code_address);
    }
    if (!creates && message.code_address != kIdentity &&
        evm::is_precompile(message.code_address, fork_)) {
      precompile_ = message.code_address;
      input_ = message.input;
    }
  }
  // A precompile's exit comes right after its entry; one that was not paid for did nothing.
  void on_exit(evm::Status status, std::int64_t, BytesView) override {
    if (precompile_ != Address{} && status != evm::Status::out_of_gas &&
        status != evm::Status::call_depth_exceeded && status != evm::Status::insufficient_balance &&
        status != evm::Status::balance_overflow) {
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
  std::unordered_set<Address> entered_;
  bool created_hash_ = false;
};

// What a block does, told to a recorder.
void replay(const chain::ChainView& parent, const types::Block& block, state::Overlay& overlay,
            Recorder& recorder) {
  const types::ChainConfig& config = parent.config();
  const types::Fork fork = config.fork_of(block.header);
  execution::BlockProcessor processor(
      overlay, block.header, config,
      execution::environment_of(block.header, config, fork, parent.block_hashes()));
  processor.begin();
  for (const types::Transaction& transaction : block.transactions) {
    const auto sender = execution::sender_of(transaction, fork, config.chain_id);
    if (!sender || !processor.add(transaction, *sender, &recorder)) {
      throw std::runtime_error("a block that was valid is not so any more");
    }
  }
}

// Steps are slow, so they are asked for only where code that ran may hash.
Calls record(const chain::ChainView& parent, const types::Block& block) {
  const types::Fork fork = parent.config().fork_of(block.header);
  const auto state = parent.state();
  state::Overlay overlay(*state);
  Calls calls;
  Recorder recorder(calls, fork, false);
  replay(parent, block, overlay, recorder);
  const bool may_hash =
      recorder.created_hash() || std::ranges::any_of(recorder.entered(), [&](const Address& at) {
        const auto target = evm::delegation_of(*overlay.code(at));
        return hashes(*overlay.code(target.value_or(at)));
      });
  if (!may_hash) {
    return calls;
  }
  state::Overlay again(*state);
  Calls all;
  Recorder with_keccak(all, fork, true);
  replay(parent, block, again, with_keccak);
  return all;
}

void run_one(const PrimitiveCalls::Call& call, types::Fork fork) {
  if (call.precompile == Address{}) {
    asm volatile("" : : "r"(crypto::keccak256(call.input)[0]) : "memory");
    return;
  }
  const auto result = evm::run_precompile(call.precompile, fork, call.input,
                                          std::numeric_limits<std::int64_t>::max());
  asm volatile("" : : "r"(result.output.data()) : "memory");
}

double loop_ms(const PrimitiveCalls::Call& call, types::Fork fork, std::uint64_t times) {
  const double begin = cpu_milliseconds();
  for (std::uint64_t i = 0; i < times; ++i) {
    run_one(call, fork);
  }
  return cpu_milliseconds() - begin;
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

double PrimitiveCalls::run() const {
  const double begin = cpu_milliseconds();
  for (const Call& call : calls_) {
    (void)loop_ms(call, fork_, call.count);
  }
  return cpu_milliseconds() - begin;
}

double PrimitiveCalls::estimate() const {
  double sum = 0;
  for (const Call& call : calls_) {
    const std::uint64_t times = std::min(call.count, kRepeats);
    sum +=
        loop_ms(call, fork_, times) / static_cast<double>(times) * static_cast<double>(call.count);
  }
  return sum;
}

PrimitiveCalls dearest_primitive(const chain::ChainView& parent, const types::Block& block) {
  const types::Fork fork = parent.config().fork_of(block.header);
  const Calls calls = record(parent, block);
  PrimitiveCalls dearest;
  double most = 0;
  for (const auto& [name, list] : calls.by_name()) {
    PrimitiveCalls candidate(name, fork, list);
    if (const double cost = candidate.estimate(); cost > most) {
      most = cost;
      dearest = std::move(candidate);
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
