#pragma once
// HTTP/1.1 with keep-alive and pipelining. A session reads its next request only after the answer
// to the last one is written, so pipelined requests are answered in order. What is not HTTP, too
// large or too slow is answered with its status (400, 408, 413, 431) and closed.

#include <memory>

#include "api/session.hpp"

namespace cairn::api {

class IoThread;  // io_threads.hpp
class Stream;    // stream.hpp

// `home`: the stream's I/O thread.
std::shared_ptr<Session> make_http_session(std::shared_ptr<SessionOwner> owner, IoThread& home,
                                           Stream stream);

}  // namespace cairn::api
