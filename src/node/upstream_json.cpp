#include "node/upstream_json.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <limits>

#include "base/hex.hpp"
#include "base/json_fault.hpp"
#include "types/fork_fields.hpp"

namespace cairn::node {
namespace {

using JsonValue = simdjson::dom::element;

std::unexpected<Error> wrong(std::string_view field, std::string_view what) {
  return fail(ErrorCode::malformed, fmt::format("{}: {}", field, what));
}

Result<std::string_view> text_of(JsonValue value, std::string_view field) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS || !text.starts_with("0x")) {
    return wrong(field, "is not hex text");
  }
  return text;
}

Result<U256> quantity_of(JsonValue value, std::string_view field) {
  CAIRN_TRY(const std::string_view text, text_of(value, field));
  const auto number = base::from_hex_number(text == "0x" ? "0x0" : text);
  if (!number || text.size() > 66) {
    return wrong(field, "is not a number of 256 bits");
  }
  return *number;
}

Result<std::uint64_t> u64_of(JsonValue value, std::string_view field) {
  CAIRN_TRY(const U256 number, quantity_of(value, field));
  if (!number.fits_u64()) {
    return wrong(field, "is more than 64 bits");
  }
  return number.low64();
}

Result<Bytes> data_of(JsonValue value, std::string_view field) {
  CAIRN_TRY(const std::string_view text, text_of(value, field));
  auto bytes = base::from_hex(text);
  if (!bytes) {
    return wrong(field, "is not hex data");
  }
  return *std::move(bytes);
}

// The members of one object, each by name.
class Fields {
 public:
  static Result<Fields> open(JsonValue value, std::string_view what) {
    simdjson::dom::object object;
    if (value.get(object) != simdjson::SUCCESS) {
      return wrong(what, "is not an object");
    }
    return Fields(object);
  }

  std::optional<JsonValue> find(std::string_view name) const {
    JsonValue out;
    if (object_[name].get(out) != simdjson::SUCCESS || out.is_null()) {
      return std::nullopt;
    }
    return out;
  }

  Result<JsonValue> get(std::string_view name) const {
    const auto found = find(name);
    return found ? Result<JsonValue>(*found) : wrong(name, "is missing");
  }

  template <std::size_t N>
  Result<FixedBytes<N>> fixed(std::string_view name) const {
    CAIRN_TRY(const JsonValue value, get(name));
    CAIRN_TRY(const Bytes bytes, data_of(value, name));
    if (bytes.size() != N) {
      return wrong(name, fmt::format("is not of {} bytes", N));
    }
    return FixedBytes<N>::from_right(bytes);
  }
  Result<Bytes> data(std::string_view name) const {
    CAIRN_TRY(const JsonValue value, get(name));
    return data_of(value, name);
  }
  Result<U256> quantity(std::string_view name) const {
    CAIRN_TRY(const JsonValue value, get(name));
    return quantity_of(value, name);
  }
  Result<std::uint64_t> u64(std::string_view name) const {
    CAIRN_TRY(const JsonValue value, get(name));
    return u64_of(value, name);
  }

 private:
  explicit Fields(simdjson::dom::object object) : object_(object) {}
  simdjson::dom::object object_;
};

template <class T>
Result<T> value_of(const Fields& from, std::string_view name) {
  if constexpr (std::is_same_v<T, Hash256>) {
    return from.fixed<32>(name);
  } else if constexpr (std::is_same_v<T, U256>) {
    return from.quantity(name);
  } else {
    return from.u64(name);
  }
}

Result<void> read_fork_fields(const Fields& from, types::Header& header) {
  return types::until_error<Result<void>>(
      [&]<class T>(const types::ForkField<T>& field) -> Result<void> {
        if (from.find(field.name)) {
          CAIRN_TRY(header.*field.member, value_of<T>(from, field.name));
        }
        return {};
      });
}

Result<types::Header> read_header(const Fields& from) {
  types::Header out;
  CAIRN_TRY(out.parent_hash, from.fixed<32>("parentHash"));
  CAIRN_TRY(out.ommers_hash, from.fixed<32>("sha3Uncles"));
  CAIRN_TRY(out.beneficiary, from.fixed<20>("miner"));
  CAIRN_TRY(out.state_root, from.fixed<32>("stateRoot"));
  CAIRN_TRY(out.transactions_root, from.fixed<32>("transactionsRoot"));
  CAIRN_TRY(out.receipts_root, from.fixed<32>("receiptsRoot"));
  CAIRN_TRY(out.logs_bloom, from.fixed<256>("logsBloom"));
  CAIRN_TRY(out.difficulty, from.quantity("difficulty"));
  CAIRN_TRY(out.number, from.u64("number"));
  CAIRN_TRY(out.gas_limit, from.u64("gasLimit"));
  CAIRN_TRY(out.gas_used, from.u64("gasUsed"));
  CAIRN_TRY(out.timestamp, from.u64("timestamp"));
  CAIRN_TRY(out.extra_data, from.data("extraData"));
  CAIRN_TRY(out.prev_randao, from.fixed<32>("mixHash"));
  CAIRN_TRY(out.nonce, from.fixed<8>("nonce"));
  CAIRN_CHECK(read_fork_fields(from, out));
  return out;
}

