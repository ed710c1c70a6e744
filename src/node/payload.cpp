#include "node/payload.hpp"

#include <algorithm>
#include <set>

#include "execution/block_processor.hpp"
#include "execution/block_rules.hpp"
#include "execution/requests.hpp"
#include "node/next_block.hpp"
#include "state/overlay.hpp"
#include "types/fork_fields.hpp"

namespace cairn::node {
namespace {

using types::Fork;

void put_outcome(chain::SealedBlock& sealed, const execution::BlockOutcome& outcome,
                 const PayloadAttributes& attributes) {
  types::Header& header = sealed.block.header;
  header = execution::with_outcome(std::move(header), sealed.block.transactions, outcome);
  if (header.withdrawals_root) {
    sealed.block.withdrawals = attributes.withdrawals;
    header.withdrawals_root = execution::withdrawals_root(attributes.withdrawals);
  }
}

}  // namespace

types::Header payload_header(const chain::ChainView& head, const PayloadAttributes& attributes,
                             std::uint64_t gas_target) {
  const types::Header& parent = head.header();
  types::Header out;
  out.parent_hash = head.hash();
  out.number = parent.number + 1;
  out.timestamp = attributes.timestamp;
  out.beneficiary = attributes.fee_recipient;
  out.prev_randao = attributes.prev_randao;
  out.extra_data = attributes.extra_data;
  out.gas_limit = gas_limit_towards(gas_target, parent.gas_limit);
  const Fork fork = head.config().fork_at(out.number, out.timestamp, true);
  out = types::with_fork_fields(std::move(out), fork);
  if (fork >= Fork::london) {
    out.base_fee_per_gas = execution::next_base_fee(parent, parent.base_fee_per_gas.has_value());
  }
  if (fork >= Fork::cancun) {
    out.excess_blob_gas =
        execution::next_excess_blob_gas(parent, head.config().blob_params_at(out.timestamp), fork);
    out.parent_beacon_block_root = attributes.parent_beacon_block_root.value_or(Hash256{});
  }
  return out;
}

execution::Judged<Payload> build_payload(const chain::ChainView& head, const types::Header& header,
                                         const PayloadAttributes& attributes,
                                         std::vector<PayloadTransaction> transactions,
                                         Inclusion inclusion) {
  const Fork fork = head.config().fork_at(header.number, header.timestamp, true);
  const auto state = head.state();
  state::Overlay overlay(*state);
  auto environment = execution::environment_of(header, head.config(), fork, head.block_hashes());
  environment.code_cache = head.code_cache();
  environment.context.chain_id = head.chain_id();
  execution::BlockProcessor processor(overlay, header, head.config(), std::move(environment));
  processor.begin();
  Payload out;
  out.sealed.block.header = header;
  std::set<Address> left_out;
  for (PayloadTransaction& one : transactions) {
    if (left_out.contains(one.sender)) {
      continue;
    }
    const auto outcome = processor.add(one.transaction, one.sender);
    if (!outcome && inclusion == Inclusion::all) {
      return std::unexpected(outcome.error());
    }
    if (!outcome) {
      left_out.insert(one.sender);
      continue;
    }
    out.value += (outcome->effective_gas_price - header.base_fee_per_gas.value_or(U256{})) *
                 U256{outcome->gas_used};
    out.sealed.transaction_hashes.push_back(types::transaction_hash(one.transaction));
    out.sealed.senders.push_back(one.sender);
    out.sealed.block.transactions.push_back(std::move(one.transaction));
  }
  CAIRN_TRY(execution::BlockOutcome outcome, processor.finish(attributes.withdrawals, {}));
  put_outcome(out.sealed, outcome, attributes);
  out.sealed.block.header.state_root = head.state_root_after(overlay.changeset());
  out.sealed.hash = types::header_hash(out.sealed.block.header);
  out.requests = std::move(outcome.requests);
  return out;
}

}  // namespace cairn::node
