#include "codec/gzip.hpp"

#include <gtest/gtest.h>

namespace cairn::codec {
namespace {

constexpr std::size_t kLimit = 1 << 20;

std::string noise(std::size_t size) {
  std::string out(size, '\0');
  std::uint32_t state = 1;
  for (char& c : out) {
    state = state * 1'664'525 + 1'013'904'223;
    c = static_cast<char>(state >> 24);
  }
  return out;
}

TEST(Gzip, ComesBackAsItWas) {
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string(500'000, 'a'), noise(300'000)}) {
    const Bytes packed = gzip(text);
    EXPECT_TRUE(is_gzip(packed));
    const auto back = gunzip(packed, kLimit);
    ASSERT_TRUE(back) << text.size();
    EXPECT_EQ(*back, text);
  }
  EXPECT_FALSE(is_gzip({}));
}

// The bytes of `printf abc | gzip -n`.
TEST(Gzip, ReadsWhatOthersWrote) {
  const Bytes packed{0x1f, 0x8b, 0x08, 0,    0,    0,    0,    0, 0, 3, 0x4b, 0x4c,
                     0x4a, 6,    0,    0xc2, 0x41, 0x24, 0x35, 3, 0, 0, 0};
  EXPECT_EQ(gunzip(packed, kLimit), "abc");
}

TEST(Gzip, RefusesWhatIsCutOffDamagedOrGoesOn) {
  const Bytes packed = gzip(noise(5'000));
  for (std::size_t size = 0; size < packed.size(); size += 97) {
    EXPECT_FALSE(gunzip(BytesView(packed).first(size), kLimit)) << size;
  }
  Bytes damaged = packed;
  damaged[damaged.size() - 6] ^= 1;  // in the checksum
  EXPECT_FALSE(gunzip(damaged, kLimit));
  Bytes longer = packed;
  longer.push_back(0);
  EXPECT_FALSE(gunzip(longer, kLimit));
}

TEST(Gzip, StopsAtTheLimit) {
  const Bytes bomb = gzip(std::string(50'000'000, '\0'));
  EXPECT_LT(bomb.size(), 100'000u);
  const auto back = gunzip(bomb, kLimit);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().message, "gzip: more than 1048576 bytes inside");
}

}  // namespace
}  // namespace cairn::codec
