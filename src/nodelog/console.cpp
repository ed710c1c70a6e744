#include "nodelog/console.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <span>
#include <unordered_map>

#include "base/hex.hpp"
#include "base/printable.hpp"
#include "codec/abi.hpp"
#include "nodelog/abi_text.hpp"
#include "nodelog/signatures.hpp"
#include "types/selector.hpp"

namespace cairn::nodelog {
namespace {

using codec::AbiType;
using codec::AbiValue;
using Kind = AbiType::Kind;
using Types = std::vector<AbiType>;

struct Argument {
  std::string_view name;
  std::string_view old_name;  // what console.sol hashed before version 2.6 of Hardhat
};
constexpr std::array kArguments{
    Argument{"uint256", "uint"}, Argument{"int256", "int"},      Argument{"string", "string"},
    Argument{"bool", "bool"},    Argument{"address", "address"}, Argument{"bytes", "bytes"},
};
constexpr std::size_t kMostArguments = 4;

class Overloads {
 public:
  Overloads() {
    add("");
    for (int size = 1; size <= 32; ++size) {
      add(fmt::format("bytes{}", size));
    }
    std::vector<std::string> lists{""};
    std::vector<std::string> old_lists{""};
    for (std::size_t count = 1; count <= kMostArguments; ++count) {
      lists = longer(lists, &Argument::name);
      old_lists = longer(old_lists, &Argument::old_name);
    }
  }

  const Types* find(const Selector& selector) const {
    const auto found = by_selector_.find(selector);
    return found == by_selector_.end() ? nullptr : &found->second;
  }

 private:
  void add(const std::string& list) {
    by_selector_.emplace(types::selector("log(" + list + ")"),
                         codec::parse_abi_types(list).value());
  }

  // Each list with each type after it.
  std::vector<std::string> longer(const std::vector<std::string>& lists,
                                  std::string_view Argument::* name) {
    std::vector<std::string> out;
    for (const std::string& list : lists) {
      for (const Argument& argument : kArguments) {
        out.push_back(list + (list.empty() ? "" : ",") + std::string(argument.*name));
        add(out.back());
      }
    }
    return out;
  }

  std::unordered_map<Selector, Types> by_selector_;
};

// The arguments of one log(...).
class Message {
 public:
  Message(std::span<const AbiType> types, std::span<const AbiValue> values)
      : types_(types), values_(values) {}

  std::string text() {
    std::string out;
    if (values_.size() > 1 && types_.front().kind == Kind::string) {
      next_ = 1;
      out = formatted(plain(0));
    } else if (!values_.empty()) {
      out = plain(next_++);
    }
    while (next_ < values_.size()) {
      out += ' ' + plain(next_++);
    }
    return out;
  }

 private:
  std::string formatted(std::string_view format) {
    std::string out;
    while (!format.empty()) {
      const std::size_t percent = std::min(format.find('%'), format.size());
      out += format.substr(0, percent);
      format.remove_prefix(percent);
      if (format.size() < 2) {
        out += format;
        break;
      }
      const Specifier specifier = specifier_of(format);
      if (specifier.letter == '%') {
        out += '%';
      } else if (const auto value = next_ < values_.size() ? as(specifier, next_) : std::nullopt) {
        out += *value;
        ++next_;
      } else {
        out += '%';
        format.remove_prefix(1);
        continue;
      }
      format.remove_prefix(specifier.length);
    }
    return out;
  }

  struct Specifier {
    char letter;
    std::size_t length = 2;                 // with the percent sign
    std::optional<std::size_t> decimals{};  // forge-std's %18e
  };

  // `format` begins with a percent sign and goes on.
  static Specifier specifier_of(std::string_view format) {
    constexpr std::size_t kMostDigits = 3;
    std::size_t decimals = 0;
    std::size_t at = 1;
    for (; at < format.size() && at <= kMostDigits && format[at] >= '0' && format[at] <= '9';
         ++at) {
      decimals = 10 * decimals + static_cast<std::size_t>(format[at] - '0');
    }
    if (at > 1 && at < format.size() && format[at] == 'e') {
      return {.letter = 'e', .length = at + 1, .decimals = decimals};
    }
    return {.letter = format[1]};
  }

