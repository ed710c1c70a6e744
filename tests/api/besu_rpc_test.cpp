// Besu's request and response files about tracing and simulation, each on the chain that it was
// recorded on. Where Besu's answer is not the one of geth's or execution-apis' documents,
// besu_rpc_differences.json says so, place by place.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <map>
#include <regex>

#include "tests/api/dev_chain.hpp"
#include "tests/api/io_cases.hpp"
#include "tests/api/recorded_chain.hpp"
#include "tests/fixtures.hpp"

namespace cairn::api::test {
namespace {

// The chain of `folder`: of RLP blocks, or of what blocks are to be made of.
std::shared_ptr<store::Store> chain_of(const std::filesystem::path& folder) {
  if (folder.filename() == "hive") {
    return import_chain(folder / "testGenesis.json", folder / "testBlockchain.blocks");
  }
  const auto blocks = folder / "chain-data/blocks.bin";
  const auto genesis = folder / "chain-data/genesis.json";
  return std::filesystem::exists(blocks)
             ? import_chain(genesis, blocks)
             : rebuild_chain(genesis, folder / "chain-data/blocks.json");
}

std::unique_ptr<DevChain> node_over(const std::filesystem::path& chain) {
  auto out = std::make_unique<DevChain>(node::network_options(), DispatchLimits{}, chain_of(chain));
  out->context().limits.call_gas = 0;  // as Besu's was: the block alone bounds a call
  return out;
}

struct Suite {
  std::string_view folder;       // of cases
  std::string_view chain;        // folder of what they were recorded on
  std::size_t most_percent = 5;  // of the answers' values may be argued
};

constexpr std::string_view kRebuilt = "jsonrpc/trace";  // has no RLP

constexpr std::array kSuites{
    Suite{"jsonrpc/debug-geth/specs/4byte-tracer", "jsonrpc/debug-geth"},
    Suite{"jsonrpc/debug-geth/specs/call-tracer", "jsonrpc/debug-geth"},
    Suite{"jsonrpc/debug-geth/specs/prestate-tracer/diff-mode-false", "jsonrpc/debug-geth"},
    Suite{"jsonrpc/debug-geth/specs/prestate-tracer/diff-mode-true", "jsonrpc/debug-geth"},
    // Five of eleven rows differ in each of its three transactions, which each case traces again:
    // geth has storage in the rows of SLOAD and SSTORE alone.
    Suite{"jsonrpc/debug/trace-block", kRebuilt, 8},
    Suite{"jsonrpc/debug/trace-call", kRebuilt},
    Suite{"jsonrpc/debug/trace-transaction", "chains/hive"},
    Suite{"jsonrpc/eth/simulateV1/specs", "jsonrpc/eth/simulateV1"},
    Suite{"jsonrpc/trace/specs/replay-trace-transaction/all", kRebuilt},
    Suite{"jsonrpc/trace/specs/replay-trace-transaction/flat", kRebuilt},
    Suite{"jsonrpc/trace/specs/replay-trace-transaction/statediff", kRebuilt},
    Suite{"jsonrpc/trace/specs/replay-trace-transaction/vm-trace", kRebuilt},
    Suite{"jsonrpc/trace/specs/trace-block", kRebuilt},
    Suite{"jsonrpc/trace/specs/trace-call", kRebuilt},
    Suite{"jsonrpc/trace/specs/trace-callMany", kRebuilt},
    Suite{"jsonrpc/trace/specs/trace-filter", kRebuilt},
    Suite{"jsonrpc/trace/specs/trace-get", kRebuilt},
    Suite{"jsonrpc/trace/specs/trace-raw-transaction", kRebuilt},
    Suite{"jsonrpc/trace/specs/trace-transaction", kRebuilt},
};

// That at most the twentieth part of is argued, whatever its folders' sizes.
constexpr std::array<std::string_view, 4> kFolders{
    "jsonrpc/debug-geth", "jsonrpc/trace", "jsonrpc/debug/trace-", "jsonrpc/eth/simulateV1"};

void PrintTo(const Suite& suite, std::ostream* out) { *out << suite.folder; }

// The chain is made again, so that hashes and times of its blocks are others.
bool is_of_the_recording(const JsonDifference& found) {
  return found.path.ends_with(".blockHash") && !found.expected.empty() && !found.actual.empty();
}

// What the list says of a case, by path.
using Argued = std::map<std::string, JsonDifference>;

// Each entry: the case, the place in its answer, what stands there (nothing: no such member), and
// the page that says so.
std::map<std::string, Argued> argued_differences() {
  const std::string text =
      testing::read_text(testing::source_folder() / "tests/api/besu_rpc_differences.json");
  simdjson::dom::parser parser;
  std::map<std::string, Argued> out;
  const simdjson::dom::array entries = parser.parse(text).get_array();
  for (const simdjson::dom::element entry : entries) {
    const auto text_of = [&entry](std::string_view name) {
      return std::string(entry[name].get_string().value());
    };
    const auto value_of = [&entry](std::string_view name) {
      simdjson::dom::element value;
      return entry[name].get(value) == simdjson::SUCCESS ? simdjson::minify(value) : std::string();
    };
    const JsonDifference one{text_of("path"), value_of("besu"), value_of("ours")};
    if (text_of("source").empty() || !out[text_of("case")].emplace(one.path, one).second) {
      throw std::runtime_error(text_of("case") + one.path + ": without a source, or twice");
    }
  }
  return out;
}

// What differs and is not argued, and what is argued and does not differ.
std::vector<std::string> unexplained(const std::vector<JsonDifference>& found, Argued argued) {
  std::vector<std::string> out;
  for (const JsonDifference& one : found) {
    const auto known = argued.find(one.path);
    if (known != argued.end() && known->second.expected == one.expected &&
        known->second.actual == one.actual) {
      argued.erase(known);
    } else {
      out.push_back(fmt::format("{}: Besu has {}, ours is {}", one.path, one.expected, one.actual));
    }
  }
  for (const auto& [path, one] : argued) {
    out.push_back(fmt::format("{}: no longer differs as besu_rpc_differences.json says", path));
  }
  return out;
}

std::vector<JsonDifference> ask(DevChain& node, const std::filesystem::path& file,
                                bool is_made_again) {
  const std::string text = testing::read_text(file);
  if (member(text, "statusCode") != "200") {
    throw std::runtime_error(file.string() + ": wants another HTTP status");
  }
  auto found = differences(member(text, "response"), node.ask(member(text, "request")));
  if (is_made_again) {
    std::erase_if(found, is_of_the_recording);
  }
  return found;
}

class BesuRpc : public ::testing::TestWithParam<Suite> {};

TEST_P(BesuRpc, EveryRecordedAnswerIsGivenOrItsDifferenceIsArgued) {
  CAIRN_FIXTURES_OR_SKIP(root);
  const std::string_view folder = GetParam().folder;
  const std::string_view chain = GetParam().chain;
  const auto node = node_over(root / "besu-rpc" / chain);
  auto argued = argued_differences();
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(root / "besu-rpc" / folder)) {
    const std::string name = fmt::format("{}/{}", folder, entry.path().stem().string());
    const auto left = unexplained(ask(*node, entry.path(), chain == kRebuilt), argued[name]);
    for (const std::string& one : left) {
      ADD_FAILURE() << name << one;
    }
    ++(left.empty() ? passed : failed);
  }
  std::cout << fmt::format("besu-rpc/{}: {} passed, {} failed, 0 skipped\n", folder, passed,
                           failed);
  EXPECT_GT(passed, 0u);
}

// What a folder's cases came to: their answers' values, and the lines of the list about them.
struct Share {
  std::size_t cases = 0;
  std::size_t differing = 0;
  std::size_t values = 0;
  std::size_t lines = 0;

