#include "session/commands/table_text.h"

#include <absl/time/time.h>
#include <fmt/format.h>

#include "base/version.h"
#include "session/commands/objects.h"

namespace hearth::session::commands {
namespace {

std::string Quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

// Spark spells the collation of text columns out.
std::string ColumnType(const plan::DataType& type) {
  return type.Is(plan::TypeKind::kString) && type.collation().empty() ? "STRING COLLATE UTF8_BINARY"
                                                                      : type.Sql();
}

std::string DottedName(const TableRecord& table) {
  return fmt::format("{}.{}", plan::QuoteIfNeeded(table.info.name_space[0]),
                     plan::QuoteIfNeeded(table.info.name));
}

std::string MapText(const std::map<std::string, std::string>& map) {
  std::vector<std::string> entries;
  for (const auto& [key, value] : map)
    entries.push_back(fmt::format("  {} = {}", Quoted(key), Quoted(value)));
  return fmt::format("{}", fmt::join(entries, ",\n"));
}

// As Java prints a Date.
std::string DateText(int64_t microseconds) {
  return absl::FormatTime("%a %b %d %H:%M:%S UTC %Y", absl::FromUnixMicros(microseconds),
                          absl::UTCTimeZone());
}

std::string PropertyList(const std::map<std::string, std::string>& properties) {
  std::vector<std::string> entries;
  for (const auto& [key, value] : properties) entries.push_back(fmt::format("{}={}", key, value));
  return fmt::format("[{}]", fmt::join(entries, ", "));
}

}  // namespace

std::string CreateTableText(const TableRecord& table) {
  std::vector<std::string> columns;
  for (const plan::TableColumnInfo& column : table.info.columns) {
    std::string line =
        fmt::format("  {} {}", plan::QuoteIfNeeded(column.field.name), ColumnType(*column.field.type));
    if (!column.field.nullable) line += " NOT NULL";
    if (!column.comment.empty()) line += " COMMENT " + Quoted(column.comment);
    columns.push_back(std::move(line));
  }
  std::string text = fmt::format("CREATE TABLE {}.{} (\n{})\nUSING {}\n", kCatalogName, DottedName(table),
                                 fmt::join(columns, ",\n"), table.info.format);
  if (!table.info.options.empty()) text += fmt::format("OPTIONS (\n{})\n", MapText(table.info.options));
  if (const auto partitions = table.partition_columns(); !partitions.empty()) {
    text += fmt::format("PARTITIONED BY ({})\n", fmt::join(partitions, ", "));
  }
  if (!table.info.comment.empty()) text += fmt::format("COMMENT {}\n", Quoted(table.info.comment));
  if (table.info.kind == "EXTERNAL")
    text += fmt::format("LOCATION {}\n", Quoted(PrintedLocation(table.info.location)));
  if (!table.info.properties.empty())
    text += fmt::format("TBLPROPERTIES (\n{})\n", MapText(table.info.properties));
  return text;
}

std::string CreateViewText(const TableRecord& view) {
  std::vector<std::string> columns;
  for (const plan::TableColumnInfo& column : view.info.columns) {
    std::string line = "  " + plan::QuoteIfNeeded(column.field.name);
    if (!column.comment.empty()) line += " COMMENT " + Quoted(column.comment);
    columns.push_back(std::move(line));
  }
  std::string text = fmt::format("CREATE VIEW {} (\n{})\n", DottedName(view), fmt::join(columns, ",\n"));
  if (!view.info.comment.empty()) text += fmt::format("COMMENT {}\n", Quoted(view.info.comment));
  return text + fmt::format("WITH SCHEMA COMPENSATION\nAS {}\n", view.view->sql);
}

std::vector<std::pair<std::string, std::string>> TableFacts(const TableRecord& table) {
  std::vector<std::pair<std::string, std::string>> facts;
  facts.emplace_back("Catalog", kCatalogName);
  facts.emplace_back("Database", table.info.name_space[0]);
  facts.emplace_back("Table", table.info.name);
  if (!table.owner.empty()) facts.emplace_back("Owner", table.owner);
  facts.emplace_back("Created Time", DateText(table.created_microseconds));
  facts.emplace_back("Last Access", "UNKNOWN");
  facts.emplace_back("Created By", fmt::format("Spark {}", base::kSparkVersion));
  facts.emplace_back("Type", table.info.kind);
  if (!table.is_view()) facts.emplace_back("Provider", table.info.format);
  if (!table.info.comment.empty()) facts.emplace_back("Comment", table.info.comment);
  if (table.is_view()) {
    std::vector<std::string> names;
    for (const plan::TableColumnInfo& column : table.info.columns)
      names.push_back(plan::QuoteIdentifier(column.field.name));
    facts.emplace_back("View Text", table.view->sql);
    facts.emplace_back("View Original Text", table.view->sql);
    facts.emplace_back("View Schema Mode", "COMPENSATION");
    facts.emplace_back("View Catalog and Namespace",
                       fmt::format("{}.{}", kCatalogName, table.view->current_database));
    facts.emplace_back("View Query Output Columns", fmt::format("[{}]", fmt::join(names, ", ")));
    return facts;
  }
  if (!table.info.properties.empty())
    facts.emplace_back("Table Properties", PropertyList(table.info.properties));
  facts.emplace_back("Location", PrintedLocation(table.info.location));
  if (!table.info.options.empty()) facts.emplace_back("Storage Properties", PropertyList(table.info.options));
  if (const auto partitions = table.partition_columns(); !partitions.empty()) {
    std::vector<std::string> quoted;
    for (const std::string& name : partitions) quoted.push_back(plan::QuoteIdentifier(name));
    facts.emplace_back("Partition Provider", "Catalog");
    facts.emplace_back("Partition Columns", fmt::format("[{}]", fmt::join(quoted, ", ")));
  }
  return facts;
}

}  // namespace hearth::session::commands
