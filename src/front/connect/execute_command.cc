#include "front/connect/execute_command.h"

#include <utility>

#include "front/connect/kept_rows.h"
#include "front/connect/plan_message.h"
#include "front/connect/read_plan.h"
#include "plan/from_connect/from_connect.h"
#include "session/commands/command.h"
#include "session/planning.h"

namespace hearth::front::connect {
namespace {

using session::Session;
using spark::connect::Command;
using spark::connect::ExecutePlanResponse;
using spark::connect::Relation;
using spark::connect::SqlCommand;

// 3.5 clients put the text and literal arguments into the command, later ones send a relation.
Relation InputOf(const SqlCommand& command) {
  if (command.has_input()) return command.input();
  Relation relation;
  auto* sql = relation.mutable_sql();
  sql->set_query(command.sql());
  *sql->mutable_args() = command.args();
  *sql->mutable_pos_args() = command.pos_args();
  *sql->mutable_named_arguments() = command.named_arguments();
  *sql->mutable_pos_arguments() = command.pos_arguments();
  return relation;
}

// The rows of a command as the local relation that the client will hold.
base::Status WriteRows(Session& session, const plan::RelationPtr& rows, std::stop_token stop,
                       Relation* relation) {
  auto* local = relation->mutable_local_relation();
  local->set_schema(plan::SchemaOf(*rows)->Json());
  const auto* inline_rows = rows->As<plan::InlineRows>();
  if (inline_rows != nullptr && inline_rows->rows.empty()) return {};
  HEARTH_ASSIGN(plan::ResultBatch batch, session::CollectBatch(session, rows, std::move(stop)));
  local->set_data(std::move(batch.ipc_stream));
  return {};
}

// A query is analysed, so that its errors show now, and handed back unexecuted; a command runs.
base::Status RunStatement(Session& session, const Relation& input, const std::string& text,
                          std::stop_token stop, Relation* result) {
  const plan::SqlOptions options = session::SqlOptionsOf(session);
  HEARTH_ASSIGN(const plan::unresolved::Statement statement, plan::ParseStatement(text, options));
  if (std::holds_alternative<plan::unresolved::RelationPtr>(statement)) {
    HEARTH_ASSIGN(const auto query, plan::FromConnect(input, options));
    HEARTH_ASSIGN(const plan::RelationPtr analysed, session::AnalyzeQuery(session, query, stop));
    *result = input;
    return {};
  }
  const session::CommandContext context{.stop = stop, .form = session::JournalForm::kSql, .source = text};
  HEARTH_ASSIGN(const plan::RelationPtr rows,
                session::RunCommand(session, std::get<plan::unresolved::Command>(statement), context));
  return WriteRows(session, rows, std::move(stop), result);
}

base::Status ExecuteSql(Session& session, const SqlCommand& command, ResponseWriter& writer,
                        std::stop_token stop) {
  const Relation input = InputOf(command);
  const std::string* text = SqlTextOf(input);
  if (text == nullptr) {
    return InvalidPlan("SQL_COMMAND_INPUT", "A SQL command needs SQL text as its input.", {});
  }
  ExecutePlanResponse response;
  base::Status status = RunStatement(session, input, *text, std::move(stop),
                                     response.mutable_sql_command_result()->mutable_relation());
  if (!status.ok()) return session::WithStatement(std::move(*status.error()), *text);
  writer.WriteMessage(std::move(response));
  return {};
}

// Clients clear their models when a session ends, whether there are any or not.
base::Status ExecuteMl(const spark::connect::MlCommand& command, ResponseWriter& writer) {
  if (!command.has_clean_cache()) return base::NotImplemented("machine learning (MlCommand)");
  ExecutePlanResponse response;
  response.mutable_ml_command_result()->mutable_param()->set_integer(0);
  writer.WriteMessage(std::move(response));
  return {};
}

// A DataFrame's rows as they are now, whether they are asked for at once or when they are first needed.
base::Status Checkpoint(Session& session, const spark::connect::CheckpointCommand& command,
                        ResponseWriter& writer, std::stop_token stop) {
  HEARTH_ASSIGN(std::string id, KeepRows(session, command.relation(), std::move(stop)));
  ExecutePlanResponse response;
  response.mutable_checkpoint_command_result()->mutable_relation()->set_relation_id(std::move(id));
  writer.WriteMessage(std::move(response));
  return {};
}

base::Status ExecuteOther(Session& session, const Command& command, std::stop_token stop) {
  HEARTH_ASSIGN(const plan::unresolved::Command read,
                plan::FromConnect(command, session::SqlOptionsOf(session)));
  const session::CommandContext context{.stop = std::move(stop),
                                        .form = session::JournalForm::kConnectCommand,
                                        .source = command.SerializeAsString()};
  HEARTH_ASSIGN(const plan::RelationPtr rows, session::RunCommand(session, read, context));
  return {};
}

}  // namespace

base::Status ExecuteCommand(Session& session, const Command& command, ResponseWriter& writer,
                            std::stop_token stop) {
  switch (command.command_type_case()) {
    case Command::kSqlCommand:
      return ExecuteSql(session, command.sql_command(), writer, std::move(stop));
    case Command::kMlCommand:
      return ExecuteMl(command.ml_command(), writer);
    case Command::kGetResourcesCommand: {
      ExecutePlanResponse response;
      response.mutable_get_resources_command_result();
      writer.WriteMessage(std::move(response));
      return {};
    }
    case Command::kCheckpointCommand:
      return Checkpoint(session, command.checkpoint_command(), writer, std::move(stop));
    case Command::kRemoveCachedRemoteRelationCommand:
      ForgetRows(session, command.remove_cached_remote_relation_command().relation().relation_id());
      return {};
    case Command::COMMAND_TYPE_NOT_SET:
      return FieldNotSet("spark.connect.Command", "COMMANDTYPE_NOT_SET");
    default:
      return ExecuteOther(session, command, std::move(stop));
  }
}

}  // namespace hearth::front::connect
