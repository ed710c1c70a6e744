#pragma once
// Polled filters: eth_newFilter and its relatives.

#include <optional>
#include <string>

#include "api/log_methods.hpp"

namespace cairn::api {

Answer eth_new_filter(Context& context, const LogFilterObject& filter);
Answer eth_new_block_filter(Context& context);
Answer eth_new_pending_transaction_filter(Context& context, const std::optional<bool>& whole);
Answer eth_get_filter_changes(Context& context, const std::string& id);
Answer eth_get_filter_logs(Context& context, const std::string& id);
Answer eth_uninstall_filter(Context& context, const std::string& id);

}  // namespace cairn::api
