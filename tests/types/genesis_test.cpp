#include "types/genesis.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/fixtures.hpp"
#include "types/chain_config_json.hpp"

namespace cairn::types {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A genesis with these members of `config` after the chain id, and more members of the document.
std::string document(std::string_view config, std::string_view more = "") {
  return R"({"config":{"chainId":1337)" + std::string(config) +
         R"(},"gasLimit":"0x1c9c380","alloc":{})" + std::string(more) + "}";
}

constexpr std::string_view kToCancun =
    R"(,"homesteadBlock":0,"eip150Block":0,"eip155Block":0,"eip158Block":0,"byzantiumBlock":0,)"
    R"("constantinopleBlock":0,"petersburgBlock":0,"istanbulBlock":0,"berlinBlock":0,)"
    R"("londonBlock":0,"terminalTotalDifficulty":0,"shanghaiTime":0,"cancunTime":0)";

ParsedGenesis parsed(std::string_view json) {
  auto result = parse_genesis(json);
  EXPECT_TRUE(result) << result.error().message;
  return std::move(result).value_or(ParsedGenesis{});
}

std::string error_of(std::string_view json) {
  const auto result = parse_genesis(json);
  return result ? "no error" : result.error().message;
}

TEST(Genesis, HasTheHeaderFieldsOfItsForks) {
  const Header frontier = parsed(document("")).genesis.header;
  EXPECT_EQ(frontier.difficulty, U256{131'072});
  EXPECT_FALSE(frontier.base_fee_per_gas);

  const Genesis cancun = parsed(document(kToCancun)).genesis;
  EXPECT_EQ(cancun.config.fork_at(0, 0, true), Fork::cancun);
  EXPECT_EQ(cancun.header.difficulty, U256{});
  EXPECT_EQ(cancun.header.base_fee_per_gas, U256{1'000'000'000});
  EXPECT_EQ(cancun.header.withdrawals_root, kEmptyTrieRoot);
  EXPECT_EQ(cancun.header.excess_blob_gas, 0u);
  EXPECT_EQ(cancun.header.parent_beacon_block_root, Hash256{});
  EXPECT_FALSE(cancun.header.requests_hash);

  const Genesis later = parsed(document(std::string(kToCancun) + R"(,"pragueTime":5)")).genesis;
  EXPECT_FALSE(later.header.requests_hash);
  EXPECT_EQ(later.config.fork_at(1, 5, true), Fork::prague);
}

TEST(Genesis, ReadsAccountsInEveryFormOfGeth) {
  const auto alloc = parsed(R"({"config":{"chainId":1},"gasLimit":1,"alloc":{
    "0x0000000000000000000000000000000000000001":{"balance":"0x10","nonce":"0x2"},
    "0000000000000000000000000000000000000002":{"balance":"1000000000000000000000","code":"0x6001",
      "storage":{"0x1":"0x02","0x0000000000000000000000000000000000000000000000000000000000000003":
                 "0x00"}},
    "0x0000000000000000000000000000000000000003":{"balance":58750000000000000000000}}})")
                         .genesis.alloc;
  ASSERT_EQ(alloc.size(), 3u);
  const auto& second = alloc.at("0x0000000000000000000000000000000000000002"_address);
  EXPECT_EQ(alloc.at("0x0000000000000000000000000000000000000001"_address).nonce, 2u);
  EXPECT_EQ(second.balance, base::from_decimal("1000000000000000000000"));
  EXPECT_EQ(second.code, (Bytes{0x60, 0x01}));
  EXPECT_EQ(second.storage, (std::map<U256, U256>{{U256{1}, U256{2}}}));
  EXPECT_EQ(alloc.at("0x0000000000000000000000000000000000000003"_address).balance,
            base::from_decimal("58750000000000000000000"));
}

TEST(Genesis, TakesEthereumsBlobParametersWhereTheScheduleIsSilent) {
  const auto config =
      parsed(
          document(std::string(kToCancun) +
                   R"(,"pragueTime":10,"osakaTime":20,"bpo1Time":30,"bpo2Time":40,"blobSchedule":)"
                   R"({"bpo1":{"target":1,"max":2,"baseFeeUpdateFraction":"0x3"}})"))
          .genesis.config;
  EXPECT_EQ(config.blob_params_at(0), kCancunBlobParams);
  EXPECT_EQ(config.blob_params_at(10), kPragueBlobParams);
  EXPECT_EQ(config.blob_params_at(20), kPragueBlobParams);
  EXPECT_EQ(config.blob_params_at(30), (BlobParams{1, 2, 3}));
  EXPECT_EQ(config.blob_params_at(40), kBpo2BlobParams);
}

TEST(Genesis, WarnsOfUnknownKeysAndNamesTheOneThatWasMeant) {
  EXPECT_THAT(
      parsed(document(R"(,"londonBlok":0,"parlia":{})", R"(,"author":"0x0")")).warnings,
      ElementsAre("config.londonBlok is unknown and ignored; did you mean londonBlock?",
                  "config.parlia is unknown and ignored.", "author is unknown and ignored."));
}

TEST(Genesis, FindsKeysInAnyCase) {
  const ParsedGenesis genesis =
      parsed(document("", R"(,"mixhash":"0x)" + std::string(64, '1') + R"(","ExtraData":"0x01")"));
  EXPECT_THAT(genesis.warnings, IsEmpty());
  EXPECT_EQ(genesis.genesis.header.extra_data, Bytes{1});
}

TEST(Genesis, WithoutATerminalTotalDifficultyTheFirstForkByTimeBringsTheMerge) {
  const ParsedGenesis genesis = parsed(document(R"(,"londonBlock":0,"shanghaiTime":5)"));
  Header header;
  header.number = 1;
  header.timestamp = 4;
  EXPECT_EQ(genesis.genesis.config.fork_of(header), Fork::london);
  header.timestamp = 5;
  EXPECT_EQ(genesis.genesis.config.fork_of(header), Fork::shanghai);
  EXPECT_THAT(genesis.warnings,
              ElementsAre(::testing::HasSubstr("terminalTotalDifficulty is missing")));
}

TEST(Genesis, ReadsBesusNameOfPetersburg) {
  const ChainConfig config =
      parsed(document(R"(,"constantinopleBlock":3,"constantinopleFixBlock":4)")).genesis.config;
  EXPECT_EQ(config.fork_at(3, 0, false), Fork::constantinople);
  EXPECT_EQ(config.fork_at(4, 0, false), Fork::petersburg);
}

TEST(Genesis, ErrorsNameTheFieldByItsPath) {
  EXPECT_EQ(error_of(R"({"gasLimit":1,"alloc":{}})"), "config: is missing");
  EXPECT_EQ(error_of(R"({"config":{},"gasLimit":1,"alloc":{}})"), "config.chainId: is missing");
  EXPECT_EQ(error_of(R"({"config":{"chainId":1},"alloc":{}})"), "gasLimit: is missing");
  EXPECT_EQ(error_of("[]"), "the document: is not an object");
  EXPECT_EQ(error_of("machine\n"), "not valid JSON: it is neither an object nor a list");
  EXPECT_EQ(error_of(""), "not valid JSON: it is empty");
  EXPECT_EQ(error_of(R"({"config":)"),
            "not valid JSON: a comma, a colon, a bracket or a value is missing or out of place");
  EXPECT_EQ(error_of(document(R"(,"londonBlock":"soon")")),
            "config.londonBlock: \"soon\" is not a number of at most 256 bits");
  EXPECT_EQ(error_of(document(R"(,"londonBlock":-1)")),
            "config.londonBlock: \"-1\" is not a number of at most 256 bits");
  EXPECT_EQ(error_of(document(R"(,"londonBlock":18446744073709551616)")),
            "config.londonBlock: does not fit into 64 bits");
  EXPECT_EQ(error_of(document(R"(,"berlinBlock":5,"londonBlock":4)")),
            "config.londonBlock: begins before berlinBlock");
  EXPECT_EQ(error_of(document(R"(,"eip155Block":1,"eip158Block":2)")),
            "config.eip158Block: differs from eip155Block; both are one fork here");
  EXPECT_EQ(error_of(document(R"(,"clique":{"period":5})")), "config.clique: is not supported");
  EXPECT_EQ(error_of(document(std::string(kToCancun) + R"(,"bpo3Time":9)")),
            "config.blobSchedule.bpo3: is missing though bpo3Time is set");
  EXPECT_EQ(error_of(document("", R"(,"coinbase":"0x12")")), "coinbase: has 1 bytes instead of 20");
  EXPECT_EQ(error_of(document("", R"(,"nonce":"0x1","nonce":"0x2")")), "nonce: stands twice");
}

TEST(Genesis, MayHoldCommentsAnywhere) {
  const auto genesis = parsed(document(R"(,"comment":"a")", R"(,"comment":"b","comment":"c")"));
  EXPECT_THAT(genesis.warnings, IsEmpty());
}

TEST(Genesis, ErrorsOfAccountsNameTheAccount) {
  const auto with = [](std::string_view account) {
    return error_of(R"({"config":{"chainId":1},"gasLimit":1,"alloc":{)" + std::string(account) +
                    "}}");
  };
  const std::string address = "0x00000000000000000000000000000000000000aa";
  EXPECT_EQ(with(R"("0x12":{"balance":"1"})"), "alloc.0x12: is not an address of 20 bytes");
  EXPECT_EQ(with("\"" + address + R"(":{"balance":"lots"})"),
            "alloc." + address + ".balance: \"lots\" is not a number of at most 256 bits");
  EXPECT_EQ(with("\"" + address + R"(":{"code":"0x123"})"),
            "alloc." + address + ".code: is not a string of hexadecimal digits, two a byte");
  EXPECT_EQ(with("\"" + address + R"(":{},")" + address.substr(2) + R"(":{})"),
            "alloc." + address.substr(2) + ": stands twice");
}

TEST(Genesis, MalformedDocumentsAreRefusedWithoutACrash) {
  const std::string whole = document(kToCancun);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parse_genesis(whole.substr(0, size))) << size;
  }
  EXPECT_FALSE(parse_genesis(whole + "x"));
  EXPECT_FALSE(parse_genesis(std::string(100'000, '[')));
  EXPECT_FALSE(parse_genesis("{\"config\":\"\xff\"}"));
}

TEST(CairnRules, AreEthereumsUnlessTheGenesisNamesThem) {
  EXPECT_EQ(parsed(document(kToCancun)).genesis.config.cairn, std::nullopt);
  const CairnRules rules =
      parsed(document(R"(,"cairn":{"engine":"simplex","sameSecond":true,"minBaseFee":"7",)"
                      R"("baseFeeChangeDenominator":48,"gasless":true})"))
          .genesis.config.rules();
  EXPECT_EQ(rules, (CairnRules{Engine::simplex, true, 48, U256{7}, true}));
  EXPECT_EQ(error_of(document(R"(,"cairn":{"engine":"raft"})")),
            R"(config.cairn.engine: is neither "dev" nor "simplex")");
  EXPECT_EQ(error_of(document(R"(,"cairn":{"baseFeeChangeDenominator":0})")),
            "config.cairn.baseFeeChangeDenominator: is zero");
  EXPECT_THAT(
      parsed(document(R"(,"cairn":{"samesecnd":true})")).warnings,
      ElementsAre("config.cairn.samesecnd is unknown and ignored; did you mean sameSecond?"));
}

void expect_round_trip(const Genesis& genesis) {
  const auto again = parse_genesis(genesis_to_json(genesis));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_THAT(again->warnings, IsEmpty());
  EXPECT_TRUE(again->genesis == genesis) << genesis_to_json(genesis);
}

TEST(Genesis, WrittenAndReadAgainIsTheSame) {
  expect_round_trip(parsed(document("")).genesis);
  expect_round_trip(parsed(document(kToCancun)).genesis);
  expect_round_trip(
      parsed(document(std::string(kToCancun) +
                          R"(,"pragueTime":10,"osakaTime":10,"bpo1Time":30,"bpo2Time":40,)"
                          R"("daoForkBlock":0,"daoForkSupport":true,"muirGlacierBlock":3,)"
                          R"("cairn":{"engine":"dev","sameSecond":true})",
                      R"(,"baseFeePerGas":"0x7","nonce":"0x42","timestamp":5)"))
          .genesis);
}

// geth refuses a genesis that has a fork with blobs and no entry for it.
TEST(Genesis, NamesTheBlobParametersOfEveryForkThatHasThem) {
  const std::string json = chain_config_to_json(config_at(Fork::osaka, 1));
  for (const std::string_view fork : {"cancun", "prague", "osaka"}) {
    EXPECT_THAT(json, HasSubstr(fmt::format("\"{}\":{{\"target\":6,\"max\":9", fork)));
  }
  EXPECT_THAT(json, Not(HasSubstr("bpo")));
}

TEST(Genesis, TheConformanceChainsGenesisIsReadWithoutAWarningAndRoundTrips) {
  CAIRN_FIXTURES_OR_SKIP(fixtures);
  const ParsedGenesis genesis =
      parsed(testing::read_text(fixtures / "execution-apis/tests/genesis.json"));
  EXPECT_THAT(genesis.warnings, IsEmpty());
  EXPECT_EQ(genesis.genesis.config.fork_at(8, 0, false), Fork::spurious_dragon);
  EXPECT_EQ(genesis.genesis.config.fork_at(35, 350, false), Fork::london);
  EXPECT_EQ(genesis.genesis.config.fork_at(36, 360, true), Fork::paris);
  EXPECT_EQ(genesis.genesis.config.fork_at(45, 510, true), Fork::osaka);
  EXPECT_EQ(genesis.genesis.config.blob_params_at(540), kBpo2BlobParams);
  EXPECT_FALSE(genesis.genesis.alloc.empty());
  expect_round_trip(genesis.genesis);
}

}  // namespace
}  // namespace cairn::types
