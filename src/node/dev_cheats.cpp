// The part of DevWriter that only a dev chain has: blocks on demand, time, and the past taken back.

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <set>
#include <stdexcept>
#include <unordered_map>

#include "chain/draft.hpp"
#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "node/dev_writer.hpp"
#include "node/next_block.hpp"

namespace cairn::node {
namespace {

// A dev chain has no randomness of its own: what came before makes the next id.
Hash256 next_instance_id(const Hash256& id, std::uint64_t record) {
  return crypto::keccak256(codec::encode_rlp([&](auto& sink) {
    sink.list([&](auto& fields) {
      fields.string(id);
      fields.number(record);
    });
  }));
}

// Snapshots end with the process, their ids are never used again: those from this one on are free,
// `meta` key `free_snapshot`, rlp([id]). Moved by a run at a time, so that a snapshot writes
// nothing.
constexpr std::string_view kFreeSnapshot = "free_snapshot";
constexpr std::uint64_t kRunOfSnapshots = 4'096;

Result<std::uint64_t> first_free_snapshot(const store::Reader& reader) {
  const auto bytes = reader.get(store::Column::meta, base::bytes_of(kFreeSnapshot));
  if (!bytes) {
    return 1;
  }
  auto fields = codec::read_rlp_list(*bytes, kFreeSnapshot);
  auto id = fields ? fields->u64(kFreeSnapshot) : std::unexpected(fields.error());
  if (!id) {
    return fail(ErrorCode::corrupt, "the first free snapshot: " + id.error().message);
  }
  return id;
}

void put_free_snapshot(store::Batch& batch, std::uint64_t id) {
  batch.put(store::Column::meta, base::bytes_of(kFreeSnapshot), codec::encode_rlp([&](auto& sink) {
              sink.list([&](auto& fields) { fields.number(id); });
            }));
}

Result<void> check_timestamp(std::uint64_t timestamp, std::uint64_t parent, bool strict) {
  if (timestamp < parent || (strict && timestamp == parent)) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("timestamp {} is {} the previous block's timestamp {}", timestamp,
                            timestamp < parent ? "lower than" : "not later than", parent));
  }
  return {};
}

}  // namespace

// Of the n-th block, from 0, which follows `parent`; nothing: as the clock has it.
Result<std::optional<std::uint64_t>> DevWriter::time_of(const MineOrder& order, std::uint64_t n,
                                                        const chain::ChainView& parent) const {
  if (order.interval == 0 || (n == 0 && !order.jump_first)) {
    return n == 0 ? order.timestamp : std::nullopt;
  }
  std::uint64_t next = parent.header().timestamp;
  if (n == 0) {
    CAIRN_TRY(next, next_timestamp(parent, options_, clock_->unix_seconds()));
  }
  if (__builtin_add_overflow(next, order.interval, &next)) {
    return beyond_time();
  }
  return next;
}

Result<std::vector<Hash256>> DevWriter::mine(const MineOrder& order) {
  if (order.timestamp) {
    CAIRN_CHECK(
        check_timestamp(*order.timestamp, head()->header().timestamp, options_.strict_timestamps));
  }
  std::vector<Hash256> out;
  while (out.size() < order.count) {
    if (stopping_) {
      return fail(ErrorCode::conflict, "the node is stopping");
    }
    if (order.count - out.size() > 1 && pool_->status().pending == 0) {
      CAIRN_TRY(const auto run, produce_empty(order, out.size()));
      out.insert(out.end(), run.begin(), run.end());
      continue;
    }
    CAIRN_TRY(const auto timestamp, time_of(order, out.size(), *head()));
    CAIRN_TRY(const auto hash, produce({.timestamp = timestamp, .even_empty = true}));
    out.push_back(*hash);
  }
  return out;
}

