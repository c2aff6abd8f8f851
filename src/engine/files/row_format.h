// Formats whose rows come out of lines: CSV, JSON lines, plain text.
#pragma once

#include <duckdb.hpp>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/files/line_reader.h"
#include "engine/json/json_cursor.h"
#include "plan/catalog.h"

namespace hearth::engine {

// One thread's parser. Lines go in, typed rows come out into DuckDB vectors.
class RowParser {
 public:
  virtual ~RowParser() = default;
  // The reader stands at the start of a range; a header line is consumed here.
  virtual void StartRange(LineReader& reader) { (void)reader; }
  // Takes a line, or a file's whole text, valid until the next call of Start.
  virtual void Start(std::string_view line) = 0;
  // Writes the next row of the line into row `row` of `vectors`; false when the line has no more rows. Throws
  // (engine/errors.h) for a malformed line under mode FAILFAST.
  virtual bool Next(std::vector<duckdb::Vector*>& vectors, duckdb::idx_t row) = 0;
};

// What a source's options mean, shared by all threads of a scan.
class RowFormat {
 public:
  virtual ~RowFormat() = default;
  // How files are cut into what Start takes.
  const TextRules& text_rules() const { return text_rules_; }
  // `columns`: positions among source.columns of the vectors that Next will get.
  virtual std::unique_ptr<RowParser> NewParser(std::vector<size_t> columns) const = 0;

 protected:
  explicit RowFormat(TextRules rules) : text_rules_(std::move(rules)) {}

 private:
  const TextRules text_rules_;
};

// Errors: kUnsupported naming an option that is not served, kIllegalArgument for a value that is none.
base::Result<std::unique_ptr<RowFormat>> OpenCsvFormat(const plan::FileSource& source);
base::Result<std::unique_ptr<RowFormat>> OpenJsonFormat(const plan::FileSource& source);
base::Result<std::unique_ptr<RowFormat>> OpenTextFormat(const plan::FileSource& source);
base::Result<std::unique_ptr<RowFormat>> OpenRowFormat(const plan::FileSource& source);

// The options allow….
base::Result<JsonSyntax> ReadJsonSyntax(const plan::FileSource& source);

// Is this one of the formats above?
bool IsRowFormat(std::string_view format);

// The columns that Spark would infer, by reading the files. `source` carries format, paths and options.
base::Result<std::vector<plan::Field>> InferCsvColumns(const plan::FileSource& source);
// The same for one record given as text.
base::Result<std::vector<plan::Field>> InferCsvRecord(const plan::FileSource& source, std::string_view text);
base::Result<std::vector<plan::Field>> InferJsonColumns(const plan::FileSource& source);

// The table function spark_rows(paths, source = address).
void RegisterRowScan(duckdb::DatabaseInstance& database);

}  // namespace hearth::engine
