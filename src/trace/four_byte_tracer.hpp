#pragma once
// geth's 4byteTracer: how often each function selector was called, with the size of its arguments.

#include <map>
#include <string>

#include "trace/transaction_tracer.hpp"

namespace cairn::trace {

class FourByteTracer final : public TransactionTracer {
 public:
  void begin(const Subject& subject) override { fork_ = subject.fork(); }
  void on_enter(const evm::Message& message) override;
  void write(codec::JsonWriter& out) override;

 private:
  evm::Fork fork_ = types::kLatestFork;
  std::map<std::string, std::uint64_t> calls_;  // "0xa9059cbb-64"
};

}  // namespace cairn::trace
