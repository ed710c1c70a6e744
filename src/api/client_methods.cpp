#include "api/client_methods.hpp"

#include "api/json_writer.hpp"

namespace cairn::api {

Answer chain_id(Context& context) { return to_json(context.chain_id); }

Answer client_version(Context& context) { return to_json(context.client_version); }

}  // namespace cairn::api
