// Parquet files as Spark reads them: the columns of the plan by name, whatever order and number each file
// has; columns that a file lacks are null, partition columns are constants of the file. Everything else
// (projection, filters, statistics, row groups) is DuckDB's own scan.
#include <strings.h>

#include <algorithm>
#include <map>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/table_function_catalog_entry.hpp"
#include "duckdb/common/multi_file/multi_file_data.hpp"
#include "duckdb/common/multi_file/multi_file_list.hpp"
#include "duckdb/common/multi_file/multi_file_reader.hpp"
#include "duckdb/common/multi_file/multi_file_states.hpp"
#include "duckdb/main/extension/extension_loader.hpp"
#include "engine/errors.h"
#include "engine/files/file_scan.h"
#include "engine/files/partition_values.h"
#include "engine/types.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::LogicalType;

namespace {

bool SameName(const std::string& left, const std::string& right) {
  return strcasecmp(left.c_str(), right.c_str()) == 0;
}

class SourceReader : public duckdb::MultiFileReader {
 public:
  bool ParseOption(const std::string& key, const duckdb::Value& value, duckdb::MultiFileOptions& options,
                   duckdb::ClientContext& context) override {
    if (key != kSourceParameter) return MultiFileReader::ParseOption(key, value, options, context);
    source_ = reinterpret_cast<const plan::FileSource*>(value.GetPointer());
    options.auto_detect_hive_partitioning = false;
    return true;
  }

  // The paths are files already, with any character in their names.
  duckdb::shared_ptr<duckdb::MultiFileList> CreateFileList(duckdb::ClientContext&,
                                                           const duckdb::vector<std::string>& paths,
                                                           const duckdb::FileGlobInput&) override {
    duckdb::vector<duckdb::OpenFileInfo> files;
    for (const auto& path : paths) files.emplace_back(path);
    return duckdb::make_shared_ptr<duckdb::SimpleMultiFileList>(std::move(files));
  }

  // Called with the first file's columns; answers the plan's.
  void BindOptions(duckdb::MultiFileOptions&, duckdb::MultiFileList&,
                   duckdb::vector<LogicalType>& return_types, duckdb::vector<std::string>& names,
                   duckdb::MultiFileReaderBindData&) override {
    if (!source_) ThrowSpark(base::InternalError("a Parquet scan without its source"));
    names.clear();
    return_types.clear();
    const auto add = [&](const plan::Field& field) {
      names.push_back(field.name);
      return_types.push_back(ToDuckDB(*field.type));
    };
    for (const auto& field : source_->columns) add(field);
    for (const auto& field : source_->partition_columns) add(field);
  }

  void FinalizeBind(duckdb::MultiFileReaderData& reader_data, const duckdb::MultiFileOptions& options,
                    const duckdb::MultiFileReaderBindData& bind_data,
                    const duckdb::vector<duckdb::MultiFileColumnDefinition>& global_columns,
                    const duckdb::vector<duckdb::ColumnIndex>& global_column_ids,
                    duckdb::ClientContext& context,
                    duckdb::optional_ptr<duckdb::MultiFileReaderGlobalState> state) override {
    MultiFileReader::FinalizeBind(reader_data, options, bind_data, global_columns, global_column_ids, context,
                                  state);
    const size_t file = FileIndex(reader_data.reader->GetFileName());
    const auto& local_columns = reader_data.reader->GetColumns();
    for (idx_t i = 0; i < global_column_ids.size(); ++i) {
      if (duckdb::IsVirtualColumn(global_column_ids[i].GetPrimaryIndex())) continue;
      const idx_t column = global_column_ids[i].GetPrimaryIndex();
      if (column >= source_->columns.size()) {
        const size_t partition = column - source_->columns.size();
        reader_data.constant_map.Add(duckdb::MultiFileGlobalIndex(i),
                                     PartitionValueAt(*source_, file, partition));
        continue;
      }
      const bool present = std::any_of(local_columns.begin(), local_columns.end(), [&](const auto& local) {
        return SameName(local.name, source_->columns[column].name);
      });
      if (!present) {
        reader_data.constant_map.Add(duckdb::MultiFileGlobalIndex(i),
                                     duckdb::Value(ToDuckDB(*source_->columns[column].type)));
      }
    }
  }

  duckdb::unique_ptr<MultiFileReader> Copy() const override { return duckdb::make_uniq<SourceReader>(*this); }

 private:
  // By path: a filter on partition columns takes files off the list, which renumbers the others.
  size_t FileIndex(const std::string& path) const {
    const auto found = std::find(source_->paths.begin(), source_->paths.end(), path);
    if (found == source_->paths.end())
      ThrowSpark(base::InternalError("a file that is not of the scan: " + path));
    return static_cast<size_t>(found - source_->paths.begin());
  }

  const plan::FileSource* source_ = nullptr;
};

duckdb::unique_ptr<duckdb::MultiFileReader> MakeReader(const duckdb::TableFunction&) {
  return duckdb::make_uniq<SourceReader>();
}

duckdb::table_statistics_t parquet_statistics = nullptr;

// A file's statistics are of the file's type.
duckdb::unique_ptr<duckdb::BaseStatistics> Statistics(duckdb::ClientContext& context,
                                                      const duckdb::FunctionData* bind_data,
                                                      duckdb::column_t column) {
  auto statistics = parquet_statistics(context, bind_data, column);
  if (!statistics || duckdb::IsVirtualColumn(column)) return statistics;
  const auto& types = bind_data->Cast<duckdb::MultiFileBindData>().types;
  return statistics->GetType() == types[column] ? std::move(statistics) : nullptr;
}

}  // namespace

void RegisterParquetScan(duckdb::DatabaseInstance& database) {
  duckdb::ExtensionLoader loader(database, "hearth");
  auto functions = loader.GetTableFunction("parquet_scan").functions;
  duckdb::TableFunctionSet set("spark_parquet");
  for (auto& function : functions.functions) {
    if (function.arguments[0].id() != duckdb::LogicalTypeId::LIST) continue;
    duckdb::TableFunction ours = function;
    ours.name = set.name;
    ours.named_parameters[kSourceParameter] = LogicalType::POINTER;
    ours.get_multi_file_reader = MakeReader;
    parquet_statistics = function.statistics;
    ours.statistics = Statistics;
    // A plan is never stored; the source is an address.
    ours.serialize = nullptr;
    ours.deserialize = nullptr;
    set.AddFunction(ours);
  }
  loader.RegisterFunction(set);
}

}  // namespace hearth::engine
