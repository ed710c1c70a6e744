#include "api/otterscan_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "api/appearance_walk.hpp"
#include "api/json_writer.hpp"
#include "api/objects.hpp"
#include "api/otterscan_upstream.hpp"

namespace cairn::api {
namespace {

constexpr std::chrono::seconds kSearchTimeout{30};  // of blocks that have to be run again
constexpr std::size_t kSelector = 4;                // bytes

// What one search finds, in its direction; whole blocks until there are as many as wanted.
struct Search {
  std::shared_ptr<const chain::ChainView> chain;
  std::vector<chain::TransactionPlace> places;
  bool has_more = false;
};

// `advance`: what the walk finds at or beyond a block; `beyond`: the block after one, if there can
// be one.
template <class Advance, class Beyond>
RpcResult<void> collect(Search& search, std::optional<std::uint64_t> number, std::uint64_t wanted,
                        const Advance& advance, const Beyond& beyond) {
  while (number) {
    CAIRN_TRY(const auto found, advance(*number));
    if (!found) {
      break;
    }
    if (!found->transactions.empty()) {
      if (search.places.size() >= wanted && !search.places.empty()) {
        search.has_more = true;
        break;
      }
      for (const std::uint32_t index : found->transactions) {
        search.places.push_back({found->number, index});
      }
    }
    number = beyond(found->number);
  }
  return {};
}

// Newest first, of this chain's own blocks at or before `last`.
RpcResult<Search> search_back(const Context& context,
                              const std::shared_ptr<const chain::ChainView>& chain,
                              const Address& address, std::optional<std::uint64_t> last,
                              std::uint64_t wanted) {
  const auto running = context.call_timer->start(kSearchTimeout);
  AppearanceWalk walk(context, chain, address, running);
  Search out{.chain = chain, .places = {}, .has_more = false};
  CAIRN_CHECK(collect(
      out, last, wanted, [&](std::uint64_t number) { return walk.previous(number); },
      [&](std::uint64_t number) {
        return number > chain->first_block() ? std::optional(number - 1) : std::nullopt;
      }));
  std::ranges::sort(out.places, std::ranges::greater{}, [](const chain::TransactionPlace& place) {
    return std::pair(place.number, place.index);
  });
  return out;
}

// Newest first all the same, of those at or after `first`.
RpcResult<Search> search_on(const Context& context,
                            const std::shared_ptr<const chain::ChainView>& chain,
                            const Address& address, std::uint64_t first, std::uint64_t wanted) {
  const auto running = context.call_timer->start(kSearchTimeout);
  AppearanceWalk walk(context, chain, address, running);
  Search out{.chain = chain, .places = {}, .has_more = false};
  const auto start = first <= chain->number() ? std::optional(first) : std::nullopt;
  CAIRN_CHECK(collect(
      out, start, wanted, [&](std::uint64_t number) { return walk.next(number); },
      [&](std::uint64_t number) {
        return number < chain->number() ? std::optional(number + 1) : std::nullopt;
      }));
  std::ranges::reverse(out.places);
  return out;
}

// One page of both: this chain's transactions, newest first, and then its source's.
struct Page {
  Search own;
  OtterscanPage upstream;
  bool first = false;
  bool last = false;
};

std::string write_page(const Page& page) {
  const chain::ChainView& chain = *page.own.chain;
  JsonWriter out;
  out.begin_object().key("txs").begin_array();
  for (const chain::TransactionPlace& place : page.own.places) {
    const auto block = chain.block_at(place.number);
    write_transaction(out, block->block.transactions[place.index],
                      block->transaction_hashes[place.index], block->senders[place.index],
                      MinedAt{*block, place.index});
  }
  for (const std::string& transaction : page.upstream.transactions) {
    out.raw(transaction);
  }
  out.end_array().key("receipts").begin_array();
  for (const chain::TransactionPlace& place : page.own.places) {
    const auto block = chain.block_at(place.number);
    const auto receipts = chain.receipts_at(place.number);
    write_receipt(out, *block, *receipts, place.index, logs_before(*receipts, place.index),
                  chain.config(), {.with_logs = true, .with_time = true});
  }
  for (const std::string& receipt : page.upstream.receipts) {
    out.raw(receipt);
  }
  out.end_array().field("firstPage", page.first).field("lastPage", page.last).end_object();
  return std::move(out).take();
}

RpcResult<void> check_page_size(const Count& size) {
  if (size.value > kMostOnPage) {
    return rpc_fail(RpcCode::invalid_params, fmt::format("max allowed page size: {}", kMostOnPage));
  }
  return {};
}

}  // namespace

Answer ots_search_transactions_before(Context& context, const Address& address, const Count& block,
                                      const Count& page_size) {
  CAIRN_CHECK(check_page_size(page_size));
  const auto chain = context.node.head();
  const std::uint64_t wanted = page_size.value;
  const std::uint64_t last =
      block.value == 0 ? chain->number() : std::min(block.value - 1, chain->number());
  Page page{.own = {.chain = chain, .places = {}, .has_more = false},
            .upstream = {},
            .first = block.value == 0,
            .last = false};
  if (last >= chain->first_block()) {
    CAIRN_TRY(page.own, search_back(context, chain, address, last, wanted));
  }
  page.last = !page.own.has_more;
  if (page.last && chain->fork() != nullptr) {
    const bool full = page.own.places.size() >= wanted && !page.own.places.empty();
    const std::uint64_t before = std::min(last + 1, chain->first_block());
    CAIRN_TRY(auto older, search_upstream_before(*chain, address, before,
                                                 full ? 1 : wanted - page.own.places.size()));
    page.last = full ? older.transactions.empty() : older.is_end;
    if (!full) {
      page.upstream = std::move(older);
    }
  }
  return write_page(page);
}

Answer ots_search_transactions_after(Context& context, const Address& address, const Count& block,
                                     const Count& page_size) {
  CAIRN_CHECK(check_page_size(page_size));
  const auto chain = context.node.head();
  const std::uint64_t wanted = page_size.value;
  const std::uint64_t first = block.value == 0 ? 0 : block.value + 1;
  Page page{.own = {.chain = chain, .places = {}, .has_more = false},
            .upstream = {},
            .first = false,
            .last = block.value == 0};
  if (chain->fork() != nullptr && first < chain->first_block()) {
    CAIRN_TRY(page.upstream, search_upstream_after(*chain, address, block.value, wanted));
    if (!page.upstream.is_end) {
      return write_page(page);
    }
  }
  const std::size_t found = page.upstream.transactions.size();
  const bool full = found >= wanted && found > 0;
  CAIRN_TRY(page.own, search_on(context, chain, address, std::max(first, chain->first_block()),
                                full ? 0 : wanted - found));
  page.first = full ? page.own.places.empty() : !page.own.has_more;
  if (full) {
    page.own.places.clear();
  }
  return write_page(page);
}

Answer ots_get_block_transactions(Context& context, const HeightOrTag& block, const Count& page,
                                  const Count& page_size) {
  CAIRN_TRY(const auto place, find_block(context, block.id));
  if (!place || place->pending) {
    return "null";
  }
  const auto sealed = place->block();
  const auto receipts = place->receipts();
  const std::uint64_t count = sealed->block.transactions.size();
  const std::uint64_t size = std::min(page_size.value, count);
  const std::uint64_t skipped = page.value > count ? count : std::min(count, page.value * size);
  const auto end = static_cast<std::uint32_t>(count - skipped);
  const auto first = static_cast<std::uint32_t>(end - std::min<std::uint64_t>(size, end));
  JsonWriter out;
  out.begin_object().key("fullblock");
  write_block_summary(out, *sealed, [&](JsonWriter& more) {
    more.key("transactions").begin_array();
    for (std::uint32_t i = first; i < end; ++i) {
      types::Transaction cut = sealed->block.transactions[i];
      cut.data.resize(std::min(cut.data.size(), kSelector));
      write_transaction(more, cut, sealed->transaction_hashes[i], sealed->senders[i],
                        MinedAt{*sealed, i});
    }
    more.end_array();
  });
  out.key("receipts").begin_array();
  for (std::uint32_t i = first; i < end; ++i) {
    write_receipt(out, *sealed, *receipts, i, 0, place->chain->config(), {.with_logs = false});
  }
  out.end_array().end_object();
  return std::move(out).take();
}

}  // namespace cairn::api
