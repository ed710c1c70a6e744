#include "api/ipc_session.hpp"

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "api/io_threads.hpp"
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
  static inline const asio::const_buffer kNewline{"\n", 1};
  static inline const asio::const_buffer kNothing;

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

  void send(const Outbox::Message& message) override {
    put({asio::buffer(*message.head), message.tail ? asio::buffer(*message.tail) : kNothing,
         kNewline});
  }
  void send_piece(const AnswerStream::Piece& piece) override {
    put({asio::buffer(piece.bytes), kNothing, piece.last ? kNewline : kNothing});
  }
  void put(const std::array<asio::const_buffer, 3>& parts) {
    asio::async_write(stream_, parts,
                      [session = me()](error_code error, std::size_t) { session->sent(!error); });
  }
  void all_written() override { shut_if_done(); }

  void drop_slow_reader() override { close(); }

  void shut() override {
    error_code ignored;
    stream_.socket().close(ignored);
    ended();
  }

  Stream stream_;
  JsonFramer framer_;
  std::atomic<bool> ends_ = false;  // nothing more is read
};

}  // namespace

std::shared_ptr<MessageSession> make_ipc_session(std::shared_ptr<SessionOwner> owner,
                                                 IoThread& home, Stream stream) {
  return std::make_shared<IpcSession>(std::move(owner), home, std::move(stream));
}

}  // namespace cairn::api
