#include "engine/files/block_codec.h"

#include <gtest/gtest.h>

#include "engine/files/charset.h"

namespace hearth::engine {
namespace {

TEST(BlockCodec, GivesBackWhatItCompressed) {
  std::string text;
  for (int i = 0; i < 200000; ++i) text += std::to_string(i) + "\n";
  for (const auto codec : {BlockCodec::kBzip2, BlockCodec::kDeflate, BlockCodec::kLz4, BlockCodec::kSnappy}) {
    const auto compressor = MakeBlockCompressor(codec);
    std::string packed = compressor->Add(text.substr(0, 1000));
    packed += compressor->Add(text.substr(1000));
    packed += compressor->Finish();
    EXPECT_LT(packed.size(), text.size()) << SuffixOf(codec);
    EXPECT_EQ(Decompress(codec, packed, text.size()), text) << SuffixOf(codec);
    EXPECT_ANY_THROW(Decompress(codec, packed, text.size() - 1)) << SuffixOf(codec);
    EXPECT_ANY_THROW(Decompress(codec, packed.substr(0, packed.size() / 2), text.size())) << SuffixOf(codec);
  }
}

TEST(BlockCodec, NamesTellTheCodec) {
  EXPECT_EQ(BlockCodecOfPath("/a/b.csv.bz2"), BlockCodec::kBzip2);
  EXPECT_EQ(BlockCodecOfPath("/a/b.csv"), BlockCodec::kNone);
}

TEST(Charset, ConvertsBothWays) {
  EXPECT_EQ(DecodeText("caf\xE9", "iso-8859-1"), "caf\xC3\xA9");
  EXPECT_EQ(EncodeText("caf\xC3\xA9 \xE2\x82\xAC", "iso-8859-1"), "caf\xE9 ?");
  EXPECT_EQ(DecodeText(std::string("a\0b\0", 4), "utf-16le"), "ab");
  EXPECT_EQ(DecodeText("a\xFF", "us-ascii"), "a\xEF\xBF\xBD");
  EXPECT_EQ(DetectUnicode(std::string("\0{\0\"", 4)), "UTF-16BE");
  EXPECT_EQ(DetectUnicode("{}  "), "");
  EXPECT_ANY_THROW(DecodeText("a", "no-such-charset"));
}

}  // namespace
}  // namespace hearth::engine
