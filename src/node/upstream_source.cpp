#include "node/upstream_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>

#include "base/hex.hpp"
#include "chain/block_bytes.hpp"
#include "crypto/keccak.hpp"
#include "execution/system_calls.hpp"
#include "node/upstream_json.hpp"
#include "state/state_keys.hpp"

namespace cairn::node {
namespace {

using chain::FoundLog;
using chain::SealedHeader;
using state::StateUnavailable;
using store::Batch;
using store::Column;

Bytes key_of(char kind, BytesView rest = {}) {
  Bytes out{static_cast<std::uint8_t>(kind)};
  base::append(out, rest);
  return out;
}

Bytes key_at(char kind, std::uint64_t number, BytesView rest = {}) {
  Bytes out = key_of(kind, chain::number_key(number));
  base::append(out, rest);
  return out;
}

std::string hex_number(std::uint64_t number) { return fmt::format(R"("{:#x}")", number); }

std::string quoted(BytesView bytes) { return fmt::format(R"("{}")", base::to_hex(bytes)); }

template <class T>
std::string json_list(const std::vector<T>& items) {
  std::string out = "[";
  for (const T& item : items) {
    out += (out.size() > 1 ? "," : "") + quoted(item);
  }
  return out + ']';
}

std::string filter_json(const chain::LogFilter& filter, std::uint64_t first, std::uint64_t last) {
  std::string topics;
  for (const auto& choices : filter.topics) {
    topics += topics.empty() ? "" : ",";
    topics += choices.empty() ? "null" : json_list(choices);
  }
  return fmt::format(R"([{{"fromBlock":{},"toBlock":{}{}{}}}])", hex_number(first),
                     hex_number(last),
                     filter.addresses.empty() ? "" : R"(,"address":)" + json_list(filter.addresses),
                     topics.empty() ? "" : R"(,"topics":[)" + topics + ']');
}

// What a question about an account needs: three answers.
constexpr std::size_t kAnswersOfAccount = 3;

}  // namespace

struct UpstreamSource::Impl {
  mutable std::atomic<std::shared_ptr<Upstream>> upstream;
  std::shared_ptr<store::Store> cache;
  std::chrono::milliseconds retry_backoff{};

  std::optional<Bytes> find(BytesView key) const { return cache->get(Column::upstream, key); }
  // A cache that cannot be written is no reason to fail: the next commit will say so.
  void keep(Batch batch) const { (void)cache->commit(std::move(batch)); }
  void keep(BytesView key, BytesView value) const {
    Batch batch;
    batch.put(Column::upstream, key, value);
    keep(std::move(batch));
  }

  std::string sentence(const UpstreamQuestion& question, const UpstreamError& error) const {
    return error.refused ? fmt::format("upstream {}: {}{} was refused: {}", upstream.load()->url(),
                                       question.method, question.params, error.message)
                         : error.message;
  }

  Error error_of(const UpstreamQuestion& question, const UpstreamError& error) const {
    return {ErrorCode::conflict, sentence(question, error)};
  }

  Error lie(const UpstreamQuestion& question, const Error& error) const {
    return {ErrorCode::conflict,
            fmt::format("upstream {}: {}{} was answered with something else: {}",
                        upstream.load()->url(), question.method, question.params, error.message)};
  }

  // One answer read, or the sentence that tells why not.
  template <class Read>
  auto read(const UpstreamQuestion& question, const UpstreamAnswer& answer, Read&& read_text) const
      -> decltype(read_text(std::string_view())) {
    if (!answer) {
      return std::unexpected(error_of(question, answer.error()));
    }
    auto value = read_text(*answer);
    if (!value) {
      return std::unexpected(lie(question, value.error()));
    }
    return value;
  }

  template <class Read>
  auto ask(const std::string& method, const std::string& params, Read&& read_text) const {
    const UpstreamQuestion question{method, params};
    return read(question, upstream.load()->ask(method, params), std::forward<Read>(read_text));
  }

  Result<std::optional<SealedHeader>> ask_header(std::uint64_t number) const {
    CAIRN_TRY(auto header,
              ask("eth_getBlockByNumber", fmt::format("[{},false]", hex_number(number)),
                  read_upstream_header));
    if (header && header->header.number != number) {
      return fail(ErrorCode::conflict,
                  fmt::format("upstream {}: asked for block {} it answers with block {}",
                              upstream.load()->url(), number, header->header.number));
    }
    return header;
  }

  void keep_header(const SealedHeader& header) const {
    keep(key_at('h', header.header.number), chain::encode_sealed_header(header));
  }

  Result<SealedHeader> header_at(std::uint64_t number) const {
    if (const auto kept = find(key_at('h', number))) {
      return chain::decode_sealed_header(*kept);
    }
    CAIRN_TRY(auto header, ask_header(number));
    if (!header) {
      return fail(ErrorCode::conflict, fmt::format("upstream {} no longer has block {}",
                                                   upstream.load()->url(), number));
    }
    keep_header(*header);
    return *std::move(header);
  }

  // How questions about the state name a block.
  Result<std::string> block_parameter(std::uint64_t number) const {
    if (find(key_of('n'))) {
      return hex_number(number);
    }
    CAIRN_TRY(const SealedHeader header, header_at(number));
    return by_hash(header.hash);
  }

  static std::string by_hash(const Hash256& hash) {
    return fmt::format(R"({{"blockHash":{}}})", quoted(hash));
  }

  Result<void> fetch(std::uint64_t number, std::span<const Address> accounts,
                     std::span<const Slot> slots) const;
  Result<void> keep_account(Batch& batch, std::uint64_t number, const Address& address,
                            std::span<const UpstreamQuestion> questions,
                            std::span<const UpstreamAnswer> answers) const;
};

Result<void> UpstreamSource::Impl::keep_account(Batch& batch, std::uint64_t number,
                                                const Address& address,
                                                std::span<const UpstreamQuestion> questions,
                                                std::span<const UpstreamAnswer> answers) const {
  types::Account account;
  CAIRN_TRY(account.balance, read(questions[0], answers[0], read_upstream_quantity));
  CAIRN_TRY(account.nonce, read(questions[1], answers[1], read_upstream_number));
  CAIRN_TRY(const Bytes code, read(questions[2], answers[2], read_upstream_data));
  if (!code.empty()) {
    account.code_hash = crypto::keccak256(code);
    batch.put(Column::upstream, key_of('c', account.code_hash), code);
  }
  const Bytes key = key_at('a', number, address);
  batch.put(Column::upstream, key,
            account.is_empty() ? Bytes{} : state::encode_account_record({.account = account}));
  return {};
}

Result<void> UpstreamSource::Impl::fetch(std::uint64_t number, std::span<const Address> accounts,
                                         std::span<const Slot> slots) const {
  std::vector<Address> missing_accounts;
  std::vector<Slot> missing_slots;
  std::ranges::copy_if(accounts, std::back_inserter(missing_accounts),
                       [&](const Address& address) { return !find(key_at('a', number, address)); });
  std::ranges::copy_if(slots, std::back_inserter(missing_slots), [&](const Slot& slot) {
    return !find(key_at('s', number, state::slot_key(slot.first, slot.second)));
  });
  if (missing_accounts.empty() && missing_slots.empty()) {
    return {};
  }
  CAIRN_TRY(const std::string block, block_parameter(number));
  std::vector<UpstreamQuestion> questions;
  for (const Address& address : missing_accounts) {
    const std::string params = fmt::format("[{},{}]", quoted(address), block);
    questions.push_back({"eth_getBalance", params});
    questions.push_back({"eth_getTransactionCount", params});
    questions.push_back({"eth_getCode", params});
  }
  for (const auto& [address, key] : missing_slots) {
    questions.push_back({"eth_getStorageAt", fmt::format("[{},{},{}]", quoted(address),
                                                         quoted(base::to_hash(key)), block)});
  }
  const std::vector<UpstreamAnswer> answers = upstream.load()->ask_all(questions);
  const std::span all_questions(questions);
  const std::span all_answers(answers);
  Batch batch;
  std::size_t at = 0;
  for (const Address& address : missing_accounts) {
    CAIRN_CHECK(keep_account(batch, number, address, all_questions.subspan(at, kAnswersOfAccount),
                             all_answers.subspan(at, kAnswersOfAccount)));
    at += kAnswersOfAccount;
  }
  for (const auto& [address, key] : missing_slots) {
    CAIRN_TRY(const U256 value, read(questions[at], answers[at], read_upstream_quantity));
    batch.put(Column::upstream, key_at('s', number, state::slot_key(address, key)),
              base::to_be_compact(value));
    ++at;
  }
  keep(std::move(batch));
  return {};
}

// A block's state at the other node.
class UpstreamSource::State final : public state::StateView {
 public:
  State(std::shared_ptr<const Impl> impl, std::uint64_t number)
      : impl_(std::move(impl)), number_(number) {}

  std::optional<types::Account> account(const Address& address) const override {
    const Bytes key = key_at('a', number_, address);
    auto kept = impl_->find(key);
    if (!kept) {
      demand(impl_->fetch(number_, {&address, 1}, {}));
      kept = found(impl_->find(key));
    }
    return kept->empty() ? std::nullopt
                         : std::optional{state::decode_account_record(*kept).account};
  }

  U256 storage(const Address& address, const U256& key) const override {
    const Bytes cache_key = key_at('s', number_, state::slot_key(address, key));
    auto kept = impl_->find(cache_key);
    if (!kept) {
      const Slot slot{address, key};
      demand(impl_->fetch(number_, {}, {&slot, 1}));
      kept = found(impl_->find(cache_key));
    }
    return state::decode_slot_value(*kept);
  }

  std::shared_ptr<const Bytes> code(const Hash256& code_hash) const override {
    auto kept = impl_->find(key_of('c', code_hash));
    return kept ? std::make_shared<const Bytes>(*std::move(kept)) : nullptr;
  }

  // Nodes do not say. An account that never sent or ran anything is taken to have none.
  bool has_storage(const Address& address) const override {
    const auto there = account(address);
    return there && (there->nonce != 0 || there->has_code());
  }
  void for_each_slot(const Address&, const state::SlotVisitor&) const override {}
  bool has_unlisted_storage(const Address&) const override { return true; }

 private:
  static void demand(const Result<void>& done) {
    if (!done) {
      throw StateUnavailable(done.error().message);
    }
  }
  static std::optional<Bytes> found(std::optional<Bytes> kept) {
    if (!kept) {
      throw StateUnavailable("what the upstream said could not be written to the store");
    }
    return kept;
  }

  std::shared_ptr<const Impl> impl_;
  std::uint64_t number_;
};

UpstreamSource::UpstreamSource(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::shared_ptr<UpstreamSource>> UpstreamSource::make(const UpstreamOptions& options,
                                                             std::shared_ptr<store::Store> cache) {
  auto impl = std::make_shared<Impl>();
  CAIRN_TRY(std::shared_ptr<Upstream> upstream, Upstream::make(options));
  impl->upstream = std::move(upstream);
  impl->cache = std::move(cache);
  impl->retry_backoff = options.retry_backoff;
  return std::shared_ptr<UpstreamSource>(new UpstreamSource(std::move(impl)));
}

std::shared_ptr<const state::StateView> UpstreamSource::state_at(std::uint64_t number) const {
  return std::make_shared<const State>(impl_, number);
}

SealedHeader UpstreamSource::header_at(std::uint64_t number) const {
  auto header = impl_->header_at(number);
  if (!header) {
    throw StateUnavailable(header.error().message);
  }
  return *std::move(header);
}

std::vector<FoundLog> UpstreamSource::logs(const chain::LogFilter& filter, std::uint64_t first,
                                           std::uint64_t last) const {
  const UpstreamQuestion question{"eth_getLogs", filter_json(filter, first, last)};
  auto logs = impl_->read(question, pass(question.method, question.params), read_upstream_logs);
  if (!logs) {
    throw StateUnavailable(logs.error().message);
  }
  std::map<std::uint64_t, std::uint64_t> timestamps;
  for (FoundLog& log : *logs) {
    if (log.block_number < first || log.block_number > last || !matches(filter, log.log)) {
      throw StateUnavailable(
          impl_->lie(question, {ErrorCode::malformed, "a log that was not asked for"}).message);
    }
    if (log.block_timestamp == 0) {
      const auto [known, fresh] = timestamps.try_emplace(log.block_number);
      if (fresh) {
        known->second = header_at(log.block_number).header.timestamp;
      }
      log.block_timestamp = known->second;
    }
  }
  return *std::move(logs);
}

UpstreamAnswer UpstreamSource::pass(const std::string& method, const std::string& params,
                                    const Belongs& belongs) const {
  const Bytes key = key_of('r', crypto::keccak256(base::bytes_of(method + params)));
  if (const auto kept = impl_->find(key)) {
    return std::string(base::text_of(*kept));
  }
  UpstreamAnswer answer = impl_->upstream.load()->ask(method, params);
  if (answer && belongs && *answer != "null" && !belongs(*answer)) {
    return "null";
  }
  if (answer && *answer != "null") {
    impl_->keep(key, base::bytes_of(*answer));
  }
  return answer;
}

Result<std::uint64_t> UpstreamSource::newest_block() const {
  return impl_->ask("eth_blockNumber", "[]", read_upstream_number);
}

Result<std::uint64_t> UpstreamSource::chain_id() const {
  return impl_->ask("eth_chainId", "[]", read_upstream_number);
}

Result<std::optional<SealedHeader>> UpstreamSource::ask_header(std::uint64_t number) const {
  return impl_->ask_header(number);
}

Result<void> UpstreamSource::begin_at(const SealedHeader& block) const {
  impl_->keep_header(block);
  const UpstreamQuestion by_hash{
      "eth_getBalance", fmt::format("[{},{}]", quoted(Address{}), Impl::by_hash(block.hash))};
  const UpstreamAnswer answer = impl_->upstream.load()->ask(by_hash.method, by_hash.params);
  if (answer) {
    CAIRN_CHECK(impl_->read(by_hash, answer, read_upstream_quantity));
  } else if (answer.error().refused) {
    impl_->keep(key_of('n'), Bytes{1});
  } else {
    return std::unexpected(impl_->error_of(by_hash, answer.error()));
  }
  return {};
}

Result<void> UpstreamSource::fetch(std::uint64_t number, std::span<const Address> accounts,
                                   std::span<const Slot> slots) const {
  return impl_->fetch(number, accounts, slots);
}

void UpstreamSource::fetch_or_zero(std::uint64_t number, const Slot& slot,
                                   std::span<const Slot> with_it) const {
  const Bytes key = key_at('s', number, state::slot_key(slot.first, slot.second));
  if (!impl_->find(key) && !impl_->fetch(number, {}, with_it)) {
    impl_->keep(key, {});
  }
}

std::shared_ptr<const UpstreamSource> upstream_of(const chain::ChainView& chain) {
  return chain.fork() == nullptr
             ? nullptr
             : std::dynamic_pointer_cast<const UpstreamSource>(chain.fork()->source);
}

void reach_ahead(const chain::ChainView& head) {
  constexpr std::uint64_t kServed = 8'191;  // hashes
  constexpr std::uint64_t kAhead = 64;
  const auto source = upstream_of(head);
  if (!source || !head.state()->account(execution::kHistoryAddress) ||
      !head.state()->has_unlisted_storage(execution::kHistoryAddress)) {
    return;
  }
  std::vector<Slot> slots;
  slots.reserve(kAhead);
  for (std::uint64_t i = 0; i < kAhead; ++i) {
    slots.emplace_back(execution::kHistoryAddress, (head.number() + i) % kServed);
  }
  source->fetch_or_zero(head.fork()->number(), slots.front(), slots);
}

std::string UpstreamSource::url() const { return impl_->upstream.load()->url(); }

Result<void> UpstreamSource::move(const UpstreamOptions& options, const SealedHeader& block) const {
  CAIRN_TRY(const auto other, make(options, impl_->cache));
  const std::uint64_t number = block.header.number;
  CAIRN_TRY(const auto header, other->ask_header(number));
  if (!header || header->hash != block.hash) {
    return fail(ErrorCode::conflict,
                fmt::format("upstream {} has another block {}, or none", other->url(), number));
  }
  impl_->upstream = other->impl_->upstream.load();
  return {};
}

std::uint64_t UpstreamSource::retry_backoff_ms() const {
  return static_cast<std::uint64_t>(impl_->retry_backoff.count());
}

void UpstreamSource::stop() const { impl_->upstream.load()->stop(); }

}  // namespace cairn::node
