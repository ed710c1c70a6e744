#include "cli/whole_file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
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

TEST_F(WholeFile, FollowsLinksToWhatTheyPointTo) {
  fs::create_directories(folder_ / "real");
  std::ofstream(folder_ / "real" / "a.json") << "old";
  fs::create_symlink("link.json", path_);
  fs::create_symlink("real/a.json", folder_ / "link.json");
  ASSERT_TRUE(write_whole(path_, "new"));
  EXPECT_EQ(text(), "new");
  EXPECT_EQ(fs::read_symlink(path_), "link.json");
  EXPECT_EQ(fs::read_symlink(folder_ / "link.json"), "real/a.json");
  EXPECT_EQ(files(), 3);
}

TEST_F(WholeFile, MakesWhatADanglingLinkPointsTo) {
  fs::create_symlink(folder_ / "made.json", path_);
  ASSERT_TRUE(write_whole(path_, "new"));
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_TRUE(fs::is_regular_file(folder_ / "made.json"));
  EXPECT_EQ(text(), "new");
  EXPECT_EQ(files(), 2);
}

TEST_F(WholeFile, RefusesLinksInARing) {
  fs::create_symlink("state.json", folder_ / "link.json");
  fs::create_symlink("link.json", path_);
  const auto written = write_whole(path_, "new");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("Too many levels of symbolic links"));
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_EQ(files(), 2);
}

TEST_F(WholeFile, GoesStraightIntoAPipe) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  const int reader = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  const auto written = write_whole(path_, "through");
  EXPECT_TRUE(written) << written.error().message;
  std::array<char, 16> buffer{};
  EXPECT_EQ(::read(reader, buffer.data(), buffer.size()), 7);
  EXPECT_STREQ(buffer.data(), "through");
  EXPECT_TRUE(fs::is_fifo(path_));
  EXPECT_EQ(files(), 1);
  ::close(reader);
}

// As bash passes the end of >(cat), and /dev/stdout is.
TEST_F(WholeFile, GoesStraightIntoADescriptorOfThisProcess) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ASSERT_TRUE(write_whole("/dev/fd/" + std::to_string(ends[1]), "through"));
  std::array<char, 16> buffer{};
  EXPECT_EQ(::read(ends[0], buffer.data(), buffer.size()), 7);
  ::close(ends[0]);
  ::close(ends[1]);
  std::ofstream(path_) << "before ";
  const int file = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  fs::create_symlink("/proc/self/fd/" + std::to_string(file), folder_ / "link");
  ASSERT_TRUE(write_whole(folder_ / "link", "after"));
  ASSERT_EQ(::write(file, ".", 1), 1);
  EXPECT_EQ(text(), "before after.");
  ::close(file);
}

TEST_F(WholeFile, GoesStraightIntoADevice) {
  ASSERT_TRUE(write_whole("/dev/null", "gone"));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_FALSE(fs::exists("/dev/null.unfinished"));
  const auto full = write_whole("/dev/full", "gone");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().message, "cannot write /dev/full: No space left on device");
}

// As a container mounts a single file of its host.
TEST_F(WholeFile, StaysInPlaceWhereItIsMounted) {
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    GTEST_SKIP() << "nothing can be mounted here: " << std::strerror(errno);
  }
  const fs::path host = folder_ / "host.json";
  std::ofstream(host) << "something longer";
  std::ofstream{path_};
  ASSERT_EQ(::mount(host.c_str(), path_.c_str(), nullptr, MS_BIND, nullptr), 0);
  EXPECT_TRUE(write_whole(path_, "mounted"));
  EXPECT_EQ(text(), "mounted");
  EXPECT_EQ(files(), 2);
  // In a folder that takes no new files.
  const auto flags = MS_BIND | MS_REMOUNT | MS_RDONLY;
  ASSERT_EQ(::mount(folder_.c_str(), folder_.c_str(), nullptr, MS_BIND | MS_REC, nullptr), 0);
  EXPECT_EQ(::mount(nullptr, folder_.c_str(), nullptr, flags, nullptr), 0);
  EXPECT_TRUE(may_write(path_));
  EXPECT_FALSE(may_write(host));
  EXPECT_TRUE(write_whole(path_, "fixed"));
  EXPECT_EQ(text(), "fixed");
  EXPECT_FALSE(write_whole(host, "fixed"));
  EXPECT_EQ(::umount2(folder_.c_str(), MNT_DETACH), 0);
  EXPECT_EQ(::umount2(path_.c_str(), MNT_DETACH), 0);
  std::ifstream behind(host);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(behind), {}), "fixed");
}

}  // namespace
}  // namespace cairn::cli
