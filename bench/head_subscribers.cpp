// What a thousand newHeads subscribers cost those who send: the time from a transfer to the reply
// that its block is committed, with and without them, in turns on the same node. Each subscriber is
// a WebSocket connection of its own, read all the time, and hears of every block.
//
//   head_subscribers CAIRN [FOLDER]

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/dev_transactions.hpp"
#include "bench/figures.hpp"
#include "bench/node_process.hpp"
#include "bench/program.hpp"
#include "tests/api/socket_client.hpp"

namespace {

namespace fs = std::filesystem;
using namespace cairn;
using namespace cairn::bench;

constexpr std::size_t kSubscribers = 1'000;
// Short turns, so that what the machine does beside falls on both.
constexpr std::size_t kTurns = 80;
constexpr std::size_t kWarmUp = 2;  // blocks of a turn that do not count
constexpr std::size_t kBlocksOfATurn = kWarmUp + 10;
constexpr auto kPause = std::chrono::milliseconds(20);  // from block to block

// One WebSocket connection: what RFC 6455 asks of a client, and no more.
class Subscriber {
 public:
  explicit Subscriber(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
    write(
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    while (buffer_.find("\r\n\r\n") == std::string::npos) {
      fill();
    }
    buffer_.erase(0, buffer_.find("\r\n\r\n") + 4);
  }
  ~Subscriber() { ::close(socket_); }
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  int socket() const { return socket_; }

  // A text frame below 126 bytes, masked with zeros.
  void send(std::string_view text) const {
    std::string frame{'\x81', static_cast<char>(0x80 | text.size()), 0, 0, 0, 0};
    write(frame.append(text));
  }

  // The messages that have come whole.
  std::vector<std::string> read() {
    fill();
    std::vector<std::string> out;
    for (std::size_t at = 0;;) {
      const auto byte = [&](std::size_t i) {
        return static_cast<std::size_t>(static_cast<unsigned char>(buffer_[at + i]));
      };
      if (buffer_.size() < at + 4) {
        buffer_.erase(0, at);
        return out;
      }
      const bool wide = byte(1) == 126;
      const std::size_t head = wide ? 4 : 2;
      const std::size_t size = wide ? byte(2) << 8 | byte(3) : byte(1);
      if (buffer_.size() < at + head + size) {
        buffer_.erase(0, at);
        return out;
      }
      out.push_back(buffer_.substr(at + head, size));
      at += head + size;
    }
  }

 private:
  void write(std::string_view bytes) const {
    if (::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(bytes.size())) {
      throw std::runtime_error("the node closed a subscriber");
    }
  }
  void fill() {
    std::array<char, 64 * 1024> bytes;
    const ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (got <= 0) {
      throw std::runtime_error("the node closed a subscriber");
    }
    buffer_.append(bytes.data(), static_cast<std::size_t>(got));
  }

  int socket_;
  std::string buffer_;
};

// All subscribers, read by a thread of their own.
class Audience {
 public:
  explicit Audience(std::uint16_t port) : epoll_(::epoll_create1(0)) {
    for (std::size_t i = 0; i < kSubscribers; ++i) {
      all_.push_back(std::make_unique<Subscriber>(port));
      ids_.emplace_back();
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, all_.back()->socket(), &event);
    }
    thread_ = std::thread([this] { run(); });
  }
  ~Audience() {
    stopping_ = true;
    thread_.join();
    ::close(epoll_);
  }
  Audience(const Audience&) = delete;
  Audience& operator=(const Audience&) = delete;

  void subscribe() {
    replies_ = 0;
    for (const auto& one : all_) {
      one->send(R"({"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]})");
    }
    await(replies_, kSubscribers);
  }
  void unsubscribe() {
    replies_ = 0;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      all_[i]->send(fmt::format(
          R"({{"jsonrpc":"2.0","id":1,"method":"eth_unsubscribe","params":["{}"]}})", ids_[i]));
    }
    await(replies_, kSubscribers);
  }
  // Waits until the audience has heard of so many heads together since it was made.
  void await_heads(std::size_t count) const { await(heads_, count); }

 private:
  static void await(const std::atomic<std::size_t>& counter, std::size_t wanted) {
    const auto begin = Clock::now();
    while (counter < wanted) {
      if (milliseconds_since(begin) > 20'000) {
        throw std::runtime_error(fmt::format("{} of {} messages came", counter.load(), wanted));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  void take(std::size_t index, const std::string& message) {
    constexpr std::string_view kId = R"("result":"0x)";
    if (message.find("eth_subscription") != std::string::npos) {
      ++heads_;
      return;
    }
    if (const auto at = message.find(kId); at != std::string::npos) {
      const std::size_t begin = at + kId.size() - 2;
      ids_[index] = message.substr(begin, message.find('"', begin) - begin);
    }
    ++replies_;
  }

  void run() {
    std::array<epoll_event, 256> events;
    while (!stopping_) {
      const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 50);
      for (int i = 0; i < ready; ++i) {
        const std::size_t index = events[static_cast<std::size_t>(i)].data.u64;
        for (const auto& message : all_[index]->read()) {
          take(index, message);
        }
      }
    }
  }

  int epoll_;
  std::vector<std::unique_ptr<Subscriber>> all_;
  std::vector<std::string> ids_;
  std::atomic<std::size_t> heads_ = 0;
  std::atomic<std::size_t> replies_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

void send_turn(api::test::SocketClient& client, const std::vector<Signed>& transfers,
               std::size_t first, std::vector<double>& figures) {
  for (std::size_t i = first; i < first + kBlocksOfATurn; ++i) {
    const auto begin = Clock::now();
    const std::string answer = client.post(transfers[i].send);
    if (i >= first + kWarmUp) {
      figures.push_back(milliseconds_since(begin));
    }
    if (answer.find("\"result\"") == std::string::npos) {
      throw std::runtime_error(answer.substr(0, 300));
    }
    std::this_thread::sleep_for(kPause);
  }
}

bool measure(const std::string& program, const fs::path& folder) {
  const auto account = chain::dev_accounts().value().front();
  const auto transfers = sign_many(account, 0, 2 * kTurns * kBlocksOfATurn);
  const CairnDev node(program, folder);
  api::test::SocketClient client(node.port());
  Audience audience(node.port());
  std::vector<double> alone;
  std::vector<double> heard;
  for (std::size_t turn = 0; turn < kTurns; ++turn) {
    const std::size_t first = 2 * turn * kBlocksOfATurn;
    send_turn(client, transfers, first, alone);
    audience.subscribe();
    send_turn(client, transfers, first + kBlocksOfATurn, heard);
    audience.await_heads((turn + 1) * kBlocksOfATurn * kSubscribers);
    audience.unsubscribe();
  }
  const double without = quantile(alone, 0.5);
  const double with = quantile(heard, 0.5);
  fmt::print(
      "transfer to committed block, median: {:.3f} ms without subscribers, {:.3f} ms with "
      "{}; each heard of {} blocks\n",
      without, with, kSubscribers, kTurns * kBlocksOfATurn);
  return print({"commit with 1,000 newHeads subscribers / none", 1.05, with / without, ""});
}

void allow_sockets() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

}  // namespace

int main(int argc, char** argv) {
  return run_in_folder(argc, argv, "head_subscribers CAIRN [FOLDER]",
                       [](const Words& words, const fs::path& folder) {
                         allow_sockets();
                         return measure(words[0], folder);
                       });
}
