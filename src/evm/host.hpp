#pragma once
// The world as the EVM sees it: a journaled state of one transaction. `execution` implements it
// over state::Overlay. One thread at a time. The EVM owns call semantics (transfers, nonces,
// creation, precompiles); the host only remembers, and undoes when asked.

#include <cstdint>

#include "base/bytes.hpp"
#include "base/u256.hpp"
#include "evm/message.hpp"
#include "types/log.hpp"

namespace cairn::evm {

class Code;  // bytecode with its analysis, evm/code.hpp

struct AccountInfo {
  bool exists = false;
  std::uint64_t nonce = 0;
  U256 balance;
  Hash256 code_hash;  // kEmptyCodeHash where there is none; zero where the account does not exist

  bool is_empty() const;  // EIP-161; true for accounts that do not exist
};

// A slot's value now, and when the transaction began (EIP-2200).
struct StorageValues {
  U256 original;
  U256 current;
};

class Host {
 public:
  virtual ~Host() = default;

  // Accounts
  virtual AccountInfo account(const Address& address) = 0;
  virtual const Code& code(const Address& address) = 0;  // lives until the transaction ends
  virtual bool has_storage(const Address& address) = 0;  // EIP-7610: any slot that is not zero
  // Also touches (EIP-161). False where the balance would pass 2^256 - 1, at which it stays.
  virtual bool add_balance(const Address& address, const U256& wei) = 0;
  virtual void subtract_balance(const Address& address, const U256& wei) = 0;
  virtual void set_nonce(const Address& address, std::uint64_t nonce) = 0;
  virtual void set_code(const Address& address, BytesView code) = 0;
  virtual void create_account(const Address& address) = 0;  // keeps a balance, marks it as new
  virtual bool is_created_here(
      const Address& address) = 0;  // created in this transaction (EIP-6780)
  // False if it was marked already. The account goes when the transaction ends.
  virtual bool mark_destructed(const Address& address) = 0;

  // Storage
  virtual U256 storage(const Address& address, const U256& key) = 0;
  virtual StorageValues set_storage(const Address& address, const U256& key,
                                    const U256& value) = 0;  // as before
  virtual U256 transient_storage(const Address& address, const U256& key) = 0;
  virtual void set_transient_storage(const Address& address, const U256& key,
                                     const U256& value) = 0;

  // EIP-2929. True if it was cold; warm from now on.
  virtual bool warm_account(const Address& address) = 0;
  virtual bool warm_slot(const Address& address, const U256& key) = 0;

  virtual void add_log(types::Log log) = 0;
  // Of the last 256 blocks; zero for others.
  virtual Hash256 block_hash(std::uint64_t number) = 0;

  // Everything above can be undone, warmth included.
  virtual std::size_t snapshot() = 0;
  virtual void revert_to(std::size_t snapshot) = 0;
};

}  // namespace cairn::evm
