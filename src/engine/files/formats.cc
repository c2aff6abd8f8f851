#include <strings.h>

#include "engine/files/file_scan.h"
#include "engine/files/format.h"

namespace hearth::engine {

const FileFormat* FindFileFormat(const std::string& name) {
  static const std::vector<FileFormat> formats = {
      ParquetFormat(),
      CsvFormatRow(),
      JsonFormatRow(),
      TextFormatRow(),
  };
  for (const auto& format : formats) {
    if (name == format.name) return &format;
  }
  return nullptr;
}

base::Error UnknownFormat(const std::string& name, const char* doing) {
  static constexpr const char* kOfSpark[] = {
      "avro", "binaryfile", "console", "csv",    "delta", "hive",    "hudi", "iceberg", "image", "jdbc",
      "json", "kafka",      "libsvm",  "memory", "orc",   "parquet", "rate", "socket",  "text",  "xml"};
  for (const char* known : kOfSpark) {
    if (name == known) return base::NotImplemented(std::string(doing) + " files of format " + name);
  }
  return base::MakeError(base::ErrorKind::kAnalysis, "DATA_SOURCE_NOT_FOUND",
                         "There is no data source " + name + ".", {{"provider", name}});
}

base::Result<const char*> ScanFunctionFor(const plan::FileSource& source) {
  const FileFormat* format = FindFileFormat(source.format);
  if (!format) return UnknownFormat(source.format, "reading");
  return format->scan_function;
}

}  // namespace hearth::engine
