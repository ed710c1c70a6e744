#pragma once
// The EVM's world over a journaled overlay: translates, decides nothing.

#include <unordered_map>

#include "evm/code_cache.hpp"
#include "evm/host.hpp"
#include "execution/transaction_rules.hpp"
#include "state/overlay.hpp"

namespace cairn::execution {

// Lives for one transaction or system call; all that it is given must outlive it. Without a cache
// code is analysed anew.
class OverlayHost final : public evm::Host {
 public:
  OverlayHost(state::Overlay& overlay, types::Fork fork, const BlockHashes& block_hashes,
              evm::CodeCache* code_cache = nullptr)
      : overlay_(overlay), fork_(fork), block_hashes_(block_hashes), code_cache_(code_cache) {}

  evm::AccountInfo account(const Address& address) override;
  const evm::Code& code(const Address& address) override;
  bool has_storage(const Address& address) override;
  bool add_balance(const Address& address, const U256& wei) override;
  void subtract_balance(const Address& address, const U256& wei) override;
  void set_nonce(const Address& address, std::uint64_t nonce) override;
  void set_code(const Address& address, BytesView code) override;
  void create_account(const Address& address) override;
  bool is_created_here(const Address& address) override;
  bool mark_destructed(const Address& address) override;

  U256 storage(const Address& address, const U256& key) override;
  evm::StorageValues set_storage(const Address& address, const U256& key,
                                 const U256& value) override;
  U256 transient_storage(const Address& address, const U256& key) override;
  void set_transient_storage(const Address& address, const U256& key, const U256& value) override;

  bool warm_account(const Address& address) override;
  bool warm_slot(const Address& address, const U256& key) override;

  void add_log(types::Log log) override;
  Hash256 block_hash(std::uint64_t number) override;

  std::size_t snapshot() override;
  void revert_to(std::size_t snapshot) override;

 private:
  std::shared_ptr<const evm::Code> load_code(const Address& address, const Hash256& code_hash);

  state::Overlay& overlay_;
  types::Fork fork_;
  const BlockHashes& block_hashes_;
  evm::CodeCache* code_cache_;
  std::unordered_map<Hash256, std::shared_ptr<const evm::Code>> codes_;  // used here so far
};

}  // namespace cairn::execution
