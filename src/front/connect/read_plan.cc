#include "front/connect/read_plan.h"

#include <utility>

#include "front/connect/plan_message.h"
#include "plan/from_connect/from_connect.h"
#include "session/commands/command.h"
#include "session/planning.h"

namespace hearth::front::connect {

using spark::connect::Relation;

const std::string* SqlTextOf(const Relation& relation) {
  if (relation.has_sql()) return &relation.sql().query();
  if (relation.has_with_relations() && relation.with_relations().root().has_sql()) {
    return &relation.with_relations().root().sql().query();
  }
  return nullptr;
}

namespace {

base::Result<plan::RelationPtr> Read(session::Session& session, const Relation& relation,
                                     std::stop_token stop) {
  if (relation.rel_type_case() == Relation::REL_TYPE_NOT_SET)
    return FieldNotSet("spark.connect.Relation", "RELTYPE_NOT_SET");
  HEARTH_ASSIGN(const auto unresolved, plan::FromConnect(relation, session::SqlOptionsOf(session)));
  if (const auto* call = unresolved->As<plan::unresolved::CatalogCall>()) {
    return session::RunCatalogCall(session, *call, {.stop = std::move(stop)});
  }
  return session::AnalyzeQuery(session, unresolved, std::move(stop));
}

}  // namespace

base::Result<plan::RelationPtr> ReadAndAnalyze(session::Session& session, const Relation& relation,
                                               std::stop_token stop) {
  auto plan = Read(session, relation, std::move(stop));
  const std::string* text = SqlTextOf(relation);
  if (plan.ok() || text == nullptr) return plan;
  return session::WithStatement(std::move(*plan.error()), *text);
}

}  // namespace hearth::front::connect
