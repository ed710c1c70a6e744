#include "api/ipc_session.hpp"

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "api/json_framer.hpp"
#include "api/request.hpp"
#include "api/stream.hpp"

namespace cairn::api {
namespace {

class IpcSession final : public MessageSession {
 public:
  IpcSession(std::shared_ptr<SessionOwner> owner, IoThread& home, Stream stream)
      : MessageSession(std::move(owner), home),
        stream_(std::move(stream)),
        framer_(options().body_limit) {}

  void start() override {
    asio::dispatch(stream_.get_executor(), [session = me()] { session->take(); });
  }
  void close() override {
    asio::post(stream_.get_executor(), [session = me()] { session->shut(); });
  }
  void expire() override {  // only a write has a deadline
    asio::post(stream_.get_executor(), [session = me()] {
      if (session->expired(steady_milliseconds())) {
        session->shut();
      }
    });
  }

  void begin_writing() override {
    home().dispatch([session = me()] { session->write(); });
  }

 private:
  static constexpr std::size_t kReadSize = 64 * 1024;

  std::shared_ptr<IpcSession> me() {
    return std::static_pointer_cast<IpcSession>(shared_from_this());
  }

  // Takes the requests that are there whole, one at a time, then waits for more.
  void take() {
    if (ends_ || !may_read()) {
      return;
    }
    auto request = framer_.next();
    if (!request) {
      return refuse(request.error());
    }
    if (!*request) {
      return read();
    }
    receive(**std::move(request),
            [this] { asio::post(stream_.get_executor(), [session = me()] { session->take(); }); });
  }

  void read() {
    stream_.socket().async_wait(Stream::Socket::wait_read, [session = me()](error_code error) {
      if (error) {
        return session->shut();
      }
      std::string bytes(kReadSize, '\0');
      const std::size_t size = session->stream_.socket().read_some(asio::buffer(bytes), error);
      if (error == asio::error::would_block) {
        return session->read();
      }
      if (error) {
        return session->half_closed();
      }
      session->framer_.add(std::string_view(bytes).substr(0, size));
      session->take();
    });
  }

  // What was asked is still answered.
  void half_closed() {
    ends_ = true;
    shut_if_done();
  }
  void all_answered() override {
    if (ends_) {
      asio::post(stream_.get_executor(), [session = me()] { session->shut_if_done(); });
    }
  }
  void shut_if_done() {
    if (ends_ && backlog() == 0 && is_done()) {
      shut();
    }
  }

  void refuse(const Error& error) {
    ends_ = true;
    answer(error_reply("null", {RpcCode::parse_error, "parse error: " + error.message}));
  }

  void resume_reading() override {
    asio::post(stream_.get_executor(), [session = me()] { session->take(); });
  }

  void write() {
    auto message = next_message();
    if (!message) {
      unlimited();
      return shut_if_done();
    }
    busy(options().response_seconds);
    writing_ = *std::move(message);
    if (writing_.pieces) {
      return write_piece();
    }
    const std::array<asio::const_buffer, 3> parts{
        asio::buffer(*writing_.head),
        writing_.tail ? asio::buffer(*writing_.tail) : asio::const_buffer{}, asio::buffer("\n", 1)};
    asio::async_write(stream_, parts, [session = me()](error_code error, std::size_t) {
      session->writing_ = {};
      error ? session->shut() : session->write();
    });
  }

  void write_piece() {
    auto piece = writing_.pieces->next([session = me()] {
      asio::post(session->stream_.get_executor(), [session] { session->write_piece(); });
    });
    if (writing_.pieces->is_too_slow()) {
      return shut();
    }
    if (!piece) {
      return unlimited();
    }
    busy(options().response_seconds);
    piece_ = std::move(piece->bytes);
    if (piece->last) {
      piece_ += '\n';
    }
    asio::async_write(stream_, asio::buffer(piece_),
                      [session = me(), last = piece->last](error_code error, std::size_t) {
                        error ? session->shut() : session->wrote_piece(last);
                      });
  }

  void wrote_piece(bool last) {
    if (!last) {
      return write_piece();
    }
    streamed(std::exchange(writing_.pieces, nullptr));
    write();
  }

  void drop_slow_reader() override { close(); }

  void shut() {
    error_code ignored;
    stream_.socket().close(ignored);
    ended();
  }

  Stream stream_;
  JsonFramer framer_;
  Outbox::Message writing_;
  std::string piece_;
  std::atomic<bool> ends_ = false;  // nothing more is read
};

}  // namespace

std::shared_ptr<MessageSession> make_ipc_session(std::shared_ptr<SessionOwner> owner,
                                                 IoThread& home, Stream stream) {
  return std::make_shared<IpcSession>(std::move(owner), home, std::move(stream));
}

}  // namespace cairn::api
