#include "api/errors.hpp"

#include <fmt/format.h>

namespace cairn::api {

RpcError method_not_found(std::string_view method) {
  return {RpcCode::method_not_found,
          fmt::format("the method {} does not exist/is not available", method),
          {}};
}

}  // namespace cairn::api