  std::optional<std::string> as(const Specifier& specifier, std::size_t i) const {
    switch (specifier.letter) {
      case 'e':
        return is_integer(i) ? scaled(plain(i), specifier.decimals) : "NaN";
      case 's':
      case 'd':
      case 'i':
        return plain(i);
      case 'o':
        return types_[i].kind == Kind::string ? '\'' + plain(i) + '\'' : plain(i);
      case 'x':
        return is_integer(i) ? hexadecimal(i) : plain(i);
      default:
        return std::nullopt;
    }
  }

  // A whole number with its point `decimals` places to the left; without them in units of the
  // greatest power of ten.
  static std::string scaled(std::string digits, std::optional<std::size_t> decimals) {
    const std::string sign = digits.starts_with('-') ? "-" : "";
    digits.erase(0, sign.size());
    const std::size_t places = decimals.value_or(digits.size() - 1);
    if (digits.size() <= places) {
      digits.insert(0, places + 1 - digits.size(), '0');
    }
    std::string fraction = digits.substr(digits.size() - places);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return fmt::format("{}{}{}{}{}", sign, digits.substr(0, digits.size() - places),
                       fraction.empty() ? "" : ".", fraction,
                       decimals ? "" : fmt::format("e{}", places));
  }

  bool is_integer(std::size_t i) const {
    return types_[i].kind == Kind::unsigned_integer || types_[i].kind == Kind::signed_integer;
  }

  std::string hexadecimal(std::size_t i) const {
    const U256& number = std::get<U256>(values_[i].value);
    return types_[i].kind == Kind::signed_integer && number.sign()
               ? '-' + base::to_quantity(U256{} - number)
               : base::to_quantity(number);
  }

  std::string plain(std::size_t i) const {
    const auto* bytes = std::get_if<Bytes>(&values_[i].value);
    if (bytes == nullptr) {
      return abi_text(types_[i], values_[i]);
    }
    return types_[i].kind == Kind::string ? std::string(base::text_of(*bytes))
                                          : base::to_hex(*bytes);
  }

  std::span<const AbiType> types_;
  std::span<const AbiValue> values_;
  std::size_t next_ = 0;  // argument
};

}  // namespace

namespace {

// As a terminal has it: each tab goes to the next column that eight divides.
std::string with_spaces(std::string_view line) {
  constexpr std::size_t kColumns = 8;
  std::string out;
  for (const char c : line) {
    c == '\t' ? out.append(kColumns - out.size() % kColumns, ' ') : out.append(1, c);
  }
  return out;
}

}  // namespace

std::string console_text(BytesView input) {
  static const Overloads overloads;
  const auto selector = selector_of(input);
  const Types* types = selector ? overloads.find(*selector) : nullptr;
  if (types == nullptr) {
    return "(unknown console call) " + bytes_text(input);
  }
  const auto values = codec::decode_abi(*types, input.subspan(Selector::size()));
  if (!values) {
    return "(malformed console call) " + bytes_text(input);
  }
  return Message(*types, *values).text();
}

std::vector<std::string> console_lines(BytesView input, std::size_t most_lines,
                                       std::size_t most_bytes) {
  const std::string text = console_text(input);
  std::string_view rest = text;
  std::vector<std::string> out;
  while (out.size() < most_lines) {
    const std::size_t end = rest.find('\n');
#ifdef CAIRN_PLANTED_BUG  // fuzz/node_log_fuzz.cpp finds what a terminal obeys
    out.emplace_back(rest.substr(0, std::min(end, most_bytes)));
#else
    out.push_back(base::printable(with_spaces(rest.substr(0, end)), most_bytes));
#endif
    if (end == std::string_view::npos) {
      return out;
    }
    rest.remove_prefix(end + 1);
  }
  out.push_back(fmt::format("... ({} more bytes)", rest.size()));
  return out;
}

}  // namespace cairn::nodelog
