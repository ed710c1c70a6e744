#pragma once
// What another node's JSON means. Errors (ErrorCode::malformed) say which field is wrong and how.

#include <cstdint>
#include <string_view>
#include <vector>

#include "chain/chain_view.hpp"
#include "chain/log_query.hpp"

namespace cairn::node {

// JSON texts of single values. A quantity may have leading zeros: nodes differ in slots.
Result<U256> read_upstream_quantity(std::string_view json);
Result<std::uint64_t> read_upstream_number(std::string_view json);
Result<Bytes> read_upstream_data(std::string_view json);

// A block object; nothing for null. The hash must be that of the header's fields.
Result<std::optional<chain::SealedHeader>> read_upstream_header(std::string_view json);

// What eth_getLogs answers. Nodes that do not say a block's timestamp leave it 0.
Result<std::vector<chain::FoundLog>> read_upstream_logs(std::string_view json);

}  // namespace cairn::node
