#include "api/dispatcher.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <chrono>
#include <exception>
#include <future>

#include "api/request.hpp"
#include "api/request_log.hpp"
#include "api/submit_methods.hpp"
#include "api/upstream_passage.hpp"
#include "api/wide_integers.hpp"
#include "base/json_fault.hpp"

namespace cairn::api {
namespace {

// `asker`: the Caller where the method takes it, else nothing.
template <class Function, class... Asker>
auto run_method(Function* function, const Method& method, Context& context, Arguments arguments,
                Asker&... asker) -> decltype(function(method, context, asker..., arguments)) {
  if (arguments.size() > method.parameters.size()) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("too many arguments, want at most {}", method.parameters.size()));
  }
  try {
    return function(method, context, asker..., arguments);
  } catch (const chain::StatePruned& missing) {
    return rpc_fail(RpcCode::pruned_history, missing.what());
  } catch (const state::StateUnavailable& missing) {
    return rpc_fail(RpcCode::server, missing.what());
  } catch (const std::exception& fault) {
    context.logger.error("a method failed", {{"method", method.name}, {"fault", fault.what()}});
    return rpc_fail(RpcCode::internal, fmt::format("internal error: {}", fault.what()));
  }
}

Answer run_query(Method::Query function, const Method& method, Context& context,
                 Arguments arguments) {
  if (auto passed = pass_upstream(context, method, arguments)) {
    return *std::move(passed);
  }
  return run_method(function, method, context, arguments);
}

Answer run_for_peer(Method::PeerQuery function, const Method& method, Context& context,
                    Arguments arguments, Caller& caller) {
  if (!caller.peer) {
    return std::unexpected(notifications_not_supported());
  }
  return run_method(function, method, context, arguments, caller);
}

void run_after_reply(const Caller& caller) {
  for (const auto& action : caller.after_reply) {
    action();
  }
}

void log_request(const Context& context, const Request& request) {
  if (context.logger.enabled(base::LogLevel::debug)) {
    context.logger.debug("request", {{"method", request.method}, {"id", request.id}});
  }
}

// What the log will tell of a cheat.
using Cheat = std::optional<std::string>;

// The text that goes back; nothing for a notification. The log tells of cheats and of what is
// refused.
std::string reply_text(const Context& context, std::string_view method, bool notification,
                       std::string_view id, const Answer& answer, Cheat cheat = {}) {
  if (!answer) {
    log_refusal(context, method, answer.error());
  } else if (cheat) {
    log_cheat(context, method, *std::move(cheat), *answer);
  }
  if (notification) {
    return {};
  }
  return answer ? result_reply(id, *answer) : error_reply(id, answer.error());
}

// Of what is no request.
std::string refused_text(const Context& context, std::string_view id, const RpcError& error) {
  log_refusal(context, {}, error);
  return error_reply(id, error);
}

std::string reply_text(const Context& context, const Request& request, const Answer& answer,
                       Cheat cheat = {}) {
  return reply_text(context, request.method, request.notification, request.id, answer,
                    std::move(cheat));
}

// The answer, or the rest of it where pieces have gone to the sink.
std::string written_reply(Method::WriterQuery function, const Method& method, Context& context,
                          const Request& request, AnswerWriter& out) {
  RpcResult<void> done;
  if (const auto passed = pass_upstream(context, method, request.arguments)) {
    passed->has_value() ? static_cast<void>(out.raw(**passed))
                        : static_cast<void>(done = std::unexpected(passed->error()));
  } else {
    done = run_method(function, method, context, request.arguments, out);
  }
  if (!done) {
    log_refusal(context, request.method, done.error());
  }
  std::string text = out.finish(done);
  return request.notification ? std::string() : text;
}

// Where an answer's pieces go: nowhere where nobody is to get them, empty where they cannot be
// sent.
AnswerWriter::Sink sink_of(const Reply& reply, const Request& request, AnswerWriter::Sink send) {
  if (request.notification) {
    return [](const std::string&) {};
  }
  return reply.can_stream() ? std::move(send) : AnswerWriter::Sink();
}

