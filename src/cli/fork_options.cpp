#include "cli/fork_options.hpp"

#include <fmt/format.h>

#include <charconv>

namespace cairn::cli {
namespace {

std::unexpected<Error> wrong(std::string what) {
  return fail(ErrorCode::invalid_argument, std::move(what));
}

Result<std::int64_t> block_of(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return wrong(fmt::format("'{}' is not a block number", text));
  }
  return out;
}

// URL or URL@BLOCK.
Setter into_source(ForkOptions& target) {
  return [&target](std::string_view text) -> Result<void> {
    if (text.find('\n') != std::string_view::npos) {
      return wrong("want one source: nothing says that several would give the same answers");
    }
    const auto at = text.rfind('@');
    const auto slashes = text.find("://");
    const bool has_block = at != std::string_view::npos && slashes != std::string_view::npos &&
                           text.find_first_not_of("0123456789", at + 1) == text.npos &&
                           at + 1 < text.size();
    target.url = text.substr(0, has_block ? at : text.size());
    if (has_block) {
      CAIRN_TRY(target.block, block_of(text.substr(at + 1)));
    }
    CAIRN_CHECK(node::parse_http_url(target.url));
    return {};
  };
}

Setter into_block(std::optional<std::int64_t>& target) {
  return [&target](std::string_view text) -> Result<void> {
    CAIRN_TRY(const std::int64_t block, block_of(text));
    if (target && *target != block) {
      return wrong(fmt::format("--fork-url names block {} already", *target));
    }
    target = block;
    return {};
  };
}

// One "Name: value" a line.
Setter into_headers(std::vector<std::string>& target) {
  return [&target](std::string_view text) -> Result<void> {
    target.clear();
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      const auto colon = line.find(':');
      if (colon == std::string_view::npos || colon == 0 || line.find_first_of(" \t\r") < colon ||
          line.find('\r') != line.npos) {
        return wrong(fmt::format("'{}' is not a header, want \"Name: value\"", line));
      }
      target.emplace_back(line);
      text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return {};
  };
}

Setter into_timeout(std::uint64_t& target) {
  return [&target](std::string_view text) -> Result<void> {
    constexpr std::uint64_t kMost = 600'000;
    CAIRN_CHECK(into(target)(text));
    return target > 0 && target <= kMost ? Result<void>{}
                                         : wrong("want milliseconds, from 1 to 600000");
  };
}

}  // namespace

std::vector<Option> options_of(ForkOptions& o) {
  std::vector<Option> out{
      Option{"fork-url", "URL[@BLOCK]", "begin on a block of the node at this URL", into_source(o),
             'f', true}
          .also({"rpc-url"}),
      {"fork-block-number", "N", "that block; negative: so many before its newest (its newest)",
       into_block(o.block)},
      {"fork-header", "HEADER", "\"Name: value\" sent with each question to it; may be repeated",
       into_headers(o.headers), 0, true},
      {"fork-chain-id", "ID", "its chain id, so that it need not be asked",
       into_chain_id(o.chain_id)},
      {"timeout", "MS", "the longest that one question to it may take (10000)",
       into_timeout(o.timeout)},
      {"retries", "N", "how often it is asked again when that is too much for it (5)",
       into(o.retries)},
      {"fork-retry-backoff", "MS", "wait before it is asked again, doubling (1000)",
       into(o.retry_backoff)},
      {"compute-units-per-second", "N", "what it allows, 17 a question, once it complained (330)",
       into(o.compute_units_per_second)},
      Option{"no-rate-limit", "", "ask it as fast as can be, even then", into(o.no_rate_limit)}
          .also({"no-rpc-rate-limit"}),
      {"no-storage-caching", "", "keep nothing of what it says on disk",
       into(o.no_storage_caching)},
      {"fork-transaction-hash", "", "",
       refuse("this flag is not supported: name the block before that transaction's with "
              "--fork-block-number, and send what should run after it")},
  };
  for (Option& option : out) {
    if (option.name != "fork-url") {
      option.set = [set = option.set, &o, flag = "--" + option.name](std::string_view text) {
        o.given.push_back(flag);
        return set(text);
      };
    }
  }
  return out;
}

Result<void> check_without_source(const ForkOptions& options) {
  return options.given.empty()
             ? Result<void>{}
             : wrong(fmt::format("{}: without --fork-url there is nothing to fork from",
                                 options.given.front()));
}

Result<node::ForkRequest> request_of(const ForkOptions& options) {
  if (!options.url.empty() && options.chain_id && !options.block) {
    return wrong("--fork-chain-id: want --fork-block-number too");
  }
  node::ForkRequest out;
  out.upstream.url = options.url;
  for (const std::string& line : options.headers) {
    const auto colon = line.find(':');
    const auto value = line.find_first_not_of(' ', colon + 1);
    out.upstream.headers.emplace_back(line.substr(0, colon),
                                      value == std::string::npos ? "" : line.substr(value));
  }
  out.upstream.timeout = std::chrono::milliseconds(options.timeout);
  out.upstream.retries = options.retries;
  out.upstream.retry_backoff = std::chrono::milliseconds(options.retry_backoff);
  out.upstream.compute_units_per_second =
      options.no_rate_limit ? 0 : options.compute_units_per_second;
  out.block = options.block;
  out.source_chain_id = options.chain_id;
  out.keep = !options.no_storage_caching;
  return out;
}

}  // namespace cairn::cli
