#pragma once
// The other end of a connection that stays open (WebSocket, IPC): what eth_subscribe pushes to.

#include <memory>
#include <string>

namespace cairn::api {

class Peer {
 public:
  virtual ~Peer() = default;

  // Queues a message behind the replies and messages before it. Any thread; never waits. False: the
  // connection is closed, or it read too slowly and is being closed; nothing more will be sent.
  // The text is shared, because the same one goes to many.
  virtual bool push(std::shared_ptr<const std::string> message) = 0;
};

}  // namespace cairn::api
