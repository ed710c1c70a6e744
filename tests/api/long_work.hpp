#pragma once
// A server's handler that is at work on "long" until it is let go, and answers all else at once.

#include <future>
#include <string>

#include "api/http_server.hpp"

namespace cairn::api::test {

class LongWork {
 public:
  LongWork() = default;
  LongWork(const LongWork&) = delete;
  LongWork& operator=(const LongWork&) = delete;

  // Lives no longer than this.
  Handler handler() {
    return
        [this](const std::string& body, const std::shared_ptr<Peer>& /*peer*/, const Reply& reply) {
          const bool taken = reply.work([&] {
            if (body == "long") {
              let_go_.get_future().wait();
            }
            reply("[" + body + "]");
          });
          if (!taken) {
            reply("[not taken]");
          }
        };
  }
  void let_go() { let_go_.set_value(); }

 private:
  std::promise<void> let_go_;
};

// All connections on one thread.
inline ServerOptions one_thread() {
  ServerOptions options;
  options.port = 0;
  options.threads = 1;
  return options;
}

}  // namespace cairn::api::test
