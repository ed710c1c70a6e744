// The program itself, started and stopped as a user does.
#include "tests/cli/program.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <simdjson.h>
#include <sys/resource.h>
#include <termios.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/fixtures.hpp"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;
using api::test::SocketClient;
using test::Cairn;
using test::ProgramTest;
using test::read_file;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kTransfer =
    R"([{"from":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",)"
    R"("to":"0x00000000000000000000000000000000000000aa","value":"0x1"}])";

TEST_F(ProgramTest, StopsOnEitherSignalWhileAConnectionIsOpen) {
  for (const int signal : {SIGINT, SIGTERM}) {
    Cairn cairn(folder_, dev());
    SocketClient idle(cairn.port());
    EXPECT_EQ(cairn.stop(signal), 0);
    EXPECT_FALSE(fs::exists(folder_ / "data" / "rpc.url"));
  }
}

TEST_F(ProgramTest, ContinuesItsChainAndStartsOverWhenTold) {
  {
    Cairn cairn(folder_, dev());
    EXPECT_THAT(ask(cairn.port(), "eth_sendTransaction", kTransfer), HasSubstr("result"));
    EXPECT_THAT(read_file(cairn.out()), HasSubstr("new"));
    EXPECT_EQ(cairn.stop(SIGTERM), 0);
    EXPECT_THAT(read_file(cairn.err()), HasSubstr("mined block=1"));
  }
  {
    Cairn cairn(folder_, dev());
    EXPECT_THAT(ask(cairn.port(), "eth_blockNumber", "[]"), HasSubstr("\"0x1\""));
    cairn.stop(SIGTERM);
    EXPECT_THAT(read_file(cairn.out()), HasSubstr("continuing at block 1, --fresh to start over"));
  }
  Cairn cairn(folder_, dev({"--fresh"}));
  EXPECT_THAT(ask(cairn.port(), "eth_blockNumber", "[]"), HasSubstr("\"0x0\""));
}

TEST_F(ProgramTest, StopsWhenTheDiskTakesNoMoreAndLosesNothing) {
  {
    Cairn cairn(folder_, dev());
    EXPECT_THAT(ask(cairn.port(), "eth_sendTransaction", kTransfer), HasSubstr("result"));
    const rlimit full{.rlim_cur = 1, .rlim_max = 1};
    ASSERT_EQ(::prlimit(cairn.pid(), RLIMIT_FSIZE, &full, nullptr), 0);
    SocketClient client(cairn.port());
    client.send(api::test::post_text(fmt::format(
        R"({{"jsonrpc":"2.0","id":1,"method":"eth_sendTransaction","params":{}}})", kTransfer)));
    const auto answer = client.read_answer();  // an error, or the program was faster
    EXPECT_FALSE(answer && answer->body.find("result") != std::string::npos);
    EXPECT_EQ(cairn.wait(), 1);
  }
  EXPECT_FALSE(fs::exists(folder_ / "data" / "rpc.url"));
  Cairn cairn(folder_, dev());
  EXPECT_THAT(ask(cairn.port(), "eth_blockNumber", "[]"), HasSubstr("\"0x1\""));
}

TEST_F(ProgramTest, KeepsWhatItAcknowledgedThroughKill) {
  for (int round = 1; round <= 5; ++round) {
    Cairn cairn(folder_, dev());
    EXPECT_THAT(ask(cairn.port(), "eth_sendTransaction", kTransfer), HasSubstr("result"));
    EXPECT_THAT(ask(cairn.port(), "eth_blockNumber", "[]"),
                HasSubstr(fmt::format("\"{:#x}\"", round)));
    cairn.stop(SIGKILL);
    fs::remove(folder_ / "data" / "rpc.url");
  }
}

TEST_F(ProgramTest, KeepsNothingWhenTold) {
  Cairn cairn(folder_, {"dev", "--port", "0", "--ephemeral"});
  while (read_file(cairn.out()).find("RPC") == std::string::npos) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(cairn.stop(SIGTERM), 0);
  EXPECT_FALSE(fs::exists(folder_ / "data"));
}

