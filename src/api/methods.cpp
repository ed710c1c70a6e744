#include "api/methods.hpp"

#include <algorithm>

#include "api/client_methods.hpp"

namespace cairn::api {
namespace {

std::vector<Method> methods() {
  return {
      make_method<chain_id>("eth_chainId", {}, "The chain id that transactions are signed for."),
      make_method<client_version>("web3_clientVersion", {}, "Name and version of this program."),
  };
}

}  // namespace

MethodTable::MethodTable() : methods_(methods()) { std::ranges::sort(methods_, {}, &Method::name); }

const Method* MethodTable::find(std::string_view name) const {
  const auto at = std::ranges::lower_bound(methods_, name, {}, &Method::name);
  return at != methods_.end() && at->name == name ? &*at : nullptr;
}

}  // namespace cairn::api
