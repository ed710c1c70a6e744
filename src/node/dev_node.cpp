#include "node/dev_node.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>

#include "base/random.hpp"
#include "base/short_slices.hpp"
#include "node/call.hpp"
#include "node/dev_writer.hpp"

namespace cairn::node {
namespace {

using txpool::Admitted;
using txpool::PoolRefused;

struct SubmitCommand {
  std::vector<Admitted<Prepared>> items;
  Reply<SubmitReply> reply;
};

// Any other command: it runs, or it is answered with an error.
struct Task {
  std::function<void(DevWriter&)> run;
  std::function<void(const Error&)> cancel;
};

using Command = std::variant<SubmitCommand, Task>;

bool is_fault(ErrorCode code) {
  return code == ErrorCode::io || code == ErrorCode::in_doubt || code == ErrorCode::corrupt;
}

// A fault of the disk or of stored data reaches the caller as an error; the writer ends with it.
template <class Work>
auto guarded(Work&& work, std::optional<Error>& fault) -> decltype(work()) {
  try {
    auto result = work();
    if (!result && is_fault(result.error().code)) {
      fault = result.error();
    }
    return result;
  } catch (const state::StateUnavailable& missing) {
    return fail(ErrorCode::conflict, missing.what());
  } catch (const std::exception& error) {
    fault = Error{ErrorCode::io, error.what()};
    return std::unexpected(*fault);
  }
}

txpool::Refusal unavailable(const Error& error) {
  return {.code = PoolRefused::unavailable, .rule = {}, .message = error.message};
}

// The answer to a send that was not settled.
txpool::Refusal not_taken(const Error& error) {
  return unavailable(
      {error.code, (error.code == ErrorCode::in_doubt
                        ? "the transaction may be mined after a restart, ask for its receipt "
                          "before you send it again: "
                        : "the transaction was not taken: ") +
                       error.message});
}

// Sends that came together: admitted one by one, settled at once.
class Group {
 public:
  bool empty() const { return waiting_.empty(); }

  void admit(SubmitCommand command, DevWriter& writer) {
    Waiting one{.results = {}, .reply = std::move(command.reply)};
    for (Admitted<Prepared>& item : command.items) {
      if (!item) {
        one.results.emplace_back(std::unexpected(std::move(item).error()));
        continue;
      }
      one.results.push_back(writer.admit(*std::move(item)));
    }
    waiting_.push_back(std::move(one));
  }

  void answer(const DevWriter& writer, const Result<void>& settled) {
    const auto head = writer.head();
    for (Waiting& one : std::exchange(waiting_, {})) {
      SubmitReply reply;
      for (Admitted<Hash256>& result : one.results) {
        reply.push_back(answer_of(std::move(result), *head, writer, settled));
      }
      one.reply(std::move(reply));
    }
  }

 private:
  struct Waiting {
    std::vector<Admitted<Hash256>> results;
    Reply<SubmitReply> reply;
  };

  static Admitted<Submitted> answer_of(Admitted<Hash256> result, const chain::ChainView& head,
                                       const DevWriter& writer, const Result<void>& settled) {
    if (!result) {
      return std::unexpected(std::move(result).error());
    }
    const bool mined = head.place_of(*result).has_value();
    // What came before the fault is on disk.
    if (!settled && !mined && !writer.is_journaled(*result)) {
      return std::unexpected(not_taken(settled.error()));
    }
    if (!mined) {
      const auto dropped =
          writer.ask_pool([&](const txpool::Txpool& pool) { return pool.why_dropped(*result); });
      if (dropped && dropped->reason.code == PoolRefused::out_of_reach) {
        return std::unexpected(dropped->reason);
      }
    }
    return Submitted{.hash = *result, .mined = mined};
  }

