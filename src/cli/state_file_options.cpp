#include "cli/state_file_options.hpp"

namespace cairn::cli {
namespace {

Setter into_path(std::string& target) {
  return [&target](std::string_view text) -> Result<void> {
    target = text;
    return text.empty() ? fail(ErrorCode::invalid_argument, "want a file") : Result<void>{};
  };
}

Setter into_interval(std::uint64_t& target) {
  return [&target](std::string_view text) -> Result<void> {
    constexpr std::uint64_t kMost = 86'400;
    CAIRN_CHECK(into(target)(text));
    return target > 0 && target <= kMost
               ? Result<void>{}
               : fail(ErrorCode::invalid_argument, "want seconds, from 1 to 86400");
  };
}

}  // namespace

std::vector<Option> options_of(StateFileOptions& o) {
  return {
      {"state", "FILE", "--load-state where the file is there, and --dump-state",
       into_path(o.both)},
      {"load-state", "FILE", "a new chain begins with this dump's blocks and state",
       into_path(o.load)},
      {"dump-state", "FILE", "write blocks and state there at the end, and now and then",
       into_path(o.dump)},
      Option{"state-interval", "SECONDS", "how often, where there is something new (60)",
             into_interval(o.interval)}
          .also({}, 's'),
      {"preserve-historical-states", "", "write the states of past blocks too",
       into(o.past_states)},
  };
}

}  // namespace cairn::cli
