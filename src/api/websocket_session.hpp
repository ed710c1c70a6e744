#pragma once
// WebSocket (RFC 6455) on a stream that asked for it by HTTP: a request or batch in each text or
// binary message, answers and pushes in text messages. Large messages are compressed where the
// client offers permessage-deflate (RFC 7692). Close codes: 1002 and 1007 for what breaks the
// protocol, 1008 for a slow reader, 1009 for a message above the limit, 1001 when the node stops.

#include <memory>

#include "api/message_session.hpp"

namespace cairn::api {

class Stream;           // stream.hpp
struct UpgradeRequest;  // stream.hpp

bool asks_for_websocket(const UpgradeRequest& request);
// Section 4.2.1: 16 bytes in base64.
bool has_websocket_key(const UpgradeRequest& request);

std::shared_ptr<MessageSession> make_websocket_session(std::shared_ptr<SessionOwner> owner,
                                                       IoThread& home, Stream stream,
                                                       UpgradeRequest request);

}  // namespace cairn::api
