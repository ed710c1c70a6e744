#pragma once
// The log of a dev chain, for those who write its contracts: each transaction with its method, gas
// and reason, what contracts said through console.log, the call tree of what failed, and the calls
// that failed. Nothing of it takes the writer's time: entries wait in a queue of their own for one
// thread, which also runs again what needs a tree. Where kMostWaiting entries wait already, the new
// one is left out, and the log says how many were.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/logger.hpp"
#include "base/thread_pool.hpp"
#include "node/dev_node.hpp"
#include "nodelog/names.hpp"

namespace cairn::nodelog {

struct LogOptions {
  bool print_traces = false;  // trees of everything, not only of failed transactions
  bool console = true;
};

// A call of eth_call or eth_estimateGas, and how it ended.
struct CallReport {
  std::string rpc_method{};
  node::CallSite site;
  node::CallRequest request;
  node::CallOptions options;
  evm::Status status = evm::Status::success;
  Bytes output;
  std::uint64_t gas_used = 0;
  evm::ConsoleLog console;
};

// Any thread may call; the node must outlive it.
class NodeLog {
 public:
  static constexpr std::size_t kMostWaiting = 256;

  NodeLog(node::DevNode& node, const base::Logger& logger, const LogOptions& options);
  // Writes what waits, without trees.
  ~NodeLog();
  NodeLog(const NodeLog&) = delete;
  NodeLog& operator=(const NodeLog&) = delete;

  // False where nobody would read it: the log's level, or anvil_setLoggingEnabled.
  bool is_on() const;
  bool keeps_console() const { return options_.console && is_on(); }

  // Nothing is said of calls that succeed in silence.
  bool wants_call(bool failed, const evm::ConsoleLog& console) const {
    return (failed || !console.empty() || options_.print_traces) && is_on();
  }
  void tell_call(CallReport report);
  // A request by its name: one that changed the chain, with its parameters (a JSON array) and its
  // answer (JSON; empty: none is told), or (with why) one that was refused. What is no request has
  // no method.
  void tell_request(std::string_view method, std::string parameters, std::string_view answer);
  void tell_refusal(std::string_view method, std::string_view why);
  // By which it calls methods and errors; ABIs may be added at any time.
  Names& names() { return names_; }
  const Names& names() const { return names_; }
  // Returns when all that has been told so far is written.
  void flush();

 private:
  void hear(const node::Event& event);
  void tell_waiting();
  void post(std::function<void()> entry);
  void write_blocks(const node::HeadChanged& changed) const;
  void write_transaction(const chain::ChainView& chain, const chain::SealedBlock& block,
                         const chain::Receipts& receipts, std::uint32_t index,
                         const evm::ConsoleLog* console) const;
  void write_waiting(const txpool::Entry& entry) const;
  void write_call(const CallReport& report) const;

  node::DevNode& node_;
  base::Logger chain_;
  base::Logger rpc_;
  LogOptions options_;
  Names names_;
  std::vector<node::TransactionPooled> pooled_;  // the writer's, until those who sent them know
  std::atomic<bool> stopping_ = false;
  std::atomic<std::size_t> waiting_ = 0;
  std::atomic<std::uint64_t> left_out_ = 0;
  base::ThreadPool writer_{1};
  node::EventStream::Subscription subscription_;  // last: it calls all of the above
};

}  // namespace cairn::nodelog
