#include "types/block.hpp"

#include "codec/rlp.hpp"

namespace cairn::types {
namespace {

using codec::RlpReader;

void write_withdrawal(auto& sink, const Withdrawal& withdrawal) {
  sink.list([&](auto& fields) {
    fields.number(withdrawal.index);
    fields.number(withdrawal.validator_index);
    fields.string(withdrawal.address);
    fields.number(withdrawal.amount);
  });
}

Result<Withdrawal> read_withdrawal(RlpReader& list) {
  CAIRN_TRY(RlpReader fields, list.list("withdrawals"));
  Withdrawal withdrawal;
  CAIRN_TRY(withdrawal.index, fields.u64("withdrawals.index"));
  CAIRN_TRY(withdrawal.validator_index, fields.u64("withdrawals.validatorIndex"));
  CAIRN_TRY(withdrawal.address, fields.fixed<20>("withdrawals.address"));
  CAIRN_TRY(withdrawal.amount, fields.u64("withdrawals.amount"));
  CAIRN_CHECK(fields.finish("withdrawals"));
  return withdrawal;
}

// A block holds legacy transactions as lists and typed ones as strings, never a sidecar.
Result<Transaction> read_block_transaction(RlpReader& list) {
  CAIRN_TRY(const codec::RlpItem item, list.item("transactions"));
  if (!item.is_list && (item.payload.empty() || item.payload[0] >= 0xc0)) {
    return fail(ErrorCode::malformed, "transactions: a string that is no typed transaction");
  }
  CAIRN_TRY(Transaction transaction,
            decode_transaction(item.is_list ? item.encoded : item.payload));
  if (transaction.sidecar) {
    return fail(ErrorCode::malformed, "transactions: a blob transaction with its sidecar");
  }
  return transaction;
}

}  // namespace

Bytes encode_withdrawal(const Withdrawal& withdrawal) {
  return codec::encode_rlp([&](auto& sink) { write_withdrawal(sink, withdrawal); });
}

Bytes encode_block(const Block& block) {
  const Bytes header = encode_header(block.header);
  std::vector<Bytes> transactions;
  transactions.reserve(block.transactions.size());
  for (const Transaction& transaction : block.transactions) {
    transactions.push_back(encode_transaction(transaction));
  }
  return codec::encode_rlp([&](auto& sink) {
    sink.list([&](auto& fields) {
      fields.raw(header);
      fields.list([&](auto& list) {
        for (const Bytes& transaction : transactions) {
          if (transaction[0] >= 0xc0) {
            list.raw(transaction);
          } else {
            list.string(transaction);
          }
        }
      });
      fields.list([&](auto& list) {
        for (const Header& ommer : block.ommers) {
          list.raw(encode_header(ommer));
        }
      });
      if (block.withdrawals) {
        fields.list([&](auto& list) {
          for (const Withdrawal& withdrawal : *block.withdrawals) {
            write_withdrawal(list, withdrawal);
          }
        });
      }
    });
  });
}

Result<Block> decode_block(BytesView rlp) {
  CAIRN_TRY(RlpReader fields, codec::read_rlp_list(rlp, "block"));
  Block block;
  CAIRN_TRY(const codec::RlpItem header, fields.item("header"));
  CAIRN_TRY(block.header, decode_header(header.encoded));
  CAIRN_TRY(RlpReader transactions, fields.list("transactions"));
  while (!transactions.at_end()) {
    CAIRN_TRY(block.transactions.emplace_back(), read_block_transaction(transactions));
  }
  CAIRN_TRY(RlpReader ommers, fields.list("uncles"));
  while (!ommers.at_end()) {
    CAIRN_TRY(const codec::RlpItem ommer, ommers.item("uncles"));
    CAIRN_TRY(block.ommers.emplace_back(), decode_header(ommer.encoded));
  }
  if (!fields.at_end()) {
    CAIRN_TRY(RlpReader withdrawals, fields.list("withdrawals"));
    block.withdrawals.emplace();
    while (!withdrawals.at_end()) {
      CAIRN_TRY(block.withdrawals->emplace_back(), read_withdrawal(withdrawals));
    }
  }
#ifndef CAIRN_PLANTED_BUG  // fuzz/block_fuzz.cpp finds that this is missing
  CAIRN_CHECK(fields.finish("block"));
#endif
  return block;
}

}  // namespace cairn::types
