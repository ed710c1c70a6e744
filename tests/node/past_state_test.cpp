// The state of every block is what it was while the block was the head.

#include <gtest/gtest.h>

#include "tests/node/random_history.hpp"

namespace cairn::node {
namespace {

constexpr std::uint64_t kBlocks = 1'200;
constexpr std::uint64_t kQuestions = 1'000;

// Samples have as many entries as the history had touched accounts by then.
Sample first_of(Sample sample, const Sample& like) {
  sample.accounts.resize(like.accounts.size());
  sample.slots.resize(like.slots.size());
  sample.answers.resize(like.answers.size());
  return sample;
}

void expect_past(const DevFixture& f, RandomHistory& history,
                 const std::map<std::uint64_t, Sample>& seen) {
  const auto head = f.head();
  for (std::uint64_t i = 0; i < kQuestions; ++i) {
    const std::uint64_t number = history.pick(head->number() + 1);
    const Sample& then = seen.at(number);
    const auto site = call_site_at(*head, number);
    ASSERT_TRUE(site);
    ASSERT_EQ(first_of(sample_of(*site, history), then), then) << "block " << number;
  }
}

TEST(PastState, IsWhatItWasWhenTheBlockWasTheHead) {
  DevFixture f;
  RandomHistory history(20'260'101);
  std::map<std::uint64_t, Sample> seen;  // at the last moment as the head
  // Every block as it becomes the head, and again whatever is done on it.
  const auto look = [&] {
    const auto head = f.head();
    seen.erase(seen.upper_bound(head->number()), seen.end());
    seen[head->number()] = sample_of(*call_site_at(*head, head->number()), history);
  };
  auto subscription = f.writer->events().subscribe([&](const Event& event) {
    if (const auto* moved = std::get_if<HeadChanged>(&event)) {
      look();
      // Of blocks that came together only the last was the head; the others are empty.
      for (std::uint64_t number = moved->first_added; number < moved->head->number(); ++number) {
        seen[number] = sample_of(*call_site_at(*moved->head, number), history);
      }
    }
  });
  look();
  while (f.head()->number() < kBlocks) {
    ASSERT_TRUE(history.step(*f.writer));
    look();
  }
  expect_past(f, history, seen);
  subscription = {};
  f.restart();
  expect_past(f, history, seen);
}

}  // namespace
}  // namespace cairn::node
