#include "chain/chain.hpp"

#include <fmt/format.h>

#include <mutex>
#include <stdexcept>

#include "base/hex.hpp"
#include "chain/appearances.hpp"
#include "chain/block_bytes.hpp"
#include "chain/block_cache.hpp"
#include "chain/block_writer.hpp"
#include "chain/draft.hpp"
#include "chain/log_index.hpp"
#include "chain/record_search.hpp"
#include "chain/sidecars.hpp"
#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "state/state_writer.hpp"
#include "state/stored_state.hpp"

// Column `meta`:
//
//   format    1 (one byte): what this file, block_bytes.hpp, record.hpp and state_keys.hpp describe
//   genesis   JSON in geth's format
//   head      rlp([number, last record])
//   settings  encode_settings, those in force
//   log_index_from  number_key of the first block in the log index (log_index.hpp); a chain
//             without it was made before there was one
//   appearances_from  likewise, of the table of appearances (appearances.hpp)
//   states_from  rlp([number, ...]), of each dump without past states the first block with a
//             known state; without it that is the first block
//   fork      encode_fork_point, where the chain was forked from another node's
//   bad_blocks     rlp([block ...]), those refused last (bad_blocks.hpp)
//   free_snapshot  rlp([id]): the first that no snapshot of a dev chain has had; dev_cheats.cpp's

namespace cairn::chain {
namespace {

using store::Batch;
using store::Column;

constexpr std::uint8_t kFormat = 1;

void put_meta(Batch& batch, std::string_view key, BytesView value) {
  batch.put(Column::meta, base::bytes_of(key), value);
}

Result<Bytes> get_meta(const store::Reader& reader, std::string_view key) {
  auto bytes = reader.get(Column::meta, base::bytes_of(key));
  if (!bytes) {
    return fail(ErrorCode::corrupt, fmt::format("the store has no `{}` of a chain", key));
  }
  return *std::move(bytes);
}

struct HeadMark {
  std::uint64_t number = 0;
  std::uint64_t last_record = 0;
};

constexpr std::string_view kStatesFrom = "states_from";

void put_states_from(Batch& batch, const std::vector<std::uint64_t>& numbers) {
  put_meta(batch, kStatesFrom, codec::encode_rlp([&](auto& sink) {
             sink.list([&](auto& fields) {
               for (const std::uint64_t number : numbers) {
                 fields.number(number);
               }
             });
           }));
}

Result<std::vector<std::uint64_t>> get_states_from(const store::Reader& reader) {
  std::vector<std::uint64_t> out;
  const auto bytes = reader.get(Column::meta, base::bytes_of(kStatesFrom));
  if (!bytes) {
    return out;
  }
  CAIRN_TRY(codec::RlpReader fields, codec::read_rlp_list(*bytes, kStatesFrom));
  while (!fields.at_end()) {
    CAIRN_TRY(const std::uint64_t number, fields.u64(kStatesFrom));
    out.push_back(number);
  }
  return out;
}

void put_head(Batch& batch, const HeadMark& mark) {
  put_meta(batch, "head", codec::encode_rlp([&](auto& sink) {
             sink.list([&](auto& fields) {
               fields.number(mark.number);
               fields.number(mark.last_record);
             });
           }));
}

Result<HeadMark> get_head(const store::Reader& reader) {
  CAIRN_TRY(const Bytes bytes, get_meta(reader, "head"));
  CAIRN_TRY(codec::RlpReader fields, codec::read_rlp_list(bytes, "head"));
  HeadMark out;
  CAIRN_TRY(out.number, fields.u64("head number"));
  CAIRN_TRY(out.last_record, fields.u64("last record"));
  CAIRN_CHECK(fields.finish("head"));
  return out;
}

state::Changeset changes_of(const types::Genesis& genesis) {
  state::Changeset out;
  for (const auto& [address, account] : genesis.alloc) {
    state::AccountChange change;
    change.after.emplace();
    change.after->nonce = account.nonce;
    change.after->balance = account.balance;
    if (!account.code.empty()) {
      change.after->code_hash = crypto::keccak256(account.code);
      out.codes.emplace(change.after->code_hash, std::make_shared<const Bytes>(account.code));
    }
    for (const auto& [key, value] : account.storage) {
      if (!value.is_zero()) {
        change.slots.emplace(key, state::SlotChange{.before = {}, .after = value});
      }
    }
    out.accounts.emplace(address, std::move(change));
  }
  return out;
}

}  // namespace

struct Chain::Impl {
  std::shared_ptr<store::Store> store;
  std::shared_ptr<const types::Genesis> genesis;
  std::shared_ptr<BlockCache> cache = std::make_shared<BlockCache>();
  std::shared_ptr<evm::CodeCache> code_cache = std::make_shared<evm::CodeCache>();
  std::shared_ptr<const store::Reader> reader;  // the store after the last change
  std::uint64_t last_record = 0;
  std::uint64_t logs_from = 0;
  std::uint64_t appearances_from = 0;
  std::vector<std::uint64_t> states_from;  // ascending
  std::shared_ptr<const Fork> fork;        // null: a chain of its own
  mutable std::mutex head_mutex;
  std::shared_ptr<const ChainView> head;

