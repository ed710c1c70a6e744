#include "node/fork.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "base/hex.hpp"
#include "chain/dev_genesis.hpp"
#include "execution/system_calls.hpp"
#include "node/url_origin.hpp"
#include "state/overlay.hpp"
#include "state/stored_state.hpp"
#include "store/rocks_store.hpp"
#include "types/fork_fields.hpp"
#include "types/known_chains.hpp"

namespace cairn::node {
namespace {

using chain::SealedHeader;
using types::Fork;

Result<std::shared_ptr<UpstreamSource>> source_of(const std::shared_ptr<store::Store>& store,
                                                  const UpstreamOptions& options, bool keep) {
  std::shared_ptr<store::Store> cache = store;
  if (!keep) {
    CAIRN_TRY(cache, store::RocksStore::open_in_memory());
  }
  return UpstreamSource::make(options, std::move(cache));
}

// Behind a load balancer not every node has the newest block yet.
Result<SealedHeader> newest_header(const UpstreamSource& source) {
  constexpr std::uint64_t kMostBack = 3;
  CAIRN_TRY(const std::uint64_t newest, source.newest_block());
  for (std::uint64_t back = 0; back <= std::min(newest, kMostBack); ++back) {
    CAIRN_TRY(auto header, source.ask_header(newest - back));
    if (header) {
      return *std::move(header);
    }
  }
  return fail(ErrorCode::not_found, fmt::format("upstream {} does not have its newest block, {}",
                                                origin_of(source.url()), newest));
}

Result<SealedHeader> header_of(const UpstreamSource& source, std::optional<std::int64_t> block) {
  if (!block) {
    return newest_header(source);
  }
  auto number = static_cast<std::uint64_t>(*block);
  if (*block < 0) {
    CAIRN_TRY(const std::uint64_t newest, source.newest_block());
    const std::uint64_t back = 0 - number;
    if (back > newest) {
      return fail(ErrorCode::not_found, fmt::format("upstream {} has {} blocks, not {}",
                                                    origin_of(source.url()), newest + 1, back));
    }
    number = newest - back;
  }
  CAIRN_TRY(auto header, source.ask_header(number));
  if (!header) {
    return fail(ErrorCode::not_found,
                fmt::format("upstream {} has no block {}", origin_of(source.url()), number));
  }
  return *std::move(header);
}

// Prague or Osaka, by what the source says of its rules (EIP-7910); the newest where it does not.
Fork newest_fork(const UpstreamSource& source) {
  const UpstreamAnswer config = source.pass("eth_config", "[]");
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::object precompiles;
  if (!config || parser.parse(config->data(), config->size()).get(root) != simdjson::SUCCESS ||
      root["current"]["precompiles"].get(precompiles) != simdjson::SUCCESS) {
    return types::kLatestFork;
  }
  return precompiles["P256VERIFY"].error() == simdjson::SUCCESS ? Fork::osaka : Fork::prague;
}

// A header shows which forks' fields it has.
Fork fork_of(const UpstreamSource& source, const types::Header& header) {
  Fork fork = Fork::paris;
  types::for_each_fork_field(
      [&](const auto& field) { fork = header.*field.member ? std::max(fork, field.since) : fork; });
  return fork == Fork::prague ? newest_fork(source) : fork;
}

types::ChainConfig config_of(const UpstreamSource& source, const ForkRequest& request,
                             std::uint64_t source_chain_id, const types::Header& header) {
  const std::uint64_t chain_id = request.chain_id.value_or(source_chain_id);
  if (request.hardfork) {
    return types::config_at(*request.hardfork, chain_id);
  }
  if (auto known = types::known_chain(source_chain_id)) {
    known->chain_id = chain_id;
    return *std::move(known);
  }
  return types::config_at(fork_of(source, header), chain_id);
}

constexpr std::array kSystemContracts{execution::kBeaconRootsAddress, execution::kHistoryAddress,
                                      execution::kWithdrawalRequestsAddress,
                                      execution::kConsolidationRequestsAddress};

// What every block asks for, and the accounts that get something: fetched at once, so that blocks
// can be made from now on whether the source is there or not.
Result<void> fetch_first(const UpstreamSource& source, std::uint64_t number,
                         const std::vector<Address>& accounts) {
  constexpr std::uint64_t kQueueSlots = 4;  // EIP-7002, EIP-7251: excess, count, head, tail
  std::vector<Address> wanted(accounts);
  wanted.insert(wanted.end(), kSystemContracts.begin(), kSystemContracts.end());
  wanted.push_back(execution::kSystemAddress);
  wanted.push_back(Address{});  // the coinbase
  std::vector<Slot> slots;
  for (const Address& queue :
       {execution::kWithdrawalRequestsAddress, execution::kConsolidationRequestsAddress}) {
    for (std::uint64_t key = 0; key < kQueueSlots; ++key) {
      slots.emplace_back(queue, key);
    }
  }
  return source.fetch(number, wanted, slots);
}

// The fork's own accounts, and the contracts without which its blocks are not valid. What the
// contract of EIP-4788 remembers is not taken over: each block would ask for two slots that nobody
// can foresee.
state::Changeset first_changes(const state::StateView& state, const ForkRequest& request,
                               Fork fork) {
  state::Overlay overlay(state);
  for (const Address& address : request.accounts) {
    overlay.set_balance(address, request.balance);
  }
  const types::Genesis contracts = chain::dev_genesis({}, {.fork = fork});
  for (const Address& address : kSystemContracts) {
    const auto found = contracts.alloc.find(address);
    if (found == contracts.alloc.end()) {
      continue;
    }
    if (!state.account(address)) {
      overlay.set_nonce(address, found->second.nonce);
      overlay.set_code(address, found->second.code);
      overlay.clear_storage(address);
    } else if (address == execution::kBeaconRootsAddress) {
      overlay.clear_storage(address);
    }
  }
  (void)overlay.end_transaction(Fork::frontier);
  return overlay.changeset();
}

chain::Settings settings_of(const ForkRequest& request, const types::Header& header,
                            const base::Clock& clock) {
  chain::Settings out;
  out.gas_limit = header.gas_limit;
  out.instance_id = request.instance_id;
  const std::uint64_t time = request.timestamp.value_or(header.timestamp);
  out.clock_offset = static_cast<std::int64_t>(time - clock.unix_seconds());
  out.next_base_fee = request.base_fee;
  return out;
}

}  // namespace

Result<StartedFork> begin_fork(const std::shared_ptr<store::Store>& store,
                               const ForkRequest& request, const base::Clock& clock) {
  CAIRN_TRY(const auto source, source_of(store, request.upstream, request.keep));
  std::uint64_t chain_id = request.source_chain_id.value_or(0);
  if (!request.source_chain_id) {
    CAIRN_TRY(chain_id, source->chain_id());
  }
  CAIRN_TRY(const SealedHeader block, header_of(*source, request.block));
  if (request.timestamp && *request.timestamp < block.header.timestamp) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("--timestamp {}: block {} of the source has {}", *request.timestamp,
                            block.header.number, block.header.timestamp));
  }
  CAIRN_CHECK(source->begin_at(block));
  source->hold(block);
  source->stand_on(block);
  const types::ChainConfig config = config_of(*source, request, chain_id, block.header);
  CAIRN_CHECK(fetch_first(*source, block.header.number, request.accounts));
  const Fork fork = config.fork_of(block.header);
  const state::StoredState state(store, source->state_at(block.header.number));
  const chain::ForkPoint point{.url = request.upstream.url, .chain_id = chain_id, .block = block};
  CAIRN_CHECK(chain::Chain::create_fork(store, config, point, first_changes(state, request, fork),
                                        source, settings_of(request, block.header, clock)));
  return StartedFork{.source = source};
}

