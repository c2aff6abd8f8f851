#include "engine/write/file_writer.h"

#include <strings.h>

#include <algorithm>
#include <set>

#include "engine/deep_stack.h"
#include "engine/executor.h"
#include "engine/files/format.h"
#include "engine/files/partitions.h"
#include "engine/files/paths.h"
#include "engine/write/staging.h"
#include "engine/write/write_plan.h"
#include "plan/resolved/rewrite.h"

namespace hearth::engine {

using plan::DataType;
using plan::TypeKind;

namespace {

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool SameName(const std::string& left, const std::string& right) {
  return strcasecmp(left.c_str(), right.c_str()) == 0;
}

bool CanWrite(const std::string& format, const DataType& type) {
  switch (type.kind()) {
    case TypeKind::kNull:
      return format == "json";
    case TypeKind::kCalendarInterval:
    case TypeKind::kVariant:
      return false;
    case TypeKind::kArray:
      return format != "csv" && format != "text" && CanWrite(format, *type.element());
    case TypeKind::kMap:
      return format != "csv" && format != "text" && CanWrite(format, *type.key()) &&
             CanWrite(format, *type.value());
    case TypeKind::kStruct:
      return format != "csv" && format != "text" &&
             std::all_of(type.fields().begin(), type.fields().end(),
                         [&](const auto& field) { return CanWrite(format, *field.type); });
    default:
      return format != "text" || type.IsString();
  }
}

std::string FormatName(const std::string& format) {
  if (format == "parquet") return "Parquet";
  std::string upper = format;
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  return format == "text" ? "Text" : upper;
}

base::Status CheckNames(const plan::Relation& relation) {
  std::set<std::string> seen;
  for (const auto& column : relation.output) {
    if (!seen.insert(Lower(column.name)).second) {
      return base::MakeError(base::ErrorKind::kAnalysis, "COLUMN_ALREADY_EXISTS",
                             "The column " + column.name + " exists twice.",
                             {{"columnName", plan::QuoteIdentifier(Lower(column.name))}});
    }
  }
  return {};
}

base::Status CheckTypes(const plan::FileSink& sink, const std::vector<plan::Column>& columns) {
  for (const auto& column : columns) {
    if (CanWrite(sink.format, *column.type)) continue;
    return base::MakeError(base::ErrorKind::kAnalysis, "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
                           FormatName(sink.format) + " files cannot hold column " + column.name +
                               " of type " + column.type->Sql() + ".",
                           {{"format", FormatName(sink.format)},
                            {"columnName", plan::QuoteIdentifier(column.name)},
                            {"columnType", "\"" + column.type->Sql() + "\""}});
  }
  if (sink.format == "text" && columns.size() != 1) {
    return base::MakeError(
        base::ErrorKind::kAnalysis, "_LEGACY_ERROR_TEMP_1290",
        "Text files hold a single string column, not " + std::to_string(columns.size()) + ".",
        {{"schemaSize", std::to_string(columns.size())}});
  }
  return {};
}

// The target is also read by the plan: overwriting it would destroy the input.
bool Reads(const plan::Relation& relation, const std::string& target) {
  if (const auto* scan = relation.As<plan::FileScan>()) {
    for (const auto& path : scan->source->paths) {
      if (path == target || path.rfind(target + "/", 0) == 0) return true;
    }
  }
  for (const auto& input : plan::InputsOf(relation)) {
    if (Reads(*input, target)) return true;
  }
  return false;
}

}  // namespace

std::string WriteOption(const plan::FileSink& sink, const char* name, std::string otherwise) {
  const auto found = sink.options.find(name);
  return found == sink.options.end() ? std::move(otherwise) : found->second;
}

base::Result<WritePlan> MakeWritePlan(const plan::Relation& relation, const plan::FileSink& sink,
                                      const plan::ExecutionOptions& options) {
  HEARTH_RETURN_IF_ERROR(CheckNames(relation));
  WritePlan plan{relation, sink, options, {}, {}};
  for (const auto& name : sink.partition_columns) {
    const auto found = std::find_if(relation.output.begin(), relation.output.end(),
                                    [&](const auto& column) { return SameName(column.name, name); });
    if (found == relation.output.end()) {
      std::vector<plan::Field> fields;
      for (const auto& column : relation.output)
        fields.push_back({column.name, column.type, column.nullable, {}});
      return base::MakeError(
          base::ErrorKind::kAnalysis, "_LEGACY_ERROR_TEMP_1155",
          "There is no column " + name + " to partition by.",
          {{"col", name}, {"schemaCatalog", DataType::Struct(std::move(fields))->CatalogString()}});
    }
    plan.partitions.push_back(*found);
  }
  for (const auto& column : relation.output) {
    const bool is_partition = std::any_of(plan.partitions.begin(), plan.partitions.end(),
                                          [&](const auto& partition) { return partition.id == column.id; });
    if (!is_partition) plan.data.push_back(column);
  }
  if (plan.data.empty() && !plan.partitions.empty()) {
    return base::MakeError(base::ErrorKind::kAnalysis, "ALL_PARTITION_COLUMNS_NOT_ALLOWED",
                           "Not every column can be a partition column.");
  }
  if (plan.data.empty() && sink.format != "json") {
    return base::MakeError(base::ErrorKind::kAnalysis, "EMPTY_SCHEMA_NOT_SUPPORTED_FOR_DATASOURCE",
                           FormatName(sink.format) + " files need a column.",
                           {{"format", FormatName(sink.format)}});
  }
  HEARTH_RETURN_IF_ERROR(CheckTypes(sink, plan.data));
  return plan;
}

plan::RelationPtr WithPartitionTexts(const WritePlan& plan, const plan::RelationPtr& relation,
                                     std::vector<plan::Column>* texts) {
  // Ids beyond any that an analysis gives out.
  plan::ColumnId next = plan::ColumnId{1} << 62;
  plan::Project project{relation, {}};
  std::vector<plan::Column> output;
  for (const auto& column : plan.data) {
    project.items.push_back({column, plan::MakeReference(column)});
    output.push_back(column);
  }
  for (const auto& column : plan.partitions) {
    plan::Column text = column;
    text.id = next++;
    text.type = DataType::String();
    plan::Expression cast{plan::Cast{plan::MakeReference(column), plan::CastBehavior::kLegacy, false},
                          DataType::String(), true, ""};
    project.items.push_back({text, std::make_shared<const plan::Expression>(std::move(cast))});
    output.push_back(text);
    texts->push_back(text);
  }
  return plan::MakeRelation(std::move(project), std::move(output));
}

base::Result<int64_t> WriteFiles(const std::shared_ptr<Database>& database, const plan::Relation& relation,
                                 const plan::FileSink& sink, const plan::ExecutionOptions& options,
                                 std::stop_token stop) {
  if (sink.format == "noop") {
    HEARTH_ASSIGN(auto query, StartQuery(database, relation, options, std::move(stop)));
    int64_t count = 0;
    while (true) {
      HEARTH_ASSIGN(const auto chunk, query->Fetch());
      if (!chunk) return count;
      count += static_cast<int64_t>(chunk->size());
    }
  }
  const bool lines = sink.format == "csv" || sink.format == "json" || sink.format == "text";
  if (!lines && sink.format != "parquet") return UnknownFormat(sink.format, "writing");
  HEARTH_ASSIGN(const WritePlan plan, MakeWritePlan(relation, sink, options));
  HEARTH_ASSIGN(const std::string target, LocalPath(sink.path));
  if (sink.mode == plan::SaveMode::kOverwrite && Reads(relation, target)) {
    // Spark deletes the files before it reads them, and then fails like this; here they stay.
    return base::MakeError(base::ErrorKind::kSpark, "FAILED_READ_FILE.FILE_NOT_EXIST",
                           "The path " + PrintedPath(target) + " is read by the query that overwrites it.",
                           {{"path", PrintedPath(target)}});
  }
  HEARTH_ASSIGN(Staging staging, Staging::Open(target, sink.mode));
  if (staging.skips()) return int64_t{0};
  HEARTH_ASSIGN(const int64_t rows, lines ? WriteLines(database, plan, staging.directory(), stop)
                                          : WriteParquet(database, plan, staging.directory(), stop));
  const bool marks =
      Lower(WriteOption(sink, "mapreduce.fileoutputcommitter.marksuccessfuljobs", "true")) == "true";
  HEARTH_RETURN_IF_ERROR(staging.Commit(sink.dynamic_partition_overwrite && !plan.partitions.empty(), marks));
  return rows;
}

}  // namespace hearth::engine
