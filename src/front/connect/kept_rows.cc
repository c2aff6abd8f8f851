#include "front/connect/kept_rows.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <functional>
#include <utility>

#include "base/uuid.h"
#include "front/connect/plan_message.h"
#include "front/connect/read_plan.h"
#include "front/connect/wire.h"
#include "plan/from_connect/from_connect.h"
#include "session/planning.h"

namespace hearth::front::connect {
namespace {

using session::Session;
using spark::connect::Parse;
using spark::connect::Relation;

// Ends a record: a character that stands in no JSON, and hardly in a line of values.
constexpr char kRecordEnd = '\x1e';

std::string PathOf(const std::string& id) { return "cache/" + id; }

base::Status Store(Session& session, const std::string& id, const std::string& content) {
  HEARTH_ASSIGN(auto upload, session.artifacts().Begin(PathOf(id)));
  HEARTH_RETURN_IF_ERROR(upload->Append(content));
  return session.artifacts().Commit(std::move(upload));
}

template <typename Strings>
void AppendTexts(const Strings& values, bool is_json, std::string* out) {
  for (int64_t row = 0; row < values.length(); ++row) {
    if (values.IsNull(row)) {
      // A record of nothing but nulls in JSON, no record in CSV.
      if (is_json) (*out += "{}") += kRecordEnd;
      continue;
    }
    (*out += values.GetView(row)) += kRecordEnd;
  }
}

base::Result<std::string> ReadTexts(const std::string& stream, bool is_json) {
  const auto failed = [](const arrow::Status& status) { return base::InternalError(status.message()); };
  arrow::io::BufferReader source(arrow::Buffer::FromString(stream));
  auto reader = arrow::ipc::RecordBatchStreamReader::Open(&source);
  if (!reader.ok()) return failed(reader.status());
  std::string texts;
  while (true) {
    std::shared_ptr<arrow::RecordBatch> batch;
    if (const auto status = (*reader)->ReadNext(&batch); !status.ok()) return failed(status);
    if (!batch) return texts;
    const arrow::Array& column = *batch->column(0);
    if (column.type_id() == arrow::Type::STRING) {
      AppendTexts(static_cast<const arrow::StringArray&>(column), is_json, &texts);
    } else if (column.type_id() == arrow::Type::LARGE_STRING) {
      AppendTexts(static_cast<const arrow::LargeStringArray&>(column), is_json, &texts);
    } else {
      return base::InternalError("texts that are no strings");
    }
  }
}

base::Status SetSchema(const spark::connect::DataType& type, Relation* read) {
  HEARTH_ASSIGN(const plan::TypePtr schema, plan::FromConnect(type));
  if (!schema->Is(plan::TypeKind::kStruct)) {
    return InvalidPlan("INVALID_SCHEMA_NON_STRUCT_TYPE", "The schema of texts to read must be a struct.",
                       {{"inputSchema", schema->Json()}, {"dataType", schema->Sql()}});
  }
  read->mutable_read()->mutable_data_source()->set_schema(schema->Json());
  return {};
}

}  // namespace

base::Result<std::string> KeepRows(Session& session, const Relation& relation, std::stop_token stop) {
  HEARTH_ASSIGN(const plan::RelationPtr plan, ReadAndAnalyze(session, relation, stop));
  HEARTH_ASSIGN(plan::ResultBatch batch, session::CollectBatch(session, plan, std::move(stop)));
  spark::connect::LocalRelation rows;
  rows.set_schema(plan::SchemaOf(*plan)->Json());
  rows.set_data(std::move(batch.ipc_stream));
  std::string id = base::RandomUuid();
  HEARTH_RETURN_IF_ERROR(Store(session, id, rows.SerializeAsString()));
  return id;
}

void ForgetRows(Session& session, const std::string& id) { session.artifacts().Remove(PathOf(id)); }

base::Status FillKeptRows(Session& session, Relation* relation) {
  const std::string id = relation->cached_remote_relation().relation_id();
  const std::optional<std::string> content = session.artifacts().ReadCached(id);
  spark::connect::LocalRelation rows;
  if (!content || !ReadMessage(*content, &rows)) {
    return InvalidPlan("DATAFRAME_NOT_FOUND", fmt::format("The session keeps no rows named {}.", id),
                       {{"dfId", id}, {"sessionId", session.key().session.text()}});
  }
  *relation->mutable_local_relation() = std::move(rows);
  return {};
}

base::Status FillParsedText(Session& session, Relation* relation) {
  const Parse& parse = relation->parse();
  const bool is_json = parse.format() == Parse::PARSE_FORMAT_JSON;
  if (!is_json && parse.format() != Parse::PARSE_FORMAT_CSV) return {};
  HEARTH_ASSIGN(const plan::RelationPtr plan, ReadAndAnalyze(session, parse.input(), {}));
  const auto& columns = plan->output;
  if (columns.size() != 1) {
    return base::MakeError(
        base::ErrorKind::kAnalysis, "DATAFRAME_INPUT_NOT_SINGLE_COLUMN",
        fmt::format("Texts to read are one column of strings, not {} columns.", columns.size()),
        {{"numColumns", std::to_string(columns.size())}});
  }
  if (!columns[0].type->IsString()) {
    return base::MakeError(base::ErrorKind::kAnalysis, "DATAFRAME_INPUT_NOT_STRING_TYPE",
                           fmt::format("Texts to read are strings, not {}.", columns[0].type->Sql()),
                           {{"dataType", fmt::format("\"{}\"", columns[0].type->Sql())}});
  }
  HEARTH_ASSIGN(const plan::ResultBatch batch, session::CollectBatch(session, plan, {}));
  HEARTH_ASSIGN(const std::string texts, ReadTexts(batch.ipc_stream, is_json));
  // Named by its content: asking for the schema and then for the rows keeps one file.
  const std::string id = fmt::format("text-{:x}-{:x}", texts.size(), std::hash<std::string>()(texts));
  HEARTH_RETURN_IF_ERROR(Store(session, id, texts));
  const auto path = session.artifacts().Find(PathOf(id));
  if (!path) return base::InternalError("texts that were kept are gone");
  Relation read;
  auto* source = read.mutable_read()->mutable_data_source();
  source->set_format(is_json ? "json" : "csv");
  *source->mutable_options() = parse.options();
  for (const char* name : {"lineSep", "linesep"}) source->mutable_options()->erase(name);
  (*source->mutable_options())["lineSep"] = std::string(1, kRecordEnd);
  source->add_paths(path->string());
  if (parse.has_schema()) HEARTH_RETURN_IF_ERROR(SetSchema(parse.schema(), &read));
  *relation->mutable_read() = std::move(*read.mutable_read());
  return {};
}

}  // namespace hearth::front::connect