TEST_F(ProgramTest, PutsTheEchoBackWhereAPasswordPromptIsInterrupted) {
  const std::string keys = (folder_ / "keys").string();
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    ::signal(SIGINT, SIG_DFL);  // who started the tests in the background has it ignored
    ::execl(CAIRN_PROGRAM, "cairn", "account", "new", "--keystore", keys.c_str(), nullptr);
    ::_exit(127);
  }
  ASSERT_GT(child, 0);
  const auto echoes = [&] {
    termios settings{};
    return ::tcgetattr(terminal, &settings) == 0 && (settings.c_lflag & ECHO) != 0;
  };
  std::string prompt;
  char c = 0;
  while (!prompt.ends_with(": ") && ::read(terminal, &c, 1) == 1) {
    prompt += c;
  }
  EXPECT_FALSE(echoes()) << prompt;
  EXPECT_EQ(::write(terminal, "abc\x03", 4), 4);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) << status;
  EXPECT_TRUE(echoes());
  EXPECT_FALSE(fs::exists(keys));
  ::close(terminal);
}

TEST_F(ProgramTest, ShowsAccountsKeysAndAddressesInItsBanner) {
  Cairn cairn(folder_, dev());
  const auto port = cairn.port();
  cairn.stop(SIGTERM);
  const std::string banner = read_file(cairn.out());
  EXPECT_THAT(banner, HasSubstr("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266  "
                                "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff"
                                "80"));
  EXPECT_THAT(banner, HasSubstr("test test test test test test test test test test test junk"));
  EXPECT_THAT(banner, HasSubstr(fmt::format("http://127.0.0.1:{}", port)));
  EXPECT_THAT(banner, HasSubstr(fmt::format("\nListening on 127.0.0.1:{}\n", port)));
}

TEST_F(ProgramTest, ShowsAndTakesTheChainIdThatACheatHasSet) {
  {
    Cairn cairn(folder_, dev());
    ask(cairn.port(), "anvil_setChainId", "[777]");
    cairn.stop(SIGTERM);
  }
  for (const std::string id : {"777", "31337"}) {  // the chain began with the other
    Cairn cairn(folder_, dev({"--chain-id", id}));
    EXPECT_THAT(ask(cairn.port(), "eth_chainId", "[]"), HasSubstr("0x309"));
    cairn.stop(SIGTERM);
    EXPECT_THAT(read_file(cairn.out()), HasSubstr("Chain id   777\n"));
  }
}

TEST_F(ProgramTest, IsSilentWhenTold) {
  Cairn cairn(folder_, dev({"--silent", "--print-traces"}));
  ask(cairn.port(), "eth_sendTransaction", kTransfer);
  ask(cairn.port(), "eth_sendTransaction", R"([{"data":"0xfe","gas":"0x20000"}])");
  ask(cairn.port(), "eth_call", R"([{"data":"0xfe"}])");
  cairn.stop(SIGTERM);
  EXPECT_EQ(read_file(cairn.out()) + read_file(cairn.err()), "");
}

TEST_F(ProgramTest, LogsJsonWhenTold) {
  Cairn cairn(folder_, dev({"--log.json", "--verbosity", "debug"}));
  ask(cairn.port(), "eth_sendTransaction", kTransfer);
  cairn.stop(SIGTERM);
  EXPECT_THAT(read_file(cairn.err()), HasSubstr(R"("method":"eth_sendTransaction")"));
  EXPECT_THAT(read_file(cairn.err()), HasSubstr(R"("message":"mined")"));
  std::istringstream lines(read_file(cairn.out()) + read_file(cairn.err()));
  simdjson::dom::parser parser;
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_EQ(parser.parse(line)["level"].error(), simdjson::SUCCESS) << line;
    if (count == 0) {
      EXPECT_EQ(std::string_view(parser.parse(line)["message"]), "ready");
      EXPECT_EQ(simdjson::dom::array(parser.parse(line)["accounts"]).size(), 10u);
    }
  }
  EXPECT_GT(count, 3u);
}

