#include "node/access_list.hpp"

#include <fmt/format.h>

#include <limits>
#include <map>
#include <set>

#include "base/hex.hpp"
#include "evm/opcodes.hpp"
#include "evm/tracer.hpp"

namespace cairn::node {
namespace {

using Accesses = std::map<Address, std::set<U256>>;

types::AccessList list_of(const Accesses& accesses) {
  types::AccessList out;
  for (const auto& [address, slots] : accesses) {
    types::AccessListEntry& entry = out.emplace_back(address);
    for (const U256& slot : slots) {
      entry.storage_keys.push_back(base::to_hash(slot));
    }
  }
  return out;
}

// Accounts that are warm without a list: the sender, who is called or made, who signed
// authorizations, and the precompiles.
struct Warm {
  std::set<Address> accounts;
  types::Fork fork;

  bool has(const Address& address) const {
    return accounts.contains(address) || evm::is_precompile(address, fork);
  }
};

// What a caller's own list has beside them.
Accesses accesses_of(const types::AccessList& list, const Warm& warm) {
  Accesses out;
  for (const types::AccessListEntry& entry : list) {
    if (warm.has(entry.address)) {
      continue;
    }
    auto& slots = out[entry.address];
    for (const Hash256& key : entry.storage_keys) {
      slots.insert(base::to_u256(key));
    }
  }
  return out;
}

// Adds what instructions look at to what is known.
class AccessTracer final : public evm::Tracer {
 public:
  AccessTracer(Accesses known, const Warm& warm) : warm_(warm), accesses_(std::move(known)) {}

  Accesses take() { return std::move(accesses_); }

  bool wants_steps() const override { return true; }
  void on_enter(const evm::Message&) override {}
  void on_exit(evm::Status, std::int64_t, BytesView) override {}
  void on_log(const types::Log&) override {}
  void on_selfdestruct(const Address&, const Address&, const U256&) override {}
  void on_cost(std::int64_t, std::int64_t) override {}
  void on_fault(const evm::Fault&) override {}
  void on_step(const evm::Step& step) override {
    constexpr std::uint8_t kBalance = 0x31, kExtcodesize = 0x3b, kExtcodecopy = 0x3c,
                           kExtcodehash = 0x3f, kSload = 0x54, kSstore = 0x55, kCall = 0xf1,
                           kCallcode = 0xf2, kDelegatecall = 0xf4, kStaticcall = 0xfa,
                           kSelfdestruct = 0xff;
    const std::size_t height = step.stack.size();
    switch (step.opcode) {
      case kSload:
      case kSstore:
        if (height >= 1) {
          accesses_[step.address].insert(step.stack[height - 1]);
        }
        return;
      case kBalance:
      case kExtcodesize:
      case kExtcodecopy:
      case kExtcodehash:
      case kSelfdestruct:
        if (height >= 1) {
          add(step.stack[height - 1]);
        }
        return;
      case kCall:
      case kCallcode:
      case kDelegatecall:
      case kStaticcall:
        if (height >= 5) {
          add(step.stack[height - 2]);
        }
        return;
      default:
        return;
    }
  }

 private:
  void add(const U256& word) {
    const Address address = base::to_address(word);
    if (!warm_.has(address)) {
      accesses_.try_emplace(address);
    }
  }

  const Warm& warm_;
  Accesses accesses_;
};

Warm warm_accounts(const CallSite& site, const CallRequest& request) {
  const Address sender = request.from.value_or(Address{});
  std::set<Address> out{sender};
  if (request.to) {
    out.insert(*request.to);
  } else {
    out.insert(evm::create_address(sender, request.nonce.value_or(0)));
  }
  const evm::BlockContext& block = site.environment.context;
  for (const types::Authorization& authorization :
       request.authorizations.value_or(std::vector<types::Authorization>{})) {
    const bool is_ours =
        authorization.chain_id.is_zero() || authorization.chain_id == block.chain_id;
    const bool may_pass = authorization.nonce != std::numeric_limits<std::uint64_t>::max();
    if (const auto authority = types::recover_authority(authorization);
        authority && is_ours && may_pass) {
      out.insert(*authority);
    }
  }
  return {std::move(out), site.environment.context.fork};
}

// As the overrides leave it.
std::uint64_t nonce_of(const CallSite& site, const StateOverrides& overrides,
                       const Address& address) {
  const auto found = overrides.find(address);
  if (found != overrides.end() && found->second.nonce) {
    return *found->second.nonce;
  }
  const auto account = site.state->account(address);
  return account ? account->nonce : 0;
}

// geth names the transaction by the hash that it has unsigned.
execution::Refusal not_applied(const CallSite& site, const CallRequest& request,
                               const CallOptions& options, execution::Refusal why) {
  types::Transaction transaction = transaction_of(site, request, options);
  if (request.gas_price) {
    transaction.type = types::TransactionType::legacy;
  }
  if (transaction.type == types::TransactionType::legacy) {
    transaction.chain_id.reset();
  }
  why.message =
      fmt::format("failed to apply transaction: {} err: {}",
                  base::to_hex(types::transaction_hash(transaction)), std::move(why.message));
  return why;
}

}  // namespace

execution::Judged<CreatedAccessList> create_access_list(const CallSite& site, CallRequest request,
                                                        CallOptions options) {
  CAIRN_CHECK(check_creates_nothing(request));
  if (!request.nonce) {
    request.nonce = nonce_of(site, options.state_overrides, request.from.value_or(Address{}));
  }
  const Warm warm = warm_accounts(site, request);
  Accesses known = accesses_of(request.access_list.value_or(types::AccessList{}), warm);
  for (;;) {
    request.access_list = list_of(known);
    AccessTracer tracer(known, warm);
    options.tracer = &tracer;
    auto run = execute_call(site, request, options);
    if (!run) {
      return std::unexpected(not_applied(site, request, options, std::move(run).error()));
    }
    CallOutcome outcome = *std::move(run);
    Accesses found = tracer.take();
    if (found == known || outcome.status == evm::Status::stopped) {
      return CreatedAccessList{.list = *std::move(request.access_list),
                               .gas_used = outcome.gas_used,
                               .status = outcome.status,
                               .output = std::move(outcome.output)};
    }
    known = std::move(found);
  }
}

}  // namespace cairn::node
