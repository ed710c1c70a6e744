#pragma once
// Methods about the client and the network it is on.

#include "api/method.hpp"

namespace cairn::api {

Answer chain_id(Context& context);
Answer client_version(Context& context);

}  // namespace cairn::api
