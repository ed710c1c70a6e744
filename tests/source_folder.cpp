#include "tests/source_folder.hpp"

namespace cairn::testing {

const std::filesystem::path& source_folder() {
  static const std::filesystem::path folder = CAIRN_SOURCE_DIR;
  return folder;
}

}  // namespace cairn::testing
