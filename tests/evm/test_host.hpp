#pragma once
// A world in plain maps for tests, fuzzing and benchmarks of the EVM: every change leaves a closure
// that takes it back.

#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "crypto/keccak.hpp"
#include "evm/code.hpp"
#include "evm/host.hpp"

namespace cairn::evm {

struct TestAccount {
  std::uint64_t nonce = 0;
  U256 balance;
  std::shared_ptr<const Code> code = std::make_shared<const Code>();
  Hash256 code_hash = crypto::kEmptyCodeHash;
  std::unordered_map<U256, StorageValues> storage;
  std::unordered_map<U256, U256> transient;
  std::unordered_set<U256> warm_slots;
  bool exists = true;
  bool warm = false;
  bool created_here = false;
  bool destructed = false;
};

class TestHost final : public Host {
 public:
  std::unordered_map<Address, TestAccount> accounts;
  std::vector<types::Log> logs;

  void add_contract(const Address& address, BytesView code, const U256& balance = {}) {
    TestAccount& account = accounts[address];
    account.balance = balance;
    put_code(account, code);
  }

  AccountInfo account(const Address& address) override {
    const auto found = accounts.find(address);
    if (found == accounts.end() || !found->second.exists) {
      return {};
    }
    const TestAccount& a = found->second;
    return {true, a.nonce, a.balance, a.code_hash};
  }

  const Code& code(const Address& address) override {
    const auto found = accounts.find(address);
    return found == accounts.end() || !found->second.exists ? no_code_ : *found->second.code;
  }

  bool has_storage(const Address& address) override {
    const auto found = accounts.find(address);
    if (found == accounts.end()) {
      return false;
    }
    for (const auto& [key, value] : found->second.storage) {
      if (!value.current.is_zero()) {
        return true;
      }
    }
    return false;
  }

  bool add_balance(const Address& address, const U256& wei) override {
    TestAccount& a = live(address);
    const auto [sum, carry] = base::add_with_carry(a.balance, wei);
    change(a.balance, carry ? ~U256{} : sum);
    return !carry;
  }

  void subtract_balance(const Address& address, const U256& wei) override {
    TestAccount& a = live(address);
    change(a.balance, a.balance - wei);
  }

  void set_nonce(const Address& address, std::uint64_t nonce) override {
    change(live(address).nonce, nonce);
  }

  void set_code(const Address& address, BytesView code) override {
    TestAccount& a = live(address);
    undo_.push_back([&a, old = a.code, hash = a.code_hash] {
      a.code = old;
      a.code_hash = hash;
    });
    put_code(a, code);
  }

  void create_account(const Address& address) override {
    TestAccount& a = live(address);
    change(a.created_here, true);
    change(a.nonce, std::uint64_t{0});
  }

  bool is_created_here(const Address& address) override { return live(address).created_here; }

  bool mark_destructed(const Address& address) override {
    TestAccount& a = live(address);
    const bool first = !a.destructed;
    change(a.destructed, true);
    return first;
  }

  U256 storage(const Address& address, const U256& key) override {
    const auto& slots = entry(address).storage;
    const auto found = slots.find(key);
    return found == slots.end() ? U256{} : found->second.current;
  }

  StorageValues set_storage(const Address& address, const U256& key, const U256& value) override {
    StorageValues& slot = live(address).storage[key];
    const StorageValues before = slot;
    change(slot.current, value);
    return before;
  }

  U256 transient_storage(const Address& address, const U256& key) override {
    return entry(address).transient[key];
  }

  void set_transient_storage(const Address& address, const U256& key, const U256& value) override {
    change(live(address).transient[key], value);
  }

  bool warm_account(const Address& address) override {
    TestAccount& a = entry(address);
    const bool cold = !a.warm;
    change(a.warm, true);
    return cold;
  }

  bool warm_slot(const Address& address, const U256& key) override {
    TestAccount& a = entry(address);
    if (!a.warm_slots.insert(key).second) {
      return false;
    }
    undo_.push_back([&a, key] { a.warm_slots.erase(key); });
    return true;
  }

  void add_log(types::Log log) override {
    logs.push_back(std::move(log));
    undo_.push_back([this] { logs.pop_back(); });
  }

  Hash256 block_hash(std::uint64_t number) override {
    return crypto::keccak256(base::bytes_of(std::to_string(number)));
  }

  std::size_t snapshot() override { return undo_.size(); }

  void revert_to(std::size_t snapshot) override {
    while (undo_.size() > snapshot) {
      undo_.back()();
      undo_.pop_back();
    }
  }

 private:
  // References into an unordered_map stay valid; entries that were not there do not exist yet.
  TestAccount& entry(const Address& address) {
    const auto [position, is_new] = accounts.try_emplace(address);
    if (is_new) {
      position->second.exists = false;
    }
    return position->second;
  }

  TestAccount& live(const Address& address) {
    TestAccount& a = entry(address);
    change(a.exists, true);
    return a;
  }

  template <class T>
  void change(T& field, const T& value) {
    if (field != value) {
      undo_.push_back([&field, old = field] { field = old; });
      field = value;
    }
  }

  void put_code(TestAccount& account, BytesView code) {
    account.code = std::make_shared<const Code>(code);
    account.code_hash = crypto::keccak256(code);
    codes_.push_back(account.code);
  }

  const Code no_code_;
  std::vector<std::shared_ptr<const Code>> codes_;  // code outlives its replacement
  std::vector<std::function<void()>> undo_;
};

}  // namespace cairn::evm
