#include "spec/statetest.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/hex.hpp"
#include "spec/network.hpp"
#include "spec/state_test.hpp"

namespace cairn::spec {
namespace {

// A transfer of one wei in Berlin, with what the file may get wrong.
struct Transfer {
  std::string fork = "Berlin";
  std::string root = {};
  std::string logs = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";
  std::string gas = "0x5208";
  std::string exception;

  std::string text() const {
    std::string json = R"({"transfer": {
      "env": {"currentCoinbase": "0xc000000000000000000000000000000000000003",
              "currentGasLimit": "0x0f4240", "currentNumber": "0x01", "currentTimestamp": "0x01"},
      "pre": {"0x1000000000000000000000000000000000000001":
               {"balance": "0x0f4240", "nonce": "0x00", "code": "0x", "storage": {}}},
      "transaction": {"data": ["0x"], "gasLimit": ["GAS"], "gasPrice": "0x01", "nonce": "0x00",
                      "to": "0x2000000000000000000000000000000000000002", "value": ["0x01"],
                      "sender": "0x1000000000000000000000000000000000000001"},
      "post": {"FORK": [{"hash": "ROOT", "logs": "LOGS", EXCEPTION
                         "indexes": {"data": 0, "gas": 0, "value": 0}}]}}})";
    const auto put = [&json](std::string_view name, const std::string& value) {
      json.replace(json.find(name), name.size(), value);
    };
    put("GAS", gas);
    put("FORK", fork);
    put("ROOT", root);
    put("LOGS", logs);
    put("EXCEPTION", exception.empty() ? "" : R"("expectException": ")" + exception + R"(",)");
    return json;
  }
};

// The roots that follow, by the state's own tries.
std::string root_with(std::uint64_t sender, std::uint64_t nonce, std::uint64_t receiver,
                      std::uint64_t coinbase) {
  std::map<Address, types::GenesisAccount> accounts;
  auto& first = accounts["0x1000000000000000000000000000000000000001"_address];
  first.balance = sender;
  first.nonce = nonce;
  if (receiver != 0) {
    accounts["0x2000000000000000000000000000000000000002"_address].balance = receiver;
  }
  if (coinbase != 0) {
    accounts["0xc000000000000000000000000000000000000003"_address].balance = coinbase;
  }
  return base::to_hex(state::MemoryState(accounts).root());
}
std::string root_after_transfer() { return root_with(1'000'000 - 21'001, 1, 1, 21'000); }
std::string root_before() { return root_with(1'000'000, 0, 0, 0); }

class Statetest : public ::testing::Test {
 protected:
  Statetest() : folder(std::filesystem::path(::testing::TempDir()) / "cairn_statetest") {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    transfer.root = root_after_transfer();
  }
  ~Statetest() override { std::filesystem::remove_all(folder); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name) << text;
  }
  // The exit code; what was printed is in `printed`.
  int run(StatetestOptions options = {}) {
    options.paths = {folder};
    base::ThreadPool pool(2);
    std::ostringstream out;
    const auto code = run_statetest(options, pool, out);
    printed = code ? out.str() : code.error().message;
    return code.value_or(-1);
  }
  int run_transfer() {
    write("transfer.json", transfer.text());
    return run();
  }

  std::filesystem::path folder;
  Transfer transfer;
  std::string printed;
};

TEST_F(Statetest, CountsByForkAndInAll) {
  EXPECT_EQ(run_transfer(), 0);
  EXPECT_EQ(printed,
            "Berlin: 1 passed, 0 failed, 0 skipped\n"
            "total: 1 passed, 0 failed, 0 skipped\n");
}

TEST_F(Statetest, FailsOnAnotherStateRoot) {
  transfer.root = root_before();
  EXPECT_EQ(run_transfer(), 1);
  EXPECT_NE(printed.find("transfer [Berlin d0 g0 v0]: state root 0x"), std::string::npos);
  EXPECT_NE(printed.find("total: 0 passed, 1 failed, 0 skipped\n"), std::string::npos);
}

TEST_F(Statetest, FailsOnAnotherLogsHash) {
  transfer.logs = root_before();
  EXPECT_EQ(run_transfer(), 1);
  EXPECT_NE(printed.find("logs hash"), std::string::npos);
}

