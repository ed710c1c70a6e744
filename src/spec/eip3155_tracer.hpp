#pragma once
// EIP-3155: one JSON line an instruction, and a last one for the whole.

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "evm/tracer.hpp"

namespace cairn::spec {

class Eip3155Tracer final : public evm::Tracer {
 public:
  explicit Eip3155Tracer(std::ostream& out) : out_(out) {}

  bool wants_steps() const override { return true; }
  void on_enter(const evm::Message& message) override;
  void on_exit(evm::Status status, std::int64_t gas_left, BytesView output) override;
  void on_log(const types::Log&) override {}
  void on_selfdestruct(const Address&, const Address&, const U256&) override {}

  void on_step(const evm::Step& step) override;
  void on_cost(std::int64_t gas, std::int64_t refund) override;
  void on_fault(const evm::Fault& fault) override;

 private:
  // The line of the last step, which waits for its cost.
  struct Line {
    std::uint64_t pc;
    std::uint8_t opcode;
    std::string name;
    std::int64_t gas;
    std::int64_t refund;
    int depth;
    std::string stack;
    std::size_t memory_size;
  };

  void print(std::int64_t cost, std::string_view error);

  std::ostream& out_;
  std::optional<Line> line_;
  std::vector<std::int64_t> gas_of_frames_;
};

}  // namespace cairn::spec