// Opens the way to the reader with the first piece.
class PieceSender {
 public:
  explicit PieceSender(const Reply& reply) : reply_(reply) {}

  void send(std::string piece) {
    if (stream_ == nullptr) {
      stream_ = reply_.open();
    }
    stream_->write(std::move(piece));
  }
  // The last of it, or all.
  void finish(std::string text) {
    stream_ ? stream_->end(std::move(text)) : reply_(std::move(text));
  }

 private:
  const Reply& reply_;
  std::shared_ptr<AnswerStream> stream_;
};

// A send whose gas must be estimated has to see the sends before it.
bool needs_head(const Method& method, Arguments arguments) {
  return method.cost == Cost::lengthy && !arguments.empty() &&
         arguments[0]["gas"].error() != simdjson::SUCCESS;
}

}  // namespace

struct Dispatcher::Document {
  simdjson::error_code parse(std::string body, std::size_t depth) {
    text = std::move(body);
    text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    const auto error = parser.allocate(text.size(), depth);
    return error == simdjson::SUCCESS ? parser.parse(text.data(), text.size(), false).get(root)
                                      : error;
  }

  std::string text;
  simdjson::dom::parser parser;
  JsonValue root;
};

// The items of one batch, one after the other on a worker.
class Dispatcher::Batch {
 public:
  Batch(Dispatcher& owner, simdjson::dom::array items, Caller& caller, const Reply& reply)
      : owner_(owner), items_(items), caller_(caller), reply_(reply), sender_(reply) {}

  void run() {
    for (const JsonValue item : items_) {
      replies_.emplace_back();
      if (bytes_ > owner_.limits_.batch_answer_bytes) {
        refuse_item(item);
      } else {
        run_item(item);
      }
    }
    flush();
    std::string rest = take_replies();
    if (any_) {
      rest += ']';
    }
    sender_.finish(std::move(rest));
  }

 private:
  struct Waiting {
    std::size_t index;        // of its reply
    std::string_view method;  // of the table
    std::string id;
    bool notification;
  };

  void set(std::size_t index, std::string reply) {
    bytes_ += reply.size();
    replies_[index] = std::move(reply);
  }

  void run_item(JsonValue item) {
    const std::size_t index = replies_.size() - 1;
    const auto request = read_request(item);
    if (!request) {
      return set(index, refused_text(owner_.context_, request.error().id, request.error().error));
    }
    log_request(owner_.context_, *request);
    const Method* method = owner_.methods_.find(request->method);
    if (method == nullptr) {
      return set(index, reply_text(owner_.context_, *request,
                                   std::unexpected(method_not_found(request->method))));
    }
    Cheat cheat = cheat_parameters(owner_.context_, *method, request->arguments);
    if (const auto* query = std::get_if<Method::Query>(&method->invoke)) {
      flush();
      return set(index, reply_text(owner_.context_, *request,
                                   run_query(*query, *method, owner_.context_, request->arguments),
                                   std::move(cheat)));
    }
    if (const auto* query = std::get_if<Method::LaterQuery>(&method->invoke)) {
      flush();
      return set(index,
                 reply_text(owner_.context_, *request,
                            await_later(*query, *method, request->arguments), std::move(cheat)));
    }
    if (const auto* query = std::get_if<Method::WriterQuery>(&method->invoke)) {
      flush();
      return set(index, write_item(*query, *method, *request));
    }
    if (const auto* query = std::get_if<Method::PeerQuery>(&method->invoke)) {
      flush();
      return set(index, reply_text(owner_.context_, *request,
                                   run_for_peer(*query, *method, owner_.context_,
                                                request->arguments, caller_)));
    }
    if (needs_head(*method, request->arguments)) {
      flush();
    }
    auto submission = run_method(std::get<Method::Send>(method->invoke), *method, owner_.context_,
                                 request->arguments);
    if (!submission) {
      return set(index, reply_text(owner_.context_, *request, std::unexpected(submission.error())));
    }
    waiting_.push_back({index, method->name, request->id, request->notification});
    submissions_.push_back(*std::move(submission));
  }

