#include "engine/files/block_codec.h"

#include <arrow/util/compression.h>

#include <algorithm>

#include "engine/errors.h"

namespace hearth::engine {
namespace {

constexpr size_t kBlockBytes = size_t{256} << 10;
constexpr size_t kStepBytes = size_t{1} << 20;

[[noreturn]] void Fail(const std::string& what) {
  ThrowSpark(base::ErrorKind::kSpark, "INTERNAL_ERROR", "Compressed content cannot be used: " + what);
}

template <typename T>
T Take(arrow::Result<T> result) {
  if (!result.ok()) Fail(result.status().message());
  return std::move(result).ValueUnsafe();
}

std::unique_ptr<arrow::util::Codec> OpenCodec(BlockCodec codec) {
  using arrow::Compression;
  switch (codec) {
    case BlockCodec::kBzip2:
      return Take(arrow::util::Codec::Create(Compression::BZ2));
    case BlockCodec::kDeflate: {
      arrow::util::GZipCodecOptions options;
      options.gzip_format = arrow::util::GZipFormat::ZLIB;
      return Take(arrow::util::Codec::Create(Compression::GZIP, options));
    }
    case BlockCodec::kLz4:
      return Take(arrow::util::Codec::Create(Compression::LZ4));
    default:
      return Take(arrow::util::Codec::Create(Compression::SNAPPY));
  }
}

const uint8_t* Bytes(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data()); }
uint8_t* Bytes(std::string& text, size_t from) { return reinterpret_cast<uint8_t*>(text.data()) + from; }

void CheckSize(size_t bytes, size_t most_bytes) {
  if (bytes > most_bytes) Fail("more than " + std::to_string(most_bytes >> 20) + " MiB");
}

// Streams may follow each other, as in files that several bzip2 streams make up.
std::string DecompressStream(arrow::util::Codec& codec, std::string_view content, size_t most_bytes) {
  std::string plain;
  auto stream = Take(codec.MakeDecompressor());
  while (!content.empty()) {
    const size_t kept = plain.size();
    plain.resize(kept + kStepBytes);
    const auto step = Take(stream->Decompress(static_cast<int64_t>(content.size()), Bytes(content),
                                              static_cast<int64_t>(kStepBytes), Bytes(plain, kept)));
    plain.resize(kept + static_cast<size_t>(step.bytes_written));
    CheckSize(plain.size(), most_bytes);
    content.remove_prefix(static_cast<size_t>(step.bytes_read));
    if (stream->IsFinished() && !content.empty()) {
      auto next = stream->Reset();
      if (!next.ok()) Fail(next.message());
    } else if (step.bytes_read == 0 && step.bytes_written == 0 && !step.need_more_output) {
      break;
    }
  }
  // What the last bytes still hold.
  while (!stream->IsFinished()) {
    const size_t kept = plain.size();
    plain.resize(kept + kStepBytes);
    const auto step =
        Take(stream->Decompress(0, Bytes(content), static_cast<int64_t>(kStepBytes), Bytes(plain, kept)));
    plain.resize(kept + static_cast<size_t>(step.bytes_written));
    CheckSize(plain.size(), most_bytes);
    if (step.bytes_written == 0) break;
  }
  if (!stream->IsFinished()) Fail("it ends early");
  return plain;
}

uint32_t BigEndian(std::string_view text, size_t at) {
  if (at + 4 > text.size()) Fail("it ends early");
  uint32_t number = 0;
  for (size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(text[at + i]);
  return number;
}

void AppendBigEndian(uint32_t number, std::string* out) {
  for (int shift = 24; shift >= 0; shift -= 8) out->push_back(static_cast<char>(number >> shift & 0xFF));
}

// Blocks of: size of the plain text, then pieces of size and bytes until the block's text is complete.
std::string DecompressBlocks(arrow::util::Codec& codec, std::string_view content, size_t most_bytes) {
  std::string plain;
  size_t at = 0;
  while (at < content.size()) {
    const size_t block_end = plain.size() + BigEndian(content, at);
    CheckSize(block_end, most_bytes);
    at += 4;
    while (plain.size() < block_end) {
      const size_t size = BigEndian(content, at);
      at += 4;
      if (at + size > content.size()) Fail("it ends early");
      const size_t kept = plain.size();
      plain.resize(block_end);
      const int64_t written =
          Take(codec.Decompress(static_cast<int64_t>(size), Bytes(content) + at,
                                static_cast<int64_t>(block_end - kept), Bytes(plain, kept)));
      plain.resize(kept + static_cast<size_t>(written));
      at += size;
      if (written == 0) Fail("a piece is empty");
    }
  }
  return plain;
}

class StreamCompressor : public BlockCompressor {
 public:
  explicit StreamCompressor(BlockCodec codec)
      : codec_(OpenCodec(codec)), stream_(Take(codec_->MakeCompressor())) {}

  std::string Add(std::string_view piece) override {
    std::string out;
    while (!piece.empty()) {
      const size_t kept = out.size();
      out.resize(kept + kStepBytes);
      const auto step = Take(stream_->Compress(static_cast<int64_t>(piece.size()), Bytes(piece),
                                               static_cast<int64_t>(kStepBytes), Bytes(out, kept)));
      out.resize(kept + static_cast<size_t>(step.bytes_written));
      piece.remove_prefix(static_cast<size_t>(step.bytes_read));
    }
    return out;
  }

  std::string Finish() override {
    std::string out;
    while (true) {
      const size_t kept = out.size();
      out.resize(kept + kStepBytes);
      const auto step = Take(stream_->End(static_cast<int64_t>(kStepBytes), Bytes(out, kept)));
      out.resize(kept + static_cast<size_t>(step.bytes_written));
      if (!step.should_retry) return out;
    }
  }

 private:
  std::unique_ptr<arrow::util::Codec> codec_;
  std::shared_ptr<arrow::util::Compressor> stream_;
};

class PieceCompressor : public BlockCompressor {
 public:
  explicit PieceCompressor(BlockCodec codec) : codec_(OpenCodec(codec)) {}

  std::string Add(std::string_view piece) override {
    std::string out;
    for (size_t at = 0; at < piece.size(); at += kBlockBytes) {
      const auto block = piece.substr(at, kBlockBytes);
      const auto size = static_cast<int64_t>(block.size());
      std::string packed(static_cast<size_t>(codec_->MaxCompressedLen(size, Bytes(block))), '\0');
      const int64_t written =
          Take(codec_->Compress(size, Bytes(block), static_cast<int64_t>(packed.size()), Bytes(packed, 0)));
      AppendBigEndian(static_cast<uint32_t>(size), &out);
      AppendBigEndian(static_cast<uint32_t>(written), &out);
      out.append(packed, 0, static_cast<size_t>(written));
    }
    return out;
  }

  std::string Finish() override { return {}; }

 private:
  std::unique_ptr<arrow::util::Codec> codec_;
};

}  // namespace

BlockCodec BlockCodecOfPath(const std::string& path) {
  for (const auto codec : {BlockCodec::kBzip2, BlockCodec::kDeflate, BlockCodec::kLz4, BlockCodec::kSnappy}) {
    if (path.ends_with(SuffixOf(codec))) return codec;
  }
  return BlockCodec::kNone;
}

const char* SuffixOf(BlockCodec codec) {
  switch (codec) {
    case BlockCodec::kNone:
      return "";
    case BlockCodec::kBzip2:
      return ".bz2";
    case BlockCodec::kDeflate:
      return ".deflate";
    case BlockCodec::kLz4:
      return ".lz4";
    case BlockCodec::kSnappy:
      return ".snappy";
  }
  return "";
}

std::string Decompress(BlockCodec codec, std::string_view content, size_t most_bytes) {
  if (codec == BlockCodec::kNone || content.empty()) return std::string(content);
  const auto opened = OpenCodec(codec);
  const bool streams = codec == BlockCodec::kBzip2 || codec == BlockCodec::kDeflate;
  return streams ? DecompressStream(*opened, content, most_bytes)
                 : DecompressBlocks(*opened, content, most_bytes);
}

std::unique_ptr<BlockCompressor> MakeBlockCompressor(BlockCodec codec) {
  if (codec == BlockCodec::kNone) return nullptr;
  if (codec == BlockCodec::kBzip2 || codec == BlockCodec::kDeflate)
    return std::make_unique<StreamCompressor>(codec);
  return std::make_unique<PieceCompressor>(codec);
}

}  // namespace hearth::engine
