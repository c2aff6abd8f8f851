#include "session/core_etl.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "plan/from_sql/from_sql.h"
#include "session/commands/command.h"
#include "session/commands/merges.h"
#include "session/planning.h"

namespace hearth::session {
namespace {

using nlohmann::json;
using plan::unresolved::Command;
using plan::unresolved::MakeRelation;
using plan::unresolved::RelationPtr;

constexpr std::string_view kFileFormats[] = {"csv", "json", "parquet", "text"};

bool IsFileFormat(const std::string& type) {
  return std::ranges::find(kFileFormats, type) != std::end(kFileFormats);
}

base::Error Wrong(std::string message) {
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = std::move(message);
  return error;
}

std::string TextOf(const json& record, const char* key) {
  const auto found = record.find(key);
  return found != record.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> TextsOf(const json& record, const char* key) {
  std::vector<std::string> texts;
  for (const json& item : record.value(key, json::array())) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

plan::unresolved::Options OptionsOf(const json& record) {
  plan::unresolved::Options options;
  const json given = record.value("options", json::object());
  for (const auto& [key, value] : given.items()) {
    options[key] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return options;
}

// Always with its database: a view of the same name, such as the source's own, is never meant.
plan::unresolved::Name TableOf(const Session& session, const json& record) {
  plan::unresolved::Name name;
  if (std::string catalog = TextOf(record, "catalog"); !catalog.empty()) name.push_back(std::move(catalog));
  const std::string database = TextOf(record, "database");
  name.push_back(database.empty() ? session.current_database() : database);
  name.push_back(TextOf(record, "table"));
  return name;
}

std::string Quoted(const std::string& name) {
  std::string text = "`";
  for (const char c : name) text += c == '`' ? std::string("``") : std::string(1, c);
  return text + "`";
}

// One run of one specification.
class Pipeline {
 public:
  Pipeline(Session& session, const Printer& print, std::stop_token stop, std::string sandbox = "")
      : session_(session), print_(print), stop_(std::move(stop)), sandbox_(std::move(sandbox)) {}

  std::vector<CoreEtlCheck> Check(const json& specification) {
    std::vector<CoreEtlCheck> checks;
    for (const json& source : specification.value("sources", json::array())) {
      checks.push_back(Checked("source", source, AddSource(source)));
    }
    for (const json& step : specification.value("transformations", json::array())) {
      checks.push_back(Checked("transformation", step, AddStep(step)));
    }
    for (const json& sink : specification.value("sinks", json::array())) {
      checks.push_back(Checked("sink", sink, CheckSink(sink)));
    }
    return checks;
  }

  base::Status Run(const json& specification) {
    for (const json& source : specification.value("sources", json::array())) {
      HEARTH_RETURN_IF_ERROR(Named("source", source, AddSource(source)));
    }
    for (const json& step : specification.value("transformations", json::array())) {
      HEARTH_RETURN_IF_ERROR(Named("transformation", step, AddStep(step)));
    }
    for (const json& sink : specification.value("sinks", json::array())) {
      HEARTH_RETURN_IF_ERROR(Named("sink", sink, WriteSink(sink)));
    }
    return {};
  }

 private:
  static base::Status Named(const char* what, const json& record, base::Status status) {
    if (status.ok()) return {};
    base::Error error = std::move(*status.error());
    error.message += fmt::format(" ({} {})", what, TextOf(record, "name"));
    return error;
  }

  CoreEtlCheck Checked(const char* kind, const json& record, base::Status status) {
    CoreEtlCheck check;
    check.kind = kind;
    check.name = TextOf(record, "name");
    if (status.ok()) {
      if (check.kind != "sink") check.schema = SchemaOf(check.name);
      return check;
    }
    unknown_.insert(check.name);
    base::Error error = std::move(*status.error());
    const auto relation = error.parameters.find("relationName");
    const std::string missing = relation == error.parameters.end() ? "" : Unquoted(relation->second);
    if (error.condition == base::kNotImplementedCondition) {
      check.not_checked = error.message;
    } else if (error.condition == "TABLE_OR_VIEW_NOT_FOUND" && unknown_.contains(missing)) {
      check.not_checked = fmt::format("it reads {}", missing);
    } else {
      check.line = LineOf(error);
      check.error = std::move(error);
    }
    return check;
  }

  static std::string Unquoted(std::string name) {
    std::erase(name, '`');
    return name;
  }

  static int LineOf(const base::Error& error) {
    if (error.contexts.empty() || !error.contexts.front().text) return 0;
    const base::QueryContext& context = error.contexts.front();
    const auto end = static_cast<size_t>(std::max(context.start_index, 0));
    const std::string_view before = std::string_view(*context.text).substr(0, end);
    return 1 + static_cast<int>(std::ranges::count(before, '\n'));
  }

  std::string SchemaOf(const std::string& view) {
    plan::unresolved::NamedTable table;
    table.name = {view};
    const auto plan = AnalyzeQuery(session_, MakeRelation(std::move(table)), stop_);
    return plan.ok() ? plan::SchemaOf(**plan)->CatalogString() : "";
  }

  // What a sink needs of the rows: that they are there, with the columns that it names.
  base::Status CheckSink(const json& sink) {
    const std::string type = TextOf(sink, "type");
    if (!IsFileFormat(type) && type != "table") {
      return base::NotImplemented(fmt::format("CoreETL sinks of type {} on the embedded engine", type));
    }
    std::string from = TextOf(sink, "from");
    if (from.empty()) from = last_;
    std::vector<std::string> columns = TextsOf(sink, "partitionBy");
    for (std::string& key : TextsOf(sink, "mergeKeys")) columns.push_back(std::move(key));
    std::string text = "SELECT ";
    for (const std::string& column : columns) text += Quoted(column) + ", ";
    text += fmt::format("1 FROM {}", Quoted(from));
    HEARTH_ASSIGN(auto query, plan::ParseQuery(text, SqlOptionsOf(session_)));
    HEARTH_RETURN_IF_ERROR(AnalyzeQuery(session_, query, stop_));
    return {};
  }

  base::Status Carry(const Command& command) {
    HEARTH_RETURN_IF_ERROR(RunCommand(session_, command, {.stop = stop_}));
    return {};
  }

  base::Status AddView(const std::string& name, RelationPtr query) {
    plan::unresolved::CreateView view;
    view.name = {name};
    view.input = std::move(query);
    view.replace = true;
    last_ = name;
    return Carry({std::move(view)});
  }

  base::Status AddSource(const json& source) {
    const std::string type = TextOf(source, "type");
    RelationPtr rows;
    if (IsFileFormat(type)) {
      plan::unresolved::DataSource files;
      files.format = type;
      files.options = OptionsOf(source);
      files.paths = {TextOf(source, "path")};
      files.schema = files.options.contains("schema") ? files.options.extract("schema").mapped() : "";
      rows = MakeRelation(std::move(files));
    } else if (type == "table") {
      plan::unresolved::NamedTable table;
      table.name = TableOf(session_, source);
      rows = MakeRelation(std::move(table));
    } else {
      return base::NotImplemented(fmt::format("CoreETL sources of type {} on the embedded engine", type));
    }
    const plan::SqlOptions options = SqlOptionsOf(session_);
    if (const std::string filter = TextOf(source, "filter"); !filter.empty()) {
      auto condition = plan::ParseExpression(filter, options);
      if (!condition.ok()) return WithStatement(std::move(*condition.error()), filter);
      rows = MakeRelation(plan::unresolved::Filter{std::move(rows), std::move(*condition)});
    }
    const std::vector<std::string> columns = TextsOf(source, "columns");
    if (!columns.empty()) {
      plan::unresolved::Project project{std::move(rows), {}};
      for (const std::string& column : columns) {
        HEARTH_ASSIGN(auto item, plan::ParseExpression(Quoted(column), options));
        project.items.push_back(std::move(item));
      }
      rows = MakeRelation(std::move(project));
    }
    return AddView(TextOf(source, "name"), std::move(rows));
  }

  base::Status AddStep(const json& step) {
    const std::string type = step.value("type", "sql");
    if (type != "sql") return base::NotImplemented(fmt::format("CoreETL transformations of type {}", type));
    std::string text = TextOf(step, "query");
    text.erase(text.find_last_not_of("; \t\r\n") + 1);
    auto query = plan::ParseQuery(text, SqlOptionsOf(session_));
    if (!query.ok()) return WithStatement(std::move(*query.error()), text);
    const base::Status status = AddView(TextOf(step, "name"), std::move(*query));
    if (!status.ok()) return WithStatement(*status.error(), text);
    return {};
  }

  base::Status WriteSink(const json& sink) {
    const std::string type = TextOf(sink, "type");
    const std::string mode = sink.value("mode", "append");
    std::string from = TextOf(sink, "from");
    if (from.empty()) from = last_;
    if (!IsFileFormat(type) && type != "table") {
      return base::NotImplemented(fmt::format("CoreETL sinks of type {} on the embedded engine", type));
    }
    HEARTH_RETURN_IF_ERROR(mode == "merge" ? MergeSink(sink, type, from)
                           : type == "table" && sandbox_.empty()
                               ? WriteTableSink(sink, mode, from)
                               : WriteFileSink(sink, SandboxFormat(type), mode, from));
    print_(fmt::format("written: {} -> {} ({})", from, TextOf(sink, "name"), mode));
    return {};
  }

  base::Status MergeSink(const json& sink, const std::string& type, const std::string& from) {
    if (type != "table" && type != "parquet") {
      return base::NotImplemented(fmt::format("CoreETL sinks of mode merge and type {}", type));
    }
    MergeRequest merge;
    merge.view = from;
    merge.keys = TextsOf(sink, "mergeKeys");
    if (merge.keys.empty()) return Wrong("mode merge needs mergeKeys");
    merge.path = TextOf(sink, "path");
    if (type == "table") merge.table = TableOf(session_, sink);
    merge.partition_columns = TextsOf(sink, "partitionBy");
    merge.options = OptionsOf(sink);
    if (!sandbox_.empty()) merge.result_path = PlaceOf(sink);
    return MergeRows(session_, merge, stop_);
  }

  static plan::unresolved::SaveMode SaveModeOf(const std::string& mode) {
    return mode == "overwrite" ? plan::unresolved::SaveMode::kOverwrite : plan::unresolved::SaveMode::kAppend;
  }

  static plan::unresolved::Options WriteOptions(const json& sink, const std::string& mode) {
    plan::unresolved::Options options = OptionsOf(sink);
    if (mode == "overwrite") {
      options["partitionOverwriteMode"] = TextOf(sink, "overwrite") == "partitions" ? "dynamic" : "static";
    }
    return options;
  }

  static RelationPtr RowsOf(const std::string& view) {
    plan::unresolved::NamedTable table;
    table.name = {view};
    return MakeRelation(std::move(table));
  }

  base::Status WriteFileSink(const json& sink, const std::string& type, const std::string& mode,
                             const std::string& from) {
    plan::unresolved::WriteFiles write;
    write.input = RowsOf(from);
    write.format = type;
    write.path = PlaceOf(sink);
    write.mode = SaveModeOf(mode);
    write.partition_columns = TextsOf(sink, "partitionBy");
    write.options = WriteOptions(sink, mode);
    return Carry({std::move(write)});
  }

  // Tables are files in a sandbox.
  static std::string SandboxFormat(const std::string& type) { return type == "table" ? "parquet" : type; }
  std::string PlaceOf(const json& sink) const {
    return sandbox_.empty() ? TextOf(sink, "path") : fmt::format("{}/{}", sandbox_, TextOf(sink, "name"));
  }

  base::Status WriteTableSink(const json& sink, const std::string& mode, const std::string& from) {
    plan::unresolved::WriteTable write;
    write.input = RowsOf(from);
    write.table = TableOf(session_, sink);
    write.mode = SaveModeOf(mode);
    write.partition_columns = TextsOf(sink, "partitionBy");
    // Nothing of how it is overwritten: a table keeps the options that it was made with.
    write.options = OptionsOf(sink);
    if (mode == "overwrite" && TextOf(sink, "overwrite") == "partitions") {
      HEARTH_ASSIGN(const auto name, session_.Names()->Qualify(write.table));
      // saveAsTable would replace the table with all its partitions.
      if (session_.catalog().FindTable(name.database, name.name)) {
        write.action = plan::unresolved::WriteTable::Action::kOverwritePartitions;
        write.by_name = true;
      }
    }
    return Carry({std::move(write)});
  }

  Session& session_;
  const Printer& print_;
  const std::stop_token stop_;
  const std::string sandbox_;
  std::string last_;               // the view that was made last
  std::set<std::string> unknown_;  // views that were not made
};

}  // namespace

base::Status RunCoreEtl(Session& session, const std::string& specification, const Printer& print,
                        std::stop_token stop, const std::string& sandbox) {
  const json parsed = json::parse(specification, nullptr, false);
  if (!parsed.is_object()) return Wrong("the CoreETL specification is no JSON object");
  return Pipeline(session, print, std::move(stop), sandbox).Run(parsed);
}

base::Result<std::vector<CoreEtlCheck>> CheckCoreEtl(Session& session, const std::string& specification,
                                                     std::stop_token stop) {
  const json parsed = json::parse(specification, nullptr, false);
  if (!parsed.is_object()) return Wrong("the CoreETL specification is no JSON object");
  const Printer nobody = [](const std::string&) {};
  return Pipeline(session, nobody, std::move(stop)).Check(parsed);
}

}  // namespace hearth::session
