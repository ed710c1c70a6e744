#pragma once
// How blocks stand in the store. Numbers in keys are 8 bytes, big-endian.
//
//   headers        number -> hash (32) || header (RLP)
//   bodies         number -> rlp([[transaction, ...], [ommer, ...], [withdrawals]?, [sender, ...]])
//   receipts       number -> rlp([receipt, ...])
//   block_numbers  hash -> number
//   transactions   hash -> number || index (4, big-endian)
//
// Transactions and receipts are byte strings of their EIP-2718 envelopes. A value that does not
// decode is an error that names the field.

#include "chain/chain_view.hpp"

namespace cairn::chain {

Bytes number_key(std::uint64_t number);
// The number of 8 bytes, big-endian.
Result<std::uint64_t> read_number(BytesView bytes);

Bytes encode_sealed_header(const SealedHeader& sealed);
Result<SealedHeader> decode_sealed_header(BytesView bytes);

// Everything of a block but its header.
Bytes encode_body(const SealedBlock& sealed);
Result<SealedBlock> decode_body(const SealedHeader& header, BytesView bytes);

Bytes encode_receipts(const Receipts& receipts);
Result<Receipts> decode_receipts(BytesView bytes);

Bytes encode_place(const TransactionPlace& place);
Result<TransactionPlace> decode_place(BytesView bytes);

}  // namespace cairn::chain
