#include "base/read_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <thread>

namespace cairn::base {
namespace {

namespace fs = std::filesystem;

class ReadFile : public testing::Test {
 protected:
  ReadFile() { fs::create_directories(folder_); }
  ~ReadFile() override { fs::remove_all(folder_); }

  const fs::path folder_ = fs::path(testing::TempDir()) / fmt::format("cairn-read.{}", ::getpid());
  const fs::path path_ = folder_ / "file";
};

TEST_F(ReadFile, GivesEveryByte) {
  const std::string text = std::string(300'000, 'a') + std::string("\0\r\n", 3);
  std::ofstream(path_, std::ios::binary) << text;
  EXPECT_EQ(read_file(path_), text);
  std::ofstream(path_, std::ios::trunc);
  EXPECT_EQ(read_file(path_), "");
}

TEST_F(ReadFile, SaysThatItIsAFolderOrIsNotThere) {
  EXPECT_EQ(read_file(folder_).error(),
            (Error{ErrorCode::io, fmt::format("{} is a folder", folder_.string())}));
  EXPECT_EQ(read_file(folder_, "genesis file").error().message,
            fmt::format("the genesis file {} is a folder", folder_.string()));
  EXPECT_EQ(read_file(path_).error(),
            (Error{ErrorCode::not_found,
                   fmt::format("cannot read {}: No such file or directory", path_.string())}));
  EXPECT_EQ(
      read_file(path_, "genesis file").error().message,
      fmt::format("cannot read the genesis file '{}': No such file or directory", path_.string()));
}

TEST_F(ReadFile, WaitsForTheEndOfAPipe) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const std::string text(200'000, 'p');  // more than a pipe holds
  std::jthread writer([&] {
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t n = ::write(ends[1], text.data() + done, text.size() - done);
      ASSERT_GT(n, 0);
      done += static_cast<std::size_t>(n);
    }
    ::close(ends[1]);
  });
  EXPECT_EQ(read_file(fmt::format("/dev/fd/{}", ends[0])), text);
  ::close(ends[0]);
}

}  // namespace
}  // namespace cairn::base
