#include "cli/abi_files.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "types/selector.hpp"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;

class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(fs::temp_directory_path() / fmt::format("cairn_abi_files.{}", ::getpid())) {
    fs::create_directories(path_);
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string abi_of(std::string_view function) {
  return fmt::format(R"([{{"type":"function","name":"{}","inputs":[]}}])", function);
}

void write(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

bool knows(const nodelog::Names& names, std::string_view signature) {
  return names.function(types::selector(signature)) != nullptr;
}

TEST(AbiFiles, AreListsArtifactsAndCompilersOutputs) {
  const TemporaryFolder folder;
  const fs::path root = folder.path();
  write(root / "plain.abi", abi_of("plain"));
  write(root / "artifacts/A.sol/A.json", R"({"contractName":"A","abi":)" + abi_of("ours") + "}");
  write(root / "artifacts/build-info/1.json",
        R"({"output":{"contracts":{"B.sol":{"B":{"abi":)" + abi_of("built") + "}}}}}");
  write(root / "artifacts/A.sol/A.dbg.json", R"({"buildInfo":"../1.json"})");
  write(root / "artifacts/notes.txt", "no JSON");
  nodelog::Names names;
  const auto learnt = learn_abis({root / "plain.abi", root / "artifacts"}, names);
  ASSERT_TRUE(learnt) << learnt.error().message;
  for (const auto* name : {"plain()", "ours()", "built()"}) {
    EXPECT_TRUE(knows(names, name)) << name;
  }
}

TEST(AbiFiles, ThatHaveNoneAreRefusedByName) {
  const TemporaryFolder folder;
  const fs::path root = folder.path();
  write(root / "cut.json", abi_of("cut").substr(0, 20));
  write(root / "other.json", R"({"name":"package"})");
  for (const auto* name : {"cut.json", "other.json", "none.json", "."}) {
    nodelog::Names names;
    const auto learnt = learn_abis({root / name}, names);
    ASSERT_FALSE(learnt) << name;
    EXPECT_THAT(learnt.error().message,
                testing::StartsWith("--abi: no contract's ABI is in " + (root / name).string()));
  }
}

}  // namespace
}  // namespace cairn::cli
