#include "api/filter_methods.hpp"

#include "api/filters.hpp"
#include "api/json_writer.hpp"

namespace cairn::api {
namespace {

Answer id_text(const RpcResult<std::string>& id) {
  if (!id) {
    return std::unexpected(id.error());
  }
  return to_json(*id);
}

}  // namespace

Answer eth_new_filter(Context& context, const LogFilterObject& filter) {
  return id_text(context.filters->add_logs(loosened(filter, context.limits)));
}

Answer eth_new_block_filter(Context& context) { return id_text(context.filters->add_blocks()); }

Answer eth_new_pending_transaction_filter(Context& context, const std::optional<bool>& whole) {
  return id_text(context.filters->add_transactions(whole.value_or(false)));
}

Answer eth_get_filter_changes(Context& context, const std::string& id) {
  return context.filters->changes(id);
}

Answer eth_get_filter_logs(Context& context, const std::string& id) {
  CAIRN_TRY(const LogFilterObject filter, context.filters->log_filter(id));
  return eth_get_logs(context, filter);
}

Answer eth_uninstall_filter(Context& context, const std::string& id) {
  return to_json(context.filters->remove(id));
}

}  // namespace cairn::api