  Share& operator+=(const Share& other) {
    cases += other.cases;
    differing += other.differing;
    values += other.values;
    lines += other.lines;
    return *this;
  }
};

Share share_of(const std::filesystem::path& root, std::string_view folder,
               const std::map<std::string, Argued>& argued) {
  Share out;
  for (const auto& entry : std::filesystem::directory_iterator(root / folder)) {
    const auto found = argued.find(fmt::format("{}/{}", folder, entry.path().stem().string()));
    ++out.cases;
    out.differing += found != argued.end() ? 1 : 0;
    out.values += count_values(member(testing::read_text(entry.path()), "response"));
    out.lines += found != argued.end() ? found->second.size() : 0;
  }
  return out;
}

void expect_at_most(std::size_t percent, std::string_view folder, const Share& share) {
  std::cout << fmt::format("besu-rpc/{}: {} cases, {} as Besu, {} argued; {} values, {} argued\n",
                           folder, share.cases, share.cases - share.differing, share.differing,
                           share.values, share.lines);
  EXPECT_LE(share.lines * 100, share.values * percent) << folder;
}

TEST(BesuDifferences, AreAtMostTheTwentiethPartOfAFoldersValues) {
  CAIRN_FIXTURES_OR_SKIP(root);
  const auto argued = argued_differences();
  std::map<std::string_view, Share> shares;
  for (const Suite& suite : kSuites) {
    const Share share = share_of(root / "besu-rpc", suite.folder, argued);
    expect_at_most(suite.most_percent, suite.folder, share);
    for (const std::string_view folder : kFolders) {
      if (suite.folder.starts_with(folder)) {
        shares[folder] += share;
      }
    }
  }
  EXPECT_EQ(shares.size(), kFolders.size());
  for (const auto& [folder, share] : shares) {
    expect_at_most(5, folder, share);
  }
}

TEST(BesuDifferences, AreOfCasesThatThereAre) {
  CAIRN_FIXTURES_OR_SKIP(root);
  for (const auto& [name, argued] : argued_differences()) {
    EXPECT_TRUE(std::filesystem::exists(root / "besu-rpc" / (name + ".json"))) << name;
  }
}

// A folder of the fixtures that no suite names would not be asked.
TEST(BesuRpcSuites, AreAllThatTheFixturesHave) {
  CAIRN_FIXTURES_OR_SKIP(root);
  for (const std::string_view folder :
       {"debug-geth/specs", "trace/specs", "debug", "eth/simulateV1/specs"}) {
    const auto top = root / "besu-rpc/jsonrpc" / folder;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(top)) {
      const auto place = entry.path().parent_path().lexically_relative(root / "besu-rpc").string();
      EXPECT_TRUE(entry.is_directory() ||
                  std::ranges::find(kSuites, place, &Suite::folder) != kSuites.end())
          << entry.path();
    }
  }
}

