#include "cli/block_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;

class BlockFile : public ::testing::Test {
 protected:
  BlockFile() { fs::create_directories(folder_); }
  ~BlockFile() override { fs::remove_all(folder_); }

  static void write(const fs::path& path) {
    auto writer = BlockWriter::create(path.string());
    ASSERT_TRUE(writer) << writer.error().message;
    ASSERT_TRUE(writer->write(kBlock));
    const auto done = writer->finish();
    EXPECT_TRUE(done) << done.error().message;
  }
  static void expect_block(const fs::path& path) {
    auto reader = BlockReader::open(path.string());
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ(reader->next().value(), std::optional(kBlock));
    EXPECT_FALSE(reader->next().value());
  }
  std::ptrdiff_t files() const {
    return std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
  }

  static inline const Bytes kBlock{0xc2, 0x01, 0x02};
  const fs::path folder_ =
      fs::path(::testing::TempDir()) / fmt::format("cairn-blocks.{}", ::getpid());
};

TEST_F(BlockFile, FollowsALink) {
  for (const std::string name : {"chain.rlp", "chain.rlp.gz"}) {
    fs::create_symlink("real-" + name, folder_ / name);
    write(folder_ / name);
    EXPECT_TRUE(fs::is_symlink(folder_ / name));
    expect_block(folder_ / ("real-" + name));
  }
  EXPECT_EQ(files(), 4);
}

TEST_F(BlockFile, GoesThroughANamedPipe) {
  const fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const std::jthread writer([&] { write(pipe); });
  expect_block(pipe);
  EXPECT_TRUE(fs::is_fifo(pipe));
  EXPECT_EQ(files(), 1);
}

TEST_F(BlockFile, LeavesNothingOfWhatIsNotFinished) {
  {
    auto writer = BlockWriter::create((folder_ / "chain.rlp").string());
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->write(kBlock));
    EXPECT_EQ(files(), 1);
  }
  EXPECT_EQ(files(), 0);
}

}  // namespace
}  // namespace cairn::cli