  Result<void> load(std::shared_ptr<const ForkSource> source);
  // The state below this chain's own; null where it has all of it.
  std::shared_ptr<const state::StateView> below() const { return fork ? fork->state : nullptr; }
  Result<std::uint64_t> load_first_of(std::string_view index, std::uint64_t head_number);
  ChainView::Parts parts_of(SealedHeader header, const Settings& settings,
                            bool pending_cheats) const;
  void publish(SealedHeader header, const Settings& settings, bool pending_cheats);
  Result<void> commit(Batch batch, SealedHeader header, const Settings& settings,
                      bool pending_cheats, std::uint64_t record);
  void keep(WrittenBlock written);
};

Result<void> Chain::Impl::load(std::shared_ptr<const ForkSource> source) {
  reader = store->snapshot();
  CAIRN_TRY(const Bytes format, get_meta(*reader, "format"));
  if (format != Bytes{kFormat}) {
    return fail(ErrorCode::unsupported,
                fmt::format("the chain is stored in format {}, this program knows format {}",
                            base::to_hex(format), kFormat));
  }
  CAIRN_TRY(const Bytes json, get_meta(*reader, "genesis"));
  CAIRN_TRY(types::ParsedGenesis parsed, types::parse_genesis(base::text_of(json)));
  genesis = std::make_shared<const types::Genesis>(std::move(parsed.genesis));
  CAIRN_TRY(const auto point, fork_point_of(*reader));
  if (point.has_value() != (source != nullptr)) {
    return fail(ErrorCode::conflict, point ? "the chain is a fork: it needs its source"
                                           : "the chain is not a fork: it has no source");
  }
  if (point) {
    fork = std::make_shared<const Fork>(*point, std::move(source));
  }
  CAIRN_TRY(const HeadMark mark, get_head(*reader));
  CAIRN_TRY(const Bytes settings_bytes, get_meta(*reader, "settings"));
  CAIRN_TRY(const Settings settings, decode_settings(settings_bytes));
  const auto header = reader->get(Column::headers, number_key(mark.number));
  if (!header) {
    return fail(ErrorCode::corrupt, fmt::format("the head, block {}, is missing", mark.number));
  }
  CAIRN_TRY(SealedHeader sealed, decode_sealed_header(*header));
  CAIRN_TRY(const bool pending, cheats_pending(*reader, mark.last_record));
  last_record = mark.last_record;
  CAIRN_TRY(logs_from, load_first_of("log_index_from", mark.number));
  CAIRN_TRY(appearances_from, load_first_of("appearances_from", mark.number));
  CAIRN_TRY(states_from, get_states_from(*reader));
  publish(std::move(sealed), settings, pending);
  return {};
}

// Blocks that came before an index stay without it; logs are found by blooms there, appearances by
// running the blocks again: writing keys for a long chain would keep the first start waiting, once
// for each user, for what only questions about old blocks are slower without.
Result<std::uint64_t> Chain::Impl::load_first_of(std::string_view index,
                                                 std::uint64_t head_number) {
  if (const auto bytes = reader->get(Column::meta, base::bytes_of(index))) {
    return read_number(*bytes);
  }
  Batch batch;
  put_meta(batch, index, number_key(head_number + 1));
  CAIRN_CHECK(store->commit(std::move(batch)));
  return head_number + 1;
}

ChainView::Parts Chain::Impl::parts_of(SealedHeader header, const Settings& settings,
                                       bool pending_cheats) const {
  return {.reader = reader,
          .genesis = genesis,
          .cache = cache,
          .code_cache = code_cache,
          .head = std::move(header),
          .pending_cheats = pending_cheats,
          .settings = settings,
          .state = std::make_shared<const state::StoredState>(reader, below()),
          .logs_from = logs_from,
          .appearances_from = appearances_from,
          .states_from = states_from.empty() ? 0 : states_from.back(),
          .fork = fork};
}

void Chain::Impl::publish(SealedHeader header, const Settings& settings, bool pending_cheats) {
  reader = store->snapshot();
  auto view =
      std::make_shared<const ChainView>(parts_of(std::move(header), settings, pending_cheats));
  const std::scoped_lock lock(head_mutex);
  head = std::move(view);
}

void Chain::Impl::keep(WrittenBlock written) {
  const Hash256 hash = written.block->hash;
  cache->put_block(hash, std::move(written.block));
  cache->put_receipts(hash, std::move(written.receipts));
}

Result<void> Chain::Impl::commit(Batch batch, SealedHeader header, const Settings& settings,
                                 bool pending_cheats, std::uint64_t record) {
  put_head(batch, {.number = header.header.number, .last_record = record});
  CAIRN_CHECK(store->commit(std::move(batch)));
  last_record = record;
  publish(std::move(header), settings, pending_cheats);
  return {};
}

Chain::Chain(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Chain::~Chain() = default;

bool Chain::exists(const store::Store& store) {
  return store.get(Column::meta, base::bytes_of("format")).has_value();
}

Result<std::unique_ptr<Chain>> Chain::create(std::shared_ptr<store::Store> store,
                                             const types::Genesis& genesis,
                                             const Settings& settings) {
  if (exists(*store)) {
    return fail(ErrorCode::conflict, "the store has a chain already");
  }
  if (genesis.header.number != 0) {
    return fail(ErrorCode::invalid_argument, "genesis: number: a chain begins at block 0");
  }
  Batch batch;
  SealedBlock block;
  block.block.header = genesis.header;
  block.block.header.state_root = state::add_block_changes(*store, batch, 0, changes_of(genesis));
  if (genesis.header.withdrawals_root) {
    block.block.withdrawals.emplace();
  }
  block.hash = types::header_hash(block.block.header);
  put_block(batch, *store, block, {}, {});
  put_meta(batch, "format", Bytes{kFormat});
  put_meta(batch, "log_index_from", number_key(0));
  put_meta(batch, "appearances_from", number_key(0));
  put_meta(batch, "genesis", base::bytes_of(types::genesis_to_json(genesis)));
  put_meta(batch, "settings", encode_settings(settings));
  put_head(batch, {.number = 0, .last_record = 0});
  CAIRN_CHECK(store->commit(std::move(batch)));
  return open(std::move(store));
}

Result<std::unique_ptr<Chain>> Chain::create_fork(std::shared_ptr<store::Store> store,
                                                  const types::ChainConfig& config,
                                                  const ForkPoint& point,
                                                  const state::Changeset& changes,
                                                  std::shared_ptr<const ForkSource> source,
                                                  const Settings& settings) {
  if (exists(*store)) {
    return fail(ErrorCode::conflict, "the store has a chain already");
  }
  const types::Header& header = point.block.header;
  const Bytes key = number_key(header.number);
  types::Genesis genesis;
  genesis.config = config;
  genesis.header.gas_limit = header.gas_limit;
  Batch batch;
  state::add_block_changes(*store, batch, 0, changes, source->state_at(header.number).get());
  batch.put(Column::headers, key, encode_sealed_header(point.block));
  batch.put(Column::block_numbers, point.block.hash, key);
  put_meta(batch, "format", Bytes{kFormat});
  put_meta(batch, "fork", encode_fork_point(point));
  put_meta(batch, "log_index_from", number_key(0));
  put_meta(batch, "appearances_from", number_key(0));
  put_meta(batch, "genesis", base::bytes_of(types::genesis_to_json(genesis)));
  put_meta(batch, "settings", encode_settings(settings));
  put_head(batch, {.number = header.number, .last_record = 0});
  CAIRN_CHECK(store->commit(std::move(batch)));
  return open(std::move(store), std::move(source));
}

Result<std::optional<ForkPoint>> Chain::fork_point_of(const store::Reader& store) {
  const auto bytes = store.get(Column::meta, base::bytes_of("fork"));
  if (!bytes) {
    return std::nullopt;
  }
  return decode_fork_point(*bytes);
}

Result<std::unique_ptr<Chain>> Chain::open(std::shared_ptr<store::Store> store,
                                           std::shared_ptr<const ForkSource> source) {
  auto impl = std::make_unique<Impl>();
  impl->store = std::move(store);
  CAIRN_CHECK(impl->load(std::move(source)));
  return std::unique_ptr<Chain>(new Chain(std::move(impl)));
}

std::shared_ptr<const ChainView> Chain::head() const {
  const std::scoped_lock lock(impl_->head_mutex);
  return impl_->head;
}

Result<std::shared_ptr<const ChainView>> Chain::append(ProducedBlock produced, Batch batch) {
  CAIRN_TRY(WrittenBlock written, write_block(batch, *impl_->reader, *impl_->head,
                                              impl_->last_record, std::move(produced)));
  if (written.begins_states) {
    impl_->states_from.push_back(written.block->block.header.number);
    put_states_from(batch, impl_->states_from);
  }
  CAIRN_CHECK(impl_->commit(std::move(batch), {written.block->hash, written.block->block.header},
                            written.settings, false, written.last_record));
  impl_->keep(std::move(written));
  return head();
}

Result<std::shared_ptr<const ChainView>> Chain::append_run(std::uint64_t most,
                                                           const NextBlock& next, Batch batch) {
  Draft run = draft();
  // No batch is larger than a section of the indices, however many are wanted.
  while (run.added().size() < most &&
         (run.added().empty() || !ends_section(run.head()->number() + 1))) {
    auto produced = next(*run.head());
    if (!produced && !run.added().empty()) {
      break;
    }
    CAIRN_CHECK(produced);
    CAIRN_CHECK(run.append(*std::move(produced)));
  }
  CAIRN_CHECK(commit(std::move(run), std::move(batch)));
  return head();
}

Result<void> Chain::cheat(const state::Changeset& changes) {
  if (changes.empty()) {
    return {};
  }
  const ChainView& at = *impl_->head;
  Batch batch;
  state::add_cheat(*impl_->reader, batch, at.number(), changes, impl_->below().get());
  const std::uint64_t sequence = impl_->last_record + 1;
  batch.put(Column::records, number_key(sequence), encode_record(CheatRecord{changes}));
  return impl_->commit(std::move(batch), {at.hash(), at.header()}, at.settings(), true, sequence);
}

Result<void> Chain::change_settings(const Settings& settings) {
  const ChainView& at = *impl_->head;
  if (settings == at.settings()) {
    return {};
  }
  Batch batch;
  const std::uint64_t sequence = impl_->last_record + 1;
  put_settings(batch, sequence, at.settings(), settings);
  return impl_->commit(std::move(batch), {at.hash(), at.header()}, settings,
                       at.has_pending_cheats(), sequence);
}

std::uint64_t Chain::last_record() const { return impl_->last_record; }

Result<std::uint64_t> Chain::record_upon(std::uint64_t block_number) const {
  const std::uint64_t first = impl_->fork ? impl_->fork->number() : 0;
  if (block_number < first) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("block {} is the source's: this chain begins after block {}",
                            block_number, first));
  }
  if (block_number > impl_->head->number()) {
    return fail(ErrorCode::not_found, fmt::format("the chain has no block {}", block_number));
  }
  std::uint64_t upon = impl_->last_record;
  for (std::uint64_t above = impl_->head->number(); above > block_number;) {
    CAIRN_TRY(const auto found, record_before(*impl_->reader, upon));
    if (!found) {
      return fail(ErrorCode::corrupt, fmt::format("block {} has no record", above));
    }
    above -= std::holds_alternative<BlockRecord>(found->record) ? 1 : 0;
    upon = found->sequence - 1;
  }
  CAIRN_TRY(const auto found, record_before(*impl_->reader, upon));
  return found ? found->sequence : 0;
}

