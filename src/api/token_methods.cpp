#include "api/token_methods.hpp"

#include <mutex>

#include "api/on_writer.hpp"
#include "types/selector.hpp"

namespace cairn::api {
namespace {

// Remembers which slots were read of the state under it.
class ReadSlots final : public state::StateView {
 public:
  using Slot = std::pair<Address, U256>;

  explicit ReadSlots(std::shared_ptr<const state::StateView> base) : base_(std::move(base)) {}

  std::optional<types::Account> account(const Address& address) const override {
    return base_->account(address);
  }
  U256 storage(const Address& address, const U256& key) const override {
    const std::scoped_lock lock(mutex_);
    if (std::ranges::find(slots_, Slot{address, key}) == slots_.end()) {
      slots_.emplace_back(address, key);
    }
    return base_->storage(address, key);
  }
  std::shared_ptr<const Bytes> code(const Hash256& code_hash) const override {
    return base_->code(code_hash);
  }
  bool has_storage(const Address& address) const override { return base_->has_storage(address); }
  void for_each_slot(const Address& address, const state::SlotVisitor& visit) const override {
    base_->for_each_slot(address, visit);
  }
  bool has_unlisted_storage(const Address& address) const override {
    return base_->has_unlisted_storage(address);
  }

  const std::vector<Slot>& slots() const { return slots_; }

 private:
  std::shared_ptr<const state::StateView> base_;
  mutable std::mutex mutex_;
  mutable std::vector<Slot> slots_;
};

// The word that the call returns; nothing when it fails or returns another size.
std::optional<U256> answer_of(const node::CallSite& site, const node::CallRequest& request,
                              const node::CallOptions& options) {
  const auto outcome = node::execute_call(site, request, options);
  if (!outcome || outcome->status != evm::Status::success || outcome->output.size() < 32) {
    return std::nullopt;
  }
  return base::from_be(BytesView(outcome->output).first(32));
}

std::optional<ReadSlots::Slot> find_slot(const Context& context, const node::CallSite& site,
                                         const node::CallRequest& request, const U256& value) {
  node::CallOptions options;
  options.gas_cap = context.limits.call_gas;
  const auto running = context.call_timer->start();
  options.stop = running.stop();
  const auto watched = std::make_shared<ReadSlots>(site.state);
  if (!answer_of({.state = watched, .environment = site.environment}, request, options)) {
    return std::nullopt;
  }
  // A value that is not the one there: else every slot would do where nothing need be changed.
  const U256 probe = value ^ U256 { 0x5a5a'5a5a'5a5aULL };
  for (const auto& [holder, key] : watched->slots()) {
    options.state_overrides = {};
    options.state_overrides[holder].state_diff[key] = probe;
    if (answer_of(site, request, options) == probe) {
      return ReadSlots::Slot{holder, key};
    }
  }
  return std::nullopt;
}

Answer set_answer(Context& context, const Address& token, Bytes call, const U256& value,
                  std::string_view what) {
  CAIRN_TRY(const auto site, as_rpc(context.node.call_site(context.node.head()->number())));
  const auto slot = find_slot(context, site, {.to = token, .data = std::move(call)}, value);
  if (!slot) {
    return rpc_fail(RpcCode::server,
                    fmt::format("unable to set the ERC20 {}: no slot of the token holds it", what));
  }
  return null_after(cheat(context, [&](state::Overlay& state) -> Result<void> {
    (void)state.set_storage(slot->first, slot->second, value);
    return {};
  }));
}

void append_word(Bytes& out, const Address& address) {
  out.insert(out.end(), 12, 0);
  base::append(out, address);
}

}  // namespace

Answer deal_erc20(Context& context, const Address& account, const Address& token,
                  const LooseNumber& balance) {
  Bytes call = base::to_bytes(types::selector("balanceOf(address)"));
  append_word(call, account);
  return set_answer(context, token, std::move(call), balance.value, "balance");
}

Answer set_erc20_allowance(Context& context, const Address& owner, const Address& spender,
                           const Address& token, const LooseNumber& amount) {
  Bytes call = base::to_bytes(types::selector("allowance(address,address)"));
  append_word(call, owner);
  append_word(call, spender);
  return set_answer(context, token, std::move(call), amount.value, "allowance");
}

}  // namespace cairn::api