Result<std::vector<Hash256>> DevWriter::produce_empty(const MineOrder& order, std::uint64_t made) {
  const auto before = head();
  std::vector<Hash256> out;
  std::set<Address> touched;
  const auto next = [&](const chain::ChainView& parent) -> Result<chain::ProducedBlock> {
    const std::uint64_t n = made + parent.number() - before->number();
    CAIRN_TRY(const auto timestamp, time_of(order, n, parent));
    const std::uint64_t now_seconds = clock_->unix_seconds();
    CAIRN_TRY(const std::uint64_t seconds, timestamp
                                               ? Result<std::uint64_t>(*timestamp)
                                               : next_timestamp(parent, options_, now_seconds));
    const types::Header header = node::next_header(parent, options_, seconds);
    auto built = build_block(parent, header, environment_for(parent, header, options_),
                             [] { return nullptr; });
    if (!built) {
      return fail(ErrorCode::conflict, "no block can be made: " + built.error().message);
    }
    built->produced.settings =
        settings_after(parent.settings(), timestamp, header.timestamp, now_seconds);
    for (const auto& [address, change] : built->produced.changes.accounts) {
      touched.insert(address);
    }
    if (n > made) {
      out.push_back(parent.hash());
    }
    return std::move(built->produced);
  };
  reach_ahead(*before);
  store::Batch beside = journal_changes({});
  give_up_blobs(beside, before->number() + 1);
  CAIRN_TRY(const auto at, chain_->append_run(order.count - made, next, std::move(beside)));
  out.resize(at->number() - before->number());
  out.back() = at->hash();
  refresh_pool(std::vector<Address>(touched.begin(), touched.end()));
  announce_admitted();
  events_.publish(HeadChanged{.head = at, .removed = {}, .first_added = before->number() + 1});
  return out;
}

Result<std::uint64_t> DevWriter::snapshot() {
  if (next_snapshot_ == 1) {
    CAIRN_TRY(next_snapshot_, first_free_snapshot(chain_->store()));
  }
  if (next_snapshot_ % kRunOfSnapshots == 1) {
    store::Batch batch;
    put_free_snapshot(batch, next_snapshot_ + kRunOfSnapshots);
    CAIRN_CHECK(chain_->write_beside(std::move(batch)));
  }
  const auto at = head();
  snapshots_.emplace(next_snapshot_, Snapshot{.record = chain_->last_record(),
                                              .number = at->number(),
                                              .hash = at->hash(),
                                              .unix_seconds = unix_seconds()});
  return next_snapshot_++;
}

Result<void> DevWriter::commit(chain::Draft draft, ConsoleLogs console) {
  const std::uint64_t kept = draft.kept_record();
  const std::uint64_t first_added = draft.first_added();
  std::vector<Hash256> mined;
  for (const chain::WrittenBlock& one : draft.added()) {
    mined.insert(mined.end(), one.block->transaction_hashes.begin(),
                 one.block->transaction_hashes.end());
  }
  CAIRN_TRY(std::vector<chain::RemovedBlock> removed,
            chain_->commit(std::move(draft), journal_changes(mined)));
  std::erase_if(snapshots_, [&](const auto& one) { return one.second.record > kept; });
  note_taken_back(removed);
  edit_pool([&](txpool::Txpool& pool) { pool.remove_mined(mined); });
  refresh_pool(std::nullopt);
  events_.publish(HeadChanged{
      .head = head(),
      .removed = std::move(removed),
      .first_added = first_added,
      .console =
          console.empty() ? nullptr : std::make_shared<const ConsoleLogs>(std::move(console))});
  return {};
}

Result<void> DevWriter::take_back(std::uint64_t record,
                                  const chain::Chain::AdjustSettings& adjust) {
  chain::Draft draft = chain_->draft();
  CAIRN_CHECK(draft.truncate_to(record, adjust));
  return commit(std::move(draft));
}

void DevWriter::note_taken_back(const std::vector<chain::RemovedBlock>& removed) {
  edit_pool([&](txpool::Txpool& pool) {
    for (const chain::RemovedBlock& one : removed) {
      const std::string why =
          fmt::format("block {}, which had it, was taken back", one.block->block.header.number);
      for (const Hash256& hash : one.block->transaction_hashes) {
        pool.note_dropped(hash, {txpool::PoolRefused::taken_back, {}, why}, now());
      }
    }
  });
}