TEST_F(ProgramTest, EndsWithJsonWhenTheLogIs) {
  const auto [code, said] = fails({"dev", "--log.json", "--ephemeral", "--host", "nowhere"});
  EXPECT_EQ(code, 2);
  EXPECT_THAT(said, AllOf(HasSubstr(R"("level":"error")"), HasSubstr("nowhere"),
                          Not(HasSubstr("cairn: "))));
}

TEST_F(ProgramTest, RefusesFlagsThatExcludeEachOtherBeforeItOpensAnything) {
  for (const char* command : {"dev", "node"}) {
    const fs::path unborn = folder_ / "unborn";
    const auto [code, said] =
        fails({command, "--datadir", unborn.string(), "--no-cors", "--allow-origin", "http://x"});
    EXPECT_EQ(code, 2);
    EXPECT_THAT(said, HasSubstr("--no-cors and --allow-origin exclude each other"));
    EXPECT_FALSE(fs::exists(unborn));
  }
}

TEST_F(ProgramTest, NamesTheProcessThatHasTheFolder) {
  Cairn cairn(folder_, dev());
  cairn.port();
  const auto [code, said] = fails(dev());
  EXPECT_EQ(code, 1);
  EXPECT_THAT(said, HasSubstr(fmt::format("in use by process {}", cairn.pid())));
  EXPECT_THAT(said, HasSubstr("--datadir"));
}

TEST_F(ProgramTest, SaysInOneSentenceWhatToDo) {
  Cairn cairn(folder_, dev());
  const auto taken = std::to_string(cairn.port());
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"dev", "--ephemeral", "--port", taken}, "choose another with --port"},
      {{"dev", "--port", "0", "--datadir", "/proc/cairn"}, "--datadir"},
      {{"dev", "--ephemeral", "--mnemonic", "one two"}, "--mnemonic"},
      {{"dev", "--ephemeral", "--host", "nowhere"}, "nowhere"},
      {{"init"}, "--genesis"},
      {{"init", "--genesis", "/none"}, "/none"},
      {{"statetest"}, "paths"},
      {{"blockchaintest"}, "blockchaintest needs the paths"},
      {{"statetest", "/none"}, "/none"}};
  for (const auto& [arguments, expected] : cases) {
    const auto [code, said] = fails(arguments);
    EXPECT_NE(code, 0);
    EXPECT_THAT(said, HasSubstr(expected));
    EXPECT_EQ(std::ranges::count(said, '\n'), 1) << said;
  }
}

TEST_F(ProgramTest, MakesAChainOfAGenesisFileOnce) {
  const fs::path genesis = folder_ / "genesis.json";
  std::ofstream(genesis) << R"({"config":{"chainId":77,"terminalTotalDifficulty":0},)"
                            R"("difficulty":"0x0","gasLimit":"0x1c9c380","alloc":{}})";
  const std::vector<std::string> init{"init", "--genesis", genesis.string(), "--datadir",
                                      (folder_ / "data").string()};
  Cairn first(folder_, init);
  EXPECT_EQ(first.wait(), 0);
  EXPECT_THAT(read_file(first.out()), HasSubstr("genesis 0x"));
  EXPECT_THAT(fails(init).second, HasSubstr("holds a chain already"));
}

TEST_F(ProgramTest, ServesTheChainOfAGenesisFileWithoutBlocksCheatsOrAccounts) {
  const fs::path genesis = folder_ / "genesis.json";
  std::ofstream(genesis) << R"({"config":{"chainId":77,"terminalTotalDifficulty":0},)"
                            R"("difficulty":"0x0","gasLimit":"0x1c9c380","alloc":{}})";
  const std::string data = (folder_ / "data").string();
  const std::vector<std::string> serve{"node", "--no-mining", "--port", "0", "--datadir", data};
  EXPECT_THAT(fails(serve).second, HasSubstr("holds no chain: cairn init --genesis FILE"));
  EXPECT_EQ(Cairn(folder_, {"init", "--genesis", genesis.string(), "--datadir", data}).wait(), 0);
  EXPECT_THAT(fails({"node", "--datadir", data}).second, HasSubstr("--no-mining"));
  Cairn node(folder_, serve);
  const auto port = node.port();
  EXPECT_THAT(ask(port, "eth_chainId", "[]"), HasSubstr("\"0x4d\""));
  EXPECT_THAT(ask(port, "eth_accounts", "[]"), HasSubstr("\"result\":[]"));
  EXPECT_THAT(ask(port, "eth_mining", "[]"), HasSubstr("false"));
  EXPECT_THAT(ask(port, "evm_mine", "[]"), HasSubstr("-32601"));
  EXPECT_THAT(ask(port, "testing_buildBlockV1", "[]"), HasSubstr("-32602"));
  EXPECT_THAT(ask(port, "txpool_status", "[]"), HasSubstr("\"pending\":\"0x0\""));
  EXPECT_EQ(node.stop(SIGTERM), 0);
}

