// The compressions of text files that DuckDB does not read: bzip2, deflate, and Hadoop's block forms of lz4
// and snappy.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace hearth::engine {

enum class BlockCodec : uint8_t { kNone, kBzip2, kDeflate, kLz4, kSnappy };

// By the end of a file's name: .bz2, .deflate, .lz4, .snappy.
BlockCodec BlockCodecOfPath(const std::string& path);
// What a file's name gets for it, with the dot; empty for none.
const char* SuffixOf(BlockCodec codec);

// All of a file's content at once. Throws (engine/errors.h) for damaged content and for more than
// `most_bytes`.
std::string Decompress(BlockCodec codec, std::string_view content, size_t most_bytes);

// Compresses a file piece by piece. Throws (engine/errors.h).
class BlockCompressor {
 public:
  virtual ~BlockCompressor() = default;
  // The bytes to write so far; may be none.
  virtual std::string Add(std::string_view piece) = 0;
  virtual std::string Finish() = 0;
};
std::unique_ptr<BlockCompressor> MakeBlockCompressor(BlockCodec codec);

}  // namespace hearth::engine
