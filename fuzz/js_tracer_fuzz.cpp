// Tracers in JavaScript that requests bring with them (trace/js_tracer.hpp): whatever the source,
// the trace ends with JSON or an error, after a bounded time and in bounded memory, and the
// transaction does what it does without a tracer. An input is the source, behind a letter: `r` for
// a transaction that reverts.
#include <simdjson.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/hex.hpp"
#include "execution/transaction_processor.hpp"
#include "fuzz/require.hpp"
#include "state/memory_state.hpp"
#include "trace/js_tracer.hpp"

namespace {

using namespace cairn;
using fuzz::require;

constexpr Address kSender = "0x1000000000000000000000000000000000000001"_address;
constexpr Address kReceiver = "0x2000000000000000000000000000000000000002"_address;

// Stores, logs, hashes what it has in memory, calls itself with a byte of data, with which it
// reverts, and the identity precompile.
constexpr std::string_view kCode =
    "0x36603157600160005560206000a060206000205060006000600160006000305af15060006000600160006000"
    "60045af1005b60016000fd";

// What bounds a trace's time: `stop` is set where it has lasted for 200 ms.
class Watch {
 public:
  const std::atomic<bool>& begin() {
    stop_ = false;
    ticks_left_ = 20;
    return stop_;
  }
  void end() { ticks_left_ = -1; }

 private:
  void run(const std::stop_token& ended) {
    while (!ended.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      if (ticks_left_ > 0 && --ticks_left_ == 0) {
        stop_ = true;
      }
    }
  }

  std::atomic<bool> stop_ = false;
  std::atomic<int> ticks_left_ = -1;
  std::jthread thread_{[this](const std::stop_token& ended) { run(ended); }};
};

struct World {
  explicit World(bool reverts) {
    before[kSender].balance = 1'000'000'000'000'000'000;
    before[kReceiver].code = *base::from_hex(kCode);
    before[kReceiver].nonce = 1;
    env.context.fork = types::Fork::osaka;
    env.context.number = 1;
    env.context.gas_limit = 30'000'000;
    env.context.blob_base_fee = 1;
    transaction.to = kReceiver;
    transaction.gas_limit = 200'000;
    transaction.data = reverts ? Bytes{1} : Bytes{};
  }

  execution::TransactionOutcome run(trace::TransactionTracer* tracer) const {
    const state::MemoryState base(before);
    state::Overlay overlay(base);
    if (tracer != nullptr) {
      tracer->begin({.overlay = overlay,
                     .environment = env,
                     .transaction = transaction,
                     .sender = kSender,
                     .base = base});
    }
    auto outcome =
        execution::execute_transaction(overlay, env, transaction, kSender, {}, {}, tracer);
    require(outcome.has_value());
    if (tracer != nullptr) {
      tracer->end(*outcome);
    }
    return *std::move(outcome);
  }

  std::map<Address, types::GenesisAccount> before;
  execution::BlockEnvironment env;
  types::Transaction transaction;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kLongest = 2'048;
  if (size == 0 || size > kLongest) {
    return 0;
  }
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto tracer = trace::JsTracer::make(std::string(text.substr(1)), "{}");
  if (!tracer) {
    require(!tracer.error().message.empty());
    return 0;
  }
  World world(text.front() == 'r');
  const execution::TransactionOutcome plain = world.run(nullptr);
  static Watch watch;
  world.env.stop = &watch.begin();
  const execution::TransactionOutcome traced = world.run(tracer->get());
  watch.end();
  if (world.env.stop->load()) {
    return 0;
  }
  require(traced.gas_used == plain.gas_used && traced.status == plain.status &&
          traced.output == plain.output);
  if ((*tracer)->error()) {
    return 0;
  }
  codec::JsonWriter out;
  (*tracer)->write(out);
  simdjson::dom::parser parser;
  require(parser.parse(std::move(out).take()).error() == simdjson::SUCCESS);
  return 0;
}