TEST_F(ProgramTest, ServesTheNamespacesThatItIsToldTo) {
  const fs::path genesis = folder_ / "genesis.json";
  std::ofstream(genesis) << R"({"config":{"chainId":77,"terminalTotalDifficulty":0},)"
                            R"("difficulty":"0x0","gasLimit":"0x1c9c380","alloc":{}})";
  const std::string data = (folder_ / "data").string();
  EXPECT_EQ(Cairn(folder_, {"init", "--genesis", genesis.string(), "--datadir", data}).wait(), 0);
  std::vector<std::string> serve{"node",      "--no-mining", "--port",     "0",
                                 "--datadir", data,          "--http.api", "eth,net"};
  Cairn node(folder_, serve);
  const auto port = node.port();
  EXPECT_THAT(ask(port, "eth_chainId", "[]"), HasSubstr("\"0x4d\""));
  EXPECT_THAT(ask(port, "net_version", "[]"), HasSubstr("\"77\""));
  EXPECT_THAT(ask(port, "testing_buildBlockV1", "[]"), HasSubstr("-32601"));
  EXPECT_EQ(node.stop(SIGTERM), 0);
  serve.back() = "eth,engine";
  EXPECT_THAT(fails(serve).second, HasSubstr("'engine' is none of cairn, debug, "));
}

// Another client's chain, imported by a program that is ended on the way.
class ImportTest : public ProgramTest {
 protected:
  void SetUp() override {
    CAIRN_FIXTURES_OR_SKIP(root);
    files_ = root / "execution-apis" / "tests";
    Cairn init(folder_,
               {"init", "--genesis", (files_ / "genesis.json").string(), "--datadir", data()});
    ASSERT_EQ(init.wait(), 0) << read_file(init.err());
  }

  std::string data() const { return (folder_ / "data").string(); }
  std::vector<std::string> import() const {
    return {"import", "--datadir", data(), (files_ / "chain.rlp").string()};
  }
  // What an import that nothing hinders brings, and that it is the whole file.
  void expect_to_finish() {
    Cairn rest(folder_, import());
    EXPECT_EQ(rest.wait(), 0) << read_file(rest.err());
    EXPECT_THAT(read_file(rest.out()), HasSubstr("the chain ends at block 54, 0x"));
    const std::string back = (folder_ / "back.rlp").string();
    EXPECT_EQ(Cairn(folder_, {"export", "--datadir", data(), back}).wait(), 0);
    EXPECT_TRUE(read_file(back) == read_file(files_ / "chain.rlp"));
  }

  fs::path files_;
};

TEST_F(ImportTest, GoesOnAfterKills) {
  for (int milliseconds = 0; milliseconds < 60; milliseconds += 4) {
    Cairn killed(folder_, import());
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    killed.stop(SIGKILL);
  }
  expect_to_finish();
}

TEST_F(ImportTest, NamesAFullDiskAndGoesOnWhenThereIsRoom) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit full{.rlim_cur = 200'000, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);  // the program inherits it
  Cairn hindered(folder_, import());
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(hindered.wait(), 1);
  EXPECT_THAT(read_file(hindered.err()), HasSubstr("store failed"));
  expect_to_finish();
}

