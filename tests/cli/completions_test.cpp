#include "cli/completions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"

namespace cairn::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<Command> commands() {
  Command serve{"serve", "Serve a baker's things", {}, "", {}};
  const auto nothing = [](std::string_view) -> Result<void> { return {}; };
  serve.options = {Option{"port", "PORT", "the port [0: any]", nothing}.also({"gate"}),
                   {"quiet", "", "no sound", nothing},
                   {"hidden", "", "", nothing}};
  return {serve, {"check", "Check files", {}, "PATHS", {}}};
}

std::string script(std::string_view shell) { return *completions_of(commands(), shell); }

TEST(Completions, KnowEveryCommandAndEveryNameOfItsFlags) {
  EXPECT_THAT(script("bash"), HasSubstr("serve) words='--port --gate --quiet --help' ;;"));
  EXPECT_THAT(script("zsh"), HasSubstr(R"('--gate=[the port \[0\: any\]]:PORT:_files')"));
  EXPECT_THAT(script("zsh"), HasSubstr(R"('serve:Serve a baker'\''s things')"));
  EXPECT_THAT(
      script("fish"),
      HasSubstr("-n '__fish_seen_subcommand_from serve' -l port -r -d 'the port [0: any]'"));
  for (const char* shell : {"bash", "zsh", "fish"}) {
    EXPECT_THAT(script(shell), HasSubstr("check")) << shell;
    EXPECT_THAT(script(shell), Not(HasSubstr("hidden"))) << shell;
  }
}

TEST(Completions, AreRefusedForAShellThatIsNotKnown) {
  EXPECT_EQ(completions_of(commands(), "tcsh").error().message,
            "completions needs one of bash, zsh, fish");
}

using CompletionsProgramTest = test::ProgramTest;

TEST_F(CompletionsProgramTest, BashCompletesTheProgramsOwn) {
  const auto completed = [&](const std::string& words, int at) {
    const std::string command = fmt::format(
        "bash -c 'source <({} completions bash); COMP_WORDS=({}); COMP_CWORD={}; _cairn; echo "
        "${{COMPREPLY[@]}}' > {}",
        CAIRN_PROGRAM, words, at, (folder_ / "completed").string());
    EXPECT_EQ(std::system(command.c_str()), 0);
    return test::read_file(folder_ / "completed");
  };
  EXPECT_EQ(completed("cairn de", 1), "dev\n");
  EXPECT_EQ(completed("cairn dev --fork-h", 2), "--fork-header\n");
  EXPECT_EQ(completed("cairn dev --base", 2), "--base-fee\n");
  EXPECT_EQ(completed("cairn tx --j", 2), "--json\n");
}

}  // namespace
}  // namespace cairn::cli
