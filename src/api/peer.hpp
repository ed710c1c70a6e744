#pragma once
// The other end of a connection that stays open (WebSocket, IPC): what eth_subscribe pushes to.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cairn::api {

class Peer {
 public:
  virtual ~Peer() = default;

  // Queues one message, `head` followed by `tail`, behind the replies and messages before it. Any
  // thread; never waits. False: the connection is closed, or it read too slowly and is being
  // closed; nothing more will be sent. The head names the subscription; the tail is what happened,
  // and the same text goes to all who hear of it. Neither is null.
  virtual bool push(std::shared_ptr<const std::string> head,
                    std::shared_ptr<const std::string> tail) = 0;

  // Bytes queued that the socket has not taken yet. Any thread. Who has much to tell waits while
  // this is high, so that a reader who is merely behind is not closed as too slow.
  virtual std::size_t backlog() const = 0;
};

// Who asks, for methods that need to know it.
struct Caller {
  std::shared_ptr<Peer> peer;  // null: nothing can be pushed to it (HTTP)
  // Called by the dispatcher once the reply is queued (that of the whole batch): a subscription's
  // first message must come after its id.
  std::vector<std::function<void()>> after_reply;
};

}  // namespace cairn::api
