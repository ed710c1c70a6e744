#pragma once
// Signed transactions of the dev accounts, and JSON-RPC requests that carry them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chain/dev_genesis.hpp"
#include "tests/api/socket_client.hpp"
#include "types/transaction.hpp"

namespace cairn::bench {

std::string request(std::string_view method, std::string_view params);
// One request's text for each item, as a batch.
std::string batch(const std::vector<std::string>& requests);
std::string json_string(std::string_view text);

struct Signed {
  std::string send;     // eth_sendRawTransaction
  std::string receipt;  // eth_getTransactionReceipt
  Hash256 hash;
};

struct Call {
  std::optional<Address> to = "0x00000000000000000000000000000000000000aa"_address;  // none: create
  std::uint64_t value = 1;                                                           // wei
  std::uint64_t gas = 21'000;
  Bytes data{};
};

// On chain 31337, with fees that any block of these measurements takes.
Signed sign(const chain::DevAccount& account, std::uint64_t nonce, const Call& call = {});
std::vector<Signed> sign_many(const chain::DevAccount& account, std::uint64_t first_nonce,
                              std::size_t count, const Call& call = {});

// Milliseconds from sending one to its receipt, of a node that mines at once. Throws where it did
// not succeed.
double submit_to_receipt(api::test::SocketClient& client, const Signed& one);

}  // namespace cairn::bench
