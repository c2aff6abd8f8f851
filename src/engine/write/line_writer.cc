// CSV, JSON and text files, one row a line.
#include <strings.h>

#include <filesystem>
#include <map>

#include "duckdb/common/file_system.hpp"
#include "duckdb/common/virtual_file_system.hpp"
#include "engine/errors.h"
#include "engine/executor.h"
#include "engine/files/block_codec.h"
#include "engine/files/charset.h"
#include "engine/files/partitions.h"
#include "engine/write/line_format.h"
#include "engine/write/staging.h"
#include "engine/write/write_plan.h"

namespace hearth::engine {

namespace fs = std::filesystem;
using duckdb::idx_t;

namespace {

struct LineCodec {
  duckdb::FileCompressionType type;
  BlockCodec block;
  std::string suffix;
};

base::Result<LineCodec> CodecOf(const plan::FileSink& sink) {
  std::string name = WriteOption(sink, "compression", WriteOption(sink, "codec", "none"));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (name == "none" || name == "uncompressed")
    return LineCodec{duckdb::FileCompressionType::UNCOMPRESSED, BlockCodec::kNone, ""};
  if (name == "gzip") return LineCodec{duckdb::FileCompressionType::GZIP, BlockCodec::kNone, ".gz"};
  static const std::map<std::string, BlockCodec> blocks = {{"bzip2", BlockCodec::kBzip2},
                                                           {"deflate", BlockCodec::kDeflate},
                                                           {"lz4", BlockCodec::kLz4},
                                                           {"snappy", BlockCodec::kSnappy}};
  if (const auto found = blocks.find(name); found != blocks.end()) {
    return LineCodec{duckdb::FileCompressionType::UNCOMPRESSED, found->second, SuffixOf(found->second)};
  }
  return base::MakeError(
      base::ErrorKind::kIllegalArgument, "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
      "There is no compression " + name + ".",
      {{"codecName", name}, {"availableCodecs", "bzip2, deflate, uncompressed, snappy, none, lz4, gzip"}});
}

// Writes the files of one write, one open at a time: the rows come grouped by partition.
class PartWriter {
 public:
  PartWriter(duckdb::FileSystem& file_system, std::string directory, const LineFormat& format,
             const LineCodec& codec, std::string extension, std::string charset, bool partitioned)
      : file_system_(file_system),
        directory_(std::move(directory)),
        format_(format),
        codec_(codec),
        counter_(partitioned ? ".c" : "-c"),
        suffix_(codec.suffix),
        format_name_(std::move(extension)),
        charset_(std::move(charset)),
        uuid_(RandomUuid()) {}

  void Open(const std::string& partition) {
    Close();
    const fs::path directory = partition.empty() ? fs::path(directory_) : fs::path(directory_) / partition;
    fs::create_directories(directory);
    const std::string name =
        "part-" + Digits(part_++, 5) + "-" + uuid_ + counter_ + Digits(0, 3) + "." + format_name_ + suffix_;
    file_ = file_system_.OpenFile(
        (directory / name).string(),
        duckdb::FileFlags::FILE_FLAGS_WRITE | duckdb::FileFlags::FILE_FLAGS_FILE_CREATE_NEW | codec_.type);
    compressor_ = MakeBlockCompressor(codec_.block);
    buffer_ = format_.Header();
  }

  bool is_open() const { return file_ != nullptr; }
  std::string* buffer() { return &buffer_; }
  void FlushIfLarge() {
    if (buffer_.size() >= kFlushBytes) Flush();
  }
  void Close() {
    if (!file_) return;
    Flush();
    if (compressor_) Put(compressor_->Finish());
    file_->Close();
    file_.reset();
  }

 private:
  static constexpr size_t kFlushBytes = size_t{1} << 20;

  static std::string Digits(size_t number, size_t width) {
    std::string digits = std::to_string(number);
    return std::string(digits.size() < width ? width - digits.size() : 0, '0') + digits;
  }
  void Flush() {
    if (!charset_.empty()) buffer_ = EncodeText(buffer_, charset_);
    Put(compressor_ ? compressor_->Add(buffer_) : buffer_);
    buffer_.clear();
  }
  void Put(std::string bytes) {
    if (!bytes.empty()) file_->Write(bytes.data(), bytes.size());
  }

