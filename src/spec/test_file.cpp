#include "spec/test_file.hpp"

#include <fmt/format.h>

#include "base/json_fault.hpp"

namespace cairn::spec {

Result<> for_each_test(
    const std::filesystem::path& path,
    const std::function<Result<>(std::string_view name, const Json& test)>& read) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (const auto error = parser.load(path.string()).get(document)) {
    return fail(ErrorCode::malformed, std::string(base::json_fault(error)));
  }
  CAIRN_TRY(const auto tests, Json(document, "file").object());
  for (const auto [name, value] : tests) {
    if (auto done = read(name, Json(value, name)); !done) {
      return fail(done.error().code, fmt::format("{}: {}", name, done.error().message));
    }
  }
  return {};
}

Result<std::vector<Test>> read_test_file(const std::filesystem::path& path) {
  std::vector<Test> tests;
  CAIRN_CHECK(for_each_test(path, [&tests](std::string_view name, const Json& json) -> Result<> {
    if (json.has("exec")) {
      CAIRN_TRY(VmTest test, read_vm_test(std::string(name), json));
      tests.emplace_back(std::move(test));
    } else if (json.has("result")) {
      CAIRN_TRY(TransactionTest test, read_transaction_test(std::string(name), json));
      tests.emplace_back(std::move(test));
    } else if (json.has("blocks")) {
      CAIRN_TRY(BlockchainTest test, read_blockchain_test(std::string(name), json));
      tests.emplace_back(std::move(test));
    } else {
      CAIRN_TRY(StateTest test, read_state_test(std::string(name), json));
      tests.emplace_back(std::move(test));
    }
    return {};
  }));
  return tests;
}

}  // namespace cairn::spec
