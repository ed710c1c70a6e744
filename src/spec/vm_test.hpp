#pragma once
// VMTests: one frame of code without transaction or fee, under the rules of Frontier
// (legacytests/Constantinople/VMTests).

#include <map>
#include <optional>
#include <string>

#include "evm/message.hpp"
#include "spec/json.hpp"
#include "state/memory_state.hpp"

namespace cairn::spec {

struct VmTest {
  // What an ordinary end must leave behind; an exceptional halt leaves nothing.
  struct Expectation {
    std::uint64_t gas_left = 0;
    Bytes output;
    Hash256 logs_hash;
    std::map<Address, types::GenesisAccount> accounts;
  };

  std::string name;
  state::MemoryState before;
  evm::BlockContext block;
  evm::Message message;  // its input is `input`
  Bytes input;
  Bytes code;
  Address origin;
  U256 gas_price;
  std::optional<Expectation> expected;
};

Result<VmTest> read_vm_test(std::string name, const Json& json);

// Nothing when all is as expected; otherwise the reason.
std::optional<std::string> run_vm_test(const VmTest& test);

}  // namespace cairn::spec
