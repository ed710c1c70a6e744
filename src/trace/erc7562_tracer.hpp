#pragma once
// geth's erc7562Tracer: what bundlers check of a user operation (ERC-7562): calls with the
// instructions, slots and code that each frame looks at.

#include <array>
#include <bitset>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "trace/call_tracer.hpp"

namespace cairn::trace {

struct Erc7562Options {
  std::optional<std::vector<std::uint64_t>> ignored_opcodes;  // none: geth's own list
  bool with_log = false;
};

class Erc7562Tracer final : public FrameTracer {
 public:
  explicit Erc7562Tracer(const Erc7562Options& options);

  void begin(const Subject& subject) override;
  void write(codec::JsonWriter& out) override;

  bool is_truncated() const override {
    return FrameTracer::is_truncated() || preimage_bytes_ > kMostTraceBytes;
  }
  bool wants_steps() const override { return true; }
  void on_enter(const evm::Message& message) override;
  void on_exit(evm::Status status, std::int64_t gas_left, BytesView output) override;
  void on_selfdestruct(const Address& address, const Address& beneficiary,
                       const U256& balance) override;
  void on_step(const evm::Step& step) override;

 private:
  struct ContractSize {
    std::uint64_t size = 0;
    std::uint8_t opcode = 0;
  };
  // Of one frame, in the order in which frames began.
  struct Accesses {
    std::map<Hash256, Hash256> reads;
    std::map<Hash256, std::uint64_t> writes;
    std::map<Hash256, std::uint64_t> transient_reads;
    std::map<Hash256, std::uint64_t> transient_writes;
    std::vector<Address> ext_code;
    std::map<std::uint8_t, std::uint64_t> opcodes;
    std::map<Address, ContractSize> sizes;
    bool out_of_gas = false;
  };
  struct LastStep {
    std::uint8_t opcode = 0;
    std::optional<U256> top;
  };

  void note_storage(const evm::Step& step, Accesses& frame) const;
  void note_code(const evm::Step& step, Accesses& frame) const;
  void note_preimage(const evm::Step& step);
  void write_frame(codec::JsonWriter& out, const CallFrame& frame, std::size_t& next) const;
  static void write_accesses(codec::JsonWriter& out, const Accesses& accesses);

  std::bitset<256> ignored_;
  state::Overlay* overlay_ = nullptr;
  std::vector<Accesses> frames_;
  std::vector<std::size_t> open_;
  std::optional<LastStep> last_;
  std::set<Bytes> preimages_;  // of KECCAK256, over the whole transaction
  std::size_t preimage_bytes_ = 0;
};

}  // namespace cairn::trace