TEST_F(Statetest, FailsOnAnUnknownFork) {
  transfer.fork = "Atlantis";
  EXPECT_EQ(run_transfer(), 1);
  EXPECT_NE(printed.find("unknown fork Atlantis"), std::string::npos);
}

TEST_F(Statetest, WantsTheVeryException) {
  transfer.gas = "0x5207";
  transfer.root = root_before();
  transfer.exception = "TransactionException.INTRINSIC_GAS_TOO_LOW";
  EXPECT_EQ(run_transfer(), 0) << printed;
  transfer.exception = "TransactionException.NONCE_IS_MAX";
  EXPECT_EQ(run_transfer(), 1);
  EXPECT_NE(printed.find("refused as intrinsic_gas_too_low"), std::string::npos);
  transfer.exception = "NoSuchName";
  EXPECT_EQ(run_transfer(), 1);
  EXPECT_NE(printed.find("unknown exception"), std::string::npos);
}

TEST_F(Statetest, FailsWhereATransactionShouldHaveBeenRefused) {
  transfer.exception = "TransactionException.INTRINSIC_GAS_TOO_LOW";
  EXPECT_EQ(run_transfer(), 1);
  EXPECT_NE(printed.find("but the transaction was executed"), std::string::npos);
}

TEST_F(Statetest, RefusesFieldsThatMakeNoTransaction) {
  transfer.gas = "0x10000000000000000";
  transfer.root = root_before();
  transfer.exception = "TransactionException.RLP_ERROR_SIZE";
  EXPECT_EQ(run_transfer(), 0) << printed;
}

TEST_F(Statetest, FailsOnAFileThatItCannotRead) {
  write("broken.json", "{");
  EXPECT_EQ(run(), 1);
  EXPECT_NE(printed.find("unreadable: 0 passed, 1 failed"), std::string::npos);
}

TEST_F(Statetest, SaysWhereThereIsNothingToRun) {
  EXPECT_EQ(run(), -1);
  EXPECT_EQ(printed, "there is no test in what was named");
}

TEST_F(Statetest, NamesAPathThatIsNotThere) {
  base::ThreadPool pool(1);
  std::ostringstream out;
  const auto code =
      run_statetest({.paths = {folder / "none"}, .trace = false, .only = {}}, pool, out);
  ASSERT_FALSE(code);
  EXPECT_NE(code.error().message.find("none"), std::string::npos);
}

TEST_F(Statetest, TracesOneTestByEip3155) {
  transfer.gas = "0x55f0";
  std::string text = transfer.text();
  const std::string pre = R"("pre": {)";
  text.insert(text.find(pre) + pre.size(),
              R"("0x2000000000000000000000000000000000000002":
                 {"balance": "0x00", "nonce": "0x00", "code": "0x600160020100", "storage": {}},)");
  write("transfer.json", text);
  run({.paths = {}, .trace = true, .only = "Berlin"});
  EXPECT_NE(printed.find(R"({"pc":0,"op":96,)"), std::string::npos) << printed;
  EXPECT_NE(printed.find(R"("gasCost":"0x3","memSize":0,"stack":["0x1","0x2"],"depth":1)"),
            std::string::npos)
      << printed;
  EXPECT_NE(printed.find(R"("opName":"ADD")"), std::string::npos);
}

TEST_F(Statetest, TracesNoMoreThanOneTest) {
  write("a.json", transfer.text());
  write("b.json", transfer.text());
  EXPECT_EQ(run({.paths = {}, .trace = true, .only = {}}), -1);
  EXPECT_NE(printed.find("2 match"), std::string::npos);
}

TEST(Network, HasTheBlobParametersOfItsName) {
  EXPECT_EQ(network_from_name("Cancun")->blob_params, types::kCancunBlobParams);
  EXPECT_EQ(network_from_name("Osaka")->blob_params, types::kPragueBlobParams);
  EXPECT_EQ(network_from_name("BPO2")->blob_params.max, 21u);
  EXPECT_EQ(network_from_name("BPO2")->fork, types::Fork::osaka);
  EXPECT_FALSE(network_from_name("Atlantis"));
}

}  // namespace
}  // namespace cairn::spec
