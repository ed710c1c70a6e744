#include "chain/block_bytes.hpp"

#include "codec/rlp.hpp"

namespace cairn::chain {
namespace {

template <class T>
void append_be(Bytes& out, T value) {
  for (std::size_t shift = sizeof(T) * 8; shift > 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> (shift - 8)));
  }
}

std::uint64_t load_be(BytesView bytes) {
  std::uint64_t out = 0;
  for (const std::uint8_t byte : bytes) {
    out = (out << 8) | byte;
  }
  return out;
}

Result<types::Withdrawal> read_withdrawal(codec::RlpReader& list) {
  CAIRN_TRY(codec::RlpReader fields, list.list("withdrawal"));
  types::Withdrawal out;
  CAIRN_TRY(out.index, fields.u64("withdrawal index"));
  CAIRN_TRY(out.validator_index, fields.u64("validator index"));
  CAIRN_TRY(out.address, fields.fixed<20>("withdrawal address"));
  CAIRN_TRY(out.amount, fields.u64("withdrawal amount"));
  CAIRN_CHECK(fields.finish("withdrawal"));
  return out;
}

Result<void> read_transactions(codec::RlpReader& fields, SealedBlock& out) {
  CAIRN_TRY(codec::RlpReader list, fields.list("transactions"));
  while (!list.at_end()) {
    CAIRN_TRY(const BytesView envelope, list.string("transaction"));
    CAIRN_TRY(types::Transaction transaction, types::decode_transaction(envelope));
    out.transaction_hashes.push_back(crypto::keccak256(envelope));
    out.block.transactions.push_back(std::move(transaction));
  }
  return {};
}

Result<void> read_ommers(codec::RlpReader& fields, SealedBlock& out) {
  CAIRN_TRY(codec::RlpReader list, fields.list("ommers"));
  while (!list.at_end()) {
    CAIRN_TRY(const codec::RlpItem item, list.item("ommer"));
    CAIRN_TRY(types::Header ommer, types::decode_header(item.encoded));
    out.block.ommers.push_back(std::move(ommer));
  }
  return {};
}

Result<void> read_withdrawals(codec::RlpReader& fields, SealedBlock& out) {
  CAIRN_TRY(codec::RlpReader option, fields.list("withdrawals"));
  if (option.at_end()) {
    return {};
  }
  CAIRN_TRY(codec::RlpReader list, option.list("withdrawals"));
  out.block.withdrawals.emplace();
  while (!list.at_end()) {
    CAIRN_TRY(types::Withdrawal withdrawal, read_withdrawal(list));
    out.block.withdrawals->push_back(withdrawal);
  }
  return option.finish("withdrawals");
}

Result<void> read_senders(codec::RlpReader& fields, SealedBlock& out) {
  CAIRN_TRY(codec::RlpReader list, fields.list("senders"));
  while (!list.at_end()) {
    CAIRN_TRY(const Address sender, list.fixed<20>("sender"));
    out.senders.push_back(sender);
  }
  if (out.senders.size() != out.block.transactions.size()) {
    return fail(ErrorCode::malformed, "senders: not as many as transactions");
  }
  return {};
}

}  // namespace

Bytes number_key(std::uint64_t number) {
  Bytes out;
  append_be(out, number);
  return out;
}

Result<std::uint64_t> read_number(BytesView bytes) {
  if (bytes.size() != 8) {
    return fail(ErrorCode::malformed, "number: not 8 bytes");
  }
  return load_be(bytes);
}

Bytes encode_sealed_header(const SealedHeader& sealed) {
  Bytes out = base::to_bytes(sealed.hash);
  base::append(out, types::encode_header(sealed.header));
  return out;
}

Result<SealedHeader> decode_sealed_header(BytesView bytes) {
  if (bytes.size() < Hash256::size()) {
    return fail(ErrorCode::malformed, "sealed header: too short");
  }
  SealedHeader out;
  out.hash = Hash256::from_right(bytes.first(Hash256::size()));
  CAIRN_TRY(out.header, types::decode_header(bytes.subspan(Hash256::size())));
  return out;
}

Bytes encode_body(const SealedBlock& sealed) {
  std::vector<Bytes> envelopes;
  envelopes.reserve(sealed.block.transactions.size());
  for (const types::Transaction& transaction : sealed.block.transactions) {
    envelopes.push_back(types::encode_transaction(transaction));
  }
  std::vector<Bytes> ommers;
  ommers.reserve(sealed.block.ommers.size());
  for (const types::Header& ommer : sealed.block.ommers) {
    ommers.push_back(types::encode_header(ommer));
  }
  std::vector<Bytes> withdrawals;
  if (sealed.block.withdrawals) {
    for (const types::Withdrawal& withdrawal : *sealed.block.withdrawals) {
      withdrawals.push_back(types::encode_withdrawal(withdrawal));
    }
  }
  return codec::encode_rlp([&](auto& sink) {
    sink.list([&](auto& fields) {
      fields.list([&](auto& list) {
        for (const Bytes& envelope : envelopes) {
          list.string(envelope);
        }
      });
      fields.list([&](auto& list) {
        for (const Bytes& ommer : ommers) {
          list.raw(ommer);
        }
      });
      fields.list([&](auto& option) {
        if (sealed.block.withdrawals) {
          option.list([&](auto& list) {
            for (const Bytes& withdrawal : withdrawals) {
              list.raw(withdrawal);
            }
          });
        }
      });
      fields.list([&](auto& list) {
        for (const Address& sender : sealed.senders) {
          list.string(sender);
        }
      });
    });
  });
}

Result<SealedBlock> decode_body(const SealedHeader& header, BytesView bytes) {
  CAIRN_TRY(codec::RlpReader fields, codec::read_rlp_list(bytes, "body"));
  SealedBlock out;
  out.hash = header.hash;
  out.block.header = header.header;
  CAIRN_CHECK(read_transactions(fields, out));
  CAIRN_CHECK(read_ommers(fields, out));
  CAIRN_CHECK(read_withdrawals(fields, out));
  CAIRN_CHECK(read_senders(fields, out));
  CAIRN_CHECK(fields.finish("body"));
  return out;
}

Bytes encode_receipts(const Receipts& receipts) {
  std::vector<Bytes> envelopes;
  envelopes.reserve(receipts.size());
  for (const types::Receipt& receipt : receipts) {
    envelopes.push_back(types::encode_receipt(receipt));
  }
  return codec::encode_rlp([&](auto& sink) {
    sink.list([&](auto& list) {
      for (const Bytes& envelope : envelopes) {
        list.string(envelope);
      }
    });
  });
}

Result<Receipts> decode_receipts(BytesView bytes) {
  CAIRN_TRY(codec::RlpReader list, codec::read_rlp_list(bytes, "receipts"));
  Receipts out;
  while (!list.at_end()) {
    CAIRN_TRY(const BytesView envelope, list.string("receipt"));
    CAIRN_TRY(types::Receipt receipt, types::decode_receipt(envelope));
    out.push_back(std::move(receipt));
  }
  return out;
}

Bytes encode_place(const TransactionPlace& place) {
  Bytes out;
  append_be(out, place.number);
  append_be(out, place.index);
  return out;
}

Result<TransactionPlace> decode_place(BytesView bytes) {
  if (bytes.size() != 12) {
    return fail(ErrorCode::malformed, "transaction place: not 12 bytes");
  }
  return TransactionPlace{.number = load_be(bytes.first(8)),
                          .index = static_cast<std::uint32_t>(load_be(bytes.subspan(8)))};
}

}  // namespace cairn::chain
