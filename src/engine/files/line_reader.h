// Lines of a text file, or of a byte range of one: a range owns the lines that begin inside it.
#pragma once

#include <duckdb.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::engine {

// How the bytes of a file become texts of records.
struct TextRules {
  bool whole_file = false;  // one text: all of the file
  std::string line_end;     // empty: \n, \r\n and \r
  std::string charset;      // empty: UTF-8; else a name that iconv knows
};

struct FileRange {
  size_t file = 0;  // index among the source's paths
  std::string path;
  uint64_t begin = 0;
  uint64_t end = 0;  // exclusive; the largest number for a compressed file, which is one range
};

// Cuts files into ranges of about 16 MiB. What cannot be cut at the ends of lines stays whole.
std::vector<FileRange> SplitFiles(duckdb::FileSystem& files, const std::vector<std::string>& paths,
                                  const TextRules& rules);

// A byte order mark at the start of the file is skipped. Throws DuckDB's exceptions.
class LineReader {
 public:
  static constexpr size_t kMostLineBytes = size_t{256} << 20;

  // `rules` outlive the reader.
  LineReader(duckdb::FileSystem& files, const FileRange& range, const TextRules& rules);
  // The next line without its end, valid until the next call; nullopt after the last.
  std::optional<std::string_view> Next();
  // Does the reader stand at the first line of its file?
  bool at_file_start() const { return range_.begin == 0; }
  const std::string& path() const { return range_.path; }

 private:
  bool Fill();
  void ReadAll();
  std::string_view Repaired(std::string_view line);
  // Position behind the line that starts at `from`, with the length of the line itself; false when more bytes
  // are needed.
  bool FindEnd(size_t from, size_t* line_end, size_t* next) const;

  const FileRange range_;
  const TextRules& rules_;
  duckdb::unique_ptr<duckdb::FileHandle> handle_;
  std::string buffer_;
  std::string repaired_;        // the line, where it is not valid UTF-8 in the buffer
  size_t position_ = 0;         // of the next line, in the buffer
  uint64_t buffer_offset_ = 0;  // of the buffer, in the file
  bool at_end_ = false;
  bool given_ = false;  // the one text of a whole file
};

}  // namespace hearth::engine