  Answer await_later(Method::LaterQuery function, const Method& method, Arguments arguments) {
    const auto promise = std::make_shared<std::promise<Answer>>();
    Later later{[promise](Answer answer) { promise->set_value(std::move(answer)); }};
    CAIRN_CHECK(run_method(function, method, owner_.context_, arguments, later));
    return promise->get_future().get();
  }

  // The answer, or nothing where it has gone out in pieces behind those before it.
  std::string write_item(Method::WriterQuery function, const Method& method,
                         const Request& request) {
    bool begun = false;
    const auto send = [this, &begun](std::string piece) {
      bytes_ += piece.size();
      if (!std::exchange(begun, true)) {
        std::string before = take_replies();
        before += next_mark();
        piece.insert(0, before);
      }
      sender_.send(std::move(piece));
    };
    AnswerWriter out(request.id, sink_of(reply_, request, send));
    std::string rest = written_reply(function, method, owner_.context_, request, out);
    if (begun) {
      send(std::exchange(rest, {}));
    }
    return rest;
  }

  void refuse_item(JsonValue item) {
    const auto request = read_request(item);
    const RpcError error{RpcCode::invalid_params,
                         fmt::format("response too large: the answers of a batch exceed {} bytes",
                                     owner_.limits_.batch_answer_bytes)};
    if (!request) {
      replies_.back() = error_reply(request.error().id, error);
    } else if (!request->notification) {
      replies_.back() = error_reply(request->id, error);
    }
  }

  // Sends what waits and fills in its replies.
  void flush() {
    if (submissions_.empty()) {
      return;
    }
    const auto sent_all = node::await<node::SubmitReply>([this](auto reply) {
      owner_.context_.node.submit(std::exchange(submissions_, {}), std::move(reply));
    });
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      const auto& one = waiting_[i];
      set(one.index, reply_text(owner_.context_, one.method, one.notification, one.id,
                                sent(owner_.context_, sent_all[i])));
    }
    waiting_.clear();
  }

  // What stands before the next answer.
  char next_mark() { return std::exchange(any_, true) ? ',' : '['; }

  // The answers since the last time.
  std::string take_replies() {
    std::size_t size = 2;
    for (const auto& reply : replies_) {
      size += reply.size() + 1;
    }
    std::string out;
    out.reserve(size);
    for (auto& reply : replies_) {
      if (!reply.empty()) {
        out += next_mark();
        out += std::exchange(reply, {});
      }
    }
    return out;
  }

  Dispatcher& owner_;
  simdjson::dom::array items_;
  Caller& caller_;
  const Reply& reply_;
  PieceSender sender_;
  std::vector<std::string> replies_;  // empty: a notification, a send that waits, or gone out
  bool any_ = false;                  // whether an answer has been taken from them
  std::size_t bytes_ = 0;
  std::vector<node::Submission> submissions_;
  std::vector<Waiting> waiting_;
};

Dispatcher::Dispatcher(Context& context, std::size_t workers, DispatchLimits limits)
    : context_(context),
      limits_(limits),
      methods_(context.with_cheats, context.namespaces),
      workers_({.workers = workers}) {}

Dispatcher::~Dispatcher() { stopping_ = true; }

void Dispatcher::run(const std::function<void()>& task) {
  if (stopping_) {
    return;
  }
  try {
    task();
  } catch (const ReaderGone&) {
    context_.logger.debug("a reader left before its answer's end");
  } catch (const std::exception& fault) {
    context_.logger.error("a request failed", {{"fault", fault.what()}});
  }
}

void Dispatcher::on_worker(std::function<void()> task) {
  workers_.post([this, task = std::move(task)] { run(task); });
}

