// What an explorer asks, of every address, block and transaction of the chain of execution-apis,
// against what running each of its transactions again by itself tells.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "api/json_writer.hpp"
#include "base/hex.hpp"
#include "evm/evm.hpp"
#include "node/block_replay.hpp"
#include "tests/api/dev_chain.hpp"
#include "tests/api/recorded_chain.hpp"
#include "tests/fixtures.hpp"

namespace cairn::api::test {
namespace {

using Place = std::pair<std::uint64_t, std::uint32_t>;  // block, transaction

struct Line {
  std::string type;
  std::size_t depth = 0;
  std::optional<std::size_t> parent;
  Address from;
  std::optional<Address> to;
  std::optional<U256> value;
  Bytes input;
  Bytes output;
  evm::Status status = evm::Status::success;
};

// Every frame, in the order in which they begin, and everyone that is named.
class Recorder final : public trace::TransactionTracer {
 public:
  void on_enter(const evm::Message& message) override {
    using evm::CallKind;
    static const std::map<CallKind, std::string> kNames{{CallKind::call, "CALL"},
                                                        {CallKind::call_code, "CALLCODE"},
                                                        {CallKind::delegate_call, "DELEGATECALL"},
                                                        {CallKind::static_call, "STATICCALL"},
                                                        {CallKind::create, "CREATE"},
                                                        {CallKind::create2, "CREATE2"}};
    const bool creates = message.kind == CallKind::create || message.kind == CallKind::create2;
    const bool lends = message.kind == CallKind::delegate_call;
    const bool has_value = !lends && message.kind != CallKind::static_call;
    Line line{.type = kNames.at(message.kind),
              .depth = open_.size(),
              .parent = open_.empty() ? std::nullopt : std::optional(open_.back()),
              .from = lends ? message.recipient : message.sender,
              .to = creates ? message.recipient : message.code_address,
              .value = has_value ? std::optional(message.value) : std::nullopt,
              .input = base::to_bytes(message.input),
              .output = {},
              .status = {}};
    named_.insert({line.from, *line.to});
    open_.push_back(lines_.size());
    lines_.push_back(std::move(line));
  }
  void on_exit(evm::Status status, std::int64_t, BytesView output) override {
    Line& line = lines_[open_.back()];
    open_.pop_back();
    line.status = status;
    if (status == evm::Status::success || status == evm::Status::revert) {
      line.output = base::to_bytes(output);
    }
    if (status != evm::Status::success && line.type.starts_with("CREATE")) {
      line.to.reset();
    }
  }
  void on_log(const types::Log& log) override { named_.insert(log.address); }
  void on_selfdestruct(const Address& address, const Address& beneficiary,
                       const U256& balance) override {
    lines_.push_back({.type = "SELFDESTRUCT",
                      .depth = open_.size(),
                      .parent = open_.back(),
                      .from = address,
                      .to = beneficiary,
                      .value = balance,
                      .input = {},
                      .output = {},
                      .status = {}});
    named_.insert({address, beneficiary});
  }
  void write(JsonWriter& out) override { out.null(); }

  const std::vector<Line>& lines() const { return lines_; }
  const std::set<Address>& named() const { return named_; }
  // Whether what a frame did stayed.
  bool stands(const Line& line) const {
    return line.status == evm::Status::success && (!line.parent || stands(lines_[*line.parent]));
  }

 private:
  std::vector<Line> lines_;
  std::vector<std::size_t> open_;
  std::set<Address> named_;
};

struct Ran {
  std::string hash;  // with quotes
  Address sender;
  std::uint64_t nonce = 0;
  Recorder recorder;
};

std::string quoted(const Address& address) { return fmt::format("\"{}\"", base::to_hex(address)); }

std::string minified(JsonValue value) { return simdjson::minify(value); }

class OtterscanRun : public ::testing::Test {
 protected:
  void SetUp() override {
    CAIRN_FIXTURES_OR_SKIP(root);
    const auto folder = root / "execution-apis" / "tests";
    node::DevOptions options;
    options.automine = false;
    chain_ = std::make_unique<DevChain>(
        options, DispatchLimits{}, import_chain(folder / "genesis.json", folder / "chain.rlp"));
    view_ = chain_->node().head();
    for (std::uint64_t number = 1; number <= view_->number(); ++number) {
      run_block(number);
    }
  }

