#include "api/proof_methods.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "crypto/keccak.hpp"
#include "tests/api/dev_chain.hpp"

namespace cairn::api::test {
namespace {

using ::testing::HasSubstr;

// SSTORE(0, NUMBER) and LOG0: changes with every call.
constexpr std::string_view kCounter = "0x435f5500";

class Proofs : public ::testing::Test {
 protected:
  // Whether the first node of the account's proof at a block is what the header's root names.
  bool fits_header(const std::string& address, std::uint64_t number) {
    const std::string tag = fmt::format("\"{:#x}\"", number);
    const std::string proof =
        chain_.result("eth_getProof", fmt::format(R"([{},["0x0"],{}])", address, tag));
    const std::string root =
        member(chain_.result("eth_getBlockByNumber", "[" + tag + ",false]"), "stateRoot");
    const std::string nodes = member(proof, "accountProof");
    const std::string first = nodes.substr(4, nodes.find('"', 2) - 4);
    return "\"" + base::to_hex(crypto::keccak256(*base::from_hex(first))) + "\"" == root;
  }
  std::string slot_value(const std::string& address, std::string_view block) {
    const std::string proof =
        member(chain_.result("eth_getProof", fmt::format(R"([{},["0x0"],"{}"])", address, block)),
               "storageProof");
    return member(proof.substr(1, proof.size() - 2), "value");
  }
  void call(const std::string& contract) {
    chain_.result("eth_sendTransaction",
                  fmt::format(R"([{{"from":"{}","to":{}}}])", chain_.account(0), contract));
  }

  DevChain chain_;
};

TEST_F(Proofs, FitTheStateRootOfEveryBlock) {
  const std::string contract = chain_.deploy(kCounter);
  for (int i = 0; i < 5; ++i) {
    call(contract);
  }
  const std::uint64_t head = chain_.node().head()->number();
  for (std::uint64_t number = 0; number <= head; ++number) {
    EXPECT_TRUE(fits_header(contract, number)) << number;
    EXPECT_TRUE(fits_header("\"" + chain_.account(3) + "\"", number)) << number;
  }
}

TEST_F(Proofs, ShowWhatASlotWasAtThatBlock) {
  const std::string contract = chain_.deploy(kCounter);
  call(contract);
  call(contract);
  EXPECT_EQ(slot_value(contract, "0x1"), "\"0x0\"");
  EXPECT_EQ(slot_value(contract, "0x2"), "\"0x2\"");
  EXPECT_EQ(slot_value(contract, "latest"), "\"0x3\"");
}

TEST_F(Proofs, LeaveOutWhatWasChangedByHandSince) {
  const std::string contract = chain_.deploy(kCounter);
  call(contract);
  chain_.result("anvil_setStorageAt", fmt::format(R"([{},"0x0","0x{:064x}"])", contract, 99));
  EXPECT_EQ(slot_value(contract, "latest"), "\"0x2\"");
  EXPECT_TRUE(fits_header(contract, 2));
  chain_.result("evm_mine");
  EXPECT_EQ(slot_value(contract, "latest"), "\"0x63\"");
  EXPECT_TRUE(fits_header(contract, 2));
  EXPECT_TRUE(fits_header(contract, 3));
}

TEST_F(Proofs, ShowThatAnAccountIsNotThere) {
  const std::string proof = chain_.result(
      "eth_getProof", R"(["0x00000000000000000000000000000000000000aa",["0x1"],"latest"])");
  EXPECT_EQ(member(proof, "balance"), "\"0x0\"");
  EXPECT_THAT(member(proof, "storageProof"), HasSubstr(R"("proof":[])"));
  EXPECT_GT(member(proof, "accountProof").size(), 100u);
}

TEST_F(Proofs, NameKeysAsTheyWereAskedFor) {
  const std::string whole = fmt::format("0x{:064x}", 1);
  const std::string proof = chain_.result(
      "eth_getProof", fmt::format(R"(["{}",["0x01","{}"]])", chain_.account(0), whole));
  EXPECT_THAT(member(proof, "storageProof"), HasSubstr(R"("key":"0x1")"));
  EXPECT_THAT(member(proof, "storageProof"), HasSubstr("\"key\":\"" + whole + "\""));
}

TEST_F(Proofs, RefuseBadKeysAndTooMany) {
  const auto refusal = [&](std::string_view keys) {
    return chain_.error("eth_getProof", fmt::format(R"(["{}",[{}]])", chain_.account(0), keys));
  };
  EXPECT_THAT(refusal(R"("0xasdf")"), HasSubstr("-32602: "));
  EXPECT_THAT(refusal(fmt::format("\"0x{:066x}\"", 1)), HasSubstr("too long"));
  std::string many = "\"0x0\"";
  for (int i = 0; i < 1'024; ++i) {
    many += ",\"0x0\"";
  }
  EXPECT_THAT(refusal(many), HasSubstr("too many storage keys requested (max 1024, got 1025)"));
}

}  // namespace
}  // namespace cairn::api::test
