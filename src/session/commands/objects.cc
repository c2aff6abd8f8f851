#include "session/commands/objects.h"

#include <fmt/format.h>

#include "plan/types/field_metadata.h"
#include "plan/unresolved/tree.h"
#include "session/planning.h"

namespace hearth::session::commands {

base::Result<std::string> DatabaseName(Session& session, const std::vector<std::string>& name) {
  if (name.empty()) return session.current_database();
  if (name.size() == 1) return LowerCase(name[0]);
  if (name.size() == 2 && LowerCase(name[0]) == kCatalogName) return LowerCase(name[1]);
  std::vector<std::string> full = name;
  if (LowerCase(full[0]) != kCatalogName) full.insert(full.begin(), std::string(kCatalogName));
  return SchemaNotFound(full);
}

base::Result<DatabaseRecord> FindDatabase(Session& session, const std::vector<std::string>& name) {
  HEARTH_ASSIGN(const std::string key, DatabaseName(session, name));
  std::optional<DatabaseRecord> record = session.catalog().FindDatabase(key);
  if (!record) return SchemaNotFound({std::string(kCatalogName), name.empty() ? key : name.back()});
  return *std::move(record);
}

base::Result<TablePtr> FindTable(Session& session, const std::vector<std::string>& name) {
  const auto names = session.Names();
  HEARTH_ASSIGN(const NameLookup::TableName qualified, names->Qualify(name));
  TablePtr table = session.catalog().FindTable(qualified.database, qualified.name);
  if (!table) return TableNotFound(name, names->SearchPath());
  return table;
}

base::Result<plan::TypePtr> ViewSchema(Session& session, const std::vector<std::string>& name) {
  HEARTH_ASSIGN(
      const plan::RelationPtr plan,
      AnalyzeQuery(session, plan::unresolved::MakeRelation(plan::unresolved::NamedTable{.name = name})));
  plan::TypePtr schema = plan::SchemaOf(*plan);
  const TemporaryViewPtr view = session.Names()->FindTemporary(name);
  if (!view || view->column_comments.size() != schema->fields().size()) return schema;
  std::vector<plan::Field> fields = schema->fields();
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!view->column_comments[i].empty())
      fields[i].metadata = plan::MetadataWithComment(view->column_comments[i]);
  }
  return plan::DataType::Struct(std::move(fields));
}

std::string KeptKey(Session& session, const std::vector<std::string>& name) {
  const auto names = session.Names();
  const auto qualified = names->Qualify(name);
  if (names->FindTemporary(name) || !qualified.ok()) return LowerCase(plan::QuoteIdentifiers(name));
  return LowerCase(QuotedTableName(qualified->database, qualified->name));
}

std::string PrintedLocation(const std::string& path) { return path.starts_with('/') ? "file:" + path : path; }

std::string LocalPath(const std::string& location) {
  if (!location.starts_with("file:")) return location;
  std::string path = location.substr(5);
  while (path.starts_with("//")) path.erase(0, 1);
  return path;
}

}  // namespace hearth::session::commands