  duckdb::FileSystem& file_system_;
  std::string directory_;
  const LineFormat& format_;
  LineCodec codec_;
  std::string counter_;
  std::string suffix_;
  std::string format_name_;
  std::string charset_;  // empty: UTF-8
  std::string uuid_;
  size_t part_ = 0;
  std::unique_ptr<BlockCompressor> compressor_;
  duckdb::unique_ptr<duckdb::FileHandle> file_;
  std::string buffer_;
};

// "year=2024/month=1" of a row; the partition texts stand behind the data columns.
std::string PartitionOf(const duckdb::DataChunk& chunk, const WritePlan& plan, idx_t row) {
  std::string directory;
  for (size_t i = 0; i < plan.partitions.size(); ++i) {
    const auto value = chunk.GetValue(plan.data.size() + i, row);
    const std::string text = value.IsNull() ? "" : duckdb::StringValue::Get(value);
    if (i > 0) directory += "/";
    directory += EscapePathName(plan.partitions[i].name) + "=" +
                 (text.empty() ? kNullPartition : EscapePathName(text));
  }
  return directory;
}

plan::RelationPtr Grouped(const plan::RelationPtr& input, const std::vector<plan::Column>& texts) {
  if (texts.empty()) return input;
  plan::Sort sort{input, {}};
  for (const auto& text : texts) sort.keys.push_back({plan::MakeReference(text), true, true});
  return plan::MakeRelation(std::move(sort), input->output);
}

struct RowWriter {
  const WritePlan& plan;
  LineFormat& format;
  PartWriter& parts;
  int64_t maximum_rows;  // of one file; 0: any number
  int64_t rows = 0;
  int64_t rows_of_file = 0;
  std::string partition;

  void Write(duckdb::DataChunk& chunk) {
    format.Bind(chunk);
    for (idx_t row = 0; row < chunk.size(); ++row) {
      bool next_file = !parts.is_open() || (maximum_rows > 0 && rows_of_file == maximum_rows);
      if (!plan.partitions.empty()) {
        std::string wanted = PartitionOf(chunk, plan, row);
        next_file = next_file || wanted != partition;
        partition = std::move(wanted);
      }
      if (next_file) {
        parts.Open(partition);
        rows_of_file = 0;
      }
      format.Append(row, parts.buffer());
      parts.FlushIfLarge();
      ++rows;
      ++rows_of_file;
    }
  }
};

base::Result<int64_t> MaximumRows(const plan::FileSink& sink) {
  const std::string text = WriteOption(sink, "maxrecordsperfile", "0");
  char* end = nullptr;
  const int64_t value = std::strtoll(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0') {
    return base::MakeError(base::ErrorKind::kIllegalArgument, "INVALID_CONF_VALUE.DEFAULT",
                           "maxRecordsPerFile takes a number, not " + text + ".");
  }
  return value;
}

}  // namespace

base::Result<int64_t> WriteLines(const std::shared_ptr<Database>& database, const WritePlan& plan,
                                 const std::string& directory, std::stop_token stop) {
  HEARTH_ASSIGN(const LineCodec codec, CodecOf(plan.sink));
  HEARTH_ASSIGN(const int64_t maximum_rows, MaximumRows(plan.sink));
  HEARTH_ASSIGN(const auto format, MakeLineFormat(plan.data, plan.sink, plan.options.time_zone));
  return Guarded([&]() -> base::Result<int64_t> {
    std::vector<plan::Column> texts;
    // The relation outlives the write: no deleter.
    const plan::RelationPtr relation(plan::RelationPtr(), &plan.relation);
    const auto input = Grouped(WithPartitionTexts(plan, relation, &texts), texts);
    HEARTH_ASSIGN(auto query, StartQuery(database, *input, plan.options, std::move(stop)));
    auto file_system = duckdb::FileSystem::CreateLocal();
    duckdb::VirtualFileSystem files(std::move(file_system));
    const std::string extension = plan.sink.format == "text" ? "txt" : plan.sink.format;
    std::string charset = WriteOption(plan.sink, "encoding", WriteOption(plan.sink, "charset", ""));
    if (strcasecmp(charset.c_str(), "UTF-8") == 0 || strcasecmp(charset.c_str(), "UTF8") == 0)
      charset.clear();
    PartWriter parts(files, directory, *format, codec, extension, std::move(charset),
                     !plan.partitions.empty());
    RowWriter writer{plan, *format, parts, maximum_rows};
    while (true) {
      HEARTH_ASSIGN(auto chunk, query->Fetch());
      if (!chunk) break;
      writer.Write(*chunk);
    }
    // No rows still make a file that tells the header.
    if (writer.rows == 0 && plan.partitions.empty()) parts.Open("");
    parts.Close();
    return writer.rows;
  });
}

}  // namespace hearth::engine
