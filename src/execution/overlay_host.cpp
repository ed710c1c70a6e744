#include "execution/overlay_host.hpp"

#include "evm/evm.hpp"

namespace cairn::execution {

evm::AccountInfo OverlayHost::account(const Address& address) {
  const types::Account* account = overlay_.account(address);
  if (account == nullptr) {
    return {};
  }
  return {.exists = true,
          .nonce = account->nonce,
          .balance = account->balance,
          .code_hash = account->code_hash};
}

const evm::Code& OverlayHost::code(const Address& address) {
  static const evm::Code kNoCode;
  const types::Account* account = overlay_.account(address);
  if (account == nullptr || !account->has_code()) {
    return kNoCode;
  }
  std::shared_ptr<const evm::Code>& code = codes_[account->code_hash];
  if (code == nullptr) {
    code = load_code(address, account->code_hash);
  }
  return *code;
}

std::shared_ptr<const evm::Code> OverlayHost::load_code(const Address& address,
                                                        const Hash256& code_hash) {
  if (code_cache_ == nullptr) {
    return std::make_shared<const evm::Code>(*overlay_.code(address));
  }
  auto code = code_cache_->find(code_hash);
  return code != nullptr ? code : code_cache_->insert(code_hash, *overlay_.code(address));
}

bool OverlayHost::has_storage(const Address& address) { return overlay_.has_storage(address); }

bool OverlayHost::add_balance(const Address& address, const U256& wei) {
  return overlay_.add_balance(address, wei);
}

void OverlayHost::subtract_balance(const Address& address, const U256& wei) {
  overlay_.subtract_balance(address, wei);
}

void OverlayHost::set_nonce(const Address& address, std::uint64_t nonce) {
  overlay_.set_nonce(address, nonce);
}

void OverlayHost::set_code(const Address& address, BytesView code) {
  overlay_.set_code(address, code);
}

void OverlayHost::create_account(const Address& address) { overlay_.create_account(address); }

bool OverlayHost::is_created_here(const Address& address) {
  return overlay_.is_created_here(address);
}

bool OverlayHost::mark_destructed(const Address& address) {
  return overlay_.mark_destructed(address);
}

U256 OverlayHost::storage(const Address& address, const U256& key) {
  return overlay_.storage(address, key);
}

evm::StorageValues OverlayHost::set_storage(const Address& address, const U256& key,
                                            const U256& value) {
  const state::SlotValues before = overlay_.set_storage(address, key, value);
  return {.original = before.original, .current = before.current};
}

U256 OverlayHost::transient_storage(const Address& address, const U256& key) {
  return overlay_.transient_storage(address, key);
}

void OverlayHost::set_transient_storage(const Address& address, const U256& key,
                                        const U256& value) {
  overlay_.set_transient_storage(address, key, value);
}

bool OverlayHost::warm_account(const Address& address) {
  return !evm::is_precompile(address, fork_) && overlay_.warm_account(address);
}

bool OverlayHost::warm_slot(const Address& address, const U256& key) {
  return overlay_.warm_slot(address, key);
}

void OverlayHost::add_log(types::Log log) { overlay_.add_log(std::move(log)); }

Hash256 OverlayHost::block_hash(std::uint64_t number) {
  return block_hashes_ ? block_hashes_(number) : Hash256{};
}

std::size_t OverlayHost::snapshot() { return overlay_.snapshot(); }

void OverlayHost::revert_to(std::size_t snapshot) { overlay_.revert_to(snapshot); }

}  // namespace cairn::execution
