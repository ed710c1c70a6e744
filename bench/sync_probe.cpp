#include "bench/sync_probe.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

#include "bench/figures.hpp"

namespace cairn::bench {
namespace {

constexpr std::size_t kBlocks = 1'024;

}  // namespace

SyncProbe::SyncProbe(const std::filesystem::path& path)
    : file_(::open(path.c_str(), O_CREAT | O_RDWR | O_TRUNC, 0600)) {
  for (std::size_t i = 0; i < kBlocks; ++i) {
    write_block();
  }
  ::fsync(file_);
  ::lseek(file_, 0, SEEK_SET);
}

SyncProbe::~SyncProbe() { ::close(file_); }

double SyncProbe::measure() {
  if (written_++ % kBlocks == 0) {
    ::lseek(file_, 0, SEEK_SET);
  }
  const auto begin = Clock::now();
  write_block();
  if (::fdatasync(file_) != 0) {
    throw std::runtime_error("cannot sync");
  }
  return milliseconds_since(begin);
}

void SyncProbe::write_block() const {
  static const std::string kBlock(4096, 'x');
  if (::write(file_, kBlock.data(), kBlock.size()) != static_cast<ssize_t>(kBlock.size())) {
    throw std::runtime_error("cannot write");
  }
}

}  // namespace cairn::bench
