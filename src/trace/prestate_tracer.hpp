#pragma once
// geth's prestateTracer: what a transaction needs of the state, or (diffMode) what it changes.

#include <map>
#include <set>

#include "trace/transaction_tracer.hpp"

namespace cairn::trace {

struct PrestateOptions {
  bool diff_mode = false;
  bool disable_code = false;
  bool disable_storage = false;
  bool include_empty = false;
};

class PrestateTracer final : public TransactionTracer {
 public:
  explicit PrestateTracer(const PrestateOptions& options) : options_(options) {}

  void begin(const Subject& subject) override;
  void end(const execution::TransactionOutcome& outcome) override;
  void write(codec::JsonWriter& out) override;

  bool wants_steps() const override { return true; }
  void on_step(const evm::Step& step) override;
  void on_cost(std::int64_t gas, std::int64_t refund) override;
  void on_fault(const evm::Fault&) override { pending_ = {}; }

 private:
  struct Before {
    U256 balance;
    std::uint64_t nonce = 0;
    std::shared_ptr<const Bytes> code;
    Hash256 code_hash;  // the empty code's where there is none
    std::map<Hash256, Hash256> storage;

    bool is_empty() const { return nonce == 0 && balance.is_zero() && code->empty(); }
  };
  // Of an account whose fields are left out where they did not change.
  struct After {
    std::optional<U256> balance;
    std::optional<std::uint64_t> nonce;
    std::shared_ptr<const Bytes> code;
    std::optional<Hash256> code_hash;
    std::map<Hash256, Hash256> storage;
  };
  // What an instruction looks at, until it has been paid for.
  struct Pending {
    std::map<Address, Before> accounts;
    std::optional<std::pair<Address, U256>> slot;
    std::optional<U256> slot_value;
    std::optional<Address> created;
    std::optional<Address> destructed;
  };

  Before read(const Address& address) const;
  void look_up(const Address& address);
  void expect(const Address& address);
  void expect_with_delegate(const Address& address);
  void expect_creation(const Address& address);
  std::optional<Address> delegate_of(const Address& address) const;
  std::optional<After> change_of(const Address& address, Before& before) const;
  bool change_storage(const Address& address, Before& before, After& after) const;
  void write_before(codec::JsonWriter& out) const;
  void write_after(codec::JsonWriter& out) const;

  PrestateOptions options_;
  state::Overlay* overlay_ = nullptr;
  evm::Fork fork_ = types::kLatestFork;
  std::map<Address, Before> before_;
  std::map<Address, After> after_;
  std::set<Address> empty_;  // before the transaction
  std::set<Address> created_;
  std::set<Address> deleted_;
  Pending pending_;
};

}  // namespace cairn::trace