Result<std::vector<RemovedBlock>> Chain::truncate_to(std::uint64_t sequence, Batch beside,
                                                     const AdjustSettings& adjust) {
  Draft taken_back = draft();
  CAIRN_CHECK(taken_back.truncate_to(sequence, adjust));
  return commit(std::move(taken_back), std::move(beside));
}

Draft Chain::draft() const {
  const ChainView& at = *impl_->head;
  return Draft(impl_->parts_of({at.hash(), at.header()}, at.settings(), at.has_pending_cheats()),
               impl_->last_record, impl_->states_from);
}

Result<std::vector<RemovedBlock>> Chain::commit(Draft draft, Batch beside) {
  if (draft.begun_at() != impl_->last_record) {
    throw std::logic_error("a draft of a chain that has changed since");
  }
  Batch batch = draft.added_to(std::move(beside));
  if (draft.states_from() != impl_->states_from) {
    impl_->states_from = draft.states_from();
    put_states_from(batch, impl_->states_from);
  }
  const ChainView& then = *draft.head();
  CAIRN_CHECK(impl_->commit(std::move(batch), {then.hash(), then.header()}, then.settings(),
                            then.has_pending_cheats(), draft.last_record()));
  for (const WrittenBlock& one : draft.added()) {
    impl_->keep(one);
  }
  return draft.take_removed();
}

