#include "api/otterscan_upstream.hpp"

#include <fmt/format.h>

#include "api/parameters.hpp"
#include "base/hex.hpp"
#include "chain/fork_source.hpp"
#include "node/upstream_source.hpp"
#include "node/url_origin.hpp"

namespace cairn::api {
namespace {

struct Answered {
  OtterscanPage page;
  bool first_page = false;
  bool last_page = false;
  bool goes_beyond = false;  // after the fork the source's chain is another
};

std::unexpected<RpcError> unanswered(const chain::ChainView& chain, std::string_view why) {
  return rpc_fail(
      RpcCode::server,
      fmt::format("blocks up to {} are those of {}, which does not search them: {}",
                  chain.fork()->number(), node::origin_of(node::upstream_of(chain)->url()), why));
}

RpcResult<Answered> ask(const chain::ChainView& chain, std::string_view method,
                        const Address& address, std::uint64_t number, std::uint64_t page_size) {
  const auto text = node::upstream_of(chain)->pass(
      std::string(method),
      fmt::format(R"(["{}",{},{}])", base::to_hex(address), number, page_size));
  if (!text) {
    return unanswered(chain, text.error().message);
  }
  simdjson::dom::parser parser;
  JsonValue root;
  simdjson::dom::array transactions;
  simdjson::dom::array receipts;
  Answered out;
  if (parser.parse(text->data(), text->size()).get(root) != simdjson::SUCCESS ||
      root["txs"].get(transactions) != simdjson::SUCCESS ||
      root["receipts"].get(receipts) != simdjson::SUCCESS ||
      transactions.size() != receipts.size() ||
      root["firstPage"].get(out.first_page) != simdjson::SUCCESS ||
      root["lastPage"].get(out.last_page) != simdjson::SUCCESS) {
    return unanswered(chain, "its answer is not a page of transactions");
  }
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    const JsonValue transaction = transactions.at(i).value();
    JsonValue member;
    if (transaction["blockNumber"].get(member) != simdjson::SUCCESS) {
      return unanswered(chain, "its transactions have no blockNumber");
    }
    const auto block = read_quantity64(member);
    if (!block || *block > chain.fork()->number()) {
      out.goes_beyond = true;
      continue;
    }
    out.page.transactions.push_back(simdjson::minify(transaction));
    out.page.receipts.push_back(simdjson::minify(receipts.at(i).value()));
  }
  return out;
}

}  // namespace

RpcResult<OtterscanPage> search_upstream_before(const chain::ChainView& chain,
                                                const Address& address, std::uint64_t number,
                                                std::uint64_t page_size) {
  CAIRN_TRY(auto answered, ask(chain, "ots_searchTransactionsBefore", address, number, page_size));
  answered.page.is_end = answered.last_page;
  return std::move(answered.page);
}

RpcResult<OtterscanPage> search_upstream_after(const chain::ChainView& chain,
                                               const Address& address, std::uint64_t number,
                                               std::uint64_t page_size) {
  CAIRN_TRY(auto answered, ask(chain, "ots_searchTransactionsAfter", address, number, page_size));
  answered.page.is_end = answered.first_page || answered.goes_beyond;
  return std::move(answered.page);
}

}  // namespace cairn::api
