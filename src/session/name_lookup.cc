#include "session/name_lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "plan/from_sql/from_sql.h"

namespace hearth::session {
namespace {

using plan::FileSource;

constexpr std::array<std::string_view, 5> kFileFormats = {"csv", "json", "orc", "parquet", "text"};

bool HasFiles(const std::string& directory) {
  std::error_code error;
  auto entry = std::filesystem::recursive_directory_iterator(directory, error);
  for (; !error && entry != std::filesystem::recursive_directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (entry->is_regular_file(error) && !name.starts_with('_') && !name.starts_with('.')) return true;
  }
  return false;
}

// A table without files yet.
std::shared_ptr<const FileSource> EmptySource(const TableRecord& table) {
  auto source = std::make_shared<FileSource>();
  source->format = table.info.format;
  source->options = table.info.options;
  source->schema_is_given = true;
  for (const plan::TableColumnInfo& column : table.info.columns) {
    (column.is_partition ? source->partition_columns : source->columns).push_back(column.field);
  }
  return source;
}

bool IsFileFormat(std::string_view name) {
  return std::ranges::find(kFileFormats, LowerCase(name)) != kFileFormats.end();
}

}  // namespace

TemporaryViewPtr NameLookup::FindTemporary(const std::vector<std::string>& name) const {
  const TemporaryViewMap* views = nullptr;
  if (name.size() == 1) views = scope_.temporary.get();
  if (name.size() == 2 && LowerCase(name[0]) == kGlobalTemporaryDatabase)
    views = scope_.global_temporary.get();
  if (views == nullptr) return nullptr;
  const auto found = views->find(LowerCase(name.back()));
  return found == views->end() ? nullptr : found->second;
}

base::Result<NameLookup::TableName> NameLookup::Qualify(const std::vector<std::string>& name) const {
  if (name.size() == 1) return TableName{scope_.current_database, name[0]};
  if (name.size() == 2) return TableName{LowerCase(name[0]), name[1]};
  if (name.size() == 3 && LowerCase(name[0]) == kCatalogName) return TableName{LowerCase(name[1]), name[2]};
  return base::MakeError(
      base::ErrorKind::kAnalysis, "REQUIRES_SINGLE_PART_NAMESPACE",
      fmt::format("{} has databases of one name part, but {} was given.", kCatalogName,
                  plan::QuoteIdentifiers(name)),
      {{"sessionCatalog", std::string(kCatalogName)}, {"identifier", plan::QuoteIdentifiers(name)}});
}

std::string NameLookup::SearchPath() const {
  return fmt::format("[`system`.`builtin`, `system`.`session`, `{}`.{}]", kCatalogName,
                     plan::QuoteIdentifier(scope_.current_database));
}

base::Result<std::variant<plan::ViewInfo, plan::TableLookup>> NameLookup::Lookup(
    const std::vector<std::string>& name) {
  if (const TemporaryViewPtr view = FindTemporary(name)) {
    plan::ViewInfo info = view->info;
    if (!info.scope && info.current_database != scope_.current_database) {
      info.scope = std::make_shared<NameLookup>(
          Scope{scope_.temporary, scope_.global_temporary, info.current_database}, store_, files_);
    }
    return info;
  }
  HEARTH_ASSIGN(const TableName qualified, Qualify(name));
  if (const TablePtr table = store_.FindTable(qualified.database, qualified.name)) {
    if (!table->is_view()) return OpenTable(*table);
    return OpenView(*table);
  }
  if (name.size() == 2 && IsFileFormat(name[0]) && !store_.FindDatabase(name[0])) {
    HEARTH_ASSIGN(auto source, files_.Resolve({LowerCase(name[0]), {name[1]}, {}, nullptr}));
    return plan::TableLookup{name, std::move(source)};
  }
  return TableNotFound(name, SearchPath());
}

base::Result<plan::TableLookup> NameLookup::OpenTable(const TableRecord& table) {
  const std::vector<std::string> name = {std::string(kCatalogName), table.info.name_space.at(0),
                                         table.info.name};
  if (!HasFiles(table.info.location)) return plan::TableLookup{name, EmptySource(table)};
  HEARTH_ASSIGN(
      auto source,
      files_.Resolve({table.info.format, {table.info.location}, table.info.options, table.schema()}));
  return plan::TableLookup{name, std::move(source)};
}

base::Result<plan::ViewInfo> NameLookup::OpenView(const TableRecord& view) {
  plan::SqlOptions options;
  options.double_quoted_identifiers = view.view->double_quoted_identifiers;
  HEARTH_ASSIGN(auto query, plan::ParseQuery(view.view->sql, options));
  plan::ViewInfo info;
  info.name = {std::string(kCatalogName), view.info.name_space.at(0), view.info.name};
  info.plan = std::move(query);
  info.column_aliases = view.view->column_names;
  info.is_temporary = false;
  info.current_catalog = kCatalogName;
  info.current_database = view.view->current_database;
  // Its names mean what they meant where it was made, and temporary views are not among them.
  static const auto kNone = std::make_shared<const TemporaryViewMap>();
  info.scope = std::make_shared<NameLookup>(
      Scope{kNone, scope_.global_temporary, view.view->current_database}, store_, files_);
  return info;
}

}  // namespace hearth::session
