#include <fmt/format.h>

#include "plan/unresolved/printer.h"

namespace hearth::plan::unresolved {
namespace {

// One command's line: what was set, in the order in which it was added.
class Line {
 public:
  explicit Line(std::string text) : text_(std::move(text)) {}

  Line& Flag(bool set, std::string_view name) { return set ? Append(" {}", name) : *this; }
  Line& Text(std::string_view name, std::string_view value) {
    return value.empty() ? *this : Append(" {}={}", name, Quoted(value));
  }
  Line& Names(std::string_view name, const std::vector<std::string>& values) {
    return values.empty() ? *this : Append(" {}={}", name, ListText(values));
  }
  Line& Map(std::string_view name, const std::map<std::string, std::string>& values) {
    return values.empty() ? *this : Append(" {}={}", name, MapText(values));
  }
  Line& Word(std::string_view name, std::string_view value) { return Append(" {}={}", name, value); }
  operator std::string() && { return std::move(text_); }  // NOLINT(google-explicit-constructor)

 private:
  template <typename... Parts>
  Line& Append(fmt::format_string<Parts...> format, Parts&&... parts) {
    text_ += fmt::format(format, std::forward<Parts>(parts)...);
    return *this;
  }
  std::string text_;
};

std::string_view ModeName(SaveMode mode) {
  constexpr std::string_view kNames[] = {"error", "append", "overwrite", "ignore"};
  return kNames[static_cast<int>(mode)];
}

std::string_view ActionName(WriteTable::Action action) {
  constexpr std::string_view kNames[] = {
      "save", "insert", "create", "replace", "create-or-replace", "overwrite-partitions"};
  return kNames[static_cast<int>(action)];
}

std::string LineOf(Printer& printer, const WriteTable& write) {
  Line line("WriteTable " + NameText(write.table));
  line.Word("action", ActionName(write.action))
      .Word("mode", ModeName(write.mode))
      .Text("format", write.format);
  line.Names("partition", write.partition_columns)
      .Map("options", write.options)
      .Map("properties", write.properties);
  line.Names("columns", write.insert_columns)
      .Flag(write.by_name, "by-name")
      .Flag(write.if_not_exists, "if-not-exists");
  std::string partitions;
  for (const auto& [name, value] : write.static_partitions) {
    partitions += (partitions.empty() ? "" : ", ") + QuoteIfNeeded(name);
    if (value) partitions += "=" + printer.Text(value);
  }
  if (!partitions.empty()) line.Word("static", "[" + partitions + "]");
  return line;
}

std::string ColumnList(Printer& printer, const std::vector<TableColumn>& list) {
  std::string columns;
  for (const auto& column : list) {
    columns += (columns.empty() ? "" : ", ") + QuoteIfNeeded(column.name);
    if (column.type) columns += ": " + column.type->CatalogString();
    if (!column.nullable) columns += " NOT NULL";
    if (column.default_value) columns += " DEFAULT " + printer.Text(column.default_value);
    if (!column.comment.empty()) columns += " COMMENT " + Quoted(column.comment);
  }
  return columns;
}

std::string LineOf(Printer& printer, const AlterTable& alter) {
  constexpr std::string_view kActions[] = {"rename", "add-columns", "comment-column", "set-properties",
                                           "unset-properties"};
  Line line(fmt::format("{} {}", alter.is_view ? "AlterView" : "AlterTable", NameText(alter.name)));
  line.Word("action", kActions[static_cast<int>(alter.action)]);
  if (!alter.new_name.empty()) line.Word("to", NameText(alter.new_name));
  if (!alter.columns.empty()) line.Word("columns", "[" + ColumnList(printer, alter.columns) + "]");
  line.Map("properties", alter.properties);
  return line;
}

std::string LineOf(Printer& printer, const CreateTable& create) {
  Line line(fmt::format("CreateTable {} [{}]", NameText(create.name), ColumnList(printer, create.columns)));
  line.Text("format", create.format)
      .Map("options", create.options)
      .Names("partition", create.partition_columns);
  line.Text("location", create.location).Text("comment", create.comment).Map("properties", create.properties);
  line.Flag(create.if_not_exists, "if-not-exists").Flag(create.replace, "replace");
  return line;
}

std::string LineOf(const CreateView& view) {
  Line line("CreateView " + NameText(view.name));
  line.Flag(view.is_temporary, "temporary").Flag(view.is_global, "global").Flag(view.replace, "replace");
  line.Flag(view.if_not_exists, "if-not-exists")
      .Names("columns", view.column_aliases)
      .Text("comment", view.comment);
  line.Text("sql", view.sql_text);
  return line;
}

std::string LineOf(Printer& printer, const Command& command) {
  return std::visit(
      Overloaded{
          [](const WriteFiles& write) -> std::string {
            Line line("WriteFiles " + Quoted(write.path));
            line.Text("format", write.format).Word("mode", ModeName(write.mode));
            return std::move(line.Names("partition", write.partition_columns).Map("options", write.options));
          },
          [&](const WriteTable& write) { return LineOf(printer, write); },
          [](const CreateView& view) { return LineOf(view); },
          [](const DropView& drop) -> std::string {
            return std::move(Line("DropView " + NameText(drop.name)).Flag(drop.if_exists, "if-exists"));
          },
          [&](const CreateTable& create) { return LineOf(printer, create); },
          [](const DropTable& drop) -> std::string {
            return std::move(Line("DropTable " + NameText(drop.name))
                                 .Flag(drop.if_exists, "if-exists")
                                 .Flag(drop.purge, "purge"));
          },
          [&](const AlterTable& alter) { return LineOf(printer, alter); },
          [](const TruncateTable& truncate) { return "TruncateTable " + NameText(truncate.name); },
          [](const AnalyzeTable& analyze) { return "AnalyzeTable " + NameText(analyze.name); },
          [](const RefusedOperation& refused) -> std::string {
            return std::move(
                Line("RefusedOperation " + NameText(refused.name)).Text("operation", refused.operation));
          },
          [](const CreateDatabase& create) -> std::string {
            Line line("CreateDatabase " + NameText(create.name));
            line.Flag(create.if_not_exists, "if-not-exists").Text("location", create.location);
            return std::move(line.Text("comment", create.comment).Map("properties", create.properties));
          },
          [](const DropDatabase& drop) -> std::string {
            return std::move(Line("DropDatabase " + NameText(drop.name))
                                 .Flag(drop.if_exists, "if-exists")
                                 .Flag(drop.cascade, "cascade"));
          },
          [](const UseDatabase& use) -> std::string {
            return std::move(Line("UseDatabase " + NameText(use.name)).Flag(use.catalog, "catalog"));
          },
          [](const SetConfiguration& set) -> std::string {
            return std::move(Line("SetConfiguration" + (set.key ? " " + *set.key : "") +
                                  (set.value ? " = " + Quoted(*set.value) : ""))
                                 .Flag(set.verbose, "verbose"));
          },
          [](const ResetConfiguration& reset) {
            return "ResetConfiguration" + (reset.key ? " " + *reset.key : "");
          },
          [](const Show& show) -> std::string {
            Line line("Show " + show.what + (show.name.empty() ? "" : " " + NameText(show.name)));
            return std::move(line.Text("pattern", show.pattern).Map("flags", show.flags));
          },
          [](const DescribeTable& describe) -> std::string {
            Line line("DescribeTable " + NameText(describe.name));
            return std::move(line.Flag(describe.extended, "extended").Text("column", describe.column));
          },
          [](const DescribeQuery&) { return std::string("DescribeQuery"); },
          [](const DescribeFunction& describe) -> std::string {
            return std::move(
                Line("DescribeFunction " + NameText(describe.name)).Flag(describe.extended, "extended"));
          },
          [](const DescribeDatabase& describe) -> std::string {
            return std::move(
                Line("DescribeDatabase " + NameText(describe.name)).Flag(describe.extended, "extended"));
          },
          [](const Explain& explain) { return "Explain " + explain.mode; },
          [](const CacheTable& cache) -> std::string {
            Line line("CacheTable " + cache.action + (cache.name.empty() ? "" : " " + NameText(cache.name)));
            return std::move(line.Flag(cache.if_exists, "if-exists"));
          },
          [](const UnsupportedCommand& unsupported) { return "Unsupported " + unsupported.what; },
      },
      command.node);
}

// The query that a command holds; null when it has none.
const Relation* QueryOf(const Command& command) {
  return std::visit(
      [](const auto& node) -> const Relation* {
        if constexpr (requires { node.query; }) {
          return node.query.get();
        } else if constexpr (requires { node.input; }) {
          return node.input.get();
        } else {
          return nullptr;
        }
      },
      command.node);
}

}  // namespace

std::string Print(const Command& command) {
  Printer printer;
  printer.Line(0, LineOf(printer, command));
  if (const auto* query = QueryOf(command)) printer.Print(*query, 1);
  return printer.Take();
}

std::string Print(const Statement& statement) {
  if (const auto* query = std::get_if<RelationPtr>(&statement)) return Print(**query);
  return Print(std::get<Command>(statement));
}

}  // namespace hearth::plan::unresolved
