// The table function over files of lines: ranges of files are handed to threads, each with a parser of its
// own.
#include <atomic>

#include "duckdb/main/extension/extension_loader.hpp"
#include "engine/errors.h"
#include "engine/files/file_scan.h"
#include "engine/files/partition_values.h"
#include "engine/files/paths.h"
#include "engine/files/row_format.h"
#include "engine/types.h"

namespace hearth::engine {

using duckdb::idx_t;

namespace {

struct BindData : duckdb::TableFunctionData {
  const plan::FileSource* source = nullptr;
  std::shared_ptr<const RowFormat> format;
};

struct GlobalState : duckdb::GlobalTableFunctionState {
  std::vector<FileRange> ranges;
  std::atomic<size_t> next = 0;
  std::vector<duckdb::column_t> columns;
  idx_t MaxThreads() const override { return std::max<idx_t>(ranges.size(), 1); }
};

struct LocalState : duckdb::LocalTableFunctionState {
  std::unique_ptr<RowParser> parser;
  std::unique_ptr<LineReader> reader;
  size_t file = 0;
  bool in_line = false;
  std::vector<idx_t> parsed;  // which output vectors the parser fills
};

duckdb::unique_ptr<duckdb::FunctionData> Bind(duckdb::ClientContext&, duckdb::TableFunctionBindInput& input,
                                              duckdb::vector<duckdb::LogicalType>& types,
                                              duckdb::vector<std::string>& names) {
  auto data = duckdb::make_uniq<BindData>();
  data->source =
      reinterpret_cast<const plan::FileSource*>(input.named_parameters.at(kSourceParameter).GetPointer());
  auto format = OpenRowFormat(*data->source);
  if (!format.ok()) ThrowSpark(std::move(*format.error()));
  data->format = std::move(*format);
  for (const auto* fields : {&data->source->columns, &data->source->partition_columns}) {
    for (const auto& field : *fields) {
      names.push_back(field.name);
      types.push_back(ToDuckDB(*field.type));
    }
  }
  // DuckDB has no tables without columns, Spark has records without fields.
  if (names.empty()) {
    names.emplace_back("no_column");
    types.push_back(duckdb::LogicalType::BOOLEAN);
  }
  return data;
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> StartScan(duckdb::ClientContext& context,
                                                               duckdb::TableFunctionInitInput& input) {
  auto state = duckdb::make_uniq<GlobalState>();
  const auto& data = input.bind_data->Cast<BindData>();
  state->ranges =
      SplitFiles(duckdb::FileSystem::GetFileSystem(context), data.source->paths, data.format->text_rules());
  state->columns.assign(input.column_ids.begin(), input.column_ids.end());
  return state;
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> StartThread(duckdb::ExecutionContext&,
                                                                duckdb::TableFunctionInitInput& input,
                                                                duckdb::GlobalTableFunctionState* global) {
  const auto& data = input.bind_data->Cast<BindData>();
  const auto& columns = global->Cast<GlobalState>().columns;
  auto state = duckdb::make_uniq<LocalState>();
  std::vector<size_t> wanted;
  for (idx_t i = 0; i < columns.size(); ++i) {
    if (columns[i] >= data.source->columns.size()) continue;
    wanted.push_back(columns[i]);
    state->parsed.push_back(i);
  }
  state->parser = data.format->NewParser(std::move(wanted));
  return state;
}

// Fills the columns that are the same for all rows of a file.
void FillConstants(const BindData& data, const GlobalState& global, size_t file, duckdb::DataChunk& output) {
  const size_t file_columns = data.source->columns.size();
  const size_t all_columns = file_columns + data.source->partition_columns.size();
  for (idx_t i = 0; i < global.columns.size(); ++i) {
    if (global.columns[i] < file_columns) continue;
    if (global.columns[i] < all_columns) {
      output.data[i].Reference(PartitionValueAt(*data.source, file, global.columns[i] - file_columns));
    } else {
      output.data[i].Reference(
          duckdb::Value(output.data[i].GetType()));  // a row is counted, nothing is read of it
    }
  }
}

// A malformed record under FAILFAST is reported with its file.
template <typename Work>
void WithPath(LocalState& local, Work work) {
  try {
    work();
  } catch (const duckdb::Exception& exception) {
    const base::Error error = ToError(duckdb::ErrorData(exception));
    if (error.condition.rfind("MALFORMED_RECORD", 0) != 0) throw;
    ThrowSpark(base::ErrorKind::kSpark, "FAILED_READ_FILE.NO_HINT",
               "Reading " + local.reader->path() + " failed: " + error.message,
               {{"path", PrintedPath(local.reader->path())}});
  }
}

void Scan(duckdb::ClientContext& context, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
  const auto& data = input.bind_data->Cast<BindData>();
  auto& global = input.global_state->Cast<GlobalState>();
  auto& local = input.local_state->Cast<LocalState>();
  std::vector<duckdb::Vector*> vectors;
  for (const idx_t place : local.parsed) vectors.push_back(&output.data[place]);
  idx_t count = 0;
  while (count < STANDARD_VECTOR_SIZE) {
    if (local.in_line) {
      WithPath(local, [&] { local.in_line = local.parser->Next(vectors, count); });
      count += local.in_line ? 1 : 0;
      continue;
    }
    if (!local.reader) {
      if (count > 0) break;  // a chunk holds rows of one file
      const size_t next = global.next.fetch_add(1);
      if (next >= global.ranges.size()) break;
      local.file = global.ranges[next].file;
      local.reader = std::make_unique<LineReader>(duckdb::FileSystem::GetFileSystem(context),
                                                  global.ranges[next], data.format->text_rules());
      WithPath(local, [&] { local.parser->StartRange(*local.reader); });
    }
    const auto line = local.reader->Next();
    if (!line) {
      local.reader.reset();
      continue;
    }
    WithPath(local, [&] { local.parser->Start(*line); });
    local.in_line = true;
  }
  if (count > 0) FillConstants(data, global, local.file, output);
  output.SetCardinality(count);
}

}  // namespace

bool IsRowFormat(std::string_view format) { return format == "csv" || format == "json" || format == "text"; }

base::Result<std::unique_ptr<RowFormat>> OpenRowFormat(const plan::FileSource& source) {
  if (source.format == "csv") return OpenCsvFormat(source);
  if (source.format == "json") return OpenJsonFormat(source);
  return OpenTextFormat(source);
}

void RegisterRowScan(duckdb::DatabaseInstance& database) {
  duckdb::TableFunction function("spark_rows", {duckdb::LogicalType::LIST(duckdb::LogicalType::VARCHAR)},
                                 Scan, Bind, StartScan, StartThread);
  function.named_parameters[kSourceParameter] = duckdb::LogicalType::POINTER;
  function.projection_pushdown = true;
  // Rows can be counted without reading a column.
  function.get_virtual_columns = [](duckdb::ClientContext&, duckdb::optional_ptr<duckdb::FunctionData>) {
    duckdb::virtual_column_map_t columns;
    columns.insert({duckdb::COLUMN_IDENTIFIER_EMPTY, duckdb::TableColumn("", duckdb::LogicalType::BOOLEAN)});
    return columns;
  };
  duckdb::ExtensionLoader loader(database, "hearth");
  loader.RegisterFunction(function);
}

}  // namespace hearth::engine
