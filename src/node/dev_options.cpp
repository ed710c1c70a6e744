#include "node/dev_options.hpp"

namespace cairn::node {

DevOptions network_options() {
  DevOptions out;
  out.strict_timestamps = true;
  out.gas_target = 60'000'000;
  out.pool = txpool::Limits{};
  out.automine = false;
  out.mining_interval = 0;
  return out;
}

}  // namespace cairn::node
