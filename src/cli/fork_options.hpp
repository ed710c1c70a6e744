#pragma once
// The options by which a dev chain begins on another node's block: anvil's names.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "node/fork.hpp"

namespace cairn::cli {

struct ForkOptions {
  std::string url;                    // empty: none
  std::optional<std::int64_t> block;  // negative: so many before the newest
  std::vector<std::string> headers;   // "Name: value"
  std::uint64_t timeout = 10'000;     // milliseconds
  std::uint64_t retries = 5;
  std::uint64_t retry_backoff = 1'000;  // milliseconds
  std::optional<std::uint64_t> chain_id;
  std::uint64_t compute_units_per_second = 330;
  bool no_rate_limit = false;
  bool no_storage_caching = false;
  std::vector<std::string> given;  // the flags that a source alone has a use for
};

// The table; `options` must outlive it.
std::vector<Option> options_of(ForkOptions& options);

// Invalid argument where a flag is about a source, and there is none.
Result<void> check_without_source(const ForkOptions& options);

// What the flags say of the source. Invalid argument where they do not fit together.
Result<node::ForkRequest> request_of(const ForkOptions& options);

}  // namespace cairn::cli