Result<chain::FoundLog> read_log(JsonValue value) {
  constexpr std::size_t kMostTopics = 4;
  CAIRN_TRY(const Fields from, Fields::open(value, "a log"));
  chain::FoundLog out;
  CAIRN_TRY(out.log.address, from.fixed<20>("address"));
  CAIRN_TRY(out.log.data, from.data("data"));
  CAIRN_TRY(const JsonValue topics, from.get("topics"));
  simdjson::dom::array list;
  if (topics.get(list) != simdjson::SUCCESS || list.size() > kMostTopics) {
    return wrong("topics", "is not an array of at most 4");
  }
  for (const JsonValue topic : list) {
    CAIRN_TRY(const Bytes bytes, data_of(topic, "topics"));
    if (bytes.size() != Hash256{}.size()) {
      return wrong("topics", "has one that is not of 32 bytes");
    }
    out.log.topics.push_back(Hash256::from_right(bytes));
  }
  CAIRN_TRY(out.block_number, from.u64("blockNumber"));
  CAIRN_TRY(out.block_hash, from.fixed<32>("blockHash"));
  CAIRN_TRY(out.transaction_hash, from.fixed<32>("transactionHash"));
  CAIRN_TRY(const std::uint64_t transaction, from.u64("transactionIndex"));
  CAIRN_TRY(const std::uint64_t index, from.u64("logIndex"));
  if (std::max(transaction, index) > std::numeric_limits<std::uint32_t>::max()) {
    return wrong("logIndex", "is more than 32 bits");
  }
  out.transaction_index = static_cast<std::uint32_t>(transaction);
  out.log_index = static_cast<std::uint32_t>(index);
  if (from.find("blockTimestamp")) {
    CAIRN_TRY(out.block_timestamp, from.u64("blockTimestamp"));
  }
  return out;
}

// Parses and hands the root to `read`.
template <class T, class Read>
Result<T> read_document(std::string_view json, Read&& read) {
  simdjson::dom::parser parser;
  JsonValue root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root)) {
    return fail(ErrorCode::malformed, fmt::format("not valid JSON: {}", base::json_fault(error)));
  }
  return read(root);
}

}  // namespace

Result<U256> read_upstream_quantity(std::string_view json) {
  return read_document<U256>(json, [](JsonValue root) { return quantity_of(root, "the result"); });
}

Result<std::uint64_t> read_upstream_number(std::string_view json) {
  return read_document<std::uint64_t>(json,
                                      [](JsonValue root) { return u64_of(root, "the result"); });
}

Result<Bytes> read_upstream_data(std::string_view json) {
  return read_document<Bytes>(json, [](JsonValue root) { return data_of(root, "the result"); });
}

Result<std::optional<chain::SealedHeader>> read_upstream_header(std::string_view json) {
  using Found = std::optional<chain::SealedHeader>;
  return read_document<Found>(json, [](JsonValue root) -> Result<Found> {
    if (root.is_null()) {
      return std::nullopt;
    }
    CAIRN_TRY(const Fields fields, Fields::open(root, "the block"));
    CAIRN_TRY(types::Header header, read_header(fields));
    CAIRN_TRY(const Hash256 hash, fields.fixed<32>("hash"));
    const Hash256 computed = types::header_hash(header);
    if (hash != computed) {
      return wrong("hash", fmt::format("the block says {}, its header's fields give {}",
                                       base::to_hex(hash), base::to_hex(computed)));
    }
    return Found(chain::SealedHeader{.hash = hash, .header = std::move(header)});
  });
}

Result<std::vector<chain::FoundLog>> read_upstream_logs(std::string_view json) {
  using Found = std::vector<chain::FoundLog>;
  return read_document<Found>(json, [](JsonValue root) -> Result<Found> {
    simdjson::dom::array list;
    if (root.get(list) != simdjson::SUCCESS) {
      return wrong("the result", "is not an array of logs");
    }
    Found out;
    for (const JsonValue item : list) {
      CAIRN_TRY(chain::FoundLog log, read_log(item));
      out.push_back(std::move(log));
    }
    return out;
  });
}

}  // namespace cairn::node
