#include "api/state_dump.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "codec/gzip.hpp"
#include "tests/api/dev_chain.hpp"

namespace cairn::api {
namespace {

using test::DevChain;
using test::member;
using testing::HasSubstr;

constexpr std::string_view kOther = "0x1111111111111111111111111111111111111111";

// A chain with a contract that has a slot, a cheat, and an impersonated transfer.
struct Source {
  Source() {
    contract = chain.deploy("0x602a60005560016000f3");
    chain.result("anvil_setBalance", fmt::format(R"(["{}","0xde0b6b3a7640000"])", kOther));
    chain.result("anvil_impersonateAccount", fmt::format(R"(["{}"])", kOther));
    hash = chain.result("eth_sendTransaction",
                        fmt::format(R"([{{"from":"{0}","to":"{0}","value":"0x1"}}])", kOther));
  }
  std::string json() { return state_dump_json(*chain.node().head()); }

  DevChain chain;
  std::string contract;
  std::string hash;
};

std::string refusal(std::string_view json) {
  const auto read = read_state_dump(base::bytes_of(json));
  return read ? "taken" : read.error().message;
}

std::string replaced(std::string text, std::string_view old, std::string_view fresh) {
  const auto at = text.find(old);
  if (at == std::string::npos) {
    throw std::logic_error("not there: " + std::string(old));
  }
  return text.replace(at, old.size(), fresh);
}

TEST(StateDump, CarriesStateAndHistoryToAnotherChain) {
  Source source;
  DevChain target;
  const std::string dump = source.chain.result("anvil_dumpState");
  EXPECT_EQ(target.result("anvil_loadState", fmt::format("[{}]", dump)), "true");
  EXPECT_EQ(target.result("eth_blockNumber"), source.chain.result("eth_blockNumber"));
  for (const std::string& query : {fmt::format(R"(["{}","latest"])", kOther),
                                   fmt::format(R"([{},"latest"])", source.contract)}) {
    for (const std::string_view method :
         {"eth_getBalance", "eth_getCode", "eth_getTransactionCount"}) {
      EXPECT_EQ(target.result(method, query), source.chain.result(method, query)) << method;
    }
  }
  const std::string slot = fmt::format(R"([{},"0x0","latest"])", source.contract);
  EXPECT_EQ(target.result("eth_getStorageAt", slot), source.chain.result("eth_getStorageAt", slot));
  const std::string receipt =
      target.result("eth_getTransactionReceipt", fmt::format("[{}]", source.hash));
  EXPECT_EQ(member(receipt, "status"), R"("0x1")");
  EXPECT_EQ(member(receipt, "from"), fmt::format("\"{}\"", kOther));
  EXPECT_EQ(target.send_transfer(0, 1).size(), 68u);  // and the chain goes on
}

TEST(StateDump, TakesThePlaceOfTheBlocksThatTheChainHas) {
  Source source;
  const std::string head = source.chain.result("eth_blockNumber");
  const std::string load = fmt::format("[{}]", source.chain.result("anvil_dumpState"));
  DevChain target;
  target.send_transfer(0, 0);
  target.result("anvil_mine", R"(["0x10"])");
  for (int turn = 0; turn < 2; ++turn) {  // as a fixture that is loaded before each test
    ASSERT_EQ(target.result("anvil_loadState", load), "true");
    EXPECT_EQ(target.result("eth_blockNumber"), head);
    EXPECT_NE(target.result("eth_getTransactionReceipt", fmt::format("[{}]", source.hash)), "null");
    target.result("evm_mine");
  }
  EXPECT_EQ(target.result("eth_getCode", fmt::format(R"([{},"latest"])", source.contract)),
            source.chain.result("eth_getCode", fmt::format(R"([{},"latest"])", source.contract)));
}

TEST(StateDump, WithoutPastStatesAnswersThatTheyAreNotKnown) {
  DevChain source;
  const std::string first = source.send_transfer(0, 0);
  source.send_transfer(0, 1);
  source.send_transfer(0, 2);
  DevChain target;
  ASSERT_EQ(target.result("anvil_loadState", fmt::format("[{}]", source.result("anvil_dumpState"))),
            "true");
  const std::string balance = fmt::format(R"(["{}","0x2"])", kOther);
  const std::string call = fmt::format(R"([{{"to":"{}"}},"0x2"])", kOther);
  const std::string proof = fmt::format(R"(["{}",[],"0x2"])", kOther);
  const std::string trace = fmt::format("[{}]", first);
  const auto expect_unknown = [&] {
    for (const auto& [method, params] :
         {std::pair{"eth_getBalance", balance}, std::pair{"eth_call", call},
          std::pair{"eth_getProof", proof}, std::pair{"debug_traceTransaction", trace}}) {
      const std::string error = target.error(method, params);
      EXPECT_THAT(error, HasSubstr("4444")) << method;
      EXPECT_THAT(error, HasSubstr("states are known from block 3 on")) << method;
    }
  };
  expect_unknown();
  EXPECT_EQ(target.result("eth_getBalance", fmt::format(R"(["{}","0x3"])", kOther)),
            source.result("eth_getBalance", fmt::format(R"(["{}","0x3"])", kOther)));
  target.send_transfer(0, 3);
  EXPECT_EQ(target.result("eth_getBalance", fmt::format(R"(["{}","0x3"])", kOther)),
            source.result("eth_getBalance", fmt::format(R"(["{}","0x3"])", kOther)));
  expect_unknown();
}

TEST(StateDump, TakenBackLeavesNoStateUnknown) {
  DevChain source;
  source.send_transfer(0, 0);
  source.send_transfer(0, 1);
  DevChain target;
  const std::string mark = target.result("evm_snapshot");
  target.result("anvil_loadState", fmt::format("[{}]", source.result("anvil_dumpState")));
  const std::string earliest = fmt::format(R"(["{}","0x0"])", kOther);
  EXPECT_THAT(target.error("eth_getBalance", earliest), HasSubstr("4444"));
  EXPECT_EQ(target.result("evm_revert", fmt::format("[{}]", mark)), "true");
  EXPECT_EQ(target.result("eth_getBalance", earliest), R"("0x0")");
}

// Codes in the form of anvil's EVM: with what an incomplete end lacks, and where jumps may go.
TEST(StateDump, WritesPastCodeAsAnvilReadsIt) {
  DevChain chain;
  const auto written = [&](std::string_view code) {
    chain.result("anvil_setCode", fmt::format(R"(["{}","0x{}"])", kOther, code));
    chain.result("evm_mine");
    chain.result("evm_mine");
    return state_dump_json(*chain.node().head(), true);
  };
  const auto analysed = [](std::string_view bytecode, int size, std::string_view data) {
    return fmt::format(R"({{"LegacyAnalyzed":{{"bytecode":"0x{}","original_len":{},"jump_table":)"
                       R"({{"order":"bitvec::order::Lsb0","head":{{"width":8,"index":0}},)"
                       R"("bits":{},"data":[{}]}}}}}})",
                       bytecode, size, size, data);
  };
  EXPECT_THAT(written("00"), HasSubstr(analysed("00", 1, "0")));
  EXPECT_THAT(written("60"), HasSubstr(analysed("600000", 1, "0")));
  EXPECT_THAT(written("5b6100"), HasSubstr(analysed("5b61000000", 3, "1")));
  EXPECT_THAT(written("615b5b5b00"), HasSubstr(analysed("615b5b5b00", 5, "8")));
  EXPECT_THAT(written("5b5b5b5b5b5b5b5b5b"),
              HasSubstr(analysed("5b5b5b5b5b5b5b5b5b00", 9, "255,1")));
  EXPECT_THAT(written("ef01003333333333333333333333333333333333333333"),
              HasSubstr(R"({"Eip7702":{"delegated_address":)"
                        R"("0x3333333333333333333333333333333333333333"}})"));
  EXPECT_THAT(written("00"), HasSubstr(analysed("00", 0, "")));  // of accounts without code
}

TEST(StateDump, IsRefusedWhereItIsForged) {
  Source source;
  const std::string json = source.json();
  EXPECT_EQ(refusal(json), "taken");
  EXPECT_THAT(refusal(replaced(json, R"("value":"0x1")", R"("value":"0x2")")),
              HasSubstr("the transactions are not"));
  EXPECT_THAT(refusal(replaced(json, R"("gasUsed":"0x0")", R"("gasUsed":"0x1")")),
              HasSubstr("gas"));
  EXPECT_THAT(refusal(replaced(json, R"("status":"0x1")", R"("status":"0x0")")),
              HasSubstr("the receipts are not those of its header"));
  EXPECT_THAT(refusal(replaced(json, R"("best_block_number")", R"("transactions":[],"x")")),
              HasSubstr("it has no receipt"));
  EXPECT_THAT(refusal(replaced(json, R"("accounts")", R"("x")")), HasSubstr("accounts is missing"));
  EXPECT_THAT(refusal(replaced(json, R"("0x1111)", R"("0xzz11)")), HasSubstr("is no address"));
}

TEST(StateDump, IsRefusedWhereItIsCutAndNothingIsDone) {
  Source source;
  DevChain target;
  const std::string before = target.result("anvil_metadata");
  const Bytes packed = codec::gzip(source.json());
  for (std::size_t size = 0; size < packed.size(); size += packed.size() / 20) {
    const std::string cut = base::to_hex(BytesView(packed).first(size));
    EXPECT_THAT(target.error("anvil_loadState", fmt::format(R"(["{}"])", cut)), HasSubstr("-32602"))
        << size;
  }
  const std::string json = source.json();
  for (std::size_t size = 0; size < json.size(); size += json.size() / 50) {
    EXPECT_NE(refusal(std::string_view(json).substr(0, size)), "taken") << size;
  }
  EXPECT_EQ(target.result("anvil_metadata"), before);
}

// As an anvil that loaded a dump writes it: with its own genesis beside the loaded one.
TEST(StateDump, WithTwoBlocksOfOneNumberCountsTheOneThatTheNextGoesOnFrom) {
  Source source;
  const std::string json = source.json();
  const auto alone = read_state_dump(base::bytes_of(json));
  ASSERT_TRUE(alone);
  DevChain other;
  other.result("anvil_mine", R"(["0x1"])");
  const std::string foreign = state_dump_json(*other.node().head());
  const auto begin = foreign.find(R"("blocks":[)") + 10;
  const std::string block =
      replaced(foreign.substr(begin, foreign.find(R"(,{"header")", begin) - begin),
               R"("extraData":"0x")", R"("extraData":"0x01")");
  for (const std::string_view place : {R"("blocks":[)", R"(],"transactions":[{"info")"}) {
    const bool first = place.ends_with(":[");
    const auto both = read_state_dump(base::bytes_of(replaced(
        json, place, first ? std::string(place) + block + "," : "," + block + std::string(place))));
    ASSERT_TRUE(both) << both.error().message;
    ASSERT_EQ(both->blocks.size(), alone->blocks.size());
    EXPECT_EQ(types::header_hash(both->blocks[0].block.header),
              types::header_hash(alone->blocks[0].block.header));
  }
}

TEST(StateDump, WithAGapIsRefusedAndNothingIsDone) {
  Source source;
  auto dump = read_state_dump(base::bytes_of(source.json()));
  ASSERT_TRUE(dump);
  dump->blocks.erase(dump->blocks.begin(), dump->blocks.begin() + 2);  // genesis and block 1
  DevChain target;
  const std::string before = target.result("anvil_metadata");
  const auto loaded = node::await<Result<void>>([&](auto reply) {
    target.node().perform([&](node::DevWriter& writer) { return writer.load(*dump); },
                          std::move(reply));
  });
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message,
              HasSubstr("the dump's blocks begin at 2, this chain ends at 0"));
  EXPECT_THAT(loaded.error().message, HasSubstr("--fork-block-number 1"));
  EXPECT_EQ(target.result("anvil_metadata"), before);
}

}  // namespace
}  // namespace cairn::api
