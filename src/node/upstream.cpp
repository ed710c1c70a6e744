#include "node/upstream.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "base/json_fault.hpp"
#include "node/url_origin.hpp"

namespace cairn::node {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;
using JsonValue = simdjson::dom::element;

constexpr std::size_t kMostOfBatch = 100;
constexpr std::size_t kMostBytes = std::size_t{64} << 20;  // of an answer
constexpr std::uint64_t kUnitsOfQuestion = 17;             // compute units, on the average
constexpr milliseconds kPatienceWhileGone{2'000};
constexpr std::uint64_t kTransportRetries = 2;
constexpr milliseconds kTransportBackoff{100};

std::string shortened(std::string_view text) {
  constexpr std::size_t kShown = 240;
  return text.size() <= kShown ? std::string(text) : fmt::format("{} ...", text.substr(0, kShown));
}

// What became of one attempt.
struct Attempt {
  enum class Kind : std::uint8_t {
    answered,   // `answers` hold what came
    gone,       // nobody answered
    throttled,  // too much was asked
    crowded,    // too many questions wait already
    foreign,    // what came is no answer
  };
  Kind kind = Kind::answered;
  std::string why;
  std::optional<milliseconds> retry_after{};
  std::vector<UpstreamAnswer> answers{};
};

Attempt foreign(std::string why) { return {.kind = Attempt::Kind::foreign, .why = std::move(why)}; }

std::optional<UpstreamError> read_error(JsonValue reply) {
  JsonValue error;
  if (reply["error"].get(error) != simdjson::SUCCESS || error.is_null()) {
    return std::nullopt;
  }
  UpstreamError out{.refused = true, .code = -32000, .message = "refused without a message"};
  std::int64_t code = 0;
  if (error["code"].get(code) == simdjson::SUCCESS && std::in_range<int>(code)) {
    out.code = static_cast<int>(code);
  }
  std::string_view message;
  if (error["message"].get(message) == simdjson::SUCCESS) {
    out.message = message;
  }
  JsonValue data;
  if (error["data"].get(data) == simdjson::SUCCESS) {
    out.data = simdjson::minify(data);
  }
  return out;
}

bool is_throttling(const UpstreamError& error) {
  constexpr std::string_view kSigns[] = {"rate limit",    "Too Many Requests", "too many requests",
                                         "request limit", "capacity",          "throttle"};
  return error.code == 429 || error.code == -32005 ||
         std::ranges::any_of(kSigns, [&](std::string_view sign) {
           return error.message.find(sign) != std::string::npos;
         });
}

std::string body_of(std::span<const UpstreamQuestion> questions) {
  std::string out;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    out += fmt::format(R"({}{{"jsonrpc":"2.0","id":{},"method":"{}","params":{}}})",
                       i == 0 ? "" : ",", i + 1, questions[i].method, questions[i].params);
  }
  return questions.size() == 1 ? out : '[' + out + ']';
}

// The answer to question number `id`, or why this is none.
Result<UpstreamAnswer, std::string> read_reply(JsonValue reply) {
  if (auto error = read_error(reply)) {
    return UpstreamAnswer(std::unexpected(*std::move(error)));
  }
  JsonValue result;
  if (reply["result"].get(result) != simdjson::SUCCESS) {
    return std::unexpected("the answer has neither a result nor an error");
  }
  return UpstreamAnswer(std::string(simdjson::minify(result)));
}

// Fills in what a reply answers; else what is wrong with it.
std::optional<std::string> take_reply(JsonValue reply,
                                      std::vector<std::optional<UpstreamAnswer>>& answers) {
  std::uint64_t id = 0;
  if (!reply.is_object()) {
    return "the answer is not an object";
  }
  if (reply["id"].get(id) != simdjson::SUCCESS || id == 0 || id > answers.size()) {
    return "the answer has an id that was not asked";
  }
  if (answers[id - 1]) {
    return "the answer has an id twice";
  }
  auto read = read_reply(reply);
  if (!read) {
    return read.error();
  }
  answers[id - 1] = *std::move(read);
  return std::nullopt;
}

Attempt read_body(std::string_view body, std::size_t questions) {
  simdjson::dom::parser parser;
  JsonValue root;
  if (const auto error = parser.parse(body.data(), body.size()).get(root)) {
    return foreign(fmt::format("the answer is not JSON ({})", base::json_fault(error)));
  }
  std::vector<std::optional<UpstreamAnswer>> found(questions);
  simdjson::dom::array replies;
  if (root.get(replies) == simdjson::SUCCESS) {
    for (const JsonValue reply : replies) {
      if (auto wrong = take_reply(reply, found)) {
        return foreign(*std::move(wrong));
      }
    }
  } else if (questions > 1) {
    if (const auto error = read_error(root)) {
      return {.kind = is_throttling(*error) ? Attempt::Kind::throttled : Attempt::Kind::foreign,
              .why = error->message};
    }
    return foreign("a batch was not answered with an array");
  } else if (auto wrong = take_reply(root, found)) {
    if (const auto error = read_error(root); error && root["id"].is_null()) {
      found[0] = UpstreamAnswer(std::unexpected(*error));
    } else {
      return foreign(*std::move(wrong));
    }
  }
  Attempt out;
  for (auto& answer : found) {
    if (!answer) {
      return foreign("the answer leaves questions of a batch out");
    }
    if (!*answer && is_throttling(answer->error())) {
      return {.kind = Attempt::Kind::throttled, .why = answer->error().message};
    }
    out.answers.push_back(*std::move(answer));
  }
  return out;
}

Attempt read_answer(const HttpAnswer& answer, std::size_t questions) {
  constexpr unsigned kTooMany = 429;
  if (answer.status == kTooMany || answer.status == 503) {
    return {.kind = Attempt::Kind::throttled,
            .why = fmt::format("HTTP {}", answer.status),
            .retry_after = answer.retry_after};
  }
  if (answer.status == 200) {
    return read_body(answer.body, questions);
  }
  Attempt out = read_body(answer.body, questions);
  if (out.kind == Attempt::Kind::answered && !out.answers.front()) {
    return out;
  }
  const auto kind = answer.status >= 500 ? Attempt::Kind::throttled : Attempt::Kind::foreign;
  return {.kind = kind,
          .why = fmt::format("HTTP {}{}{}", answer.status, answer.body.empty() ? "" : ": ",
                             shortened(answer.body))};
}

}  // namespace

