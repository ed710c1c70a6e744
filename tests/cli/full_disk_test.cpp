// What the program says, and leaves, when the disk is full: a file system of a few blocks that only
// this test program sees.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tests/cli/program.hpp"
#include "tests/fixtures.hpp"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;
using test::Cairn;
using test::read_file;
using ::testing::HasSubstr;

class FullDiskTest : public test::ProgramTest {
 protected:
  void SetUp() override {
    fs::create_directories(disk_);
    // In a mount namespace of its own: it ends with this process.
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", disk_.c_str(), "tmpfs", 0, "size=64m") != 0) {
      GTEST_SKIP() << "no small disk can be mounted here: " << std::strerror(errno);
    }
    mounted_ = true;
  }
  void TearDown() override {
    if (mounted_) {
      EXPECT_EQ(::umount2(disk_.c_str(), MNT_DETACH), 0);
    }
  }

  // Takes all the room that is left.
  void fill() const {
    std::ofstream file(disk_ / "filler", std::ios::binary);
    const std::string page(4'096, 'x');
    while (file.write(page.data(), static_cast<std::streamsize>(page.size())).flush()) {
    }
  }
  void make_room() const { fs::remove(disk_ / "filler"); }
  // What lies on the disk beside the filler.
  std::vector<std::string> files() const {
    std::vector<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(disk_)) {
      if (entry.is_regular_file() && entry.path().filename() != "filler") {
        out.push_back(entry.path().filename().string());
      }
    }
    return out;
  }
  // Exit code 1 and one sentence that names the reason.
  void expect_refusal(const std::vector<std::string>& arguments,
                      const std::string& reason = "No space left on device") {
    const auto [code, said] = fails(arguments);
    EXPECT_EQ(code, 1);
    EXPECT_THAT(said, HasSubstr(reason));
    EXPECT_EQ(std::ranges::count(said, '\n'), 1) << said;
  }
  // Exit code 0.
  void expect_success(const std::vector<std::string>& arguments) {
    const auto [code, said] = fails(arguments);
    EXPECT_EQ(code, 0) << said;
  }

  fs::path disk_ = folder_ / "disk";
  bool mounted_ = false;
};

TEST_F(FullDiskTest, KeepsExportsWholeOrAway) {
  CAIRN_FIXTURES_OR_SKIP(root);
  const fs::path from = root / "execution-apis" / "tests";
  const std::string data = (folder_ / "data").string();
  expect_success({"init", "--genesis", (from / "genesis.json").string(), "--datadir", data});
  expect_success({"import", "--datadir", data, (from / "chain.rlp").string()});
  const std::string blocks = (disk_ / "chain.rlp").string();
  const std::string packed = (disk_ / "chain.rlp.gz").string();
  const std::string genesis = (disk_ / "genesis.json").string();
  fill();
  expect_refusal({"export", "--datadir", data, blocks});
  expect_refusal({"export", "--datadir", data, packed});
  expect_refusal({"export", "--datadir", data, "--genesis", genesis});
  EXPECT_TRUE(files().empty()) << files().front();
  make_room();
  expect_success({"export", "--datadir", data, "--genesis", genesis, blocks});
  EXPECT_TRUE(read_file(blocks) == read_file(from / "chain.rlp"));
}

TEST_F(FullDiskTest, EndsAnImportThatGoesOnWhenThereIsRoom) {
  CAIRN_FIXTURES_OR_SKIP(root);
  const fs::path from = root / "execution-apis" / "tests";
  const std::string data = (disk_ / "data").string();
  const std::vector<std::string> import{"import", "--datadir", data, (from / "chain.rlp").string()};
  expect_success({"init", "--genesis", (from / "genesis.json").string(), "--datadir", data});
  fill();
  expect_refusal(import,
                 "is full (0 bytes free); nothing that was acknowledged is lost: make room and "
                 "start again, or choose another folder with --datadir");
  make_room();
  expect_success(import);
  const fs::path back = folder_ / "back.rlp";
  expect_success({"export", "--datadir", data, back.string()});
  EXPECT_TRUE(read_file(back) == read_file(from / "chain.rlp"));
}

