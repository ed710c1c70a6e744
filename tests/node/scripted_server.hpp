#pragma once
// An HTTP server that answers with whatever bytes a test says: also what no server should.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cairn::node::test {

class ScriptedServer {
 public:
  // Raw bytes for a request's body; empty: silence for as long as the client waits.
  using Script = std::function<std::string(const std::string& body)>;

  explicit ScriptedServer(Script script) : script_(std::move(script)) {
    thread_ = std::thread([this] { accept(); });
  }
  ~ScriptedServer() {
    stopping_ = true;
    boost::system::error_code ignored;
    tcp::socket waker(io_);  // wakes accept()
    waker.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
    for (auto& peer : peers_) {
      peer.socket->shutdown(tcp::socket::shutdown_both, ignored);
      peer.thread.join();
    }
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  int requests() const { return requests_; }
  // What each request said before its body.
  std::vector<std::string> heads() const {
    const std::scoped_lock lock(mutex_);
    return heads_;
  }

  static std::string http(const std::string& body, const std::string& status = "200 OK",
                          const std::string& headers = "") {
    return "HTTP/1.1 " + status + "\r\ncontent-length: " + std::to_string(body.size()) + "\r\n" +
           headers + "\r\n" + body;
  }
  static std::string result(const std::string& json, const std::string& id = "1") {
    return http(R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":)" + json + "}");
  }

 private:
  using tcp = boost::asio::ip::tcp;
  struct Peer {
    std::shared_ptr<tcp::socket> socket;
    std::thread thread;
  };

  void accept() {
    while (true) {
      auto socket = std::make_shared<tcp::socket>(io_);
      boost::system::error_code error;
      acceptor_.accept(*socket, error);
      if (stopping_ || error) {
        return;
      }
      peers_.push_back({socket, std::thread([this, socket] { serve(*socket); })});
    }
  }

  void serve(tcp::socket& socket) {
    boost::asio::streambuf buffer;
    boost::system::error_code error;
    while (true) {
      const std::size_t head = boost::asio::read_until(socket, buffer, "\r\n\r\n", error);
      if (error) {
        return;
      }
      std::string text(boost::asio::buffers_begin(buffer.data()),
                       boost::asio::buffers_end(buffer.data()));
      const auto at = text.find("Content-Length: ");
      const std::size_t size = std::stoul(text.substr(at + 16));
      if (text.size() < head + size) {
        boost::asio::read(socket, buffer, boost::asio::transfer_exactly(head + size - text.size()),
                          error);
        text.assign(boost::asio::buffers_begin(buffer.data()),
                    boost::asio::buffers_end(buffer.data()));
      }
      buffer.consume(head + size);
      ++requests_;
      {
        const std::scoped_lock lock(mutex_);
        heads_.push_back(text.substr(0, head));
      }
      const std::string answer = script_(text.substr(head, size));
      if (answer.empty()) {
        continue;  // and waits for what never comes
      }
      boost::asio::write(socket, boost::asio::buffer(answer), error);
      if (answer.find("content-length") == std::string::npos ||
          answer.find("close") != std::string::npos) {
        socket.shutdown(tcp::socket::shutdown_both, error);
        return;
      }
    }
  }

  Script script_;
  boost::asio::io_context io_;
  tcp::acceptor acceptor_{io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
  std::atomic<bool> stopping_{false};
  std::atomic<int> requests_{0};
  mutable std::mutex mutex_;
  std::vector<std::string> heads_;
  std::list<Peer> peers_;
  std::thread thread_;
};

}  // namespace cairn::node::test
