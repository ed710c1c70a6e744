#include "spec/network.hpp"

namespace cairn::spec {
namespace {

using types::Fork;

struct BlobFork {
  std::string_view name;
  types::BlobParams params;
};
// Mainnet's blob-parameter-only forks; the files give the parameters of further ones.
constexpr BlobFork kBlobForks[] = {
    {"BPO1", {10, 15, 8'346'193}},
    {"BPO2", {14, 21, 11'684'671}},
    {"BPO3", {21, 32, 20'609'697}},
    {"BPO4", {14, 21, 13'739'630}},
};

}  // namespace

std::optional<Network> network_from_name(std::string_view name) {
  for (const BlobFork& fork : kBlobForks) {
    if (fork.name == name) {
      return Network{.fork = Fork::osaka, .blob_params = fork.params};
    }
  }
  const auto fork = types::fork_from_name(name);
  if (!fork) {
    return std::nullopt;
  }
  return Network{
      .fork = *fork,
      .blob_params = *fork >= Fork::prague ? types::kPragueBlobParams : types::kCancunBlobParams};
}

}  // namespace cairn::spec