Result<bool> DevWriter::revert(std::uint64_t snapshot_id) {
  const auto found = snapshots_.find(snapshot_id);
  if (found == snapshots_.end()) {
    return false;
  }
  const chain::Settings now = head()->settings();
  const auto passed = static_cast<std::int64_t>(unix_seconds() - found->second.unix_seconds);
  CAIRN_CHECK(take_back(found->second.record, [&](chain::Settings& settings) {
    settings = chain::standing_over(settings, now);
    settings.clock_offset -= passed;
  }));
  snapshots_.erase(snapshots_.lower_bound(snapshot_id), snapshots_.end());
  return true;
}

Result<void> DevWriter::reset() {
  const Hash256 id = next_instance_id(head()->settings().instance_id, chain_->last_record());
  drop_transactions(std::nullopt);
  CAIRN_CHECK(take_back(0, [&](chain::Settings& settings) {
    start_options(settings);
    settings.instance_id = id;
  }));
  snapshots_.clear();
  return {};
}

Result<void> DevWriter::refork(const std::string& url, std::optional<std::uint64_t> block,
                               const std::optional<HttpHeaders>& headers) {
  const chain::Fork* now = head()->fork();
  if (url.empty() && now == nullptr) {
    return fail(ErrorCode::invalid_argument, "forking: jsonRpcUrl is missing");
  }
  ForkRequest request = options_.refork;
  request.upstream.url = url.empty() ? now->point.url : url;
  // A key for one source is none of another's business.
  request.upstream.headers =
      headers.value_or(url.empty() ? source_headers_ : request.upstream.headers);
  if (block) {
    request.block = static_cast<std::int64_t>(*block);
  }
  request.instance_id = next_instance_id(head()->settings().instance_id, chain_->last_record());
  CAIRN_TRY(PreparedFork prepared, prepare_fork(request, *clock_, store_));
  CAIRN_TRY(const std::uint64_t free_snapshot, first_free_snapshot(*store_));
  drop_transactions(std::nullopt);
  (void)journal_changes({});
  if (free_snapshot > 1) {
    put_free_snapshot(prepared.content, free_snapshot);
  }
  CAIRN_CHECK(chain_->become(prepared.content, std::move(prepared.source)));
  source_headers_ = std::move(request.upstream.headers);
  snapshots_.clear();
  CAIRN_CHECK(apply_options());
  refresh_pool(std::nullopt);
  const auto at = head();
  events_.publish(HeadChanged{.head = at, .removed = {}, .first_added = at->number() + 1});
  return {};
}

Result<void> DevWriter::move_source(const std::string& url) {
  const auto source = upstream_of(*head());
  if (!source) {
    return fail(ErrorCode::conflict,
                "the chain is not a fork: start it with --fork-url, or reset it with `forking`");
  }
  UpstreamOptions options = options_.refork.upstream;
  options.url = url;
  options.headers = source_headers_;
  CAIRN_CHECK(source->move(options, head()->fork()->point.block));
  return chain_->change_source_url(url);
}

Result<chain::Draft> DevWriter::rolled_back(std::uint64_t depth) const {
  const auto at = head();
  if (depth > at->number()) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("depth {} is more than the chain's height {}", depth, at->number()));
  }
  chain::Draft out = chain_->draft();
  if (depth > 0) {
    CAIRN_TRY(const std::uint64_t record, chain_->record_upon(at->number() - depth));
    CAIRN_CHECK(
        out.truncate_to(record, [&](chain::Settings& settings) { settings = at->settings(); }));
  }
  return out;
}

Result<void> DevWriter::rollback(std::uint64_t depth) {
  if (depth == 0) {
    return {};
  }
  CAIRN_TRY(chain::Draft draft, rolled_back(depth));
  return commit(std::move(draft));
}

