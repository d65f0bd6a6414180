#include "common/base/bytes.h"

#include <gtest/gtest.h>

namespace jodal {
namespace {

TEST(BytesTest, LowerHexIsWhatHexEncodeMakes) {
  EXPECT_TRUE(IsLowerHex(HexEncode(std::string("\x00\xff\x9a", 3)), 6));
  EXPECT_TRUE(IsLowerHex("", 0));
  for (const char* other : {"0", "00000", "0000000", "00000g", "00000A", " 00000", "0x0000"}) {
    EXPECT_FALSE(IsLowerHex(other, 6)) << other;
  }
}

TEST(BytesTest, DecodersTakeOneTextForEachValue) {
  EXPECT_EQ(*HexDecode("00fFa0"), std::string("\x00\xff\xa0", 3));
  for (const char* bad : {"0", "0g", " 00 ", "0x"}) EXPECT_FALSE(HexDecode(bad).ok()) << bad;
  EXPECT_EQ(*Base64Decode("AP8="), std::string("\x00\xff", 2));
  // Without padding, with bits that are not used, with white space.
  for (const char* bad : {"AP8", "AP9=", "AP8=\n", "AP8 ", "A"}) {
    EXPECT_FALSE(Base64Decode(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace jodal
