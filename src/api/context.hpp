#pragma once
// What every method can reach.

#include <cstdint>
#include <string>

namespace cairn::api {

struct Context {
  std::uint64_t chain_id = 31337;
  std::string client_version;
};

}  // namespace cairn::api
