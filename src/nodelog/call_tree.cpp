#include "nodelog/call_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <unordered_set>

#include "base/hex.hpp"
#include "base/printable.hpp"
#include "evm/console.hpp"
#include "nodelog/abi_text.hpp"
#include "nodelog/console.hpp"
#include "nodelog/failure.hpp"
#include "nodelog/names.hpp"

namespace cairn::nodelog {
namespace {

using trace::CallFrame;
using trace::FrameType;

constexpr std::size_t kMostLineBytes = 512;
constexpr std::size_t kDeepestIndent = 24;
constexpr std::size_t kWord = 32;

bool has_failed(const CallFrame& frame) { return frame.status != evm::Status::success; }

// Which frames are shown.
class Choice {
 public:
  explicit Choice(const CallFrame& outermost) {
    const CallFrame* frame = &outermost;
    while (frame != nullptr && chosen_.size() < kMostFrames / 2) {
      chosen_.insert(frame);
      const std::ranges::reverse_view last_first(frame->calls);
      const auto failed = std::ranges::find_if(last_first, has_failed);
      frame = failed == last_first.end() ? nullptr : &*failed;
    }
    fill(outermost);
  }

  bool has(const CallFrame& frame) const { return chosen_.contains(&frame); }

 private:
  void fill(const CallFrame& frame) {
    for (const CallFrame& call : frame.calls) {
      if (chosen_.size() < kMostFrames) {
        chosen_.insert(&call);
      }
      if (has(call)) {
        fill(call);
      }
    }
  }

  std::unordered_set<const CallFrame*> chosen_;
};

// EIP-196, 197, 152, 198, 2537, 4844, 7951 and the Yellow Paper's appendix E.
std::string precompile_name(const Address& address) {
  constexpr std::array<std::string_view, 18> kNames{"",
                                                    "ecrecover",
                                                    "sha256",
                                                    "ripemd160",
                                                    "identity",
                                                    "modexp",
                                                    "ecadd",
                                                    "ecmul",
                                                    "ecpairing",
                                                    "blake2f",
                                                    "kzg",
                                                    "bls12-381 g1add",
                                                    "bls12-381 g1msm",
                                                    "bls12-381 g2add",
                                                    "bls12-381 g2msm",
                                                    "bls12-381 pairing",
                                                    "bls12-381 map fp to g1",
                                                    "bls12-381 map fp2 to g2"};
  const std::uint64_t number = base::to_u256(address).saturated64();
  if (number == 0x100) {
    return "p256verify";
  }
  return std::string(number < kNames.size() ? kNames[number] : "precompile");
}

// What is called: a method with its arguments, or what is known of it.
std::string method_text(const CallFrame& frame, const Names& names) {
  if (frame.type == FrameType::selfdestruct) {
    return {};
  }
  if (trace::is_creation(frame.type)) {
    return fmt::format("({} bytes of init code)", frame.input.size());
  }
  if (frame.is_precompile) {
    return precompile_name(frame.to.value_or(Address{}));
  }
  const auto selector = selector_of(frame.input);
  if (!selector) {
    return frame.input.empty() ? "" : bytes_text(frame.input);
  }
  if (const auto known = names.function(*selector)) {
    return described(*known, frame.input);
  }
  const BytesView arguments = BytesView{frame.input}.subspan(Selector::size());
  return arguments.empty() ? base::to_hex(*selector)
                           : fmt::format("{}({})", base::to_hex(*selector), bytes_text(arguments));
}

std::string reason_of(const CallFrame& frame, const Names& names) {
  if (!has_failed(frame)) {
    return {};
  }
  return frame.status == evm::Status::revert ? failure_text(frame.status, frame.output, names)
                                             : base::printable(frame.error, kMostLineBytes);
}

std::string result_text(const CallFrame& frame, const Names& names) {
  if (frame.status == evm::Status::revert) {
    return frame.output.empty() ? " reverted" : " reverted: " + reason_of(frame, names);
  }
  if (has_failed(frame)) {
    return " failed: " + reason_of(frame, names);
  }
  if (trace::is_creation(frame.type)) {
    return fmt::format(" -> {} bytes of code", frame.output.size());
  }
  return frame.output.empty() ? "" : " -> " + bytes_text(frame.output, kWord);
}

std::string line_of(const CallFrame& frame, const Names& names) {
  if (frame.to == evm::kConsoleAddress) {
    return "console.log " + base::printable(console_text(frame.input), kMostLineBytes);
  }
  std::string out(trace::frame_type_name(frame.type));
  if (frame.to) {
    out += ' ' + base::to_hex(*frame.to);
  }
  if (const std::string method = method_text(frame, names); !method.empty()) {
    out += ' ' + method;
  }
  if (frame.value && !frame.value->is_zero()) {
    out += " value=" + ether_text(*frame.value);
  }
  if (frame.type != FrameType::selfdestruct) {
    out += fmt::format(" gas={}", frame.gas_used);
  }
  return out + result_text(frame, names);
}

// Itself, and all that it called.
std::size_t size_of(const CallFrame& frame) {
  std::size_t out = 1;
  for (const CallFrame& call : frame.calls) {
    out += size_of(call);
  }
  return out;
}

class Lines {
 public:
  Lines(const Choice& choice, const Names& names) : choice_(choice), names_(names) {}

