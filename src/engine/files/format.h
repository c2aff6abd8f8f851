// The file formats that can be read. One row and one file each: add a format by adding both (formats.cc lists
// the rows).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/catalog.h"

namespace hearth::engine {

using FileOptions = std::map<std::string, std::string>;  // Spark's option names, lower case

struct FileFormat {
  const char* name;
  // The DuckDB table function that reads it; takes the list of paths and the named parameter `source`, the
  // address of the plan::FileSource, and gives the source's columns, then its partition columns, by position.
  const char* scan_function;
  // The columns of files nobody gave a schema for, as a struct type with every field nullable; null when the
  // files do not tell (UNABLE_TO_INFER_SCHEMA). `paths` is never empty.
  base::Result<plan::TypePtr> (*infer)(const std::vector<std::string>& paths, const FileOptions& options);
  // Options that would change an answer and are not served, lower case: their use is refused by name.
  std::vector<std::string> refused_options;
};

// Null when the format is unknown.
const FileFormat* FindFileFormat(const std::string& name);

// The refusal of a format without a row: kUnsupported for those that Spark has, else DATA_SOURCE_NOT_FOUND.
base::Error UnknownFormat(const std::string& name, const char* doing);

// Rows of the table.
FileFormat ParquetFormat();
FileFormat CsvFormatRow();
FileFormat JsonFormatRow();
FileFormat TextFormatRow();

}  // namespace hearth::engine
