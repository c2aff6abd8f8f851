// Lines of a text file, or of a byte range of one: a range owns the lines that begin inside it.
#pragma once

#include <duckdb.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::engine {

struct FileRange {
  size_t file = 0;  // index among the source's paths
  std::string path;
  uint64_t begin = 0;
  uint64_t end = 0;  // exclusive; the largest number for a compressed file, which is one range
};

// Cuts files into ranges of about 16 MiB. Compressed files (.gz, .zst) stay whole.
std::vector<FileRange> SplitFiles(duckdb::FileSystem& files, const std::vector<std::string>& paths);

// Lines end with \n, \r\n or \r; a byte order mark at the start of the file is skipped. Throws DuckDB's
// exceptions.
class LineReader {
 public:
  static constexpr size_t kMostLineBytes = size_t{256} << 20;

  LineReader(duckdb::FileSystem& files, const FileRange& range);
  // The next line without its end, valid until the next call; nullopt after the last.
  std::optional<std::string_view> Next();
  // Does the reader stand at the first line of its file?
  bool at_file_start() const { return range_.begin == 0; }

 private:
  bool Fill();
  // Position behind the line that starts at `from`, with the length of the line itself; false when more bytes
  // are needed.
  bool FindEnd(size_t from, size_t* line_end, size_t* next) const;

  const FileRange range_;
  duckdb::unique_ptr<duckdb::FileHandle> handle_;
  std::string buffer_;
  size_t position_ = 0;         // of the next line, in the buffer
  uint64_t buffer_offset_ = 0;  // of the buffer, in the file
  bool at_end_ = false;
};

}  // namespace hearth::engine