  void add(const CallFrame& frame, std::size_t depth) {
    put(depth, line_of(frame, names_));
    std::size_t left_out = 0;
    for (const CallFrame& call : frame.calls) {
      if (!choice_.has(call)) {
        left_out += size_of(call);
        continue;
      }
      tell_left_out(depth + 1, std::exchange(left_out, 0));
      add(call, depth + 1);
    }
    tell_left_out(depth + 1, left_out);
  }

  void put(std::size_t depth, const std::string& text) {
    std::string line(2 * std::min(depth, kDeepestIndent), ' ');
    if (depth > kDeepestIndent) {
      line += fmt::format("[{}] ", depth);
    }
    lines_.push_back(line + base::printable(text, kMostLineBytes));
  }

  std::vector<std::string> take() && { return std::move(lines_); }

 private:
  void tell_left_out(std::size_t depth, std::size_t count) {
    if (count > 0) {
      put(depth, fmt::format("... {} call{} left out", count, count == 1 ? "" : "s"));
    }
  }

  const Choice& choice_;
  const Names& names_;
  std::vector<std::string> lines_;
};

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out += ",\"";
  out += name;
  out += "\":";
  base::append_quoted(out, text);
}

void append_json(std::string& out, const CallFrame& frame, const Choice& choice,
                 const Names& names) {
  out += R"({"type":)";
  base::append_quoted(out, trace::frame_type_name(frame.type));
  append_member(out, "from", base::to_hex(frame.from));
  if (frame.to) {
    append_member(out, "to", base::to_hex(*frame.to));
  }
  append_member(out, "method", base::printable(method_text(frame, names), kMostLineBytes));
  append_member(out, "value", base::to_decimal(frame.value.value_or(U256{})));
  fmt::format_to(std::back_inserter(out), R"(,"gasUsed":{})", frame.gas_used);
  if (has_failed(frame)) {
    append_member(out, "reason", reason_of(frame, names));
  } else if (!trace::is_creation(frame.type)) {
    append_member(out, "output", bytes_text(frame.output, kWord));
  }
  std::size_t left_out = 0;
  std::string calls;
  for (const CallFrame& call : frame.calls) {
    if (!choice.has(call)) {
      left_out += size_of(call);
      continue;
    }
    calls += calls.empty() ? "" : ",";
    append_json(calls, call, choice, names);
  }
  if (!calls.empty()) {
    out += R"(,"calls":[)" + calls + ']';
  }
  if (left_out > 0) {
    fmt::format_to(std::back_inserter(out), R"(,"callsLeftOut":{})", left_out);
  }
  out += '}';
}

}  // namespace

base::LogBlock call_tree(const CallFrame& outermost, bool is_truncated, const Names& names) {
  const Choice choice(outermost);
  Lines lines(choice, names);
  lines.add(outermost, 0);
  if (is_truncated) {
    lines.put(0, "... and more than can be kept");
  }
  base::LogBlock out{.lines = std::move(lines).take(), .json = {}};
  append_json(out.json, outermost, choice, names);
  return out;
}

std::string ether_text(const U256& wei) {
  constexpr std::size_t kDecimals = 18;
  constexpr std::size_t kFewDigits = 9;  // below a gwei
  std::string digits = base::to_decimal(wei);
  if (digits.size() <= kFewDigits) {
    return digits + " wei";
  }
  digits.insert(0, kDecimals + 1 - std::min(digits.size(), kDecimals + 1), '0');
  std::string out =
      digits.substr(0, digits.size() - kDecimals) + '.' + digits.substr(digits.size() - kDecimals);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.ends_with('.')) {
    out.pop_back();
  }
  return out + " ether";
}

}  // namespace cairn::nodelog
