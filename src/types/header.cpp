#include "types/header.hpp"

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "types/fork_fields.hpp"

namespace cairn::types {
namespace {

template <class List>
void write_value(List& fields, const Hash256& value) {
  fields.string(value);
}
template <class List, class Number>
void write_value(List& fields, const Number& value) {
  fields.number(value);
}

template <class T>
Result<T> read_value(codec::RlpReader& fields, std::string_view name) {
  if constexpr (std::is_same_v<T, Hash256>) {
    return fields.fixed<32>(name);
  } else if constexpr (std::is_same_v<T, U256>) {
    return fields.u256(name);
  } else {
    return fields.u64(name);
  }
}

}  // namespace

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
      for_each_fork_field([&](const auto& field) {
        if (const auto& value = header.*field.member) {
          write_value(fields, *value);
        }
      });
    });
  });
}

namespace {

// Where the list ends, that field and all after it are absent.
Result<> read_fork_fields(codec::RlpReader& fields, Header& header) {
  CAIRN_CHECK(until_error<Result<>>([&]<class T>(const ForkField<T>& field) -> Result<> {
    if (!fields.at_end()) {
      CAIRN_TRY(header.*field.member, read_value<T>(fields, field.name));
    }
    return {};
  }));
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

Header with_fork_fields(Header header, Fork fork) {
  for_each_fork_field([&](const auto& field) {
    if (fork >= field.since) {
      header.*field.member = field.first;
    }
  });
  return header;
}

Hash256 header_hash(const Header& header) { return crypto::keccak256(encode_header(header)); }

}  // namespace cairn::types