// Its answer is one line of the list: an address and two codes lack the 0x that geth and
// execution-apis want, and its calls name no fee where there is one to pay (-38012), for which Besu
// takes the base fee. With both written out, the whole answer is Besu's.
TEST(BesuRpcSuites, DelegationIsAnsweredAsBesuDoesOnceItsCallsAreWrittenOut) {
  CAIRN_FIXTURES_OR_SKIP(root);
  const auto folder = root / "besu-rpc/jsonrpc/eth/simulateV1";
  const std::string text = testing::read_text(folder / "specs/eth_simulateV1-code-delegation.json");
  std::string asked = std::regex_replace(member(text, "request"),
                                         std::regex(R"re("([0-9a-fA-F]{20,})")re"), R"("0x$1")");
  asked =
      std::regex_replace(asked, std::regex(R"re("from")re"),
                         R"("maxFeePerGas":"0x4c9114a","maxPriorityFeePerGas":"0x4c9114a","from")");
  const std::string answer = node_over(folder)->ask(asked);
  EXPECT_EQ(difference(member(text, "response"), answer), std::nullopt) << answer;
}

INSTANTIATE_TEST_SUITE_P(Folders, BesuRpc, ::testing::ValuesIn(kSuites), [](const auto& suite) {
  std::string name(suite.param.folder);
  std::ranges::replace_if(name, [](char c) { return c == '/' || c == '-'; }, '_');
  return name;
});

}  // namespace
}  // namespace cairn::api::test
