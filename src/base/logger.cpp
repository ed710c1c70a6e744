#include "base/logger.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <ctime>
#include <iterator>

#include "base/printable.hpp"

namespace cairn::base {
namespace {

constexpr std::array<std::string_view, 6> kLevelNames = {"trace", "debug", "info",
                                                         "warn",  "error", "off"};

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      break;
  }
  return spdlog::level::off;
}

bool is_plain_word(std::string_view text) {
  return !text.empty() && std::ranges::none_of(text, [](unsigned char c) {
    return c <= ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '=';
  });
}

struct AppendValue {
  std::string& out;
  LogFormat format;

  void operator()(const std::string& text) const {
    if (format == LogFormat::text && is_plain_word(text)) {
      out += text;
    } else {
      append_quoted(out, text);
    }
  }
  void operator()(bool flag) const { out += flag ? "true" : "false"; }
  void operator()(double number) const {
    if (std::isfinite(number)) {
      fmt::format_to(std::back_inserter(out), "{}", number);
    } else {
      out += "null";  // JSON has no other word for it
    }
  }
  void operator()(std::integral auto number) const {
    fmt::format_to(std::back_inserter(out), "{}", number);
  }
  void operator()(const LogJson& value) const { append_printable(out, value.json); }
  void operator()(const LogBlock& block) const { out += block.json; }  // of text: write_blocks
};

std::string timestamp(std::uint64_t unix_ms) {
  const std::tm utc = fmt::gmtime(static_cast<std::time_t>(unix_ms / 1000));
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", utc, unix_ms % 1000);
}

struct Record {
  std::string time;
  LogLevel level;
  std::string_view component;
  std::string_view message;
  std::span<const LogField> fields;
};

// The lines of the fields that have several, under the record's own. They are indented, so that no
// foreign text can look like a record.
void append_blocks(std::string& out, std::span<const LogField> fields) {
  for (const LogField& field : fields) {
    if (const auto* block = std::get_if<LogBlock>(&field.value)) {
      for (const std::string& line : block->lines) {
        out += "\n    ";
        append_printable(out, line);
      }
    }
  }
}

std::string as_text(const Record& record) {
  std::string level(log_level_name(record.level));
  for (char& c : level) {
    c = static_cast<char>(c - 'a' + 'A');
  }
  std::string line = fmt::format("{} {:<5} ", record.time, level);
  if (!record.component.empty()) {
    line += record.component;
    line += ": ";
  }
  append_printable(line, record.message);
  for (const LogField& field : record.fields) {
    if (std::holds_alternative<LogBlock>(field.value)) {
      continue;
    }
    line += ' ';
    line += field.key;
    line += '=';
    std::visit(AppendValue{line, LogFormat::text}, field.value);
  }
  append_blocks(line, record.fields);
  return line;
}

std::string as_json(const Record& record) {
  std::string line =
      fmt::format(R"({{"time":"{}","level":"{}")", record.time, log_level_name(record.level));
  if (!record.component.empty()) {
    line += R"(,"component":)";
    append_quoted(line, record.component);
  }
  line += R"(,"message":)";
  append_quoted(line, record.message);
  for (const LogField& field : record.fields) {
    line += ',';
    append_quoted(line, field.key);
    line += ':';
    std::visit(AppendValue{line, LogFormat::json}, field.value);
  }
  line += '}';
  return line;
}

}  // namespace

std::string_view log_level_name(LogLevel level) {
  return kLevelNames[static_cast<std::size_t>(level)];
}

std::optional<LogLevel> log_level_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (kLevelNames[i] == name) {
      return static_cast<LogLevel>(i);
    }
  }
  return std::nullopt;
}

struct Logger::Output {
  const Clock& clock;
  LogFormat format;
  spdlog::logger lines;
};

Logger::Logger(const Clock& clock, std::ostream& out, LogFormat format, LogLevel level)
    : output_(std::make_shared<Output>(
          clock, format,
          spdlog::logger("cairn", std::make_shared<spdlog::sinks::ostream_sink_mt>(
                                      out, /*force_flush=*/true)))) {
  output_->lines.set_pattern("%v");
  output_->lines.set_level(to_spdlog(level));
}

Logger Logger::named(std::string_view component) const {
  Logger copy = *this;
  copy.component_ = component;
  return copy;
}

bool Logger::enabled(LogLevel level) const {
  return output_ != nullptr && level != LogLevel::off &&
         output_->lines.should_log(to_spdlog(level));
}

LogFormat Logger::format() const { return output_ ? output_->format : LogFormat::text; }

void Logger::write(LogLevel level, std::string_view message,
                   std::span<const LogField> fields) const {
  if (!enabled(level)) {
    return;
  }
  const Record record{timestamp(output_->clock.unix_ms()), level, component_, message, fields};
  const std::string line = output_->format == LogFormat::json ? as_json(record) : as_text(record);
  output_->lines.log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace cairn::base
