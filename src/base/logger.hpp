#pragma once
// Logging as lines of text or of JSON. There is no global logger: a Logger is passed in, and copied
// freely (copies share one output). Any thread may log.
//
//   logger.info("block imported", {{"number", 12u}, {"hash", to_hex(hash)}});
//
//   2026-01-31T12:00:00.123Z INFO  chain: block imported number=12 hash=0x1f..
//   {"time":"2026-01-31T12:00:00.123Z","level":"info","component":"chain",
//    "message":"block imported","number":12,"hash":"0x1f.."}                  (one line)

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"

namespace cairn::base {

enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, off };
enum class LogFormat : std::uint8_t { text, json };

std::string_view log_level_name(LogLevel level);
std::optional<LogLevel> log_level_from_name(std::string_view name);

// What takes more than a line. As text: `lines`, indented under the record's own; as JSON: the
// field has the value `json`, which is one JSON value.
struct LogBlock {
  std::vector<std::string> lines;
  std::string json;
};

// One JSON value, shown as it is in both formats.
struct LogJson {
  std::string json;
};

struct LogField {
  using Value =
      std::variant<std::string, std::uint64_t, std::int64_t, double, bool, LogBlock, LogJson>;

  LogField(std::string_view field, std::string_view text) : key(field), value(std::string(text)) {}
  LogField(std::string_view field, const char* text) : LogField(field, std::string_view(text)) {}
  LogField(std::string_view field, const std::string& text) : key(field), value(text) {}
  LogField(std::string_view field, LogBlock block) : key(field), value(std::move(block)) {}
  LogField(std::string_view field, LogJson json) : key(field), value(std::move(json)) {}
  LogField(std::string_view field, bool flag) : key(field), value(flag) {}
  LogField(std::string_view field, double number) : key(field), value(number) {}
  LogField(std::string_view field, std::unsigned_integral auto number)
      : key(field), value(std::uint64_t{number}) {}
  LogField(std::string_view field, std::signed_integral auto number)
      : key(field), value(std::int64_t{number}) {}

  std::string_view key;  // a short word without spaces or quotes
  Value value;
};

class Logger {
 public:
  // Says nothing.
  Logger() = default;
  // Drops what is below `level`. `clock` and `out` outlive every copy; each line is flushed.
  Logger(const Clock& clock, std::ostream& out, LogFormat format = LogFormat::text,
         LogLevel level = LogLevel::info);

  // The same output under a component's name ("chain", "rpc").
  Logger named(std::string_view component) const;

  bool enabled(LogLevel level) const;
  LogFormat format() const;
  // What is about to be formatted at some cost is guarded by `enabled`.
  void write(LogLevel level, std::string_view message, std::span<const LogField> fields) const;
  void log(LogLevel level, std::string_view message,
           std::initializer_list<LogField> fields = {}) const {
    write(level, message, std::span(fields.begin(), fields.size()));
  }

  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    log(LogLevel::debug, message, fields);
  }
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    log(LogLevel::info, message, fields);
  }
  void warn(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    log(LogLevel::warn, message, fields);
  }
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    log(LogLevel::error, message, fields);
  }

 private:
  struct Output;

  std::shared_ptr<Output> output_;
  std::string component_;
};

}  // namespace cairn::base
