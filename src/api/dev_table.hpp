#pragma once
// The methods of a dev chain, each under every name that anvil, Hardhat, ganache and viem's test
// client call it by.

#include <vector>

#include "api/method.hpp"

namespace cairn::api {

std::vector<Method> dev_methods();

}  // namespace cairn::api