  std::vector<Waiting> waiting_;
};

// Whether its sender's thread may execute it, which other connections wait for meanwhile: a few
// milliseconds at most.
bool is_brief(const SubmitCommand& command) {
  constexpr std::uint64_t kBriefGas = 1'000'000;
  std::uint64_t left = kBriefGas;
  for (const Admitted<Prepared>& item : command.items) {
    const std::uint64_t gas = item ? item->entry.transaction.gas_limit : 0;
    if (gas > left) {
      return false;
    }
    left -= gas;
  }
  return true;
}

// A call that does what the transaction does; at no price, and whatever its nonce.
CallRequest request_of(const txpool::Entry& entry) {
  const types::Transaction& tx = entry.transaction;
  CallRequest out{.from = entry.sender,
                  .to = tx.to,
                  .gas = tx.gas_limit,
                  .value = tx.value,
                  .data = tx.data,
                  .access_list = tx.access_list};
  if (!tx.blob_hashes.empty()) {
    out.blob_hashes = tx.blob_hashes;
  }
  if (!tx.authorizations.empty()) {
    out.authorizations = tx.authorizations;
  }
  return out;
}

// Brings what a transaction needs of a fork's source here, so that the writer need not wait for it.
// What the source keeps silent about refuses the transaction; what fails at once fails the same
// when the block is made, which may need less of it.
void fetch_ahead(const DevWriter& writer, std::vector<Admitted<Prepared>>& items) {
  constexpr std::chrono::milliseconds kSilence{500};
  const auto head = writer.head();
  if (head->fork() == nullptr) {
    return;
  }
  const auto site = writer.call_site(head->number());
  if (!site) {
    return;
  }
  for (Admitted<Prepared>& item : items) {
    if (!item) {
      continue;
    }
    const auto before = std::chrono::steady_clock::now();
    try {
      (void)site->state->account(item->entry.sender);
      (void)site->state->account(site->environment.context.coinbase);
      (void)execute_call(*site, request_of(item->entry), {.gas_cap = 0});
    } catch (const state::StateUnavailable& missing) {
      if (std::chrono::steady_clock::now() - before >= kSilence) {
        item = std::unexpected(txpool::Refusal{
            .code = PoolRefused::out_of_reach, .rule = {}, .message = missing.what()});
      }
    }
  }
}

}  // namespace

struct DevNode::Impl {
  explicit Impl(const Hash256& seed) : chance(std::hash<Hash256>{}(seed)) {}

  std::unique_ptr<DevWriter> writer;
  std::shared_ptr<const base::Clock> clock;
  crypto::KzgSetup kzg;

  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Command> queue;
  bool stopping = false;
  bool working = false;  // somebody is at the writer: its thread, or one that brought a command
  // Theirs alone while they work:
  std::optional<Error> fault;
  std::function<void(const Error&)> on_fault;
  std::uint64_t last_interval_block = 0;  // steady milliseconds
  base::SeededRandom chance;              // of intervals
  std::uint64_t drawn = 0;                // for the present one
  std::thread thread;

  void push(Command command) {
    {
      const std::scoped_lock lock(mutex);
      if (!stopping) {
        queue.push_back(std::move(command));
        wake.notify_one();
        return;
      }
    }
    refuse(std::move(command), {ErrorCode::conflict, "the node is stopping"});
  }

  // Works on the command at once where nobody else is at the writer, which saves waking two threads
  // for it; else it waits its turn.
  void work_or_push(Command command) {
    {
      std::unique_lock lock(mutex);
      if (stopping || working || !queue.empty()) {
        lock.unlock();
        return push(std::move(command));
      }
      working = true;
    }
    std::deque<Command> one;
    one.push_back(std::move(command));
    turn(std::move(one));
  }

  template <class T>
  void post(std::function<Result<T>(DevWriter&)> work, Reply<Result<T>> reply) {
    push(Task{.run =
                  [this, work = std::move(work), reply](DevWriter& target) {
                    reply(guarded(
                        [&]() -> Result<T> {
                          auto result = work(target);
                          if (result) {
                            CAIRN_CHECK(target.settle());
                          }
                          return result;
                        },
                        fault));
                  },
              .cancel = [reply = std::move(reply)](
                            const Error& error) { reply(std::unexpected(error)); }});
  }

  static void refuse(Command command, const Error& error) {
    if (auto* submit = std::get_if<SubmitCommand>(&command)) {
      SubmitReply reply(submit->items.size(), std::unexpected(unavailable(error)));
      submit->reply(std::move(reply));
      return;
    }
    std::get<Task>(command).cancel(error);
  }

