#pragma once
// JSON values on a Unix socket, as geth's IPC: each request or batch is one value, whether or not a
// newline follows it; each answer and push is one line. Bytes that begin no request are answered
// with a parse error, which ends the connection.

#include <memory>

#include "api/message_session.hpp"

namespace cairn::api {

class Stream;  // stream.hpp

std::shared_ptr<MessageSession> make_ipc_session(std::shared_ptr<SessionOwner> owner,
                                                 IoThread& home, Stream stream);

}  // namespace cairn::api
