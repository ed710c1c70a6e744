#include "nodelog/node_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <span>

#include "base/hex.hpp"
#include "base/printable.hpp"
#include "evm/evm.hpp"
#include "node/next_block.hpp"
#include "node/replay.hpp"
#include "nodelog/call_tree.hpp"
#include "nodelog/console.hpp"
#include "nodelog/failure.hpp"
#include "nodelog/signatures.hpp"
#include "trace/call_collector.hpp"

namespace cairn::nodelog {
namespace {

using base::LogBlock;
using base::LogField;
using base::LogFormat;
using base::LogLevel;

constexpr std::size_t kMostConsoleLines = 1'000;  // of a transaction
constexpr std::size_t kMostLineBytes = 1'024;
constexpr std::size_t kMostTextBytes = 4'096;  // of a console message in JSON
constexpr std::size_t kMostParameterBytes = 256;
constexpr std::size_t kMostTraceBytes = 16 * 1024 * 1024;
constexpr std::uint64_t kMostBlocks = 1'000;  // looked at of those that came at once

std::string json_list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    out += out.size() == 1 ? "" : ",";
    base::append_quoted(out, text);
  }
  return out + ']';
}

// A message a list item in JSON, a line or several as text.
LogBlock block_of(const evm::ConsoleLog& console) {
  LogBlock out;
  std::vector<std::string> texts;
  std::uint64_t left_out = console.left_out();
  for (const Bytes& message : console.messages()) {
    if (out.lines.size() >= kMostConsoleLines) {
      ++left_out;
      continue;
    }
    texts.push_back(console_text(message).substr(0, kMostTextBytes));
    for (std::string& line :
         console_lines(message, kMostConsoleLines - out.lines.size(), kMostLineBytes)) {
      out.lines.push_back("console.log: " + std::move(line));
    }
  }
  if (left_out > 0) {
    out.lines.push_back(fmt::format("console.log: ... {} more", left_out));
    texts.push_back(fmt::format("... {} more", left_out));
  }
  out.json = json_list(texts);
  return out;
}

// The fields of a record, which depend on what is told.
class Fields {
 public:
  Fields(LogFormat format, const Names& names) : format_(format), names_(names) {}

  template <class Value>
  void add(std::string_view key, const Value& value) {
    fields_.emplace_back(key, value);
  }
  void add_wei(std::string_view key, const U256& wei) {
    if (!wei.is_zero()) {
      add(key, format_ == LogFormat::json ? base::to_decimal(wei) : ether_text(wei));
    }
  }
  void add_method(BytesView input) {
    if (const auto method = names_.method_of(input)) {
      add("method", *method);
    }
  }
  void add_console(const evm::ConsoleLog& console) {
    if (!console.empty()) {
      add("console", block_of(console));
    }
  }
  void add_tree(const std::optional<trace::CallFrame>& outermost, bool is_truncated) {
    if (outermost) {
      add("calls", call_tree(*outermost, is_truncated, names_));
    }
  }

  std::span<const LogField> all() const { return fields_; }

 private:
  LogFormat format_;
  const Names& names_;
  std::vector<LogField> fields_;
};

const evm::ConsoleLog* console_of(const node::HeadChanged& changed, const Hash256& transaction) {
  if (!changed.console) {
    return nullptr;
  }
  const auto found = changed.console->find(transaction);
  return found == changed.console->end() ? nullptr : &found->second;
}

// What running a transaction again shows.
struct Rerun {
  std::string reason{};
  std::optional<trace::CallFrame> outermost{};
  bool is_truncated = false;
};

Rerun run_again(const chain::ChainView& chain, const node::DevOptions& node_options,
                const chain::TransactionPlace& place, std::uint64_t gas_limit, const Names& names,
                const std::atomic<bool>& stop) {
  auto site = node::call_site_at(chain, place.number);
  if (!site) {
    return {.reason = site.error().message};
  }
  auto environment = node::lifted(std::move(site->environment), node_options);
  environment.stop = &stop;
  trace::CallCollector collector(environment.context.fork, {.max_bytes = kMostTraceBytes});
  const auto outcome = node::replay_transaction(chain, place, environment, &collector);
  if (!outcome) {
    return {.reason = outcome.error().message};
  }
  if (stop) {
    return {.reason = "the node stopped"};
  }
  return {.reason = failure_text(outcome->status, outcome->output, names),
          .outermost = collector.finish(gas_limit, outcome->gas_used),
          .is_truncated = collector.is_truncated()};
}

