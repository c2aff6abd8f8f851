#include <fmt/format.h>

#include "base/version.h"
#include "front/connect/explain.h"
#include "front/connect/handlers.h"
#include "front/connect/plan_message.h"
#include "front/connect/read_plan.h"
#include "front/connect/schema_text.h"
#include "plan/from_connect/from_connect.h"
#include "plan/resolved/rewrite.h"
#include "session/errors.h"
#include "session/planning.h"

namespace hearth::front::connect {
namespace {

using session::Session;
using spark::connect::AnalyzePlanRequest;
using spark::connect::AnalyzePlanResponse;

// The relation of a plan, ready to be read. Commands have no schema and no relation.
base::Result<spark::connect::Relation> RelationOf(const Door& door, Session& session,
                                                  spark::connect::Plan plan) {
  HEARTH_RETURN_IF_ERROR(Unpack(door, &plan));
  HEARTH_RETURN_IF_ERROR(FillLocalRelations(session, &plan));
  return std::move(*plan.mutable_root());
}

base::Result<plan::RelationPtr> Resolve(const Door& door, Session& session,
                                        const spark::connect::Plan& plan) {
  HEARTH_ASSIGN(const spark::connect::Relation relation, RelationOf(door, session, plan));
  return ReadAndAnalyze(session, relation);
}

// The tables of files that a plan reads, as Spark's URIs.
void CollectFiles(const plan::Relation& relation, AnalyzePlanResponse::InputFiles* files) {
  if (const auto* scan = relation.As<plan::FileScan>()) {
    for (const std::string& path : scan->source->paths)
      files->add_files(path.starts_with('/') ? "file://" + path : path);
  }
  for (const plan::RelationPtr& input : plan::InputsOf(relation)) CollectFiles(*input, files);
}

std::string KeyOf(const spark::connect::Relation& relation) { return relation.SerializeAsString(); }

// The level that was asked for, or the usual one; `note` is null where nothing was.
void WriteStorageLevel(const std::optional<std::string>& note, spark::connect::StorageLevel* level) {
  if (note && !note->empty() && level->ParseFromString(*note)) return;
  level->set_use_disk(note.has_value());
  level->set_use_memory(note.has_value());
  level->set_deserialized(note.has_value());
  level->set_replication(1);
}

base::Status SameSemantics(const Door& door, Session& session,
                           const AnalyzePlanRequest::SameSemantics& request, AnalyzePlanResponse* response) {
  HEARTH_ASSIGN(const plan::RelationPtr target, Resolve(door, session, request.target_plan()));
  HEARTH_ASSIGN(const plan::RelationPtr other, Resolve(door, session, request.other_plan()));
  response->mutable_same_semantics()->set_result(SemanticText(*target) == SemanticText(*other));
  return {};
}

base::Status Analyze(Door& door, Session& session, const AnalyzePlanRequest& request,
                     AnalyzePlanResponse* response) {
  switch (request.analyze_case()) {
    case AnalyzePlanRequest::kSchema: {
      HEARTH_ASSIGN(const plan::RelationPtr plan, Resolve(door, session, request.schema().plan()));
      plan::ToConnect(*plan::SchemaOf(*plan), response->mutable_schema()->mutable_schema());
      return {};
    }
    case AnalyzePlanRequest::kExplain: {
      HEARTH_ASSIGN(const auto relation, RelationOf(door, session, request.explain().plan()));
      HEARTH_ASSIGN(auto text, ExplainText(session, relation, request.explain().explain_mode()));
      response->mutable_explain()->set_explain_string(std::move(text));
      return {};
    }
    case AnalyzePlanRequest::kTreeString: {
      HEARTH_ASSIGN(const plan::RelationPtr plan, Resolve(door, session, request.tree_string().plan()));
      const auto level =
          request.tree_string().has_level() ? std::optional(request.tree_string().level()) : std::nullopt;
      response->mutable_tree_string()->set_tree_string(TreeString(*plan::SchemaOf(*plan), level));
      return {};
    }
    case AnalyzePlanRequest::kIsLocal: {
      HEARTH_ASSIGN(const plan::RelationPtr plan, Resolve(door, session, request.is_local().plan()));
      response->mutable_is_local()->set_is_local(plan->As<plan::LocalRows>() != nullptr ||
                                                 plan->As<plan::InlineRows>() != nullptr);
      return {};
    }
    case AnalyzePlanRequest::kIsStreaming: {
      HEARTH_ASSIGN(const plan::RelationPtr plan, Resolve(door, session, request.is_streaming().plan()));
      response->mutable_is_streaming()->set_is_streaming(false);
      return {};
    }
    case AnalyzePlanRequest::kInputFiles: {
      HEARTH_ASSIGN(const plan::RelationPtr plan, Resolve(door, session, request.input_files().plan()));
      CollectFiles(*plan, response->mutable_input_files());
      return {};
    }
    case AnalyzePlanRequest::kSparkVersion:
      response->mutable_spark_version()->set_version(door.spark_version);
      return {};
    case AnalyzePlanRequest::kDdlParse: {
      const std::string& text = request.ddl_parse().ddl_string();
      auto type = plan::ParseSchema(text);
      if (!type.ok()) return session::WithStatement(std::move(*type.error()), text);
      plan::ToConnect(**type, response->mutable_ddl_parse()->mutable_parsed());
      return {};
    }
    case AnalyzePlanRequest::kJsonToDdl: {
      HEARTH_ASSIGN(const plan::TypePtr type, plan::TypeFromJson(request.json_to_ddl().json_string()));
      if (!type->Is(plan::TypeKind::kStruct))
        return session::IllegalArgument("The JSON describes no struct type.");
      response->mutable_json_to_ddl()->set_ddl_string(DdlText(*type));
      return {};
    }
    case AnalyzePlanRequest::kSameSemantics:
      return SameSemantics(door, session, request.same_semantics(), response);
    case AnalyzePlanRequest::kSemanticHash: {
      HEARTH_ASSIGN(const plan::RelationPtr plan, Resolve(door, session, request.semantic_hash().plan()));
      response->mutable_semantic_hash()->set_result(
          static_cast<int32_t>(std::hash<std::string>()(SemanticText(*plan))));
      return {};
    }
    case AnalyzePlanRequest::kPersist:
      session.kept().Add(KeyOf(request.persist().relation()),
                         request.persist().has_storage_level()
                             ? request.persist().storage_level().SerializeAsString()
                             : std::string());
      response->mutable_persist();
      return {};
    case AnalyzePlanRequest::kUnpersist:
      session.kept().Remove(KeyOf(request.unpersist().relation()));
      response->mutable_unpersist();
      return {};
    case AnalyzePlanRequest::kGetStorageLevel:
      WriteStorageLevel(session.kept().Find(KeyOf(request.get_storage_level().relation())),
                        response->mutable_get_storage_level()->mutable_storage_level());
      return {};
    case AnalyzePlanRequest::ANALYZE_NOT_SET:
      break;
  }
  return InvalidPlan("UNKNOWN_ANALYZE_METHOD", "The request names nothing to analyse.",
                     {{"other", "ANALYZE_NOT_SET"}});
}

}  // namespace

base::Result<AnalyzePlanResponse> AnalyzePlan(Door& door, const AnalyzePlanRequest& request) {
  HEARTH_ASSIGN(const std::shared_ptr<Session> session, OpenSession(door, request));
  auto response = Answer<AnalyzePlanResponse>(*session);
  HEARTH_RETURN_IF_ERROR(Analyze(door, *session, request, &response));
  return response;
}

}  // namespace hearth::front::connect
