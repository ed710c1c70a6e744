#pragma once
// One file of tests, read whole.

#include <filesystem>
#include <functional>
#include <variant>
#include <vector>

#include "spec/blockchain_test.hpp"
#include "spec/state_test.hpp"
#include "spec/transaction_test.hpp"
#include "spec/vm_test.hpp"

namespace cairn::spec {

using Test = std::variant<StateTest, VmTest, TransactionTest, BlockchainTest>;

// Errors name the test and the field.
Result<std::vector<Test>> read_test_file(const std::filesystem::path& path);

// The objects of a file by name, each handed to `read` while the parsed text lives.
Result<> for_each_test(
    const std::filesystem::path& path,
    const std::function<Result<>(std::string_view name, const Json& test)>& read);

}  // namespace cairn::spec
