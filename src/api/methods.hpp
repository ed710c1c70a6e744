#pragma once
// The table of all JSON-RPC methods; reference pages are printed from it.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/method.hpp"

namespace cairn::api {

class MethodTable {
 public:
  // `with_cheats`: also what a dev chain lets its user do (anvil_, evm_, hardhat_ ...).
  // `namespaces`: what methods' names begin with up to the `_`; none: every one.
  explicit MethodTable(bool with_cheats = true, const std::set<std::string>& namespaces = {});

  const Method* find(std::string_view name) const;             // null: no such method
  const std::vector<Method>& all() const { return methods_; }  // sorted by name
  // Of the methods that there are without cheats.
  static std::set<std::string> namespaces();

 private:
  std::vector<Method> methods_;
};

}  // namespace cairn::api
