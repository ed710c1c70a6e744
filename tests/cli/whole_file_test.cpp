#include "cli/whole_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class WholeFile : public ::testing::Test {
 protected:
  WholeFile() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~WholeFile() override { fs::remove_all(folder_); }

  std::string text() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::ptrdiff_t files() const {
    return std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
  }

  const fs::path folder_ = fs::path(::testing::TempDir()) /
                           (std::string("cairn-whole-") +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name());
  const fs::path path_ = folder_ / "state.json";
};

TEST_F(WholeFile, TakesThePlaceOfWhatWasThere) {
  ASSERT_TRUE(write_whole(path_, std::string(100'000, 'a')));
  ASSERT_TRUE(write_whole(path_, "b"));
  EXPECT_EQ(text(), "b");
  ASSERT_TRUE(write_whole(path_, ""));
  EXPECT_EQ(text(), "");
  EXPECT_EQ(files(), 1);
}

// Written over, because a crash may have left it.
TEST_F(WholeFile, IsNotKeptBackByAnUnfinishedOne) {
  std::ofstream(path_.string() + ".unfinished") << std::string(1'000, 'x');
  ASSERT_TRUE(write_whole(path_, "whole"));
  EXPECT_EQ(text(), "whole");
  EXPECT_EQ(files(), 1);
}

TEST_F(WholeFile, KeepsTheOldTextWhereTheNewOneFails) {
  ASSERT_TRUE(write_whole(path_, "old"));
  ::rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const ::rlimit small{4'096, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = write_whole(path_, std::string(100'000, 'n'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  (void)std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::io);
  EXPECT_THAT(written.error().message, HasSubstr("cannot write " + path_.string() + ": "));
  EXPECT_EQ(text(), "old");
  EXPECT_EQ(files(), 1);
}

TEST_F(WholeFile, SaysWhyItCannotBeWritten) {
  const auto no_folder = write_whole(folder_ / "no" / "state.json", "x");
  ASSERT_FALSE(no_folder);
  EXPECT_THAT(no_folder.error().message, HasSubstr("No such file or directory"));
  fs::create_directories(path_);
  const auto a_folder = write_whole(path_, "x");
  ASSERT_FALSE(a_folder);
  EXPECT_THAT(a_folder.error().message, HasSubstr("Is a directory"));
  EXPECT_EQ(files(), 1) << "the unfinished file is gone";
}

}  // namespace
}  // namespace cairn::cli