  std::string ask(std::string_view method, const std::string& params) {
    ++asked_;
    return chain_->result(method, "[" + params + "]");
  }
  // Valid until the next call.
  JsonValue parse(const std::string& text) { return parser_.parse(text).value(); }

  const Ran& ran(const Place& place) const { return blocks_.at(place.first).at(place.second); }

  void run_block(std::uint64_t number) {
    const auto site = chain_->node().call_site(number).value();
    const auto block = view_->block_at(number);
    const auto replay = node::BlockReplay::open(view_, block, site.environment).value();
    std::vector<Ran>& out = blocks_[number];
    for (std::uint32_t index = 0; !replay->is_done(); ++index) {
      Ran& one = out.emplace_back();
      ASSERT_TRUE(replay->run_next(&one.recorder));
      one.hash = fmt::format("\"{}\"", base::to_hex(block->transaction_hashes[index]));
      one.sender = block->senders[index];
      one.nonce = block->block.transactions[index].nonce;
      for (const Address& address : one.recorder.named()) {
        appearances_[address].push_back({number, index});
      }
    }
  }

  // The objects have the same members, but for what `but` lists; they are left out of the count.
  void expect_same_members(const std::string& left, const std::string& right,
                           const std::set<std::string_view>& but) {
    const auto members_of = [&](const std::string& text) {
      std::map<std::string, std::string> out;
      simdjson::dom::parser parser;
      for (const auto [key, value] : simdjson::dom::object(parser.parse(text))) {
        if (!but.contains(key)) {
          out.emplace(key, minified(value));
        }
      }
      return out;
    };
    EXPECT_EQ(members_of(left), members_of(right));
  }

