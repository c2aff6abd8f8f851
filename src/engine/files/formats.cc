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

base::Result<const char*> ScanFunctionFor(const plan::FileSource& source) {
  const FileFormat* format = FindFileFormat(source.format);
  if (!format) return base::NotImplemented("reading files of format " + source.format);
  return format->scan_function;
}

}  // namespace hearth::engine
