#include "api/account_methods.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "crypto/keccak.hpp"
#include "tests/api/dev_chain.hpp"

namespace cairn::api::test {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kCode = "0x435f5500";  // SSTORE(0, NUMBER)
constexpr std::string_view kNobody = R"("0x00000000000000000000000000000000000000aa")";
constexpr std::string_view kEmpty =
    R"({"nonce":"0x0","balance":"0x0","storageRoot":"0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996c)"
    R"(adc001622fb5e363b421","codeHash":"0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad804)"
    R"(5d85a470"})";

class AccountMethods : public ::testing::Test {
 protected:
  std::string account(std::string_view address, std::string_view block = R"("latest")") {
    return chain_.result("eth_getAccount", fmt::format("[{},{}]", address, block));
  }
  std::string proven(std::string_view address, std::string_view block, std::string_view member) {
    return test::member(chain_.result("eth_getProof", fmt::format("[{},[],{}]", address, block)),
                        member);
  }
  std::string contract() {
    const std::string made = chain_.deploy(kCode);
    chain_.result("eth_sendTransaction", fmt::format(R"([{{"from":"{}","to":{},"value":"0x5"}}])",
                                                     chain_.account(0), made));
    return made;
  }

  DevChain chain_;
};

TEST_F(AccountMethods, TellAnAccountWithItsRoots) {
  const std::string made = contract();
  for (const char* block : {R"("latest")", R"("0x1")", R"("0x2")"}) {
    const std::string found = account(made, block);
    EXPECT_EQ(member(found, "nonce"), R"("0x1")");
    EXPECT_EQ(member(found, "balance"), proven(made, block, "balance")) << block;
    EXPECT_EQ(member(found, "storageRoot"), proven(made, block, "storageHash")) << block;
    EXPECT_EQ(member(found, "codeHash"), proven(made, block, "codeHash")) << block;
  }
  EXPECT_NE(member(account(made, R"("0x1")"), "storageRoot"),
            member(account(made, R"("0x2")"), "storageRoot"));
  EXPECT_EQ(account(made), chain_.result("eth_getAccount", "[" + made + "]"));
}

TEST_F(AccountMethods, TellAnEmptyAccountWhereThereIsNone) {
  EXPECT_EQ(account(kNobody), kEmpty);
  EXPECT_EQ(account(kNobody, R"("0x0")"), kEmpty);
  EXPECT_EQ(account(kNobody, R"("pending")"), kEmpty);
  EXPECT_EQ(chain_.result("eth_getAccountInfo", fmt::format("[{}]", kNobody)),
            R"({"balance":"0x0","nonce":"0x0","code":"0x"})");
}

TEST_F(AccountMethods, CountWhatWasChangedByHandAndWhatWaits) {
  const std::string made = contract();
  const std::string root = member(account(made), "storageRoot");
  chain_.result("anvil_setStorageAt", fmt::format(R"([{},"0x1","0x{:064x}"])", made, 7));
  chain_.result("anvil_setBalance", fmt::format(R"([{},"0x9"])", kNobody));
  const std::string changed = member(account(made), "storageRoot");
  EXPECT_NE(changed, root);
  EXPECT_EQ(member(account(kNobody), "balance"), R"("0x9")");
  chain_.result("evm_mine");
  EXPECT_EQ(proven(made, R"("latest")", "storageHash"), changed);

  chain_.result("evm_setAutomine", "[false]");
  chain_.result("eth_sendTransaction",
                fmt::format(R"([{{"from":"{}","to":{},"gas":"0x186a0","value":"0x1"}}])",
                            chain_.account(0), made));
  const std::string pending = account(made, R"("pending")");
  EXPECT_EQ(member(pending, "balance"), R"("0x6")");
  EXPECT_EQ(member(account(made), "balance"), R"("0x5")");
  chain_.result("evm_mine");
  EXPECT_EQ(account(made), pending);
}

TEST_F(AccountMethods, TellBalanceNonceAndCode) {
  const std::string made = contract();
  EXPECT_EQ(chain_.result("eth_getAccountInfo", "[" + made + R"(,"latest"])"),
            fmt::format(R"({{"balance":"0x5","nonce":"0x1","code":"{}"}})", kCode));
  EXPECT_EQ(chain_.result("eth_getAccountInfo", "[" + made + R"(,"0x0"])"),
            R"({"balance":"0x0","nonce":"0x0","code":"0x"})");
}

TEST_F(AccountMethods, FindCodeByItsHash) {
  const std::string made = contract();
  const std::string hash = member(account(made), "codeHash");
  EXPECT_EQ(hash, fmt::format("\"{}\"", base::to_hex(crypto::keccak256(*base::from_hex(kCode)))));
  const std::string code = fmt::format("\"{}\"", kCode);
  EXPECT_EQ(chain_.result("debug_codeByHash", "[" + hash + "]"), code);
  EXPECT_EQ(chain_.result("debug_codeByHash", "[" + hash + R"(,"0x0"])"), code);
  const std::string empty = member(std::string(kEmpty), "codeHash");
  EXPECT_EQ(chain_.result("debug_codeByHash", "[" + empty + "]"), "\"0x\"");
  EXPECT_EQ(chain_.result("debug_codeByHash", fmt::format(R"(["0x{:064x}"])", 1)), "\"0x\"");
}

TEST_F(AccountMethods, RefuseWhatTheyCannotRead) {
  EXPECT_THAT(chain_.error("eth_getAccount", "[]"), HasSubstr("-32602"));
  EXPECT_THAT(chain_.error("eth_getAccount", R"(["0x12","latest"])"), HasSubstr("-32602"));
  EXPECT_THAT(chain_.error("eth_getAccount", fmt::format(R"([{},"0x99"])", kNobody)),
              HasSubstr("header not found"));
  EXPECT_THAT(chain_.error("eth_getAccountInfo", fmt::format(R"([{},"0x99"])", kNobody)),
              HasSubstr("header not found"));
  EXPECT_THAT(chain_.error("debug_codeByHash", R"(["0x12"])"), HasSubstr("-32602"));
  EXPECT_THAT(chain_.error("debug_codeByHash", fmt::format(R"(["0x{:064x}","latestt"])", 1)),
              HasSubstr("-32602"));
}

}  // namespace
}  // namespace cairn::api::test
