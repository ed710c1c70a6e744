#include "cli/config_out.hpp"

#include <fmt/format.h>

#include "api/json_writer.hpp"
#include "base/hex.hpp"

namespace cairn::cli {

std::string config_json(const DevOptions& options, const std::vector<chain::DevAccount>& accounts,
                        const chain::ChainView& chain) {
  const auto first = chain.header_at(chain.fork() != nullptr ? chain.fork()->number() : 0);
  const U256 base_fee = first->header.base_fee_per_gas.value_or(U256{});
  const U256 tip = options.disable_min_priority_fee ? U256{} : U256{1'000'000'000};
  const U256 usual_price = base_fee + tip;
  api::JsonWriter out;
  out.begin_object().key("available_accounts").begin_array();
  for (const auto& account : accounts) {
    out.value(account.address);
  }
  out.end_array().key("private_keys").begin_array();
  for (const auto& account : accounts) {
    out.value(base::to_hex(account.key));
  }
  out.end_array().key("wallet").begin_object();
  out.field("mnemonic", options.mnemonic.value_or(""));
  out.field("derivation_path", options.derivation_path.value_or(""));
  out.end_object().field("base_fee", base::to_decimal(base_fee));
  out.field("gas_price", base::to_decimal(options.gas_price.value_or(usual_price)));
  out.key("gas_limit");
  options.gas_limit ? out.value(std::to_string(*options.gas_limit)) : out.null();
  out.field("genesis_timestamp", std::to_string(first->header.timestamp)).end_object();
  return std::move(out).take();
}

}  // namespace cairn::cli
