// The rows of csv, json and text in the table of formats.
#include "engine/files/format.h"
#include "engine/files/row_format.h"

namespace hearth::engine {
namespace {

plan::FileSource SourceOf(const char* format, const std::vector<std::string>& paths,
                          const FileOptions& options) {
  plan::FileSource source;
  source.format = format;
  source.paths = paths;
  source.options = options;
  return source;
}

base::Result<plan::TypePtr> InferCsv(const std::vector<std::string>& paths, const FileOptions& options) {
  HEARTH_ASSIGN(auto columns, InferCsvColumns(SourceOf("csv", paths, options)));
  return plan::DataType::Struct(std::move(columns));
}

base::Result<plan::TypePtr> InferJson(const std::vector<std::string>& paths, const FileOptions& options) {
  HEARTH_ASSIGN(auto columns, InferJsonColumns(SourceOf("json", paths, options)));
  return plan::DataType::Struct(std::move(columns));
}

base::Result<plan::TypePtr> InferText(const std::vector<std::string>&, const FileOptions&) {
  return plan::DataType::Struct({plan::Field{"value", plan::DataType::String(), true, {}}});
}

}  // namespace

// What these formats refuse of their options they say themselves when a source is opened.
FileFormat CsvFormatRow() { return {"csv", "spark_rows", &InferCsv, {}}; }
FileFormat JsonFormatRow() { return {"json", "spark_rows", &InferJson, {}}; }
FileFormat TextFormatRow() { return {"text", "spark_rows", &InferText, {}}; }

}  // namespace hearth::engine