TEST_F(ProgramTest, RefusesAFolderInThePlaceOfAFile) {
  const std::string here = folder_.string();
  const std::string keys = (folder_ / "keys").string();
  const auto says = [&](const std::string& sentence, std::vector<std::string> arguments) {
    const auto [code, said] = fails(arguments);
    EXPECT_EQ(code, 1);
    EXPECT_EQ(said, "cairn: " + sentence + here + " is a folder\n");
  };
  says("the password file ", {"account", "new", "--keystore", keys, "--password", here});
  says("the passphrase file ", {"account", "new", "--keystore", keys, "--mnemonic", "--passphrase",
                                here, "--password", "/dev/null"});
  says("", {"account", "import", here, "--keystore", keys});
  EXPECT_FALSE(fs::exists(keys));
  says("the genesis file ", {"init", "--genesis", here, "--datadir", keys});
  says("the genesis file ", {"dev", "--ephemeral", "--init", here});
  says("the configuration file ", {"dev", "--ephemeral", "--config", here});
  says("the secret ", {"dev", "--ephemeral", "--port", "0", "--authrpc.jwtsecret", here});
  const auto [code, said] = fails({"account", "new", "--keystore", keys, "--mnemonic",
                                   "--passphrase", "/none", "--password", "/dev/null"});
  EXPECT_EQ(code, 1);
  EXPECT_THAT(said, HasSubstr("cannot read the passphrase file '/none': No such file"));
}

TEST_F(ProgramTest, SaysWhichFileToSignIsAFolder) {
  const std::string keys = (folder_ / "keys").string();
  ASSERT_EQ(
      fails({"account", "new", "--keystore", keys, "--lightkdf", "--password", "/dev/null"}).first,
      0);
  for (const std::string what : {"transaction", "typed-data"}) {
    const auto [code, said] = fails({"account", "sign", "0", "--keystore", keys, "--password",
                                     "/dev/null", "--" + what, folder_.string()});
    EXPECT_EQ(code, 1);
    EXPECT_THAT(said, HasSubstr(folder_.string() + " is a folder"));
  }
}

TEST_F(ProgramTest, SaysThatAStateFileIsAFolder) {
  fs::create_directories(folder_ / "state.json");
  const auto [code, said] =
      fails({"dev", "--ephemeral", "--port", "0", "--load-state", folder_.string()});
  EXPECT_EQ(code, 1);
  EXPECT_THAT(said,
              HasSubstr("--load-state: " + (folder_ / "state.json").string() + " is a folder\n"));
}

TEST_F(ProgramTest, ExportsToItsOutputAndNothingElse) {
  {
    Cairn cairn(folder_, dev());
    EXPECT_THAT(ask(cairn.port(), "evm_mine", "[]"), HasSubstr("result"));
    EXPECT_EQ(cairn.stop(SIGTERM), 0);
  }
  const std::string data = (folder_ / "data").string();
  const fs::path genesis = folder_ / "genesis.json";
  const fs::path blocks = folder_ / "chain.rlp";
  fails({"export", "--datadir", data, blocks.string(), "--genesis", genesis.string()});
  Cairn first(folder_, {"export", "--datadir", data, "/dev/stdout"});
  EXPECT_EQ(first.wait(), 0);
  EXPECT_FALSE(read_file(first.out()).empty());
  EXPECT_TRUE(read_file(first.out()) == read_file(blocks));
  Cairn second(folder_, {"export", "--datadir", data, "--genesis", "/dev/stdout"});
  EXPECT_EQ(second.wait(), 0);
  EXPECT_EQ(read_file(second.out()), read_file(genesis));
  EXPECT_TRUE(fs::is_symlink("/dev/stdout"));
}

TEST_F(ProgramTest, PrintsHelpOfEveryCommand) {
  for (const std::string command : {"dev", "init", "node", "statetest", "version"}) {
    Cairn cairn(folder_, {command, "--help"});
    EXPECT_EQ(cairn.wait(), 0);
    EXPECT_THAT(read_file(cairn.out()), HasSubstr("Usage: cairn " + command));
  }
}

}  // namespace
}  // namespace cairn::cli
