#include "api/trace_filter.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/fee_methods.hpp"
#include "api/json_members.hpp"
#include "api/json_writer.hpp"
#include "api/parity_trace_methods.hpp"
#include "chain/appearances.hpp"
#include "execution/rewards.hpp"

namespace cairn::api {
namespace {

using chain::AppearanceCursor;
using chain::BlockAppearances;
using trace::ParityFrame;
using Mode = TraceFilter::Mode;

constexpr std::chrono::seconds kFilterTimeout{30};  // of a whole range

// Which traces of a range are wanted, and how many have gone by.
class Sieve {
 public:
  explicit Sieve(const TraceFilter& filter) : filter_(filter) {}

  bool is_full() const { return filter_.count && taken_ >= *filter_.count; }
  bool takes(std::optional<Address> from, std::optional<Address> to) {
    if (is_full() || !matches(from, to)) {
      return false;
    }
    if (skipped_ < filter_.after) {
      ++skipped_;
      return false;
    }
    ++taken_;
    return true;
  }

 private:
  static bool is_in(const std::vector<Address>& wanted, const std::optional<Address>& found) {
    return found && std::ranges::find(wanted, *found) != wanted.end();
  }
  bool matches(const std::optional<Address>& from, const std::optional<Address>& to) const {
    if (filter_.mode == Mode::unite && !filter_.from.empty() && !filter_.to.empty()) {
      return is_in(filter_.from, from) || is_in(filter_.to, to);
    }
    return (filter_.from.empty() || is_in(filter_.from, from)) &&
           (filter_.to.empty() || is_in(filter_.to, to));
  }

  const TraceFilter& filter_;
  std::uint64_t skipped_ = 0;
  std::uint64_t taken_ = 0;
};

// A block that may have what is wanted.
struct Candidate {
  std::uint64_t number = 0;
  bool reward = true;
  std::optional<std::vector<std::uint32_t>> transactions{};  // none: all of them
};

// The candidates of a filter by addresses, in the order of their numbers.
class Candidates {
 public:
  Candidates(const chain::ChainView& chain, const TraceFilter& filter)
      : chain_(chain),
        mode_(filter.mode),
        from_(cursor_of(filter.from)),
        to_(cursor_of(filter.to)) {}

  // The first at or after `number`.
  std::optional<Candidate> next(std::uint64_t number) {
    const bool in_table = number >= chain_.appearances_from();
    if (!in_table || (!from_ && !to_)) {
      return number <= chain_.number() ? std::optional(Candidate{.number = number}) : std::nullopt;
    }
    if (!from_ || !to_) {
      return candidate_of((from_ ? *from_ : *to_).next(number));
    }
    return mode_ == Mode::unite ? next_of_either(number) : next_of_both(number);
  }

 private:
  std::optional<AppearanceCursor> cursor_of(const std::vector<Address>& addresses) const {
    return addresses.empty() ? std::nullopt : std::optional(chain_.appearances_of(addresses));
  }

  static std::optional<Candidate> candidate_of(std::optional<BlockAppearances> found) {
    if (!found) {
      return std::nullopt;
    }
    return Candidate{found->number, found->reward, std::move(found->transactions)};
  }

  std::optional<Candidate> next_of_either(std::uint64_t number) {
    auto from = from_->next(number);
    auto to = to_->next(number);
    if (!from || (to && to->number < from->number)) {
      return candidate_of(std::move(to));
    }
    if (to && to->number == from->number) {
      from->reward |= to->reward;
      std::vector<std::uint32_t> both;
      std::ranges::set_union(from->transactions, to->transactions, std::back_inserter(both));
      from->transactions = std::move(both);
    }
    return candidate_of(std::move(from));
  }