void Dispatcher::handle(std::string body, std::shared_ptr<Peer> peer, Reply reply) {
  const auto document = std::make_shared<Document>();
  auto error = document->parse(std::move(body), limits_.depth);
  if (error == simdjson::NUMBER_ERROR) {
    if (auto readable = with_wide_integers_as_text(document->text)) {
      error = document->parse(*std::move(readable), limits_.depth);
    }
  }
  if (error != simdjson::SUCCESS) {
    return reply(refused_text(
        context_, "null",
        {RpcCode::parse_error, fmt::format("parse error: {}", base::json_fault(error))}));
  }
  simdjson::dom::array items;
  if (document->root.get(items) != simdjson::SUCCESS) {
    return handle_single(document, {std::move(peer), {}}, std::move(reply));
  }
  if (items.size() == 0) {
    return reply(refused_text(context_, "null", {RpcCode::invalid_request, "empty batch"}));
  }
  if (items.size() > limits_.batch_items) {
    return reply(
        refused_text(context_, "null",
                     {RpcCode::invalid_request,
                      fmt::format("batch too large: at most {} requests", limits_.batch_items)}));
  }
  on_worker([this, document, items, peer = std::move(peer), reply = std::move(reply)] {
    Caller caller{peer, {}};
    Batch(*this, items, caller, reply).run();
    run_after_reply(caller);
  });
}

void Dispatcher::handle_single(const std::shared_ptr<Document>& document, Caller caller,
                               Reply reply) {
  auto request = read_request(document->root);
  if (!request) {
    return reply(refused_text(context_, request.error().id, request.error().error));
  }
  log_request(context_, *request);
  const Method* method = methods_.find(request->method);
  if (method == nullptr) {
    return reply(
        reply_text(context_, *request, std::unexpected(method_not_found(request->method))));
  }
  const bool may_wait = context_.node.head()->fork() != nullptr && may_ask_source(*method);
  if (method->cost == Cost::brief && !may_wait) {
    return begin(*method, *request, std::move(caller), std::move(reply));
  }
  const auto task = [this, document, method, request = *std::move(request), caller, reply] {
    begin(*method, request, caller, reply);
  };
  const bool here = method->cost != Cost::lengthy && !may_wait;
  if (!here || !reply.work([this, &task] { run(task); })) {
    on_worker(task);
  }
}

void Dispatcher::begin(const Method& method, const Request& request, Caller caller, Reply reply) {
  Cheat cheat = cheat_parameters(context_, method, request.arguments);
  if (const auto* query = std::get_if<Method::Query>(&method.invoke)) {
    return reply(reply_text(context_, request,
                            run_query(*query, method, context_, request.arguments),
                            std::move(cheat)));
  }
  if (const auto* query = std::get_if<Method::PeerQuery>(&method.invoke)) {
    reply(reply_text(context_, request,
                     run_for_peer(*query, method, context_, request.arguments, caller)));
    return run_after_reply(caller);
  }
  if (const auto* query = std::get_if<Method::LaterQuery>(&method.invoke)) {
    Later later{[&context = context_, name = method.name, id = request.id,
                 notification = request.notification, cheat = std::move(cheat),
                 reply](const Answer& answer) {
      reply(reply_text(context, name, notification, id, answer, cheat));
    }};
    const auto begun = run_method(*query, method, context_, request.arguments, later);
    if (!begun) {
      reply(reply_text(context_, request, std::unexpected(begun.error())));
    }
    return;
  }
  if (const auto* query = std::get_if<Method::WriterQuery>(&method.invoke)) {
    PieceSender sender(reply);
    AnswerWriter out(request.id, sink_of(reply, request, [&sender](std::string piece) {
                       sender.send(std::move(piece));
                     }));
    return sender.finish(written_reply(*query, method, context_, request, out));
  }
  auto submission =
      run_method(std::get<Method::Send>(method.invoke), method, context_, request.arguments);
  if (!submission) {
    return reply(reply_text(context_, request, std::unexpected(submission.error())));
  }
  std::vector<node::Submission> one;
  one.push_back(*std::move(submission));
  context_.node.submit(std::move(one), [&context = context_, name = method.name, id = request.id,
                                        notification = request.notification,
                                        reply = std::move(reply)](node::SubmitReply replies) {
    reply(reply_text(context, name, notification, id, sent(context, replies.front())));
  });
}

}  // namespace cairn::api