// The transactions of one block on `at`, with the nonces that follow there.
Result<std::vector<txpool::EntryPtr>> DevWriter::chosen(std::vector<Prepared> wanted,
                                                        const chain::ChainView& at) {
  std::vector<txpool::EntryPtr> out;
  std::unordered_map<Address, std::uint64_t> nonces;
  for (Prepared& one : wanted) {
    const auto account = at.state()->account(one.entry.sender);
    const auto [next, fresh] = nonces.emplace(one.entry.sender, account ? account->nonce : 0);
    auto entry = complete(std::move(one), next->second);
    if (!entry) {
      return fail(ErrorCode::invalid_argument, entry.error().message);
    }
    ++next->second;
    out.push_back(std::make_shared<const txpool::Entry>(*std::move(entry)));
  }
  return out;
}

Result<void> DevWriter::reorg(std::vector<std::vector<Prepared>> blocks) {
  if (blocks.empty()) {
    return {};
  }
  CAIRN_TRY(chain::Draft draft, rolled_back(blocks.size()));
  ConsoleLogs console;
  for (std::vector<Prepared>& wanted : blocks) {
    CAIRN_TRY(const auto entries, chosen(std::move(wanted), *draft.head()));
    CAIRN_TRY(auto built, build_on(*draft.head(), {.even_empty = true, .only = &entries}));
    console.merge(built->console);
    CAIRN_CHECK(draft.append(std::move(built->produced)));
  }
  return commit(std::move(draft), std::move(console));
}

Result<void> DevWriter::set_next_block_timestamp(std::uint64_t timestamp) {
  CAIRN_CHECK(check_timestamp(timestamp, head()->header().timestamp, options_.strict_timestamps));
  return change_settings([&](chain::Settings& settings) -> Result<void> {
    settings.next_timestamp = timestamp;
    return {};
  });
}

Result<std::int64_t> DevWriter::increase_time(std::int64_t seconds) {
  const std::uint64_t now = clock_->unix_seconds();
  // A clock at the end of time begins anew; the chain does not.
  std::uint64_t last = head()->header().timestamp;
  if (seconds > 0 && __builtin_add_overflow(last, seconds, &last)) {
    return beyond_time();
  }
  CAIRN_CHECK(change_settings([&](chain::Settings& settings) -> Result<void> {
    std::uint64_t then = now + static_cast<std::uint64_t>(settings.clock_offset);
    if (__builtin_add_overflow(then, seconds, &then)) {
      return beyond_time();
    }
    if (__builtin_sub_overflow(then, now, &settings.clock_offset)) {
      return fail(ErrorCode::invalid_argument, "the clock offset leaves 64 bits");
    }
    return {};
  }));
  return head()->settings().clock_offset;
}

Result<std::uint64_t> DevWriter::set_time(std::uint64_t timestamp) {
  const std::uint64_t now = clock_->unix_seconds();
  const std::uint64_t before = next_timestamp_or_last(*head(), options_, now);
  CAIRN_CHECK(change_settings([&](chain::Settings& settings) -> Result<void> {
    settings.clock_offset = static_cast<std::int64_t>(timestamp - now);
    settings.next_timestamp.reset();
    return {};
  }));
  return timestamp - std::min(timestamp, before);
}

bool DevWriter::drop_transaction(const Hash256& hash) {
  return edit_pool([&](txpool::Txpool& pool) { return pool.remove(hash, now()); });
}

void DevWriter::drop_transactions(const std::optional<Address>& sender) {
  edit_pool([&](txpool::Txpool& pool) {
    const auto content = sender ? pool.content_of(*sender) : pool.content();
    // The highest nonces first: what is left is always a run, and nothing is promoted in between.
    for (const auto* list : {&content.queued, &content.pending}) {
      for (const txpool::EntryPtr& entry : *list | std::views::reverse) {
        (void)pool.remove(entry->hash, now());
      }
    }
  });
}

}  // namespace cairn::node
