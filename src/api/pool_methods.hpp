#pragma once
// What waits in the pool (geth's txpool_ set).

#include "api/method.hpp"

namespace cairn::api {

Answer txpool_status(Context& context);
Answer txpool_content(Context& context);
Answer txpool_content_from(Context& context, const Address& sender);
Answer txpool_inspect(Context& context);

}  // namespace cairn::api
