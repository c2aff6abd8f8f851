#include "engine/files/line_reader.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "engine/errors.h"
#include "engine/files/block_codec.h"
#include "engine/files/charset.h"
#include "engine/text/utf8.h"

namespace hearth::engine {
namespace {

constexpr uint64_t kRangeBytes = uint64_t{16} << 20;
constexpr size_t kReadBytes = size_t{1} << 20;
constexpr uint64_t kWholeFile = std::numeric_limits<uint64_t>::max();

bool IsCompressed(const std::string& path) { return path.ends_with(".gz") || path.ends_with(".zst"); }

duckdb::FileOpenFlags Flags(const std::string& path) {
  auto compression = path.ends_with(".gz")    ? duckdb::FileCompressionType::GZIP
                     : path.ends_with(".zst") ? duckdb::FileCompressionType::ZSTD
                                              : duckdb::FileCompressionType::UNCOMPRESSED;
  return duckdb::FileOpenFlags(duckdb::FileFlags::FILE_FLAGS_READ) | compression;
}

// Must all of the content be there before the first record can be cut off?
bool NeedsAll(const std::string& path, const TextRules& rules) {
  return rules.whole_file || !rules.charset.empty() || BlockCodecOfPath(path) != BlockCodec::kNone;
}

[[noreturn]] void TooLong(const std::string& path) {
  ThrowSpark(
      base::ErrorKind::kResourceExhausted, "EXCEED_LIMIT_LENGTH",
      "A record of " + path + " is longer than " + std::to_string(LineReader::kMostLineBytes >> 20) + " MiB.",
      {{"limit", std::to_string(LineReader::kMostLineBytes)}});
}

}  // namespace

std::vector<FileRange> SplitFiles(duckdb::FileSystem& files, const std::vector<std::string>& paths,
                                  const TextRules& rules) {
  std::vector<FileRange> ranges;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (IsCompressed(paths[i]) || NeedsAll(paths[i], rules) || !rules.line_end.empty()) {
      ranges.push_back({i, paths[i], 0, kWholeFile});
      continue;
    }
    auto handle = files.OpenFile(paths[i], Flags(paths[i]));
    const uint64_t size = handle->GetFileSize();
    for (uint64_t begin = 0; begin < size; begin += kRangeBytes) {
      ranges.push_back({i, paths[i], begin, std::min(begin + kRangeBytes, size)});
    }
  }
  return ranges;
}

LineReader::LineReader(duckdb::FileSystem& files, const FileRange& range, const TextRules& rules)
    : range_(range), rules_(rules), handle_(files.OpenFile(range.path, Flags(range.path))) {
  if (NeedsAll(range.path, rules)) {
    ReadAll();
    return;
  }
  if (range_.begin == 0) {
    Fill();
    if (buffer_.starts_with("\xEF\xBB\xBF")) position_ = 3;
    return;
  }
  // The line around the range's first byte belongs to the range before, unless it starts exactly here.
  buffer_offset_ = range_.begin - 1;
  handle_->Seek(buffer_offset_);
  size_t line_end = 0;
  size_t next = 0;
  while (!FindEnd(position_, &line_end, &next)) {
    if (!Fill()) {
      next = buffer_.size();
      break;
    }
  }
  position_ = next;
}

bool LineReader::Fill() {
  if (at_end_) return false;
  buffer_offset_ += position_;
  buffer_.erase(0, position_);
  position_ = 0;
  if (buffer_.size() > kMostLineBytes) TooLong(range_.path);
  const size_t kept = buffer_.size();
  buffer_.resize(kept + kReadBytes);
  const auto count = handle_->Read(buffer_.data() + kept, kReadBytes);
  buffer_.resize(kept + static_cast<size_t>(std::max<int64_t>(count, 0)));
  at_end_ = count <= 0;
  return !at_end_;
}

void LineReader::ReadAll() {
  while (Fill()) {
  }
  const auto codec = BlockCodecOfPath(range_.path);
  if (codec != BlockCodec::kNone) buffer_ = Decompress(codec, buffer_, kMostLineBytes);
  const auto charset = rules_.charset == kDetectUnicode ? DetectUnicode(buffer_) : rules_.charset;
  if (!charset.empty()) buffer_ = DecodeText(buffer_, charset);
  if (buffer_.starts_with("\xEF\xBB\xBF")) position_ = 3;
}

bool LineReader::FindEnd(size_t from, size_t* line_end, size_t* next) const {
  if (!rules_.line_end.empty()) {
    const auto end = buffer_.find(rules_.line_end, from);
    *line_end = end;
    *next = end + rules_.line_end.size();
    return end != std::string::npos;
  }
  const auto end = buffer_.find_first_of("\r\n", from);
  if (end == std::string::npos) return false;
  *line_end = end;
  *next = end + 1;
  if (buffer_[end] == '\r') {
    // Whether \n follows may stand in bytes that are not read yet.
    if (end + 1 == buffer_.size() && !at_end_) return false;
    if (end + 1 < buffer_.size() && buffer_[end + 1] == '\n') *next = end + 2;
  }
  return true;
}

std::optional<std::string_view> LineReader::Next() {
  if (rules_.whole_file) {
    if (std::exchange(given_, true)) return std::nullopt;
    return Repaired(std::string_view(buffer_).substr(position_));
  }
  if (buffer_offset_ + position_ >= range_.end) return std::nullopt;
  size_t line_end = 0;
  size_t next = 0;
  while (!FindEnd(position_, &line_end, &next)) {
    if (Fill()) continue;
    if (FindEnd(position_, &line_end, &next)) break;
    if (position_ >= buffer_.size()) return std::nullopt;
    line_end = next = buffer_.size();
    break;
  }
  std::string_view line(buffer_.data() + position_, line_end - position_);
  position_ = next;
  return Repaired(line);
}

// As Java decodes: what is no UTF-8 becomes U+FFFD.
std::string_view LineReader::Repaired(std::string_view line) {
  if (IsAscii(line) || IsValidUtf8(line)) return line;
  repaired_.clear();
  AppendValidUtf8(line, &repaired_);
  return repaired_;
}

}  // namespace hearth::engine
