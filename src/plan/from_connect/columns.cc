// Relations that rename, add, drop or retype columns.
#include "plan/from_connect/from_connect.h"
#include "plan/from_connect/reader.h"

namespace hearth::plan::from_connect {

base::Result<unresolved::RelationPtr> Reader::Read(const proto::ToDF& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  return Make(unresolved::ToDataFrame{std::move(input), Strings(message.column_names())});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::ToSchema& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  HEARTH_ASSIGN(auto schema, FromConnect(message.schema()));
  if (!schema->Is(TypeKind::kStruct)) {
    return InvalidPlan("INVALID_SCHEMA_NON_STRUCT_TYPE",
                       "The schema of a relation must be a struct, not " + schema->Sql() + ".",
                       {{"inputSchema", schema->Json()}, {"dataType", schema->Sql()}});
  }
  return Make(unresolved::ToSchema{std::move(input), std::move(schema)});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::WithColumns& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  unresolved::Expressions aliases;
  for (const auto& alias : message.aliases()) {
    if (alias.name_size() != 1) {
      std::string got = std::to_string(alias.name_size());
      return InvalidPlan("WITH_COLUMNS_REQUIRE_SINGLE_NAME_PART",
                         "A column of withColumns has " + got + " names.", {{"got", std::move(got)}});
    }
    HEARTH_ASSIGN(auto column, Read(alias));
    aliases.push_back(std::move(column));
  }
  return Make(unresolved::WithColumns{std::move(input), std::move(aliases)});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::WithColumnsRenamed& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  unresolved::RenameColumns rename{.input = std::move(input)};
  for (const auto& pair : message.renames())
    rename.renames.emplace_back(pair.col_name(), pair.new_col_name());
  // Clients up to 3.5 send a map, whose order says nothing: sorted, so that one plan has one reading.
  const std::map<std::string, std::string> by_name(message.rename_columns_map().begin(),
                                                   message.rename_columns_map().end());
  rename.renames.insert(rename.renames.end(), by_name.begin(), by_name.end());
  return Make(std::move(rename));
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Drop& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  HEARTH_ASSIGN(auto columns, List(message.columns()));
  return Make(unresolved::DropColumns{std::move(input), std::move(columns), Strings(message.column_names())});
}

}  // namespace hearth::plan::from_connect