TEST_F(FullDiskTest, EndsANodeWithASentenceAndLosesNoBlock) {
  fs::create_directories(disk_ / "data");
  fs::create_directory_symlink(disk_ / "data", folder_ / "data");
  unsigned answered = 0;
  {
    Cairn cairn(folder_, dev());
    const std::uint16_t port = cairn.port();
    fill();
    // The log has room that it took before. The last question may go without its answer.
    const auto mines = [&] {
      try {
        return ask(port, "anvil_mine", R"(["0x400"])").contains("null");
      } catch (const std::exception&) {
        return false;
      }
    };
    while (mines()) {
      answered += 0x400;
      ASSERT_LT(answered, 200'000u);
    }
    EXPECT_EQ(cairn.wait(), 1);
    EXPECT_THAT(read_file(cairn.out()) + read_file(cairn.err()),
                HasSubstr("stopping, because the disk failed: make room"));
  }
  expect_refusal(dev(), " bytes free); nothing that was acknowledged is lost: make room");
  make_room();
  Cairn cairn(folder_, dev());
  const std::string head = ask(cairn.port(), "eth_blockNumber", "[]");
  const std::size_t number = head.find("0x");
  ASSERT_NE(number, std::string::npos) << head;
  EXPECT_GE(std::stoul(head.substr(number), nullptr, 16), answered);
  EXPECT_EQ(cairn.stop(SIGTERM), 0);
}

// With room for a record and none for the zeros after it, the record of the send that fails is
// whole.
TEST_F(FullDiskTest, MinesNoTransactionLaterThatItRefused) {
  fs::create_directories(disk_ / "data");
  fs::create_directory_symlink(disk_ / "data", folder_ / "data");
  unsigned answered = 0;
  {
    Cairn cairn(folder_, dev());
    const std::uint16_t port = cairn.port();
    const std::string from = ask(port, "eth_accounts", "[]");
    const std::string send = fmt::format(R"([{{"from":"{0}","to":"{0}","value":"0x1"}}])",
                                         from.substr(from.find("0x"), 42));
    fill();
    fs::resize_file(disk_ / "filler", fs::file_size(disk_ / "filler") - 16'384);
    std::string answer = ask(port, "eth_sendTransaction", send);
    for (; answer.contains("\"result\""); ++answered) {
      ASSERT_LT(answered, 100'000u);
      answer = ask(port, "eth_sendTransaction", send);
    }
    EXPECT_THAT(answer, HasSubstr("the transaction was not taken: the store failed: "));
    EXPECT_EQ(cairn.wait(), 1);
  }
  make_room();
  Cairn cairn(folder_, dev());
  EXPECT_THAT(ask(cairn.port(), "eth_blockNumber", "[]"),
              HasSubstr(fmt::format("\"{:#x}\"", answered)));
  EXPECT_EQ(cairn.stop(SIGTERM), 0);
}

TEST_F(FullDiskTest, KeepsTheOldStateDump) {
  const fs::path dump = disk_ / "state.json";
  std::ofstream(dump) << "old";
  Cairn cairn(folder_, dev({"--dump-state", dump.string()}));
  static_cast<void>(cairn.port());
  fill();
  EXPECT_EQ(cairn.stop(SIGTERM), 1);
  EXPECT_THAT(read_file(cairn.err()), HasSubstr("No space left on device"));
  EXPECT_EQ(read_file(dump), "old");
  EXPECT_THAT(files(), ::testing::ElementsAre("state.json"));
}

TEST_F(FullDiskTest, LeavesNoHalfOfAKey) {
  const fs::path password = folder_ / "password";
  std::ofstream(password) << "secret\n";
  const std::vector<std::string> make{
      "account",         "new",       "--keystore", (disk_ / "keys").string(), "--password",
      password.string(), "--lightkdf"};
  fs::create_directories(disk_ / "keys");
  fill();
  expect_refusal(make);
  EXPECT_TRUE(files().empty()) << files().front();
  make_room();
  expect_success(make);
  EXPECT_EQ(files().size(), 1u);
}

}  // namespace
}  // namespace cairn::cli
