#pragma once
// A block of another node's with its transactions and receipts, and what can be answered from them
// alone. Never changed once made: any thread may ask.

#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chain/chain_view.hpp"
#include "chain/log_query.hpp"

namespace cairn::node {

class WholeBlock {
 public:
  // What the other node answers about the block, JSON texts.
  struct Answers {
    std::string with_hashes;        // eth_getBlockByNumber, false
    std::string with_transactions;  // eth_getBlockByNumber, true
    std::string receipts{};         // eth_getBlockReceipts; empty: it does not say
  };

  // Malformed where the answers are not about one block, or not about this one.
  static Result<std::shared_ptr<const WholeBlock>> read(Answers answers, const Hash256& hash);

  std::uint64_t number() const { return header_.header.number; }

  // The result's JSON text; nothing for a question about something else, or about more.
  std::optional<std::string> answer(std::string_view method, std::string_view params) const;

  // All of them; nothing where there are no receipts.
  std::optional<std::vector<chain::FoundLog>> logs() const;

  // What a transaction paid above the base fee for each unit of gas, and how much gas it used.
  struct Paid {
    U256 tip;  // wei
    std::uint64_t gas = 0;
  };
  std::optional<std::vector<Paid>> paid() const;

 private:
  using Json = simdjson::dom::element;

  WholeBlock() = default;
  bool is_named(Json block) const;
  std::optional<std::string> about_block(std::string_view method,
                                         simdjson::dom::array arguments) const;
  std::optional<std::string> about_transaction(std::string_view method, Json hash) const;

  Answers answers_;
  chain::SealedHeader header_;
  simdjson::dom::parser block_parser_;  // they own what the elements show
  simdjson::dom::parser receipts_parser_;
  simdjson::dom::array transactions_;
  simdjson::dom::array uncles_;
  std::optional<simdjson::dom::array> receipts_;
};

}  // namespace cairn::node
