#include "store/data_folder.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

namespace cairn::store {
namespace {

class DataFolderTest : public ::testing::Test {
 protected:
  DataFolderTest()
      : path_(std::filesystem::path(::testing::TempDir()) /
              ("cairn-folder-" +
               std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()))) {
    std::filesystem::remove_all(path_);
  }
  ~DataFolderTest() override { std::filesystem::remove_all(path_); }

  std::filesystem::path path_;
};

TEST_F(DataFolderTest, IsMadeAndHeldByOneAtATime) {
  {
    auto first = DataFolder::open(path_ / "a" / "b");
    ASSERT_TRUE(first) << first.error().message;
    const DataFolder held = *std::move(first);
    const auto second = DataFolder::open(path_ / "a" / "b");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::conflict);
    EXPECT_TRUE(second.error().message.ends_with("process " + std::to_string(::getpid())))
        << second.error().message;
  }
  EXPECT_TRUE(DataFolder::open(path_ / "a" / "b"));
}

TEST_F(DataFolderTest, LockFileOfADeadProcessDoesNotHold) {
  std::filesystem::create_directories(path_);
  std::ofstream(path_ / "cairn.lock") << "99999999999\n";
  EXPECT_TRUE(DataFolder::open(path_));
  EXPECT_TRUE(DataFolder::open(path_));
}

TEST_F(DataFolderTest, RefusesAPathThatIsAFile) {
  std::ofstream(path_) << "x";
  const auto folder = DataFolder::open(path_);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::io);
}

}  // namespace
}  // namespace cairn::store
