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
#include "node/url_origin.hpp"
#include "state/state_keys.hpp"

namespace cairn::node {
namespace {

// Forty times Ethereum's limit (EIP-170); the chains that allow more stay far below.
constexpr std::size_t kLongestCode = std::size_t{1} << 20;  // bytes

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

// What makes a block whole. eth_feeHistory is here as it is asked where no rewards are.
enum WholeQuestion : std::size_t { kWithHashes, kWithTransactions, kReceipts, kFees };
std::vector<UpstreamQuestion> questions_of_whole(std::uint64_t number) {
  const std::string block = hex_number(number);
  return {{"eth_getBlockByNumber", fmt::format("[{},false]", block)},
          {"eth_getBlockByNumber", fmt::format("[{},true]", block)},
          {"eth_getBlockReceipts", fmt::format("[{}]", block)},
          {"eth_feeHistory", fmt::format(R"(["0x1",{},[]])", block)}};
}

}  // namespace

struct UpstreamSource::Impl {
  mutable std::atomic<std::shared_ptr<Upstream>> upstream;
  mutable std::atomic<std::shared_ptr<const WholeBlock>> whole;     // once it was asked for
  mutable std::atomic<std::shared_ptr<const SealedHeader>> ground;  // the fork's block
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

  static Bytes key_of_result(const UpstreamQuestion& question) {
    return key_of('r', crypto::keccak256(base::bytes_of(question.method + question.params)));
  }
  std::optional<std::string> find_result(const UpstreamQuestion& question) const {
    const auto kept = find(key_of_result(question));
    return kept ? std::optional<std::string>(base::text_of(*kept)) : std::nullopt;
  }
  std::shared_ptr<const WholeBlock> held() const;

  std::string origin() const { return origin_of(upstream.load()->url()); }

  std::string sentence(const UpstreamQuestion& question, const UpstreamError& error) const {
    return error.refused ? fmt::format("upstream {}: {}{} was refused: {}", origin(),
                                       question.method, question.params, error.message)
                         : error.message;
  }

  Error error_of(const UpstreamQuestion& question, const UpstreamError& error) const {
    return {ErrorCode::conflict, sentence(question, error)};
  }