std::string reason_to_wait(const node::DevNode& node, const txpool::Entry& entry) {
  const std::uint64_t nonce = entry.transaction.nonce;
  const std::uint64_t next = node.pending_nonce(entry.sender);
  if (nonce > next) {
    return fmt::format("the account's next nonce is {}", next);
  }
  if (nonce == next) {
    return "the account cannot pay for it";
  }
  const chain::MiningMode mode = node.head()->settings().mining();
  return mode.automine || mode.interval != 0 ? "the next block does not take it"
                                             : "blocks are made when asked for";
}

// What is cut is JSON no more, so a program is given a text.
LogField json_field(std::string_view key, std::string_view json, LogFormat format) {
  std::string shown = base::printable(json, kMostParameterBytes);
  if (json.size() > kMostParameterBytes && format == LogFormat::json) {
    return {key, shown};
  }
  return {key, base::LogJson{std::move(shown)}};
}

}  // namespace

NodeLog::NodeLog(node::DevNode& node, const base::Logger& logger, const LogOptions& options)
    : node_(node),
      chain_(logger.named("chain")),
      rpc_(logger.named("rpc")),
      options_(options),
      subscription_(node.events().subscribe([this](const node::Event& event) { hear(event); })) {}

NodeLog::~NodeLog() {
  subscription_ = {};
  stopping_ = true;
}

bool NodeLog::is_on() const {
  return rpc_.enabled(LogLevel::info) && node_.head()->settings().logging;
}

void NodeLog::hear(const node::Event& event) {
  if (!is_on()) {
    return;
  }
  if (const auto* changed = std::get_if<node::HeadChanged>(&event)) {
    post([this, told = *changed] { write_blocks(told); });
  } else if (const auto* pooled = std::get_if<node::TransactionPooled>(&event)) {
    pooled_.push_back(*pooled);
  } else if (!pooled_.empty()) {
    tell_waiting();
  }
}

// Of those that came, what is in no block yet and waits for more than the time of the next one.
void NodeLog::tell_waiting() {
  const bool blocks_come = node_.head()->settings().mining_interval != 0;
  for (const node::TransactionPooled& pooled : std::exchange(pooled_, {})) {
    const txpool::EntryPtr& entry = pooled.entry;
    if (!(pooled.executable && blocks_come) && node_.find_pooled(entry->hash)) {
      post([this, entry] { write_waiting(*entry); });
    }
  }
}

void NodeLog::post(std::function<void()> entry) {
  if (waiting_.fetch_add(1) >= kMostWaiting) {
    --waiting_;
    ++left_out_;
    return;
  }
  writer_.submit([this, entry = std::move(entry)] {
    if (const std::uint64_t lost = left_out_.exchange(0); lost > 0) {
      chain_.log(LogLevel::warn, "the log fell behind and left entries out", {{"entries", lost}});
    }
    try {
      entry();
    } catch (const std::exception& fault) {  // the disk's, or a fork's source is gone
      chain_.log(LogLevel::warn, "an entry cannot be written", {{"fault", fault.what()}});
    }
    --waiting_;
  });
}

void NodeLog::flush() {
  writer_.submit([] {}).wait();
}

void NodeLog::write_blocks(const node::HeadChanged& changed) const {
  const chain::ChainView& chain = *changed.head;
  if (!changed.removed.empty()) {
    chain_.log(LogLevel::info, "taken back",
               {{"blocks", changed.removed.size()}, {"head", changed.head->number()}});
  }
  std::uint64_t first = changed.first_added;
  if (chain.number() >= first && chain.number() - first >= kMostBlocks) {
    chain_.log(LogLevel::info, "mined many blocks", {{"first", first}, {"last", chain.number()}});
    first = chain.number() + 1 - kMostBlocks;
  }
  for (std::uint64_t number = first; number <= chain.number(); ++number) {
    if (chain.header_at(number)->header.gas_used == 0) {
      chain_.log(LogLevel::debug, "mined an empty block", {{"block", number}});
      continue;
    }
    const auto block = chain.block_at(number);
    const auto receipts = chain.receipts_at(number);
    for (std::uint32_t i = 0; i < receipts->size(); ++i) {
      write_transaction(chain, *block, *receipts, i,
                        console_of(changed, block->transaction_hashes[i]));
    }
  }
}

