// Any text as a JSON-RPC request to a dev chain in memory: an answer that is JSON and has the shape
// of the contract, whatever was asked before.
#include "fuzz/dev_world.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn::fuzz;
  // A fresh world now and then: what an input does to the chain must not add up without end.
  constexpr int kInputsOfAWorld = 2'000;
  // RocksDB's own statics come first, so that they outlive the last world.
  static const bool kReady = DevWorld{}.head_number() == 0;
  static std::unique_ptr<DevWorld> world;
  require(kReady);
  static int left = 0;
  if (left-- == 0 || !world) {
    world.reset();
    world = std::make_unique<DevWorld>();
    left = kInputsOfAWorld;
  }
  const std::string answer = world->ask(std::string(reinterpret_cast<const char*>(data), size));
  if (answer.empty()) {
    return 0;  // notifications only
  }
  simdjson::dom::parser parser;
  simdjson::dom::element reply;
  require(parser.parse(answer).get(reply) == simdjson::SUCCESS);
  simdjson::dom::array batch;
  if (reply.get(batch) != simdjson::SUCCESS) {
    check_reply(reply);
    return 0;
  }
  for (const auto one : batch) {
    check_reply(one);
  }
  return 0;
}
