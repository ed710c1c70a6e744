#include "types/header.hpp"

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"

namespace cairn::types {

Bytes encode_header(const Header& header) {
  return codec::encode_rlp([&](auto& sink) {
    sink.list([&](auto& fields) {
      fields.string(header.parent_hash);
      fields.string(header.ommers_hash);
      fields.string(header.beneficiary);
      fields.string(header.state_root);
      fields.string(header.transactions_root);
      fields.string(header.receipts_root);
      fields.string(header.logs_bloom);
      fields.number(header.difficulty);
      fields.number(header.number);
      fields.number(header.gas_limit);
      fields.number(header.gas_used);
      fields.number(header.timestamp);
      fields.string(header.extra_data);
      fields.string(header.prev_randao);
      fields.string(header.nonce);
      if (header.base_fee_per_gas) {
        fields.number(*header.base_fee_per_gas);
      }
      if (header.withdrawals_root) {
        fields.string(*header.withdrawals_root);
      }
      if (header.blob_gas_used) {
        fields.number(*header.blob_gas_used);
      }
      if (header.excess_blob_gas) {
        fields.number(*header.excess_blob_gas);
      }
      if (header.parent_beacon_block_root) {
        fields.string(*header.parent_beacon_block_root);
      }
      if (header.requests_hash) {
        fields.string(*header.requests_hash);
      }
    });
  });
}

namespace {

// Fields that came with forks: where the list ends, that field and all after it are absent.
Result<> read_fork_fields(codec::RlpReader& fields, Header& header) {
  if (!fields.at_end()) {
    CAIRN_TRY(header.base_fee_per_gas, fields.u256("baseFeePerGas"));
  }
  if (!fields.at_end()) {
    CAIRN_TRY(header.withdrawals_root, fields.fixed<32>("withdrawalsRoot"));
  }
  if (!fields.at_end()) {
    CAIRN_TRY(header.blob_gas_used, fields.u64("blobGasUsed"));
  }
  if (!fields.at_end()) {
    CAIRN_TRY(header.excess_blob_gas, fields.u64("excessBlobGas"));
  }
  if (!fields.at_end()) {
    CAIRN_TRY(header.parent_beacon_block_root, fields.fixed<32>("parentBeaconBlockRoot"));
  }
  if (!fields.at_end()) {
    CAIRN_TRY(header.requests_hash, fields.fixed<32>("requestsHash"));
  }
  return fields.finish("header");
}

}  // namespace

Result<Header> decode_header(BytesView rlp) {
  CAIRN_TRY(codec::RlpReader fields, codec::read_rlp_list(rlp, "header"));
  Header header;
  CAIRN_TRY(header.parent_hash, fields.fixed<32>("parentHash"));
  CAIRN_TRY(header.ommers_hash, fields.fixed<32>("sha3Uncles"));
  CAIRN_TRY(header.beneficiary, fields.fixed<20>("miner"));
  CAIRN_TRY(header.state_root, fields.fixed<32>("stateRoot"));
  CAIRN_TRY(header.transactions_root, fields.fixed<32>("transactionsRoot"));
  CAIRN_TRY(header.receipts_root, fields.fixed<32>("receiptsRoot"));
  CAIRN_TRY(header.logs_bloom, fields.fixed<256>("logsBloom"));
  CAIRN_TRY(header.difficulty, fields.u256("difficulty"));
  CAIRN_TRY(header.number, fields.u64("number"));
  CAIRN_TRY(header.gas_limit, fields.u64("gasLimit"));
  CAIRN_TRY(header.gas_used, fields.u64("gasUsed"));
  CAIRN_TRY(header.timestamp, fields.u64("timestamp"));
  CAIRN_TRY(const BytesView extra_data, fields.string("extraData"));
  header.extra_data = base::to_bytes(extra_data);
  CAIRN_TRY(header.prev_randao, fields.fixed<32>("mixHash"));
  CAIRN_TRY(header.nonce, fields.fixed<8>("nonce"));
  CAIRN_CHECK(read_fork_fields(fields, header));
  return header;
}

Hash256 header_hash(const Header& header) { return crypto::keccak256(encode_header(header)); }

}  // namespace cairn::types
