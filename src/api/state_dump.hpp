#pragma once
// State dumps in anvil's form: JSON, gzip'ed on the wire.
//
//   { "block":        {number, beneficiary, timestamp, gas_limit, basefee, difficulty, prevrandao,
//                      blob_excess_gas_and_price: {excess_blob_gas, blob_gasprice}, slot_num},
//     "accounts":     {address: {nonce, balance, code, storage: {slot: value}}},
//     "best_block_number": N,
//     "blocks":       [{header, transactions: [{transaction, impersonated_sender}], ommers,
//                       withdrawals}],
//     "transactions": [{info: {transaction_hash, from, ...}, receipt, block_hash, block_number}],
//     "historical_states": [[block hash, {accounts, storage}]] or null }
//
// Read: of a block its header, transactions and receipts, checked against the header's roots and
// the senders' signatures, so that a forged one is refused; an impersonated transaction takes this
// chain's encoding (and hash), as blocks take its parents and state roots. Past states are taken
// over where the dump has them. Written: all of it; past states of the newest 500 blocks where they
// are asked for, their code as plain hexadecimal text.

#include <string>

#include "api/method.hpp"
#include "chain/chain_view.hpp"
#include "node/state_dump.hpp"

namespace cairn::api {

// The whole chain up to the head: as large as its state and history.
std::string state_dump_json(const chain::ChainView& chain, bool past_states = false);

// JSON, or gzip of it. ErrorCode::malformed says what is wrong and where.
Result<node::StateDump> read_state_dump(BytesView dump);
// Reads a dump and loads it into a running chain (node::DevWriter::load): all of it or nothing.
Result<void> load_state(node::DevNode& node, BytesView dump);

Answer anvil_dump_state(Context& context, const std::optional<bool>& historical_states);
Answer anvil_load_state(Context& context, const Bytes& dump);

}  // namespace cairn::api
