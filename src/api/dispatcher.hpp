#pragma once
// JSON-RPC 2.0: from a request's text to its answer's. Any thread may call.
//
//   brief query      answered on the calling thread
//   send             handed to the node; answered on the node's thread once it is on disk
//   lengthy, batch   answered on a worker; what may be large leaves while it is made
//                    (answer_stream.hpp)
//
// Items of a batch take effect in order: consecutive sends go to the node together and share a
// block; any other method first waits for those before it, so that it sees them.
//
// Subscriptions: a method that takes a Caller& (method.hpp) keeps a weak_ptr to its peer; that
// expires when the connection is gone, and push() answers false from the moment it closes. What it
// puts into Caller::after_reply runs once the reply is in the connection's queue, so that what is
// pushed from there on comes behind the id that the reply told.

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "api/context.hpp"
#include "api/methods.hpp"
#include "api/peer.hpp"
#include "api/reply.hpp"
#include "base/worker_pool.hpp"

namespace cairn::api {

struct Request;

struct DispatchLimits {
  std::size_t batch_items = 1'000;
  std::size_t batch_answer_bytes = 25 * 1024 * 1024;
  std::size_t depth = 128;  // of nested JSON
};

class Dispatcher {
 public:
  // `context` must outlive the dispatcher.
  Dispatcher(Context& context, std::size_t workers, DispatchLimits limits = {});
  // Drops what no worker has begun and waits for what one has: the node must still run.
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Uses `reply` once, with the answer to a request or a batch; with nothing where there were
  // notifications only. Not at all for what the destructor drops. `peer` is who asks, null where
  // nothing can be pushed to it.
  void handle(std::string body, std::shared_ptr<Peer> peer, Reply reply);

  const MethodTable& methods() const { return methods_; }

 private:
  struct Document;
  class Batch;

  void run(const std::function<void()>& task);
  void on_worker(std::function<void()> task);
  void handle_single(const std::shared_ptr<Document>& document, Caller caller, Reply reply);
  void begin(const Method& method, const Request& request, Caller caller, Reply reply);

  Context& context_;
  DispatchLimits limits_;
  MethodTable methods_;
  std::atomic<bool> stopping_ = false;
  base::WorkerPool workers_;  // last: its threads use all of the above
};

}  // namespace cairn::api
