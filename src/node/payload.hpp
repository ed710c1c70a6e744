#pragma once
// testing_buildBlockV1: a block on the head that is built for somebody and not kept. Pure; any
// thread.

#include "node/call.hpp"

namespace cairn::node {

struct PayloadAttributes {
  std::uint64_t timestamp = 0;
  Hash256 prev_randao;
  Address fee_recipient;
  std::vector<types::Withdrawal> withdrawals{};
  std::optional<Hash256> parent_beacon_block_root{};
  Bytes extra_data{};
};

struct PayloadTransaction {
  types::Transaction transaction;
  Address sender;
};

struct Payload {
  chain::SealedBlock sealed;
  std::vector<Bytes> requests;  // EIP-7685
  U256 value;                   // wei that the fee recipient gets
};

// The header's limit moves towards `gas_target` as far as one block may.
types::Header payload_header(const chain::ChainView& head, const PayloadAttributes& attributes,
                             std::uint64_t gas_target);

// `all`: the first transaction that the rules refuse refuses the block; else it is left out, with
// those of its sender that follow.
enum class Inclusion : std::uint8_t { all, what_fits };
execution::Judged<Payload> build_payload(const chain::ChainView& head, const types::Header& header,
                                         const PayloadAttributes& attributes,
                                         std::vector<PayloadTransaction> transactions,
                                         Inclusion inclusion);

}  // namespace cairn::node
