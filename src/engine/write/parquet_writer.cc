// Parquet by DuckDB's COPY, with Spark's schema in the footer and Spark's names for files and directories.
#include <filesystem>
#include <map>

#include "duckdb/parser/parsed_data/copy_info.hpp"
#include "duckdb/parser/statement/copy_statement.hpp"
#include "engine/errors.h"
#include "engine/files/partitions.h"
#include "engine/functions/expressions.h"
#include "engine/lower/lowering.h"
#include "engine/result/query.h"
#include "engine/write/staging.h"
#include "engine/write/write_plan.h"

namespace hearth::engine {

namespace fs = std::filesystem;

namespace {

struct Codec {
  const char* duckdb_name;
  const char* suffix;
};

base::Result<Codec> CodecOf(const plan::FileSink& sink) {
  static const std::map<std::string, Codec> codecs = {
      {"none", {"uncompressed", ""}},      {"uncompressed", {"uncompressed", ""}},
      {"snappy", {"snappy", ".snappy"}},   {"gzip", {"gzip", ".gz"}},
      {"zstd", {"zstd", ".zstd"}},         {"brotli", {"brotli", ".br"}},
      {"lz4_raw", {"lz4_raw", ".lz4raw"}},
  };
  std::string name = WriteOption(sink, "compression", WriteOption(sink, "parquet.compression", "snappy"));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto found = codecs.find(name);
  if (found != codecs.end()) return found->second;
  if (name == "lz4" || name == "lzo") return base::NotImplemented("Parquet compression " + name);
  return base::MakeError(
      base::ErrorKind::kIllegalArgument, "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
      "There is no Parquet compression " + name + ".",
      {{"codecName", name},
       {"availableCodecs", "brotli, uncompressed, lzo, snappy, lz4_raw, none, zstd, lz4, gzip"}});
}

plan::TypePtr SchemaOfColumns(const std::vector<plan::Column>& columns) {
  std::vector<plan::Field> fields;
  for (const auto& column : columns)
    fields.push_back({column.name, column.type, column.nullable, column.metadata});
  return plan::DataType::Struct(std::move(fields));
}

duckdb::unique_ptr<duckdb::CopyStatement> MakeCopy(const WritePlan& plan, const Codec& codec,
                                                   const std::string& path,
                                                   duckdb::unique_ptr<duckdb::QueryNode> query) {
  auto statement = duckdb::make_uniq<duckdb::CopyStatement>();
  auto& info = *statement->info;
  info.is_from = false;
  info.format = "parquet";
  info.file_path = path;
  info.select_statement = std::move(query);
  const auto set = [&](const char* name, duckdb::Value value) { info.options[name] = {std::move(value)}; };
  set("compression", duckdb::Value(codec.duckdb_name));
  duckdb::child_list_t<duckdb::Value> metadata;
  metadata.emplace_back("org.apache.spark.sql.parquet.row.metadata",
                        duckdb::Value(SchemaOfColumns(plan.data)->Json()));
  metadata.emplace_back("org.apache.spark.version", duckdb::Value("4.0.0"));
  set("kv_metadata", duckdb::Value::STRUCT(std::move(metadata)));
  if (!plan.partitions.empty()) {
    auto& names = info.options["partition_by"];
    for (const auto& column : plan.partitions) names.emplace_back(column.name);
    set("write_partition_columns", duckdb::Value::BOOLEAN(false));
    set("filename_pattern", duckdb::Value("part-{i}"));
  }
  return statement;
}

std::string PartNumber(size_t number) {
  std::string digits = std::to_string(number);
  return std::string(digits.size() < 5 ? 5 - digits.size() : 0, '0') + digits;
}

// DuckDB's directory and file names become Spark's.
base::Status RenameParts(const fs::path& from, const fs::path& to, const std::string& suffix) {
  std::error_code error;
  size_t number = 0;
  for (auto entry = fs::recursive_directory_iterator(from, error);
       entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!entry->is_regular_file()) continue;
    fs::path directory = to;
    for (const auto& part : entry->path().lexically_relative(from).parent_path()) {
      const std::string text = part.string();
      const size_t equals = text.find('=');
      directory /= EscapePathName(UnescapePathName(text.substr(0, equals))) + "=" +
                   EscapePathName(UnescapePathName(text.substr(equals + 1)));
    }
    fs::create_directories(directory, error);
    if (!error) fs::rename(entry->path(), directory / ("part-" + PartNumber(number++) + suffix), error);
    if (error) return base::InternalError("renaming a written file failed: " + error.message());
  }
  fs::remove_all(from, error);
  return {};
}

// Null and empty text share a directory.
base::Status NamePartitions(duckdb::SelectStatement* statement, const WritePlan& plan) {
  auto& list = statement->node->Cast<duckdb::SelectNode>().select_list;
  for (size_t i = plan.data.size(); i < list.size(); ++i) {
    const std::string alias = list[i]->GetAlias();
    auto value = std::move(list[i]);
    value->ClearAlias();
    auto is_null = IsNull(Copy(value));
    auto is_empty = Compare(duckdb::ExpressionType::COMPARE_EQUAL, Copy(value), TextConstant(""));
    auto nameless = Or(List(std::move(is_null), std::move(is_empty)));
    auto named = If(std::move(nameless), TextConstant(kNullPartition), std::move(value));
    named->SetAlias(alias);
    list[i] = std::move(named);
  }
  return {};
}

}  // namespace

base::Result<int64_t> WriteParquet(const std::shared_ptr<Database>& database, const WritePlan& plan,
                                   const std::string& directory, std::stop_token stop) {
  if (plan.sink.options.count("maxrecordsperfile") > 0)
    return base::NotImplemented("option maxRecordsPerFile for Parquet");
  HEARTH_ASSIGN(const Codec codec, CodecOf(plan.sink));
  const bool partitioned = !plan.partitions.empty();
  const std::string uuid = RandomUuid();
  const std::string suffix = "-" + uuid + (partitioned ? ".c000" : "-c000") + codec.suffix + ".parquet";
  const std::string path = partitioned ? directory + "/parts" : directory + "/part-00000" + suffix;
  int64_t rows = 0;
  HEARTH_RETURN_IF_ERROR(Guarded([&]() -> base::Status {
    std::vector<plan::Column> texts;
    std::vector<std::string> names;
    // The relation outlives the write: no deleter.
    const plan::RelationPtr relation(plan::RelationPtr(), &plan.relation);
    const auto input = WithPartitionTexts(plan, relation, &texts);
    for (const auto& column : input->output) names.push_back(column.name);
    Lowering lowering(LowerSettings{plan.options.time_zone});
    HEARTH_ASSIGN(LoweredPlan lowered, lowering.Lower(*input, names));
    HEARTH_RETURN_IF_ERROR(NamePartitions(lowered.statement.get(), plan));
    auto copy = MakeCopy(plan, codec, path, std::move(lowered.statement->node));
    HEARTH_ASSIGN(ConnectionLease connection, database->Connect());
    HEARTH_ASSIGN(auto query, Query::Start(std::move(connection), std::move(copy),
                                           std::move(lowered.resources), std::move(stop)));
    HEARTH_ASSIGN(auto chunk, query->Fetch());
    if (chunk) rows = chunk->GetValue(0, 0).GetValue<int64_t>();
    return {};
  }));
  if (partitioned && fs::exists(path)) HEARTH_RETURN_IF_ERROR(RenameParts(path, directory, suffix));
  return rows;
}

}  // namespace hearth::engine
