#include "txpool/refusal.hpp"

namespace cairn::txpool {

std::string_view pool_refused_name(PoolRefused code) {
  switch (code) {
    case PoolRefused::invalid:
      return "invalid";
    case PoolRefused::already_known:
      return "already_known";
    case PoolRefused::replacement_underpriced:
      return "replacement_underpriced";
    case PoolRefused::underpriced:
      return "underpriced";
    case PoolRefused::unprotected:
      return "unprotected";
    case PoolRefused::account_limit:
      return "account_limit";
    case PoolRefused::pool_full:
      return "pool_full";
    case PoolRefused::in_flight_limit:
      return "in_flight_limit";
    case PoolRefused::invalid_sidecar:
      return "invalid_sidecar";
    case PoolRefused::too_large:
      return "too_large";
    case PoolRefused::unavailable:
      return "unavailable";
    case PoolRefused::out_of_reach:
      return "out_of_reach";
    case PoolRefused::nonce_gap:
      return "nonce_gap";
    case PoolRefused::not_executable:
      return "not_executable";
    case PoolRefused::replaced:
      return "replaced";
    case PoolRefused::nonce_used:
      return "nonce_used";
    case PoolRefused::expired:
      return "expired";
    case PoolRefused::removed_by_user:
      return "removed_by_user";
    case PoolRefused::taken_back:
      return "taken_back";
  }
  return "unknown";
}

}  // namespace cairn::txpool
