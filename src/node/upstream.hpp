#pragma once
// JSON-RPC of another node, asked over HTTP: with retries, a limit of time, and a check of every
// answer's form. What the results mean is upstream_source.hpp's.

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "node/http_client.hpp"

namespace cairn::node {

struct UpstreamOptions {
  std::string url;
  HttpHeaders headers{};
  std::chrono::milliseconds timeout{10'000};       // of one question, all its attempts together
  std::uint64_t retries = 5;                       // after the first attempt
  std::chrono::milliseconds retry_backoff{1'000};  // before the first retry; it doubles
  // Once the other node has said that it is too much: no more than this, 17 units a question.
  // 0: no such pacing.
  std::uint64_t compute_units_per_second = 330;
  // It may be gone: the first question has little patience. So has each after one that found
  // nobody.
  bool doubtful = false;
};

// Why there is no result.
struct UpstreamError {
  // The other node refused the question, or could not be asked or understood.
  bool refused = false;
  int code = 0;           // where it refused: its own
  std::string message;    // where it refused its own; else a sentence with the URL and the question
  std::string data = {};  // JSON text; empty: none
};

struct UpstreamQuestion {
  std::string method;
  std::string params;  // a JSON array
};

using UpstreamAnswer = Result<std::string, UpstreamError>;  // the result's JSON text

// Any thread may ask; it waits.
class Upstream {
 public:
  // Invalid argument for a URL that is none.
  static Result<std::unique_ptr<Upstream>> make(UpstreamOptions options);
  ~Upstream();

  // Without user and password.
  const std::string& url() const;

  UpstreamAnswer ask(std::string method, std::string params) const;
  // One answer a question, in their order; sent as one batch where the other node takes batches.
  std::vector<UpstreamAnswer> ask_all(std::span<const UpstreamQuestion> questions) const;
  // Whoever waits is answered at once, with an error.
  void stop();

 private:
  struct Impl;
  explicit Upstream(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::node