void NodeLog::write_transaction(const chain::ChainView& chain, const chain::SealedBlock& block,
                                const chain::Receipts& receipts, std::uint32_t index,
                                const evm::ConsoleLog* console) const {
  const types::Transaction& transaction = block.block.transactions[index];
  const types::Receipt& receipt = receipts[index];
  const Address& sender = block.senders[index];
  const std::uint64_t gas_before = index == 0 ? 0 : receipts[index - 1].cumulative_gas_used;
  Fields fields(chain_.format(), names_);
  fields.add("block", block.block.header.number);
  fields.add("tx", base::to_hex(block.transaction_hashes[index]));
  fields.add("status", receipt.success ? "success" : "failed");
  fields.add("gas", receipt.cumulative_gas_used - gas_before);
  fields.add("limit", transaction.gas_limit);
  fields.add("from", base::to_hex(sender));
  if (transaction.to) {
    fields.add("to", base::to_hex(*transaction.to));
    fields.add_method(transaction.data);
  } else {
    fields.add("created", base::to_hex(evm::create_address(sender, transaction.nonce)));
  }
  fields.add_wei("value", transaction.value);
  Rerun again;
  if ((!receipt.success || options_.print_traces) && !stopping_) {
    again = run_again(chain, node_.options(), {block.block.header.number, index},
                      transaction.gas_limit, names_, stopping_);
  }
  if (!again.reason.empty()) {
    fields.add("reason", again.reason);
  }
  if (console != nullptr) {
    fields.add_console(*console);
  }
  fields.add_tree(again.outermost, again.is_truncated);
  chain_.write(LogLevel::info, "mined", fields.all());
}

void NodeLog::write_waiting(const txpool::Entry& entry) const {
  const types::Transaction& transaction = entry.transaction;
  Fields fields(chain_.format(), names_);
  fields.add("tx", base::to_hex(entry.hash));
  fields.add("from", base::to_hex(entry.sender));
  fields.add("nonce", transaction.nonce);
  if (transaction.to) {
    fields.add("to", base::to_hex(*transaction.to));
    fields.add_method(transaction.data);
  }
  fields.add_wei("value", transaction.value);
  fields.add("reason", reason_to_wait(node_, entry));
  chain_.write(LogLevel::info, "waits", fields.all());
}

void NodeLog::tell_call(CallReport report) {
  post([this, report = std::move(report)] { write_call(report); });
}

void NodeLog::write_call(const CallReport& report) const {
  const node::CallRequest& request = report.request;
  const bool failed = report.status != evm::Status::success;
  Fields fields(rpc_.format(), names_);
  fields.add("from", base::to_hex(request.from.value_or(Address{})));
  if (request.to) {
    fields.add("to", base::to_hex(*request.to));
    fields.add_method(request.data);
  }
  fields.add_wei("value", request.value);
  fields.add("status", failed ? "failed" : "success");
  fields.add("gas", report.gas_used);
  if (failed) {
    fields.add("reason", failure_text(report.status, report.output, names_));
  }
  fields.add_console(report.console);
  if (options_.print_traces && !stopping_) {
    trace::CallCollector collector(report.site.environment.context.fork,
                                   {.max_bytes = kMostTraceBytes});
    node::CallOptions options = report.options;
    options.tracer = &collector;
    options.stop = &stopping_;
    options.keeps_console = false;
    if (const auto outcome = node::execute_call(report.site, request, options)) {
      fields.add_tree(collector.finish(outcome->gas_limit, outcome->gas_used),
                      collector.is_truncated());
    }
  }
  rpc_.write(LogLevel::info, report.rpc_method, fields.all());
}

void NodeLog::tell_request(std::string_view method, std::string parameters,
                           std::string_view answer) {
  if (!is_on()) {
    return;
  }
  post([this, name = std::string(method), parameters = std::move(parameters),
        answer = std::string(answer)] {
    std::vector<LogField> fields{json_field("params", parameters, rpc_.format())};
    if (!answer.empty()) {
      fields.push_back(json_field("result", answer, rpc_.format()));
    }
    rpc_.write(LogLevel::info, name, fields);
  });
}

void NodeLog::tell_refusal(std::string_view method, std::string_view why) {
  if (!is_on()) {
    return;
  }
  post([this, name = base::printable(method, kMostParameterBytes),
        reason = base::printable(why, kMostLineBytes)] {
    std::vector<LogField> fields{{"reason", reason}};
    if (!name.empty()) {
      fields.insert(fields.begin(), {"method", name});
    }
    rpc_.write(LogLevel::info, "refused", fields);
  });
}

}  // namespace cairn::nodelog
