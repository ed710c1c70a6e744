#include "chain/settings.hpp"

#include "codec/rlp.hpp"

namespace cairn::chain {
namespace {

template <class T>
void write_optional(auto& fields, const std::optional<T>& value) {
  fields.list([&](auto& option) {
    if (value) {
      if constexpr (std::is_same_v<T, Hash256>) {
        option.string(*value);
      } else {
        option.number(*value);
      }
    }
  });
}

// `read` takes the value from the list of one.
template <class T>
Result<std::optional<T>> read_optional(codec::RlpReader& fields, std::string_view name,
                                       Result<T> (*read)(codec::RlpReader&, std::string_view)) {
  CAIRN_TRY(codec::RlpReader option, fields.list(name));
  if (option.at_end()) {
    return std::nullopt;
  }
  CAIRN_TRY(T value, read(option, name));
  CAIRN_CHECK(option.finish(name));
  return value;
}

Result<std::uint64_t> read_u64(codec::RlpReader& in, std::string_view name) { return in.u64(name); }
Result<U256> read_u256(codec::RlpReader& in, std::string_view name) { return in.u256(name); }
Result<Hash256> read_hash(codec::RlpReader& in, std::string_view name) {
  return in.fixed<32>(name);
}

Result<bool> read_flag(codec::RlpReader& fields, std::string_view name) {
  CAIRN_TRY(const std::uint64_t flag, fields.u64(name));
  if (flag > 1) {
    return fail(ErrorCode::malformed, std::string(name) + ": neither 0 nor 1");
  }
  return flag == 1;
}

void write_covered(auto& fields, const Covered& covered) {
  fields.list([&](auto& mode) {
    if (covered.mining) {
      mode.number(std::uint64_t{covered.mining->automine});
      mode.number(covered.mining->interval);
      mode.number(covered.mining->spread);
    }
  });
  write_optional(fields, covered.impersonate_all
                             ? std::optional(std::uint64_t{*covered.impersonate_all})
                             : std::nullopt);
  write_optional(fields, covered.gas_limit);
}

Result<Covered> read_covered(codec::RlpReader& fields) {
  Covered out;
  CAIRN_TRY(codec::RlpReader mode, fields.list("covered mining"));
  if (!mode.at_end()) {
    MiningMode mining;
    CAIRN_TRY(mining.automine, read_flag(mode, "covered automine"));
    CAIRN_TRY(mining.interval, mode.u64("covered interval"));
    if (!mode.at_end()) {
      CAIRN_TRY(mining.spread, mode.u64("covered spread"));
    }
    CAIRN_CHECK(mode.finish("covered mining"));
    out.mining = mining;
  }
  CAIRN_TRY(out.impersonate_all, read_optional(fields, "covered impersonate all", read_flag));
  CAIRN_TRY(out.gas_limit, read_optional(fields, "covered gas limit", read_u64));
  return out;
}

Result<std::set<Address>> read_addresses(codec::RlpReader& fields, std::string_view name) {
  CAIRN_TRY(codec::RlpReader list, fields.list(name));
  std::set<Address> out;
  while (!list.at_end()) {
    CAIRN_TRY(const Address address, list.fixed<20>(name));
    if (!out.empty() && address <= *out.rbegin()) {
      return fail(ErrorCode::malformed, std::string(name) + ": out of order");
    }
    out.insert(address);
  }
  return out;
}

}  // namespace

void Settings::set_mining(const MiningMode& mode) {
  automine = mode.automine;
  mining_interval = mode.interval;
  mining_spread = mode.spread;
}

void Settings::uncover() {
  set_mining(covered.mining.value_or(mining()));
  impersonate_all = covered.impersonate_all.value_or(impersonate_all);
  gas_limit = covered.gas_limit.value_or(gas_limit);
  covered = {};
}

Settings standing_over(Settings past, const Settings& now) {
  past.set_mining(now.mining());
  past.covered.mining = now.covered.mining;
  past.covered.impersonate_all = now.covered.impersonate_all;
  past.chain_id = now.chain_id;
  past.impersonated = now.impersonated;
  past.impersonate_all = now.impersonate_all;
  past.logging = now.logging;
  return past;
}

Bytes encode_settings(const Settings& settings) {
  return codec::encode_rlp([&](auto& sink) {
    sink.list([&](auto& fields) {
      fields.number(static_cast<std::uint64_t>(settings.clock_offset));
      fields.number(std::uint64_t{settings.automine});
      fields.number(settings.mining_interval);
      fields.string(settings.coinbase);
      fields.number(settings.gas_limit);
      write_optional(fields, settings.timestamp_interval);
      fields.string(settings.instance_id);
      write_optional(fields, settings.next_timestamp);
      write_optional(fields, settings.next_base_fee);
      write_optional(fields, settings.next_prev_randao);
      fields.number(settings.minimum_gas_price);
      write_optional(fields, settings.chain_id);
      fields.list([&](auto& list) {
        for (const Address& address : settings.impersonated) {
          list.string(address);
        }
      });
      fields.number(std::uint64_t{settings.impersonate_all});
      fields.number(std::uint64_t{settings.logging});
      write_covered(fields, settings.covered);
      fields.number(settings.mining_spread);
    });
  });
}

Result<Settings> decode_settings(BytesView rlp) {
  CAIRN_TRY(codec::RlpReader fields, codec::read_rlp_list(rlp, "settings"));
  Settings out;
  CAIRN_TRY(const std::uint64_t offset, fields.u64("clock offset"));
  out.clock_offset = static_cast<std::int64_t>(offset);
  CAIRN_TRY(out.automine, read_flag(fields, "automine"));
  CAIRN_TRY(out.mining_interval, fields.u64("mining interval"));
  CAIRN_TRY(out.coinbase, fields.fixed<20>("coinbase"));
  CAIRN_TRY(out.gas_limit, fields.u64("gas limit"));
  CAIRN_TRY(out.timestamp_interval, read_optional(fields, "timestamp interval", read_u64));
  CAIRN_TRY(out.instance_id, fields.fixed<32>("instance id"));
  CAIRN_TRY(out.next_timestamp, read_optional(fields, "next timestamp", read_u64));
  CAIRN_TRY(out.next_base_fee, read_optional(fields, "next base fee", read_u256));
  CAIRN_TRY(out.next_prev_randao, read_optional(fields, "next prevRandao", read_hash));
  if (fields.at_end()) {
    return out;
  }
  CAIRN_TRY(out.minimum_gas_price, fields.u256("minimum gas price"));
  CAIRN_TRY(out.chain_id, read_optional(fields, "chain id", read_u64));
  CAIRN_TRY(out.impersonated, read_addresses(fields, "impersonated"));
  CAIRN_TRY(out.impersonate_all, read_flag(fields, "impersonate all"));
  CAIRN_TRY(out.logging, read_flag(fields, "logging"));
  if (fields.at_end()) {
    return out;
  }
  CAIRN_TRY(out.covered, read_covered(fields));
  if (fields.at_end()) {
    return out;
  }
  CAIRN_TRY(out.mining_spread, fields.u64("mining spread"));
  CAIRN_CHECK(fields.finish("settings"));
  return out;
}

}  // namespace cairn::chain