// How many questions are on their way. One more waits as long as answers come.
class Lanes {
 public:
  // One of them, for as long as it lives. False: all are taken, and nothing has come back for a
  // while.
  class Place {
   public:
    Place(Lanes& lanes, const std::atomic<bool>& stopped)
        : lanes_(lanes.enter(stopped) ? &lanes : nullptr) {}
    ~Place() {
      if (lanes_ != nullptr) {
        lanes_->leave();
      }
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    explicit operator bool() const { return lanes_ != nullptr; }

   private:
    Lanes* lanes_;
  };

  void wake() {
    const std::scoped_lock lock(mutex_);
    left_.notify_all();
  }

  static constexpr std::size_t kMost = 24;  // fewer than may wait on workers (worker_pool.hpp)

 private:
  bool enter(const std::atomic<bool>& stopped) {
    constexpr milliseconds kQuiet{1'000};
    std::unique_lock lock(mutex_);
    while (taken_ == kMost && !stopped) {
      if (SteadyClock::now() >= moved_ + kQuiet) {
        return false;
      }
      left_.wait_until(lock, moved_ + kQuiet);
    }
    ++taken_;
    moved_ = SteadyClock::now();
    return true;
  }
  void leave() {
    const std::scoped_lock lock(mutex_);
    --taken_;
    moved_ = SteadyClock::now();
    left_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable left_;
  std::size_t taken_ = 0;
  SteadyClock::time_point moved_{};  // when one came or left
};

struct Upstream::Impl {
  Impl(UpstreamOptions from, HttpUrl url)
      : options(std::move(from)),
        shown(url.shown),
        client(std::move(url), options.headers, kMostBytes),
        gone(options.doubtful) {}

  UpstreamOptions options;
  std::string shown;
  HttpClient client;
  std::atomic<bool> stopped{false};
  std::atomic<bool> gone{false};        // the last question found nobody
  std::atomic<bool> no_batches{false};  // the other node takes none

  Lanes lanes;

  std::mutex pace_mutex;
  SteadyClock::time_point paced_until{};  // since it said that it is too much
  SteadyClock::time_point next_question{};

  UpstreamError failure(std::span<const UpstreamQuestion> questions, std::string_view why) const {
    const UpstreamQuestion& first = questions.front();
    return {.refused = false,
            .code = 0,
            .message = fmt::format("upstream {}: {}{}{}: {}", origin_of(shown), first.method,
                                   shortened(first.params),
                                   questions.size() == 1 ? "" : " and others", why)};
  }

  // False: the deadline comes first, or it is over.
  bool sleep_until(SteadyClock::time_point when, SteadyClock::time_point deadline) const {
    constexpr milliseconds kSlice{20};
    if (when >= deadline) {
      return false;
    }
    while (!stopped && SteadyClock::now() < when) {
      std::this_thread::sleep_for(
          std::min<SteadyClock::duration>(kSlice, when - SteadyClock::now()));
    }
    return !stopped;
  }

  bool wait_for_turn(std::size_t questions, SteadyClock::time_point deadline) {
    SteadyClock::time_point turn;
    {
      const std::scoped_lock lock(pace_mutex);
      const auto now = SteadyClock::now();
      if (options.compute_units_per_second == 0 || now >= paced_until) {
        return true;
      }
      turn = std::max(now, next_question);
      next_question = turn + milliseconds(1000 * kUnitsOfQuestion * questions /
                                          options.compute_units_per_second);
    }
    return turn <= SteadyClock::now() || sleep_until(turn, deadline);
  }

  void begin_pacing() {
    constexpr milliseconds kPaced{10'000};
    const std::scoped_lock lock(pace_mutex);
    paced_until = SteadyClock::now() + kPaced;
  }

  Attempt attempt(std::span<const UpstreamQuestion> questions, SteadyClock::time_point deadline) {
    if (!wait_for_turn(questions.size(), deadline)) {
      return {.kind = Attempt::Kind::gone, .why = "the rate limit leaves no time for it"};
    }
    const Lanes::Place place(lanes, stopped);
    if (!place) {
      return {.kind = Attempt::Kind::crowded,
              .why = fmt::format("{} questions wait for it already, and it answers none",
                                 Lanes::kMost)};
    }
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - SteadyClock::now());
    const auto answer = client.post(body_of(questions), std::max(left, milliseconds(1)));
    if (!answer) {
      return {.kind = answer.error().code == ErrorCode::io ? Attempt::Kind::gone
                                                           : Attempt::Kind::foreign,
              .why = answer.error().message};
    }
    return read_answer(*answer, questions.size());
  }

  // When to try again; nothing: not any more.
  std::optional<SteadyClock::time_point> next_try(const Attempt& last, std::uint64_t tried,
                                                  bool was_gone) const {
    const auto now = SteadyClock::now();
    const auto doubled = [&](milliseconds first) {
      return first * (std::int64_t{1} << std::min<std::uint64_t>(tried, 10));
    };
    if (last.kind == Attempt::Kind::throttled && tried < options.retries) {
      return now +
             std::max(last.retry_after.value_or(milliseconds(0)), doubled(options.retry_backoff));
    }
    if (last.kind == Attempt::Kind::gone && !was_gone &&
        tried < std::min(options.retries, kTransportRetries)) {
      return now + doubled(kTransportBackoff);
    }
    return std::nullopt;
  }

  std::vector<UpstreamAnswer> ask_together(std::span<const UpstreamQuestion> questions) {
    const bool was_gone = gone;
    const milliseconds patience =
        was_gone ? std::min(options.timeout, kPatienceWhileGone) : options.timeout;
    const auto deadline = SteadyClock::now() + patience;
    for (std::uint64_t tried = 0;; ++tried) {
      Attempt last = attempt(questions, deadline);
      if (last.kind != Attempt::Kind::crowded) {
        gone = last.kind == Attempt::Kind::gone;
      }
      if (last.kind == Attempt::Kind::answered) {
        return std::move(last.answers);
      }
      // Many public nodes take no batches, or no large ones, and say so each in its own way.
      if (last.kind == Attempt::Kind::foreign && questions.size() > 1) {
        return ask_apart(questions);
      }
      if (last.kind == Attempt::Kind::throttled) {
        begin_pacing();
      }
      const auto next = next_try(last, tried, was_gone);
      if (!next || !sleep_until(*next, deadline)) {
        return {questions.size(), std::unexpected(failure(questions, last.why))};
      }
    }
  }

  std::vector<UpstreamAnswer> ask_apart(std::span<const UpstreamQuestion> questions) {
    std::vector<UpstreamAnswer> out;
    out.reserve(questions.size());
    for (std::size_t i = 0; i < questions.size(); ++i) {
      out.push_back(std::move(ask_together(questions.subspan(i, 1)).front()));
      if (!out.back() && !out.back().error().refused) {  // the others would fare no better
        out.resize(questions.size(), out.back());
        return out;
      }
    }
    no_batches = true;
    return out;
  }
};

Upstream::Upstream(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Upstream::~Upstream() = default;

Result<std::unique_ptr<Upstream>> Upstream::make(UpstreamOptions options) {
  CAIRN_TRY(HttpUrl url, parse_http_url(options.url));
  return std::unique_ptr<Upstream>(
      new Upstream(std::make_unique<Impl>(std::move(options), std::move(url))));
}

const std::string& Upstream::url() const { return impl_->shown; }

UpstreamAnswer Upstream::ask(std::string method, std::string params) const {
  const UpstreamQuestion one{std::move(method), std::move(params)};
  return std::move(impl_->ask_together({&one, 1}).front());
}

std::vector<UpstreamAnswer> Upstream::ask_all(std::span<const UpstreamQuestion> questions) const {
  std::vector<UpstreamAnswer> out;
  while (!questions.empty()) {
    const auto some = questions.first(std::min(questions.size(), kMostOfBatch));
    questions = questions.subspan(some.size());
    auto answers =
        some.size() == 1 || !impl_->no_batches ? impl_->ask_together(some) : impl_->ask_apart(some);
    std::ranges::move(answers, std::back_inserter(out));
  }
  return out;
}

void Upstream::stop() {
  impl_->stopped = true;
  impl_->lanes.wake();
  impl_->client.stop();
}

}  // namespace cairn::node