  // A reward comes from nobody.
  std::optional<Candidate> next_of_both(std::uint64_t number) {
    for (;;) {
      const auto from = from_->next(number);
      const auto to = from ? to_->next(from->number) : std::nullopt;
      if (!to) {
        return std::nullopt;
      }
      if (to->number != from->number) {
        number = to->number;
        continue;
      }
      Candidate out{.number = to->number, .reward = false, .transactions = {}};
      std::ranges::set_intersection(from->transactions, to->transactions,
                                    std::back_inserter(out.transactions.emplace()));
      if (!out.transactions->empty()) {
        return out;
      }
      number = to->number + 1;
    }
  }

  const chain::ChainView& chain_;
  Mode mode_;
  std::optional<AppearanceCursor> from_;
  std::optional<AppearanceCursor> to_;
};

void write_reward(JsonWriter& out, const chain::SealedBlock& block, const Address& author,
                  std::string_view kind, const U256& value) {
  out.begin_object().key("action").begin_object();
  out.field("author", author).field("rewardType", kind).field("value", value).end_object();
  out.field("blockHash", block.hash).key("blockNumber").decimal(block.block.header.number);
  out.field("result", nullptr).key("subtraces").decimal(0);
  out.key("traceAddress").begin_array().end_array();
  out.field("transactionHash", nullptr).field("transactionPosition", nullptr);
  out.field("type", "reward").end_object();
}

// Proof of work's rewards (Yellow Paper 11.3).
void write_rewards(JsonWriter& out, const chain::SealedBlock& block, types::Fork fork,
                   Sieve& sieve) {
  const U256 reward = execution::block_reward(fork);
  if (reward.is_zero()) {
    return;
  }
  const types::Header& header = block.block.header;
  const U256 beside = reward / U256{32} * U256{block.block.ommers.size()};
  if (sieve.takes(std::nullopt, header.beneficiary)) {
    write_reward(out, block, header.beneficiary, "block", reward + beside);
  }
  for (const types::Header& ommer : block.block.ommers) {
    if (sieve.takes(std::nullopt, ommer.beneficiary)) {
      write_reward(out, block, ommer.beneficiary, "uncle",
                   reward * U256{8 + ommer.number - header.number} / U256{8});
    }
  }
}

// One block on its way through a sieve.
class BlockTraces {
 public:
  BlockTraces(const Context& context, std::shared_ptr<const chain::ChainView> chain, Sieve& sieve,
              AnswerWriter& out)
      : context_(context), chain_(std::move(chain)), sieve_(sieve), out_(out) {}

  RpcResult<void> write(const Candidate& candidate) {
    if (candidate.number == 0) {
      return {};
    }
    if (!candidate.transactions || !candidate.transactions->empty()) {
      CAIRN_CHECK(write_transactions(candidate));
    }
    if (candidate.reward) {
      const auto block = chain_->block_at(candidate.number);
      write_rewards(out_, *block, chain_->config().fork_of(block->block.header), sieve_);
    }
    return {};
  }

 private:
  RpcResult<void> write_transactions(const Candidate& candidate) {
    CAIRN_TRY(const auto replay, open_replay(context_, chain_, candidate.number));
    if (!candidate.transactions) {
      while (!replay->is_done() && !sieve_.is_full()) {
        CAIRN_CHECK(write_next(*replay));
      }
      return {};
    }
    for (const std::uint32_t index : *candidate.transactions) {
      if (sieve_.is_full()) {
        break;
      }
      const auto running = context_.call_timer->start(kTraceTimeout);
      CAIRN_CHECK(as_rpc(replay->skip_to(index, running.stop())));
      CAIRN_CHECK(check_trace(running, false));
      CAIRN_CHECK(write_next(*replay));
    }
    return {};
  }

  // Parity's names: a creation goes to what it made, a self-destruction to who got the balance.
  RpcResult<void> write_next(node::BlockReplay& replay) {
    trace::ParityTracer tracer({});
    CAIRN_CHECK(run_next(context_, replay, tracer));
    for (const ParityFrame& line : tracer.frames()) {
      if (sieve_.takes(line.frame->from, line.frame->to)) {
        write_parity_frame(out_, line, tracer.place());
      }
    }
    return check_kept(out_);
  }