  std::unique_ptr<DevChain> chain_;
  std::shared_ptr<const chain::ChainView> view_;
  std::map<std::uint64_t, std::vector<Ran>> blocks_;
  std::map<Address, std::vector<Place>> appearances_;  // ascending
  simdjson::dom::parser parser_;
  std::size_t asked_ = 0;
};

struct Page {
  std::vector<Place> places;  // newest first
  bool first = false;
  bool last = false;
};

// Whole blocks, from the newest before `block` back, until there are `size`.
Page page_before(const std::vector<Place>& all, std::uint64_t block, std::size_t size) {
  Page out{.places = {}, .first = block == 0, .last = true};
  for (auto place = all.rbegin(); place != all.rend(); ++place) {
    if (block != 0 && place->first >= block) {
      continue;
    }
    if (out.places.size() >= size && out.places.back().first != place->first) {
      out.last = false;
      break;
    }
    out.places.push_back(*place);
  }
  return out;
}

Page page_after(const std::vector<Place>& all, std::uint64_t block, std::size_t size) {
  Page out{.places = {}, .first = true, .last = block == 0};
  for (const Place& place : all) {
    if (block != 0 && place.first <= block) {
      continue;
    }
    if (out.places.size() >= size && out.places.front().first != place.first) {
      out.first = false;
      break;
    }
    out.places.insert(out.places.begin(), place);
  }
  return out;
}

TEST_F(OtterscanRun, EveryAddressHasItsTransactionsOnPages) {
  const auto check = [&](const std::string& answer, const Page& expected) {
    simdjson::dom::parser parser;
    const JsonValue page = parser.parse(answer).value();
    EXPECT_EQ(bool(page["firstPage"]), expected.first);
    EXPECT_EQ(bool(page["lastPage"]), expected.last);
    const auto transactions = simdjson::dom::array(page["txs"]);
    const auto receipts = simdjson::dom::array(page["receipts"]);
    ASSERT_EQ(transactions.size(), expected.places.size());
    ASSERT_EQ(receipts.size(), expected.places.size());
    for (std::size_t i = 0; i < expected.places.size(); ++i) {
      const std::string& hash = ran(expected.places[i]).hash;
      EXPECT_EQ(minified(transactions.at(i)), ask("eth_getTransactionByHash", hash));
      const std::string receipt = minified(receipts.at(i));
      expect_same_members(receipt, ask("eth_getTransactionReceipt", hash), {"timestamp"});
      EXPECT_EQ(member(receipt, "timestamp"),
                fmt::to_string(view_->header_at(expected.places[i].first)->header.timestamp));
    }
  };
  ASSERT_GT(appearances_.size(), 20u);
  for (const auto& [address, all] : appearances_) {
    SCOPED_TRACE(base::to_hex(address));
    for (const std::size_t size : {1u, 3u, 25u}) {
      std::uint64_t block = 0;
      for (bool more = true; more;) {
        const Page expected = page_before(all, block, size);
        check(ask("ots_searchTransactionsBefore",
                  fmt::format("{},{},{}", quoted(address), block, size)),
              expected);
        more = !expected.last;
        block = expected.places.back().first;
      }
      block = 0;
      for (bool more = true; more;) {
        const Page expected = page_after(all, block, size);
        check(ask("ots_searchTransactionsAfter",
                  fmt::format("{},{},{}", quoted(address), block, size)),
              expected);
        more = !expected.first;
        block = expected.places.front().first;
      }
    }
    check(ask("ots_searchTransactionsBefore",
              fmt::format("{},{},25", quoted(address), view_->number() + 9)),
          page_before(all, view_->number() + 9, 25));
    check(ask("ots_searchTransactionsAfter",
              fmt::format("{},{},25", quoted(address), view_->number())),
          page_after(all, view_->number(), 25));
  }
  const std::string nobody = quoted("0x00000000000000000000000000000000deadbeef"_address);
  EXPECT_EQ(ask("ots_searchTransactionsBefore", nobody + ",0,25"),
            R"({"txs":[],"receipts":[],"firstPage":true,"lastPage":true})");
  std::cout << "otterscan: " << appearances_.size() << " addresses, " << asked_ << " answers\n";
}

TEST_F(OtterscanRun, EveryTransactionTellsWhatItDidInside) {
  std::size_t count = 0;
  for (const auto& [number, transactions] : blocks_) {
    for (const Ran& one : transactions) {
      SCOPED_TRACE(one.hash);
      ++count;
      JsonWriter calls;
      JsonWriter operations;
      calls.begin_array();
      operations.begin_array();
      for (const Line& line : one.recorder.lines()) {
        calls.begin_object().field("type", line.type).key("depth").decimal(line.depth);
        calls.field("from", line.from).field("to", line.to).field("value", line.value);
        calls.field("input", line.input).field("output", line.output).end_object();
        static const std::map<std::string, std::uint64_t> kOperations{
            {"CALL", 0}, {"SELFDESTRUCT", 1}, {"CREATE", 2}, {"CREATE2", 3}};
        const auto operation = kOperations.find(line.type);
        if (line.depth == 0 || operation == kOperations.end() || !one.recorder.stands(line) ||
            (line.type == "CALL" && line.value->is_zero())) {
          continue;
        }
        operations.begin_object().key("type").decimal(operation->second);
        operations.field("from", line.from).field("to", line.to).field("value", *line.value);
        operations.end_object();
      }
      calls.end_array();
      operations.end_array();
      EXPECT_EQ(ask("ots_traceTransaction", one.hash), std::move(calls).take());
      EXPECT_EQ(ask("ots_getInternalOperations", one.hash), std::move(operations).take());
      const Line& top = one.recorder.lines().front();
      EXPECT_EQ(ask("ots_getTransactionError", one.hash),
                to_json(top.status == evm::Status::revert ? top.output : Bytes{}));
      EXPECT_EQ(ask("ots_getTransactionBySenderAndNonce",
                    fmt::format("{},{}", quoted(one.sender), one.nonce)),
                one.hash);
    }
  }
  EXPECT_GT(count, 50u);
  EXPECT_EQ(ask("ots_getTransactionBySenderAndNonce",
                quoted(blocks_.rbegin()->second.empty() ? Address{}
                                                        : blocks_.rbegin()->second[0].sender) +
                    ",9999"),
            "null");
}

TEST_F(OtterscanRun, EveryContractHasItsCreator) {
  std::size_t contracts = 0;
  for (const auto& [address, places] : appearances_) {
    SCOPED_TRACE(base::to_hex(address));
    for (const std::uint64_t number : {std::uint64_t{0}, view_->number() / 2, view_->number()}) {
      const std::string at = fmt::format(R"({},"{:#x}")", quoted(address), number);
      EXPECT_EQ(ask("ots_hasCode", fmt::format("{},{}", quoted(address), number)),
                ask("ots_hasCode", at));
      EXPECT_EQ(ask("ots_hasCode", at), ask("eth_getCode", at) == R"("0x")" ? "false" : "true");
    }
    std::string expected = "null";
    if (ask("eth_getCode", quoted(address) + R"(,"latest")") != R"("0x")") {
      for (const Place& place : places) {
        for (const Line& line : ran(place).recorder.lines()) {
          if (line.type.starts_with("CREATE") && line.to == address &&
              ran(place).recorder.stands(line)) {
            expected =
                fmt::format(R"({{"hash":{},"creator":{}}})", ran(place).hash, quoted(line.from));
            ++contracts;
          }
        }
      }
    }
    EXPECT_EQ(ask("ots_getContractCreator", quoted(address)), expected);
  }
  EXPECT_GT(contracts, 3u);
}

TEST_F(OtterscanRun, EveryBlockHasItsDetailsAndPages) {
  for (std::uint64_t number = 0; number <= view_->number(); ++number) {
    SCOPED_TRACE(number);
    const std::string details = ask("ots_getBlockDetails", fmt::to_string(number));
    const std::string hex = fmt::format(R"("{:#x}")", number);
    EXPECT_EQ(ask("ots_getBlockDetails", hex), details);
    const std::string whole = ask("eth_getBlockByNumber", hex + ",true");
    EXPECT_EQ(ask("ots_getBlockDetailsByHash", member(whole, "hash")), details);
    const std::string block = member(details, "block");
    const std::set<std::string_view> changed{"transactions", "transactionCount", "logsBloom"};
    expect_same_members(block, whole, changed);
    EXPECT_EQ(member(block, "logsBloom"), "null");
    EXPECT_EQ(member(block, "transactions"), "");
    const std::size_t count = view_->block_at(number)->senders.size();
    EXPECT_EQ(member(block, "transactionCount"), fmt::to_string(count));
    const std::string header = ask("erigon_getHeaderByNumber", hex);
    expect_same_members(header, whole, {"transactions", "uncles", "withdrawals", "size"});

    // Ether that proof of work made: 5, since Byzantium 3, since Constantinople 2.
    const types::Header own = view_->header_at(number)->header;
    const auto fork = view_->config().fork_of(own);
    const bool by_work = number > 0 && !own.difficulty.is_zero();
    const std::uint64_t ether = !by_work                             ? 0
                                : fork < types::Fork::byzantium      ? 5
                                : fork < types::Fork::constantinople ? 3
                                                                     : 2;
    const U256 made = U256{ether} * U256{1'000'000'000'000'000'000};
    // An ommer gets an eighth less for each block it is late, whoever includes it a 32nd.
    U256 author = made;
    U256 uncles;
    const auto sealed = view_->block_at(number);
    for (const types::Header& ommer : sealed->block.ommers) {
      author += made / U256{32};
      uncles += made / U256{8} * U256{8 + ommer.number - number};
    }
    EXPECT_EQ(member(details, "issuance"),
              fmt::format(R"({{"blockReward":{},"uncleReward":{},"issuance":{}}})", to_json(author),
                          to_json(uncles), to_json(author + uncles)));
    U256 fees;
    const std::string receipts_text = ask("eth_getBlockReceipts", hex);
    simdjson::dom::parser parser;
    for (const JsonValue receipt : simdjson::dom::array(parser.parse(receipts_text))) {
      fees += *read_quantity(receipt["gasUsed"]) * *read_quantity(receipt["effectiveGasPrice"]);
    }
    EXPECT_EQ(member(details, "totalFees"), to_json(fees));

    // Page 0 is the end of the block.
    constexpr std::size_t kSize = 2;
    std::size_t end = count;
    for (std::size_t page = 0; page <= count / kSize + 1; ++page) {
      const std::string answer =
          ask("ots_getBlockTransactions", fmt::format("{},{},{}", number, page, kSize));
      const std::string full = member(answer, "fullblock");
      expect_same_members(full, block, {"transactions"});
      const std::size_t first = end - std::min(end, kSize);
      simdjson::dom::parser pages;
      const JsonValue root = pages.parse(answer).value();
      const auto transactions = simdjson::dom::array(root["fullblock"]["transactions"]);
      const auto receipts = simdjson::dom::array(root["receipts"]);
      ASSERT_EQ(transactions.size(), end - first);
      ASSERT_EQ(receipts.size(), end - first);
      for (std::size_t i = first; i < end; ++i) {
        const std::string& hash = blocks_.at(number)[i].hash;
        const std::string transaction = ask("eth_getTransactionByHash", hash);
        expect_same_members(minified(transactions.at(i - first)), transaction, {"input"});
        EXPECT_EQ(member(minified(transactions.at(i - first)), "input"),
                  member(transaction, "input").substr(0, 11) +
                      (member(transaction, "input").size() > 11 ? "\"" : ""));
        const std::string receipt = minified(receipts.at(i - first));
        expect_same_members(receipt, ask("eth_getTransactionReceipt", hash), {"logs", "logsBloom"});
        EXPECT_EQ(member(receipt, "logs"), "null");
        EXPECT_EQ(member(receipt, "logsBloom"), "null");
      }
      end = first;
    }
    EXPECT_EQ(end, 0u);
  }
  EXPECT_EQ(ask("ots_getBlockDetails", "9999"), "null");
  EXPECT_EQ(ask("ots_getBlockTransactions", "9999,0,25"), "null");
  EXPECT_EQ(ask("ots_getApiLevel", ""), "8");
}

// One trace of trace_block, with whom it names.
struct Traced {
  std::string text;
  std::string from;
  std::string to;
};

TEST_F(OtterscanRun, AFilterByAddressFindsWhatAllBlocksHave) {
  std::vector<Traced> all;
  for (std::uint64_t number = 0; number <= view_->number(); ++number) {
    const std::string answer = ask("trace_block", fmt::format(R"("{:#x}")", number));
    simdjson::dom::parser parser;
    for (const JsonValue trace : simdjson::dom::array(parser.parse(answer))) {
      const auto text_at = [&](std::string_view object, std::string_view name) {
        JsonValue found;
        return trace[object][name].get(found) == simdjson::SUCCESS ? minified(found)
                                                                   : std::string();
      };
      Traced one{.text = minified(trace), .from = text_at("action", "from"), .to = {}};
      one.from += text_at("action", "address");  // of a self-destruction
      one.to = text_at("action", "to") + text_at("action", "refundAddress") +
               text_at("action", "author") + text_at("result", "address");
      all.push_back(std::move(one));
    }
  }
  ASSERT_GT(all.size(), 100u);
  const auto expect = [&](const std::string& filter, const auto& wants, std::size_t after = 0,
                          std::size_t count = 1'000'000) {
    SCOPED_TRACE(filter);
    std::string expected;
    for (const Traced& one : all) {
      if (!wants(one)) {
        continue;
      }
      if (after > 0) {
        --after;
      } else if (count > 0) {
        --count;
        expected += (expected.empty() ? "" : ",") + one.text;
      }
    }
    EXPECT_EQ(ask("trace_filter", "{" + filter + "}"), "[" + expected + "]");
  };
  std::set<std::string> people;
  for (const Traced& one : all) {
    people.insert({one.from, one.to});
  }
  people.erase("");
  std::string before = *people.begin();
  for (const std::string& one : people) {
    const auto from = [&](const Traced& trace) { return trace.from == one; };
    const auto to = [&](const Traced& trace) { return trace.to == one; };
    const auto to_before = [&](const Traced& trace) { return trace.to == before; };
    expect(fmt::format(R"("fromAddress":[{}])", one), from);
    expect(fmt::format(R"("toAddress":[{}])", one), to);
    expect(fmt::format(R"("toAddress":[{}],"after":1,"count":2)", one), to, 1, 2);
    const std::string pair = fmt::format(R"("fromAddress":[{}],"toAddress":[{}])", one, before);
    expect(pair, [&](const Traced& trace) { return from(trace) && to_before(trace); });
    expect(pair + R"(,"mode":"union")",
           [&](const Traced& trace) { return from(trace) || to_before(trace); });
    expect(fmt::format(R"("toAddress":[{},{}])", one, before),
           [&](const Traced& trace) { return to(trace) || to_before(trace); });
    before = one;
  }
  EXPECT_GT(people.size(), 20u);
  expect("", [](const Traced&) { return true; });
}

}  // namespace
}  // namespace cairn::api::test
