#include "types/receipt.hpp"

#include <fmt/format.h>

#include "codec/rlp.hpp"

namespace cairn::types {
namespace {

using codec::RlpReader;

constexpr std::size_t kMaxTopics = 4;

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorCode::malformed, std::move(message));
}

void write_log(auto& sink, const Log& log) {
  sink.list([&](auto& fields) {
    fields.string(log.address);
    fields.list([&](auto& topics) {
      for (const Hash256& topic : log.topics) {
        topics.string(topic);
      }
    });
    fields.string(log.data);
  });
}

Result<Log> read_log(RlpReader& logs) {
  CAIRN_TRY(RlpReader fields, logs.list("logs"));
  Log log;
  CAIRN_TRY(log.address, fields.fixed<20>("logs.address"));
  CAIRN_TRY(RlpReader topics, fields.list("logs.topics"));
  while (!topics.at_end()) {
    CAIRN_TRY(log.topics.emplace_back(), topics.fixed<32>("logs.topics"));
  }
  if (log.topics.size() > kMaxTopics) {
    return malformed(fmt::format("logs.topics: {} are more than 4", log.topics.size()));
  }
  CAIRN_TRY(const BytesView data, fields.string("logs.data"));
  log.data = base::to_bytes(data);
  CAIRN_CHECK(fields.finish("logs"));
  return log;
}

// A state root before Byzantium, 0 or 1 since (EIP-658).
Result<> read_outcome(RlpReader& fields, Receipt& receipt) {
  CAIRN_TRY(const BytesView outcome, fields.string("status"));
  if (outcome.size() == Hash256::size()) {
    receipt.state_root = Hash256::from_right(outcome);
  } else if (outcome.size() == 1 && outcome[0] == 1) {
    receipt.success = true;
  } else if (!outcome.empty()) {
    return malformed("status: is neither 0, 1 nor a state root");
  }
  return {};
}

}  // namespace

Bytes encode_receipt(const Receipt& receipt) {
  const Bloom bloom = bloom_of(receipt.logs);
  return codec::encode_rlp([&](auto& sink) {
    if (receipt.type != TransactionType::legacy) {
      sink.raw_byte(static_cast<std::uint8_t>(receipt.type));
    }
    sink.list([&](auto& fields) {
      if (receipt.state_root) {
        fields.string(*receipt.state_root);
      } else {
        fields.number(std::uint64_t{receipt.success});
      }
      fields.number(receipt.cumulative_gas_used);
      fields.string(bloom);
      fields.list([&](auto& logs) {
        for (const Log& log : receipt.logs) {
          write_log(logs, log);
        }
      });
    });
  });
}

Result<Receipt> decode_receipt(BytesView bytes) {
  Receipt receipt;
  if (!bytes.empty() && bytes[0] < 0xc0) {
    if (bytes[0] < 1 || bytes[0] > static_cast<std::uint8_t>(TransactionType::set_code)) {
      return fail(ErrorCode::unsupported,
                  fmt::format("receipt: type {:#04x} is not supported", bytes[0]));
    }
    receipt.type = static_cast<TransactionType>(bytes[0]);
    bytes = bytes.subspan(1);
  }
  CAIRN_TRY(RlpReader fields, codec::read_rlp_list(bytes, "receipt"));
  CAIRN_CHECK(read_outcome(fields, receipt));
  CAIRN_TRY(receipt.cumulative_gas_used, fields.u64("cumulativeGasUsed"));
  CAIRN_TRY(const Bloom bloom, fields.fixed<256>("logsBloom"));
  CAIRN_TRY(RlpReader logs, fields.list("logs"));
  while (!logs.at_end()) {
    CAIRN_TRY(receipt.logs.emplace_back(), read_log(logs));
  }
  CAIRN_CHECK(fields.finish("receipt"));
  if (bloom != bloom_of(receipt.logs)) {
    return malformed("logsBloom: is not the bloom of the logs");
  }
  return receipt;
}

}  // namespace cairn::types