  const Context& context_;
  std::shared_ptr<const chain::ChainView> chain_;
  Sieve& sieve_;
  AnswerWriter& out_;
};

RpcResult<std::uint64_t> number_of(const Context& context, const std::optional<BlockNumber>& block,
                                   BlockTag otherwise) {
  CAIRN_TRY(const auto place, traceable_block(context, block ? block->id : BlockId{otherwise}));
  return place.number;
}

Read<std::vector<Address>> read_addresses(const simdjson::dom::object& object,
                                          std::string_view name) {
  const auto list = member_of(object, name);
  if (!list) {
    return std::vector<Address>{};
  }
  CAIRN_TRY(auto out, read_list<Address>(*list, name, read_address));
  if (out.size() > TraceFilter::kMostAddresses) {
    return bad(fmt::format("{}: at most {} addresses", name, TraceFilter::kMostAddresses));
  }
  return out;
}

Read<Mode> read_mode(const simdjson::dom::object& object) {
  const auto value = member_of(object, "mode");
  if (!value) {
    return Mode::intersection;
  }
  CAIRN_TRY(const auto text, read_text(*value));
  if (text != "union" && text != "intersection") {
    return bad("mode: want union or intersection");
  }
  return text == "union" ? Mode::unite : Mode::intersection;
}

}  // namespace

Read<TraceFilter> read_trace_filter(JsonValue value) {
  CAIRN_TRY(const auto object, read_object(value));
  TraceFilter out;
  CAIRN_TRY(out.from_block, read_member<BlockNumber>(object, "fromBlock"));
  CAIRN_TRY(out.to_block, read_member<BlockNumber>(object, "toBlock"));
  CAIRN_TRY(out.from, read_addresses(object, "fromAddress"));
  CAIRN_TRY(out.to, read_addresses(object, "toAddress"));
  CAIRN_TRY(out.mode, read_mode(object));
  CAIRN_TRY(const auto after, read_member<Count>(object, "after"));
  CAIRN_TRY(const auto count, read_member<Count>(object, "count"));
  out.after = after.value_or(Count{}).value;
  if (count) {
    out.count = count->value;
  }
  return out;
}

RpcResult<void> trace_block(Context& context, AnswerWriter& out, const BlockId& block) {
  CAIRN_TRY(const auto place, traceable_block(context, block));
  const TraceFilter everything;
  Sieve sieve(everything);
  out.begin_array();
  CAIRN_CHECK(BlockTraces(context, place.chain, sieve, out).write({.number = place.number}));
  out.end_array();
  return {};
}

RpcResult<void> trace_filter(Context& context, AnswerWriter& out, const TraceFilter& filter) {
  CAIRN_TRY(const std::uint64_t first, number_of(context, filter.from_block, BlockTag::earliest));
  CAIRN_TRY(const std::uint64_t last, number_of(context, filter.to_block, BlockTag::latest));
  if (first > last) {
    return rpc_fail(RpcCode::invalid_params, "invalid block range params");
  }
  const auto chain = context.node.head();
  if (first < chain->first_block()) {
    (void)chain->block_at(first);  // says that it is the source's
  }
  auto running = context.call_timer->start(kFilterTimeout);
  const AnswerWriter::Timed timed(out, running);
  Sieve sieve(filter);
  Candidates candidates(*chain, filter);
  out.begin_array();
  BlockTraces traces(context, chain, sieve, out);
  for (auto found = candidates.next(first); found && found->number <= last && !sieve.is_full();
       found = candidates.next(found->number + 1)) {
    CAIRN_CHECK(traces.write(*found));
    CAIRN_CHECK(check_trace(running, false));
  }
  out.end_array();
  return {};
}

}  // namespace cairn::api
