#include "bench/drain.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "bench/figures.hpp"

namespace cairn::bench {

Drain::Drain(std::uint16_t port, std::string_view request)
    : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::send(socket_, request.data(), request.size(), 0) != static_cast<ssize_t>(request.size())) {
    ::close(socket_);
    throw std::runtime_error("cannot ask the node");
  }
}

Drain::~Drain() { ::close(socket_); }

std::size_t Drain::run(double limit) {
  constexpr std::size_t kKept = 512;
  std::vector<char> buffer(1 << 20);
  std::size_t total = 0;
  const auto begin = Clock::now();
  for (ssize_t size = 0; milliseconds_since(begin) < limit &&
                         (size = ::recv(socket_, buffer.data(), buffer.size(), 0)) > 0;) {
    const auto read = static_cast<std::size_t>(size);
    total += read;
    const std::size_t kept = std::min(read, kKept);
    end_.append(buffer.data() + read - kept, kept);
    end_.erase(0, end_.size() - std::min(end_.size(), kKept));
  }
  return total;
}

}  // namespace cairn::bench
