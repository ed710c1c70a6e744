#pragma once
// The logs of a transaction as eth_simulateV1 tells them: numbered as they come, failed calls
// included in the count, and with moves of ether among them where they are asked for (ERC-7528).

#include <cstdint>
#include <vector>

#include "evm/tracer.hpp"

namespace cairn::node {

struct NumberedLog {
  types::Log log;
  std::uint32_t number = 0;  // in the block
};

// Lives for a block; take() after each transaction.
class TransferLogs final : public evm::Tracer {
 public:
  explicit TransferLogs(bool with_transfers) : with_transfers_(with_transfers) {}

  std::vector<NumberedLog> take();

  bool wants_steps() const override { return false; }
  void on_enter(const evm::Message& message) override;
  void on_exit(evm::Status status, std::int64_t gas_left, BytesView output) override;
  void on_log(const types::Log& log) override;
  void on_selfdestruct(const Address& address, const Address& beneficiary,
                       const U256& balance) override;
  void on_step(const evm::Step&) override {}
  void on_cost(std::int64_t, std::int64_t) override {}
  void on_fault(const evm::Fault&) override {}

 private:
  void add_transfer(const Address& from, const Address& to, const U256& wei);

  bool with_transfers_;
  std::uint32_t count_ = 0;
  std::vector<std::vector<NumberedLog>> frames_;  // of open frames; at rest those of the last one
};

}  // namespace cairn::node
