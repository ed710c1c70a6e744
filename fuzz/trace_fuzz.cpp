// The parameters of the methods that run something without keeping it (debug_trace*, trace_*,
// eth_simulateV1), over a chain with a contract: an answer of the contract's shape, and the chain
// stays as it was. An input's first letter says which method, the rest are its parameters; `$`
// stands for the hash of a mined transaction.
#include <array>

#include "fuzz/dev_world.hpp"

namespace {

using namespace cairn;
using fuzz::check_reply;
using fuzz::DevWorld;
using fuzz::Internal;
using fuzz::require;

constexpr std::array<std::string_view, 16> kMethods = {"debug_traceCall",
                                                       "debug_traceCallMany",
                                                       "debug_traceTransaction",
                                                       "debug_traceBlockByNumber",
                                                       "debug_traceBlockByHash",
                                                       "debug_traceBlock",
                                                       "trace_call",
                                                       "trace_callMany",
                                                       "trace_rawTransaction",
                                                       "trace_replayTransaction",
                                                       "trace_replayBlockTransactions",
                                                       "trace_block",
                                                       "trace_filter",
                                                       "trace_get",
                                                       "trace_transaction",
                                                       "eth_simulateV1"};

// Made at 0x5fbdb2315678afecb367f032d93f642f64180aa3: stores, logs, calls the identity precompile,
// and reverts when it is sent any data.
constexpr std::string_view kCreate =
    R"([{"from":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266","data":"0x6026600c60003960266000f3)"
    R"(600160005560006000a060006000600160006000600461fffff15036602057005b60006000fd"}])";
constexpr std::string_view kCall = R"([{"from":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",)"
                                   R"("to":"0x5fbdb2315678afecb367f032d93f642f64180aa3"}])";

struct Reply {
  simdjson::dom::parser parser;
  simdjson::dom::element element;

  explicit Reply(const std::string& text) {
    require(parser.parse(text).get(element) == simdjson::SUCCESS);
  }
};

class World : public DevWorld {
 public:
  World() {
    Reply created(ask("eth_sendTransaction", kCreate));
    check_reply(created.element);
    Reply called(ask("eth_sendTransaction", kCall));
    std::string_view hash;
    require(called.element["result"].get(hash) == simdjson::SUCCESS);
    hash_ = hash;
    require(head_number() == 2);
  }

  std::string with_hash(std::string_view params) const {
    std::string out;
    for (const char c : params) {
      c == '$' ? void(out += hash_) : out.push_back(c);
    }
    return out;
  }

 private:
  std::string hash_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kLongest = 4'096;  // many calls of a million gas each are only slow
  if (size == 0 || size > kLongest) {
    return 0;
  }
  static const bool kReady = DevWorld{}.head_number() == 0;  // RocksDB's own statics come first
  require(kReady);
  static World world;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view method =
      kMethods.at(static_cast<unsigned char>(text[0]) % kMethods.size());
  const std::string params = world.with_hash(text.substr(1));
  {
    simdjson::dom::parser parser;
    if (parser.parse(params).error() != simdjson::SUCCESS) {
      return 0;  // jsonrpc_fuzz is about what is no JSON
    }
  }
  const Reply reply(world.ask(method, params));
  check_reply(reply.element, method == "eth_simulateV1" ? Internal::allowed : Internal::never);
  require(world.head_number() == 2);
  return 0;
}
