#include "api/outbox.hpp"

#include <gtest/gtest.h>

namespace cairn::api {
namespace {

Outbox::Message message(const std::string& text, bool pushed) {
  return {std::make_shared<const std::string>(text), nullptr, pushed};
}
Outbox::Message push(const std::string& text) { return message(text, true); }
Outbox::Message answer(const std::string& text) { return message(text, false); }

TEST(Outbox, GivesBackInOrderAndSaysWhenToBegin) {
  Outbox outbox;
  EXPECT_EQ(outbox.add(answer("a")), Outbox::Added::begin);
  EXPECT_EQ(outbox.add(push("b")), Outbox::Added::queued);
  EXPECT_EQ(*outbox.next()->head, "a");
  EXPECT_EQ(*outbox.next()->head, "b");
  EXPECT_EQ(outbox.add(push("c")), Outbox::Added::queued);  // b is still being written
  EXPECT_EQ(*outbox.next()->head, "c");
  EXPECT_FALSE(outbox.next());
  EXPECT_EQ(outbox.add(push("d")), Outbox::Added::begin);
}

TEST(Outbox, CountsBytesUntilTheyAreWritten) {
  Outbox outbox;
  outbox.add({std::make_shared<const std::string>("12"), std::make_shared<const std::string>("345"),
              true});
  outbox.add(answer("6"));
  EXPECT_EQ(outbox.backlog(), 6u);
  outbox.next();
  EXPECT_EQ(outbox.backlog(), 6u);
  outbox.next();
  EXPECT_EQ(outbox.backlog(), 1u);
  outbox.next();
  EXPECT_EQ(outbox.backlog(), 0u);
}

TEST(Outbox, ClosesOnOnePushTooManyAndDropsWhatWaits) {
  Outbox outbox({3, 1'000});
  outbox.add(push("written"));
  outbox.next();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(outbox.add(push("x")), Outbox::Added::queued);
  }
  EXPECT_EQ(outbox.add(push("x")), Outbox::Added::slow);
  EXPECT_TRUE(outbox.closed());
  EXPECT_EQ(outbox.add(push("x")), Outbox::Added::dropped);
  EXPECT_EQ(outbox.add(answer("x")), Outbox::Added::dropped);
  EXPECT_EQ(outbox.backlog(), 7u);
  EXPECT_FALSE(outbox.next());
  EXPECT_EQ(outbox.backlog(), 0u);
}

TEST(Outbox, ClosesOnTooManyBytesPushed) {
  Outbox outbox({100, 10});
  EXPECT_EQ(outbox.add(push("12345")), Outbox::Added::begin);
  EXPECT_EQ(outbox.add(push("12345")), Outbox::Added::queued);
  EXPECT_EQ(outbox.add(push("1")), Outbox::Added::slow);
}

TEST(Outbox, NeverClosesForAnswers) {
  Outbox outbox({1, 10});
  for (int i = 0; i < 100; ++i) {
    EXPECT_NE(outbox.add(answer("a long answer")), Outbox::Added::slow);
  }
  EXPECT_EQ(outbox.add(push("x")), Outbox::Added::queued);
}

}  // namespace
}  // namespace cairn::api