  Error lie(const UpstreamQuestion& question, const Error& error) const {
    return {ErrorCode::conflict,
            fmt::format("upstream {}: {}{} was answered with something else: {}", origin(),
                        question.method, question.params, error.message)};
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

  // The answers, from a source that still has the fork's block. What follows from a number, or is
  // found by a hash, is that block's past then, and no other's.
  std::vector<UpstreamAnswer> ask_on_ground(std::vector<UpstreamQuestion> questions) const {
    const auto block = ground.load();
    if (block) {
      questions.push_back(header_question(block->header.number));
    }
    auto answers = upstream.load()->ask_all(questions);
    if (block) {
      const UpstreamAnswer last = std::move(answers.back());
      answers.pop_back();
      if (const auto moved = check_ground(*block, questions.back(), last)) {
        std::ranges::replace_if(
            answers, [](const UpstreamAnswer& one) { return one || one.error().refused; },
            UpstreamAnswer(std::unexpected(*moved)));
      }
    }
    return answers;
  }

  std::optional<UpstreamError> check_ground(const SealedHeader& block,
                                            const UpstreamQuestion& question,
                                            const UpstreamAnswer& answer) const {
    if (!answer) {
      return UpstreamError{.message = sentence(question, answer.error())};
    }
    const auto header = read(question, answer, read_upstream_header);
    if (!header) {
      return UpstreamError{.message = header.error().message};
    }
    if (*header && (*header)->hash == block.hash) {
      return std::nullopt;
    }
    return UpstreamError{
        .message = fmt::format(
            "upstream {}: its block {} is {}, this chain was forked from {}: it has reorganised",
            origin(), block.header.number, *header ? base::to_hex((*header)->hash) : "not there",
            base::to_hex(block.hash))};
  }

  static UpstreamQuestion header_question(std::uint64_t number) {
    return {"eth_getBlockByNumber", fmt::format("[{},false]", hex_number(number))};
  }

  Result<std::optional<SealedHeader>> ask_header(std::uint64_t number) const {
    const UpstreamQuestion question = header_question(number);
    return header_of(number, question, upstream.load()->ask(question.method, question.params));
  }

  Result<std::optional<SealedHeader>> header_of(std::uint64_t number,
                                                const UpstreamQuestion& question,
                                                const UpstreamAnswer& answer) const {
    CAIRN_TRY(auto header, read(question, answer, read_upstream_header));
    if (header && header->header.number != number) {
      return fail(ErrorCode::conflict,
                  fmt::format("upstream {}: asked for block {} it answers with block {}", origin(),
                              number, header->header.number));
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
    const UpstreamQuestion question = header_question(number);
    CAIRN_TRY(auto header, header_of(number, question, ask_on_ground({question}).front()));
    if (!header) {
      return fail(ErrorCode::conflict,
                  fmt::format("upstream {} no longer has block {}", origin(), number));
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
  if (code.size() > kLongestCode) {
    return fail(ErrorCode::malformed,
                fmt::format("upstream {} gives {} bytes as the code of {}: at most {} are taken",
                            origin(), code.size(), base::to_hex(address), kLongestCode));
  }
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
  // By its hash the state is that of the block, whatever became of it.
  const std::vector<UpstreamAnswer> answers =
      find(key_of('n')) ? ask_on_ground(questions) : upstream.load()->ask_all(questions);
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

std::shared_ptr<const WholeBlock> UpstreamSource::Impl::held() const {
  if (auto known = whole.load()) {
    return known;
  }
  const auto mark = find(key_of('w'));
  if (!mark) {
    return nullptr;
  }
  const std::uint64_t number = base::from_be(*mark).low64();
  const auto questions = questions_of_whole(number);
  const auto header = header_at(number);
  const auto with_hashes = find_result(questions[kWithHashes]);
  const auto with_transactions = find_result(questions[kWithTransactions]);
  if (!header || !with_hashes || !with_transactions) {
    return nullptr;
  }
  const auto block = WholeBlock::read({.with_hashes = *with_hashes,
                                       .with_transactions = *with_transactions,
                                       .receipts = find_result(questions[kReceipts]).value_or("")},
                                      header->hash);
  if (block) {
    whole = *block;
  }
  return whole.load();
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
  if (const auto block = first == last ? held(first) : nullptr) {
    if (auto all = block->logs()) {
      std::erase_if(*all, [&](const FoundLog& log) { return !matches(filter, log.log); });
      return *std::move(all);
    }
  }
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
  if (auto kept = impl_->find_result({method, params})) {
    return *std::move(kept);
  }
  if (const auto block = impl_->held()) {
    if (auto known = block->answer(method, params)) {
      return *std::move(known);
    }
  }
  UpstreamAnswer answer = std::move(impl_->ask_on_ground({{method, params}}).front());
  if (answer && belongs && *answer != "null" && !belongs(*answer)) {
    return "null";
  }
  if (answer && *answer != "null") {
    impl_->keep(Impl::key_of_result({method, params}), base::bytes_of(*answer));
  }
  return answer;
}

void UpstreamSource::hold(const SealedHeader& block) const {
  const std::uint64_t number = block.header.number;
  if (held(number)) {
    return;
  }
  const auto questions = questions_of_whole(number);
  const auto answers = impl_->upstream.load()->ask_all(questions);
  const auto text = [&](WholeQuestion which) { return answers[which].value_or("null"); };
  const std::string receipts = text(kReceipts) == "null" ? "" : text(kReceipts);
  const auto whole = WholeBlock::read({.with_hashes = text(kWithHashes),
                                       .with_transactions = text(kWithTransactions),
                                       .receipts = receipts},
                                      block.hash);
  if (!whole) {
    return;
  }
  Batch batch;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (answers[i] && *answers[i] != "null") {
      batch.put(Column::upstream, Impl::key_of_result(questions[i]), base::bytes_of(*answers[i]));
    }
  }
  batch.put(Column::upstream, key_of('w'), chain::number_key(number));
  impl_->keep(std::move(batch));
}

std::shared_ptr<const WholeBlock> UpstreamSource::held(std::uint64_t number) const {
  const auto block = impl_->held();
  return block && block->number() == number ? block : nullptr;
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

void UpstreamSource::stand_on(const SealedHeader& block) const {
  impl_->ground = std::make_shared<const SealedHeader>(block);
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
    return fail(ErrorCode::conflict, fmt::format("upstream {} has another block {}, or none",
                                                 origin_of(other->url()), number));
  }
  impl_->upstream = other->impl_->upstream.load();
  return {};
}

std::uint64_t UpstreamSource::retry_backoff_ms() const {
  return static_cast<std::uint64_t>(impl_->retry_backoff.count());
}

void UpstreamSource::stop() const { impl_->upstream.load()->stop(); }

}  // namespace cairn::node