Result<void> Chain::become(const Batch& content, std::shared_ptr<const ForkSource> source) {
  constexpr std::size_t kLongestKey = 256;
  Batch batch;
  for (std::size_t i = 0; i < store::kColumnCount; ++i) {
    batch.erase_range(static_cast<Column>(i), {}, Bytes(kLongestKey, 0xff));
  }
  content.replay(
      [&](Column column, BytesView key, BytesView value) { batch.put(column, key, value); },
      [&](Column column, BytesView key) { batch.erase(column, key); },
      [&](Column column, BytesView first, BytesView end) {
        batch.erase_range(column, first, end);
      });
  CAIRN_CHECK(impl_->store->commit(std::move(batch)));
  return impl_->load(std::move(source));
}

Result<void> Chain::change_source_url(const std::string& url) {
  if (!impl_->fork) {
    return fail(ErrorCode::conflict, "the chain is not a fork: it has no source");
  }
  ForkPoint point = impl_->fork->point;
  point.url = url;
  Batch batch;
  put_meta(batch, "fork", encode_fork_point(point));
  CAIRN_CHECK(impl_->store->commit(std::move(batch)));
  return impl_->load(impl_->fork->source);
}

Result<void> Chain::write_beside(Batch batch) { return impl_->store->commit(std::move(batch)); }

const store::Store& Chain::store() const { return *impl_->store; }

}  // namespace cairn::chain