Result<PreparedFork> prepare_fork(const ForkRequest& request, const base::Clock& clock,
                                  const std::shared_ptr<store::Store>& store) {
  CAIRN_TRY(std::shared_ptr<store::Store> made, store::RocksStore::open_in_memory());
  ForkRequest all = request;
  all.keep = true;  // in the store that is copied
  CAIRN_CHECK(begin_fork(made, all, clock));
  PreparedFork out;
  for (std::size_t i = 0; i < store::kColumnCount; ++i) {
    const auto column = static_cast<store::Column>(i);
    const auto cursor = made->cursor(column);
    for (cursor->seek({}); cursor->valid(); cursor->next()) {
      out.content.put(column, cursor->key(), cursor->value());
    }
  }
  CAIRN_TRY(out.source, source_of(store, request.upstream, request.keep));
  CAIRN_TRY(const auto point, chain::Chain::fork_point_of(*made));
  out.source->stand_on(point->block);
  return out;
}

Result<StartedFork> continue_fork(const std::shared_ptr<store::Store>& store,
                                  const ForkRequest& request) {
  CAIRN_TRY(const auto point, chain::Chain::fork_point_of(*store));
  const std::uint64_t number = point->block.header.number;
  const bool other_url = !request.upstream.url.empty() && request.upstream.url != point->url;
  const bool other_block =
      request.block && *request.block >= 0 && static_cast<std::uint64_t>(*request.block) != number;
  UpstreamOptions options = request.upstream;
  options.url = point->url;
  options.doubtful = true;
  CAIRN_TRY(const auto source, source_of(store, options, request.keep));
  if (other_url || other_block) {
    return fail(ErrorCode::conflict,
                fmt::format("the chain was forked from {} at block {}{}", source->url(), number,
                            other_block ? ""
                                        : "; to keep the chain, start without --fork-url and send "
                                          "anvil_setRpcUrl with the new URL, which is kept"));
  }
  source->stand_on(point->block);
  const auto header = source->ask_header(number);
  if (!header) {
    return StartedFork{.source = source,
                       .warning = fmt::format("going on with what is kept of the source: {}",
                                              header.error().message)};
  }
  if (!*header || (*header)->hash != point->block.hash) {
    return fail(
        ErrorCode::conflict,
        fmt::format("the chain was forked from {} at block {}, {}, and that node {}", source->url(),
                    number, base::to_hex(point->block.hash),
                    *header ? "has another block there now: " + base::to_hex((*header)->hash)
                            : "has no such block any more"));
  }
  source->hold(**header);
  return StartedFork{.source = source};
}

}  // namespace cairn::node
