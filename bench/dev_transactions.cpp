#include "bench/dev_transactions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>

#include "base/hex.hpp"
#include "bench/figures.hpp"

namespace cairn::bench {

std::string request(std::string_view method, std::string_view params) {
  return fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":[{}]}})", method, params);
}

std::string batch(const std::vector<std::string>& requests) {
  return fmt::format("[{}]", fmt::join(requests, ","));
}

std::string json_string(std::string_view text) { return fmt::format("\"{}\"", text); }

Signed sign(const chain::DevAccount& account, std::uint64_t nonce, const Call& call) {
  types::Transaction tx;
  tx.type = types::TransactionType::dynamic_fee;
  tx.chain_id = 31'337;
  tx.nonce = nonce;
  tx.max_fee_per_gas = 10'000'000'000;
  tx.max_priority_fee_per_gas = 1'000'000'000;
  tx.gas_limit = call.gas;
  tx.to = call.to;
  tx.value = call.value;
  tx.data = call.data;
  tx.signature = crypto::sign(types::signing_hash(tx), account.key).value();
  const Hash256 hash = types::transaction_hash(tx);
  return {
      request("eth_sendRawTransaction", json_string(base::to_hex(types::encode_transaction(tx)))),
      request("eth_getTransactionReceipt", json_string(base::to_hex(hash))), hash};
}

std::vector<Signed> sign_many(const chain::DevAccount& account, std::uint64_t first_nonce,
                              std::size_t count, const Call& call) {
  std::vector<Signed> out;
  for (std::uint64_t i = 0; i < count; ++i) {
    out.push_back(sign(account, first_nonce + i, call));
  }
  return out;
}

double submit_to_receipt(api::test::SocketClient& client, const Signed& one) {
  const auto begin = Clock::now();
  const std::string sent = client.post(one.send);
  const std::string receipt = client.post(one.receipt);
  const double took = milliseconds_since(begin);
  if (receipt.find("\"status\":\"0x1\"") == std::string::npos) {
    throw std::runtime_error("no receipt: " + sent + receipt);
  }
  return took;
}

}  // namespace cairn::bench
