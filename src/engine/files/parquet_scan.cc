// Parquet files as Spark reads them: the columns of the plan by name, whatever order and number each file
// has; columns that a file lacks are null, partition columns are constants of the file. Everything else
// (projection, filters, statistics, row groups) is DuckDB's own scan.
#include <strings.h>

#include <algorithm>
#include <memory>
#include <unordered_map>

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
#include "engine/files/paths.h"
#include "engine/types.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::LogicalType;

namespace {

bool SameName(const std::string& left, const std::string& right) {
  return strcasecmp(left.c_str(), right.c_str()) == 0;
}

using Id = duckdb::LogicalTypeId;
using plan::TypeKind;

bool IsOneOf(TypeKind kind, std::initializer_list<TypeKind> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

// May a file's column be read as a type that the user named? Widening only, as Spark's reader does.
bool CanRead(const LogicalType& file, const plan::DataType& wanted) {
  const TypeKind kind = wanted.kind();
  const int whole_digits = wanted.Is(TypeKind::kDecimal) ? wanted.precision() - wanted.scale() : 0;
  switch (file.id()) {
    case Id::BOOLEAN:
      return kind == TypeKind::kBoolean;
    case Id::TINYINT:
    case Id::SMALLINT:
    case Id::UTINYINT:
    case Id::USMALLINT:
    case Id::INTEGER:
      return wanted.IsIntegral() || kind == TypeKind::kDouble || whole_digits >= 10 ||
             kind == TypeKind::kYearMonthInterval;
    case Id::UINTEGER:
      return kind == TypeKind::kLong;
    case Id::UBIGINT:
      return whole_digits >= 20;
    case Id::BIGINT:
      return IsOneOf(kind, {TypeKind::kLong, TypeKind::kDayTimeInterval}) || whole_digits >= 20;
    case Id::FLOAT:
      return IsOneOf(kind, {TypeKind::kFloat, TypeKind::kDouble});
    case Id::DOUBLE:
      return kind == TypeKind::kDouble;
    case Id::DATE:
      return IsOneOf(kind, {TypeKind::kDate, TypeKind::kTimestampNtz});
    case Id::TIME:
      return kind == TypeKind::kTime;
    case Id::TIMESTAMP:
    case Id::TIMESTAMP_TZ:
      return IsOneOf(kind, {TypeKind::kTimestamp, TypeKind::kTimestampNtz});
    case Id::VARCHAR:
    case Id::BLOB:
      return wanted.IsString() || kind == TypeKind::kBinary;
    case Id::DECIMAL:
      return kind == TypeKind::kDecimal && wanted.scale() >= duckdb::DecimalType::GetScale(file) &&
             whole_digits >= duckdb::DecimalType::GetWidth(file) - duckdb::DecimalType::GetScale(file);
    case Id::LIST:
      return kind == TypeKind::kArray && CanRead(duckdb::ListType::GetChildType(file), *wanted.element());
    case Id::MAP:
      return kind == TypeKind::kMap && CanRead(duckdb::MapType::KeyType(file), *wanted.key()) &&
             CanRead(duckdb::MapType::ValueType(file), *wanted.value());
    case Id::STRUCT:
      return kind == TypeKind::kStruct;
    default:
      return false;
  }
}

const char* PhysicalName(const LogicalType& file) {
  switch (file.id()) {
    case Id::BOOLEAN:
      return "BOOLEAN";
    case Id::FLOAT:
      return "FLOAT";
    case Id::DOUBLE:
      return "DOUBLE";
    case Id::BIGINT:
    case Id::UBIGINT:
    case Id::TIME:
    case Id::TIMESTAMP:
    case Id::TIMESTAMP_TZ:
      return "INT64";
    case Id::VARCHAR:
    case Id::BLOB:
      return "BINARY";
    default:
      return "INT32";
  }
}

[[noreturn]] void ThrowTypeMismatch(const std::string& path, const plan::Field& field,
                                    const LogicalType& file) {
  const std::string printed = PrintedPath(path);
  ThrowSpark(base::ErrorKind::kSpark, "FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH",
             "Column " + field.name + " of " + printed + " is " + PhysicalName(file) +
                 " and cannot be read as " + field.type->CatalogString() + ".",
             {{"path", printed},
              {"column", "[" + field.name + "]"},
              {"expectedType", field.type->CatalogString()},
              {"actualType", PhysicalName(file)}});
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
    auto places = std::make_shared<std::unordered_map<std::string, size_t>>();
    for (const auto& path : paths) {
      places->emplace(path, files.size());
      files.emplace_back(path);
    }
    places_ = std::move(places);
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
    const auto& local_columns = reader_data.reader->GetColumns();
    for (idx_t i = 0; i < global_column_ids.size(); ++i) {
      if (duckdb::IsVirtualColumn(global_column_ids[i].GetPrimaryIndex())) continue;
      const idx_t column = global_column_ids[i].GetPrimaryIndex();
      if (column >= source_->columns.size()) {
        const size_t partition = column - source_->columns.size();
        const size_t file = FileIndex(reader_data.reader->GetFileName());
        reader_data.constant_map.Add(duckdb::MultiFileGlobalIndex(i),
                                     PartitionValueAt(*source_, file, partition));
        continue;
      }
      const auto& field = source_->columns[column];
      const auto local = std::find_if(local_columns.begin(), local_columns.end(), [&](const auto& candidate) {
        return SameName(candidate.name, field.name);
      });
      if (local == local_columns.end()) {
        reader_data.constant_map.Add(duckdb::MultiFileGlobalIndex(i), duckdb::Value(ToDuckDB(*field.type)));
      } else if (!CanRead(local->type, *field.type)) {
        ThrowTypeMismatch(reader_data.reader->GetFileName(), field, local->type);
      }
    }
  }

  duckdb::unique_ptr<MultiFileReader> Copy() const override { return duckdb::make_uniq<SourceReader>(*this); }

 private:
  // By path: a filter on partition columns takes files off the list, which renumbers the others.
  size_t FileIndex(const std::string& path) const {
    const auto found = places_->find(path);
    if (found == places_->end()) ThrowSpark(base::InternalError("a file that is not of the scan: " + path));
    return found->second;
  }

  std::shared_ptr<const std::unordered_map<std::string, size_t>> places_;
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
