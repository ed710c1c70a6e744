#include "api/errors.hpp"

#include <gtest/gtest.h>

#include "base/hex.hpp"

namespace cairn::api {
namespace {

TEST(Errors, DecodesTheReasonOfARevert) {
  const auto output = *base::from_hex(
      "08c379a0"
      "0000000000000000000000000000000000000000000000000000000000000020"
      "000000000000000000000000000000000000000000000000000000000000000a"
      "75736572206572726f7200000000000000000000000000000000000000000000");
  const auto error = rpc_error(evm::Status::revert, output);
  EXPECT_EQ(error.code, RpcCode::reverted);
  EXPECT_EQ(error.message, "execution reverted: user error");
  EXPECT_EQ(error.data, '"' + base::to_hex(output) + '"');
}

TEST(Errors, NamesAPanic) {
  const auto panic = [](std::uint8_t code) {
    Bytes output = *base::from_hex("4e487b71");
    output.resize(36);
    output.back() = code;
    return rpc_error(evm::Status::revert, output).message;
  };
  EXPECT_EQ(panic(0x01), "execution reverted: assert(false)");
  EXPECT_EQ(panic(0x11), "execution reverted: arithmetic underflow or overflow");
  EXPECT_EQ(panic(0x99), "execution reverted: unknown panic code: 0x99");
}

TEST(Errors, CarriesTheBytesOfACustomErrorWithoutAReason) {
  const auto error = rpc_error(evm::Status::revert, Bytes{0xde, 0xad, 0xbe, 0xef, 0x01});
  EXPECT_EQ(error.message, "execution reverted");
  EXPECT_EQ(error.data, R"("0xdeadbeef01")");
}

TEST(Errors, IsNotMisledByALyingReason) {
  const std::string selector = "08c379a0";
  const std::string word20 = "0000000000000000000000000000000000000000000000000000000000000020";
  const std::string huge(64, 'f');
  for (const std::string& text : {selector, selector + word20, selector + huge + huge,
                                  selector + word20 + huge, selector + word20 + word20}) {
    EXPECT_EQ(revert_reason(*base::from_hex(text)), "") << text;
  }
}

TEST(Errors, GivesHaltsTheServerCodeAndGethsWords) {
  EXPECT_EQ(rpc_error(evm::Status::out_of_gas, {}).message, "out of gas");
  EXPECT_EQ(rpc_error(evm::Status::bad_jump_destination, {}).message, "invalid jump destination");
  EXPECT_EQ(rpc_error(evm::Status::out_of_gas, {}).code, RpcCode::server);
}

TEST(Errors, TellsTheCallersMistakesFromTheNodesFaults) {
  EXPECT_EQ(rpc_error(Error{ErrorCode::limit, "x"}).code, RpcCode::invalid_params);
  EXPECT_EQ(rpc_error(Error{ErrorCode::not_found, "x"}).code, RpcCode::server);
  EXPECT_EQ(rpc_error(Error{ErrorCode::io, "x"}).code, RpcCode::internal);
}

}  // namespace
}  // namespace cairn::api