  std::deque<Command> take();
  void work(std::deque<Command> commands);
  void turn(std::deque<Command> commands);
  void settle(Group& group);
  std::optional<std::uint64_t> until_interval() const;
  void mine_when_due();
  void loop();
};

// Milliseconds until the next block of --block-time.
std::optional<std::uint64_t> DevNode::Impl::until_interval() const {
  const chain::MiningMode mode = writer->head()->settings().mining();
  if (mode.interval == 0 || fault) {
    return std::nullopt;
  }
  const std::uint64_t interval = mode.interval + drawn % (mode.spread + 1);
  const std::uint64_t passed = clock->steady_ms() - last_interval_block;
  return passed >= interval ? 0 : interval - passed;
}

// Waits for commands, or until a block is due. A clock that is not the machine's may jump, so it is
// looked at now and then.
std::deque<Command> DevNode::Impl::take() {
  constexpr std::uint64_t kLongestSleep = 50;  // milliseconds
  std::unique_lock lock(mutex);
  while (working || (queue.empty() && !stopping)) {
    const auto left = working ? std::nullopt : until_interval();
    if (left == 0) {
      break;
    }
    if (left) {
      wake.wait_for(lock, std::chrono::milliseconds(std::min(*left, kLongestSleep)));
    } else {
      wake.wait(lock);
    }
  }
  working = true;
  return std::exchange(queue, {});
}

void DevNode::Impl::settle(Group& group) {
  if (!group.empty()) {
    const Result<void> settled = fault ? Result<void>(std::unexpected(*fault))
                                       : guarded([&] { return writer->settle(); }, fault);
    group.answer(*writer, settled);
  }
}

void DevNode::Impl::work(std::deque<Command> commands) {
  Group group;
  for (Command& command : commands) {
    if (fault) {
      settle(group);
      refuse(std::move(command),
             {ErrorCode::io,
              "nothing is done any more, because the disk failed: make room or mend "
              "it, then start the node again"});
    } else if (auto* submit = std::get_if<SubmitCommand>(&command)) {
      group.admit(std::move(*submit), *writer);
    } else {
      settle(group);
      std::get<Task>(command).run(*writer);
    }
  }
  settle(group);
}

void DevNode::Impl::mine_when_due() {
  if (until_interval() != 0) {
    return;
  }
  last_interval_block = clock->steady_ms();
  drawn = chance.next();
  (void)guarded([&] { return writer->mine({}); }, fault);
}

// With `working` set, which it takes back.
void DevNode::Impl::turn(std::deque<Command> commands) {
  work(std::move(commands));
  mine_when_due();
  writer->events().publish(Answered{});
  if (fault && on_fault) {
    std::exchange(on_fault, {})(*fault);
  }
  const std::scoped_lock lock(mutex);
  working = false;
  if (stopping || !queue.empty() || until_interval()) {
    wake.notify_one();
  }
}

void DevNode::Impl::loop() {
  while (true) {
    std::deque<Command> commands = take();
    {
      const std::scoped_lock lock(mutex);
      if (stopping) {
        for (Command& command : commands) {
          refuse(std::move(command), {ErrorCode::conflict, "the node is stopping"});
        }
        return;
      }
    }
    turn(std::move(commands));
  }
}

DevNode::DevNode(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

DevNode::~DevNode() { stop(); }

Result<std::unique_ptr<DevNode>> DevNode::start(std::shared_ptr<store::Store> store,
                                                const types::Genesis& genesis,
                                                const DevOptions& options,
                                                std::shared_ptr<const base::Clock> clock) {
  auto impl = std::make_unique<Impl>(options.instance_id);
  impl->clock = clock;
  impl->on_fault = options.on_fault;
  impl->last_interval_block = clock->steady_ms();
  CAIRN_TRY(impl->writer, DevWriter::open(std::move(store), genesis, options, std::move(clock)));
  Impl& running = *impl;
  std::unique_ptr<DevNode> out(new DevNode(std::move(impl)));
  running.thread = std::thread([&running] {
    base::ask_for_short_slices();
    running.loop();
  });
  return out;
}

void DevNode::interrupt() {
  impl_->writer->stop();
  if (const auto source = upstream_of(*impl_->writer->head())) {
    source->stop();
  }
}

void DevNode::stop() {
  {
    const std::scoped_lock lock(impl_->mutex);
    impl_->stopping = true;
    impl_->wake.notify_one();
  }
  interrupt();
  if (impl_->thread.joinable()) {
    impl_->thread.join();
  }
}

std::shared_ptr<const chain::ChainView> DevNode::head() const { return impl_->writer->head(); }

Result<std::shared_ptr<const PendingBlock>> DevNode::pending_block() const {
  return impl_->writer->pending_block();
}

txpool::EntryPtr DevNode::find_pooled(const Hash256& hash) const {
  return impl_->writer->ask_pool([&](const auto& pool) { return pool.find(hash); });
}

txpool::Status DevNode::pool_status() const {
  return impl_->writer->ask_pool([](const auto& pool) { return pool.status(); });
}

txpool::Limits DevNode::pool_limits() const {
  return impl_->writer->ask_pool([](const auto& pool) { return pool.limits(); });
}

txpool::Txpool::Content DevNode::pool_content() const {
  return impl_->writer->ask_pool([](const auto& pool) { return pool.content(); });
}

txpool::Txpool::Content DevNode::pool_content_of(const Address& sender) const {
  return impl_->writer->ask_pool([&](const auto& pool) { return pool.content_of(sender); });
}

std::optional<txpool::Dropped> DevNode::why_dropped(const Hash256& hash) const {
  return impl_->writer->ask_pool([&](const auto& pool) { return pool.why_dropped(hash); });
}

std::optional<std::uint64_t> DevNode::pool_position(const Hash256& hash) const {
  const auto next = next_environment().context;
  return impl_->writer->ask_pool([&](const auto& pool) -> std::optional<std::uint64_t> {
    auto best = pool.best(next.base_fee, next.blob_base_fee);
    std::uint64_t position = 1;
    for (txpool::EntryPtr entry = best.next(); entry; entry = best.next(), ++position) {
      if (entry->hash == hash) {
        return position;
      }
    }
    return std::nullopt;
  });
}

std::uint64_t DevNode::pending_nonce(const Address& address) const {
  return impl_->writer->pending_nonce(address);
}

types::Header DevNode::next_header() const { return impl_->writer->next_header(); }

execution::BlockEnvironment DevNode::next_environment() const {
  return impl_->writer->next_environment();
}

Result<CallSite> DevNode::call_site(std::uint64_t number) const {
  return impl_->writer->call_site(number);
}

Result<CallSite> DevNode::pending_call_site() const { return impl_->writer->pending_call_site(); }

const crypto::KzgSetup& DevNode::kzg() const { return impl_->kzg; }

const DevOptions& DevNode::options() const { return impl_->writer->options(); }

EventStream& DevNode::events() { return impl_->writer->events(); }

std::vector<Admitted<Prepared>> DevNode::prepare(std::vector<Submission> submissions) const {
  const evm::BlockContext next = next_environment().context;
  std::vector<Admitted<Prepared>> out;
  out.reserve(submissions.size());
  for (Submission& submission : submissions) {
    out.push_back(node::prepare(std::move(submission), next.fork, next.chain_id, impl_->kzg));
  }
  return out;
}

void DevNode::submit(std::vector<Submission> submissions, Reply<SubmitReply> reply) {
  SubmitCommand command{.items = prepare(std::move(submissions)), .reply = std::move(reply)};
  fetch_ahead(*impl_->writer, command.items);
  if (is_brief(command)) {
    impl_->work_or_push(std::move(command));
  } else {
    impl_->push(std::move(command));
  }
}

void DevNode::perform(std::function<Result<void>(DevWriter&)> work, Reply<Result<void>> reply) {
  impl_->post<void>(std::move(work), std::move(reply));
}

void DevNode::mine(const MineOrder& order, Reply<Result<std::vector<Hash256>>> reply) {
  impl_->post<std::vector<Hash256>>([order](DevWriter& writer) { return writer.mine(order); },
                                    std::move(reply));
}

void DevNode::change_settings(std::function<Result<void>(chain::Settings&)> change,
                              Reply<Result<void>> reply) {
  impl_->post<void>(
      [change = std::move(change)](DevWriter& writer) { return writer.change_settings(change); },
      std::move(reply));
}

void DevNode::cheat(std::function<Result<void>(state::Overlay&)> change,
                    Reply<Result<void>> reply) {
  impl_->post<void>(
      [change = std::move(change)](DevWriter& writer) { return writer.cheat(change); },
      std::move(reply));
}

void DevNode::snapshot(Reply<Result<std::uint64_t>> reply) {
  impl_->post<std::uint64_t>([](DevWriter& writer) { return writer.snapshot(); }, std::move(reply));
}

void DevNode::revert(std::uint64_t snapshot_id, Reply<Result<bool>> reply) {
  impl_->post<bool>([snapshot_id](DevWriter& writer) { return writer.revert(snapshot_id); },
                    std::move(reply));
}

void DevNode::set_next_block_timestamp(std::uint64_t timestamp, Reply<Result<void>> reply) {
  impl_->post<void>(
      [timestamp](DevWriter& writer) { return writer.set_next_block_timestamp(timestamp); },
      std::move(reply));
}

void DevNode::increase_time(std::int64_t seconds, Reply<Result<std::int64_t>> reply) {
  impl_->post<std::int64_t>([seconds](DevWriter& writer) { return writer.increase_time(seconds); },
                            std::move(reply));
}

void DevNode::drop_transaction(const Hash256& hash, Reply<Result<bool>> reply) {
  impl_->post<bool>(
      [hash](DevWriter& writer) -> Result<bool> { return writer.drop_transaction(hash); },
      std::move(reply));
}

}  // namespace cairn::node
