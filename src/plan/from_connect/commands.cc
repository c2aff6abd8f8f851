#include "plan/from_connect/from_connect.h"
#include "plan/from_connect/reader.h"

namespace hearth::plan::from_connect {
namespace {

using unresolved::SaveMode;
using unresolved::WriteTable;

unresolved::Command Unsupported(std::string what) {
  return {unresolved::UnsupportedCommand{std::move(what)}};
}

SaveMode ReadMode(proto::WriteOperation::SaveMode mode) {
  switch (mode) {
    case proto::WriteOperation::SAVE_MODE_APPEND:
      return SaveMode::kAppend;
    case proto::WriteOperation::SAVE_MODE_OVERWRITE:
      return SaveMode::kOverwrite;
    case proto::WriteOperation::SAVE_MODE_IGNORE:
      return SaveMode::kIgnore;
    default:
      return SaveMode::kErrorIfExists;
  }
}

// Parts of a write that are refused by name; empty when there are none.
std::string RefusedPart(const proto::WriteOperation& message) {
  if (message.has_bucket_by()) return "bucketBy";
  if (message.sort_column_names_size() > 0) return "sortBy";
  if (message.clustering_columns_size() > 0) return "clusterBy";
  if (message.with_schema_evolution()) return "a write with schema evolution";
  return "";
}

std::string RefusedPart(const proto::WriteOperationV2& message) {
  if (message.clustering_columns_size() > 0) return "clusterBy";
  if (message.with_schema_evolution()) return "a write with schema evolution";
  return "";
}

}  // namespace

base::Result<unresolved::Command> Reader::Command(const proto::Command& message) {
  switch (message.command_type_case()) {
    case proto::Command::kWriteOperation:
      return Read(message.write_operation());
    case proto::Command::kWriteOperationV2:
      return Read(message.write_operation_v2());
    case proto::Command::kCreateDataframeView:
      return Read(message.create_dataframe_view());
    case proto::Command::kExtension:
      return Unsupported("the command extension " + message.extension().type_url());
    default:
      break;
  }
  const auto* oneof = proto::Command::descriptor()->FindOneofByName("command_type");
  const auto* field = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
  if (field != nullptr) return Unsupported(field->message_type()->name());
  return InvalidPlan("INVALID_ONE_OF_FIELD_NOT_SET", "A command does not say what it is.",
                     {{"fullName", "spark.connect.Command.command_type"}, {"name", "command_type"}});
}

base::Result<unresolved::Command> Reader::Read(const proto::WriteOperation& message) {
  using SaveTable = proto::WriteOperation::SaveTable;
  const bool inserts =
      message.has_table() && message.table().save_method() == SaveTable::TABLE_SAVE_METHOD_INSERT_INTO;
  if (message.has_bucket_by() && (!message.has_table() || inserts)) {
    auto error = base::MakeError(base::ErrorKind::kAnalysis, "_LEGACY_ERROR_TEMP_1312",
                                 "Only new tables have buckets: bucketBy goes with saveAsTable.",
                                 {{"operation", inserts ? "insertInto" : "save"}});
    error.sql_state.clear();
    return error;
  }
  if (message.sort_column_names_size() > 0 && !message.has_bucket_by()) {
    return base::MakeError(base::ErrorKind::kAnalysis, "SORT_BY_WITHOUT_BUCKETING",
                           "Rows are sorted within buckets: sortBy goes with bucketBy.");
  }
  if (auto refused = RefusedPart(message); !refused.empty()) return Unsupported(std::move(refused));
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  const auto mode = ReadMode(message.mode());
  if (!message.has_table()) {
    return unresolved::Command{
        unresolved::WriteFiles{.input = std::move(input),
                               .format = message.source(),
                               .path = message.path(),
                               .mode = mode,
                               .partition_columns = Strings(message.partitioning_columns()),
                               .options = ReadOptions(message.options())}};
  }
  WriteTable write{.input = std::move(input), .mode = mode, .format = message.source()};
  HEARTH_ASSIGN(write.table, ParseName(message.table().table_name()));
  write.partition_columns = Strings(message.partitioning_columns());
  write.options = ReadOptions(message.options());
  switch (message.table().save_method()) {
    case proto::WriteOperation::SaveTable::TABLE_SAVE_METHOD_SAVE_AS_TABLE:
      break;
    case proto::WriteOperation::SaveTable::TABLE_SAVE_METHOD_INSERT_INTO:
      write.action = WriteTable::Action::kInsertInto;
      if (mode != SaveMode::kOverwrite) write.mode = SaveMode::kAppend;
      break;
    default:
      return InvalidPlan("INVALID_ENUM", "A write to a table does not say how.",
                         {{"fullName", "spark.connect.WriteOperation.SaveTable.TableSaveMethod"},
                          {"name", "save_method"},
                          {"number", std::to_string(message.table().save_method())}});
  }
  return unresolved::Command{std::move(write)};
}

base::Result<unresolved::Command> Reader::Read(const proto::WriteOperationV2& message) {
  if (auto refused = RefusedPart(message); !refused.empty()) return Unsupported(std::move(refused));
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  WriteTable write{.input = std::move(input), .format = message.provider()};
  HEARTH_ASSIGN(write.table, ParseName(message.table_name()));
  write.options = ReadOptions(message.options());
  write.properties = ReadOptions(message.table_properties());
  for (const auto& column : message.partitioning_columns()) {
    if (!column.has_unresolved_attribute()) return Unsupported("partitionedBy with a transform");
    HEARTH_ASSIGN(auto name, ParseAttributeName(column.unresolved_attribute().unparsed_identifier()));
    if (name.size() != 1) return Unsupported("partitionedBy with a nested column");
    write.partition_columns.push_back(std::move(name[0]));
  }
  switch (message.mode()) {
    case proto::WriteOperationV2::MODE_CREATE:
      write.action = WriteTable::Action::kCreate;
      break;
    case proto::WriteOperationV2::MODE_REPLACE:
      write.action = WriteTable::Action::kReplace;
      break;
    case proto::WriteOperationV2::MODE_CREATE_OR_REPLACE:
      write.action = WriteTable::Action::kCreateOrReplace;
      break;
    case proto::WriteOperationV2::MODE_APPEND:
      write.action = WriteTable::Action::kInsertInto;
      write.mode = SaveMode::kAppend;
      write.by_name = true;
      break;
    case proto::WriteOperationV2::MODE_OVERWRITE_PARTITIONS:
      write.action = WriteTable::Action::kOverwritePartitions;
      write.mode = SaveMode::kOverwrite;
      write.by_name = true;
      break;
    case proto::WriteOperationV2::MODE_OVERWRITE:
      return Unsupported("writeTo(…).overwrite(condition)");
    default:
      return InvalidPlan("INVALID_ENUM", "A write to a table does not say how.",
                         {{"fullName", "spark.connect.WriteOperationV2.Mode"},
                          {"name", "mode"},
                          {"number", std::to_string(message.mode())}});
  }
  return unresolved::Command{std::move(write)};
}

base::Result<unresolved::Command> Reader::Read(const proto::CreateDataFrameViewCommand& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  HEARTH_ASSIGN(auto name, ParseName(message.name()));
  return unresolved::Command{unresolved::CreateView{.name = std::move(name),
                                                    .input = std::move(input),
                                                    .is_global = message.is_global(),
                                                    .replace = message.replace()}};
}

}  // namespace hearth::plan::from_connect
