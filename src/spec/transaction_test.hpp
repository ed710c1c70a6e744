#pragma once
// TransactionTests: bytes, and per fork the transaction's hash, sender and intrinsic gas, or why it
// is refused.

#include <optional>
#include <string>
#include <vector>

#include "spec/json.hpp"

namespace cairn::spec {

struct TransactionTest {
  struct Expectation {
    std::string network;
    std::optional<std::string> exception;
    Hash256 hash;  // these three where there is no exception
    Address sender;
    std::uint64_t intrinsic_gas = 0;
  };

  std::string name;
  Bytes encoded;
  std::vector<Expectation> expectations;
};

Result<TransactionTest> read_transaction_test(std::string name, const Json& json);

// Nothing when all is as expected; otherwise the reason.
std::optional<std::string> run_transaction_test(const TransactionTest& test,
                                                const TransactionTest::Expectation& expected);

}  // namespace cairn::spec
