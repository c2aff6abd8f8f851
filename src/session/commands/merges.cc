#include "session/commands/merges.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/uuid.h"
#include "plan/from_sql/from_sql.h"
#include "session/commands/command.h"
#include "session/commands/objects.h"
#include "session/commands/table_files.h"
#include "session/planning.h"

namespace hearth::session {
namespace {

namespace fs = std::filesystem;
namespace unresolved = plan::unresolved;

using base::ErrorKind;
using base::MakeError;

std::string List(const std::vector<std::string>& items, const char* separator = ", ") {
  return fmt::format("{}", fmt::join(items, separator));
}

bool HasName(const std::vector<plan::Field>& fields, const std::string& name) {
  return std::ranges::any_of(fields,
                             [&](const auto& field) { return LowerCase(field.name) == LowerCase(name); });
}

std::vector<std::string> QuotedNames(const std::vector<plan::Field>& fields) {
  std::vector<std::string> names;
  for (const plan::Field& field : fields) names.push_back(plan::QuoteIdentifier(field.name));
  return names;
}

// A folder that is gone when nobody needs it any more.
class Beside {
 public:
  // Hidden from whoever reads the folder above. On the target's own disk: its place is taken by a rename.
  explicit Beside(const fs::path& target)
      : path_(target.parent_path() /
              fmt::format(".{}.merge-{}", target.filename().string(), base::RandomUuid())) {}
  ~Beside() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  const fs::path path_;
};

// One merge; its views have names of their own and go with it.
class Merge {
 public:
  Merge(Session& session, const MergeRequest& request, std::stop_token stop)
      : session_(session), request_(request), stop_(std::move(stop)) {}
  ~Merge() {
    session_.views().Drop(target_view_);
    session_.views().Drop(rows_view_);
  }
  Merge(const Merge&) = delete;
  Merge& operator=(const Merge&) = delete;

  base::Status Run() {
    HEARTH_ASSIGN(const auto source, SchemaOf(request_.view));
    HEARTH_RETURN_IF_ERROR(FindTarget(source));
    if (result_path_.empty()) return MakeTable();
    const Beside beside(result_path_);
    HEARTH_ASSIGN(const std::string rows, RowsAsTarget(source));
    HEARTH_RETURN_IF_ERROR(Write(rows, beside / "rows", {}));
    HEARTH_RETURN_IF_ERROR(AddView(rows_view_, Files(beside / "rows", "")));
    HEARTH_RETURN_IF_ERROR(CheckKeys(rows_view_));
    HEARTH_RETURN_IF_ERROR(Write(Merged(), beside / "merged", partition_columns_));
    return commands::ReplaceFolder(session_, beside / "merged", result_path_);
  }

 private:
  base::Result<std::vector<plan::Field>> SchemaOf(const std::string& view) {
    unresolved::NamedTable table;
    table.name = {view};
    HEARTH_ASSIGN(const auto plan, AnalyzeQuery(session_, unresolved::MakeRelation(std::move(table)), stop_));
    return plan::SchemaOf(*plan)->fields();
  }

  static unresolved::RelationPtr Files(const std::string& path, std::string schema) {
    unresolved::DataSource files;
    files.format = "parquet";
    files.paths = {path};
    files.schema = std::move(schema);
    return unresolved::MakeRelation(std::move(files));
  }

  base::Status AddView(const std::string& name, unresolved::RelationPtr query) {
    unresolved::CreateView view;
    view.name = {name};
    view.input = std::move(query);
    view.replace = true;
    HEARTH_RETURN_IF_ERROR(RunCommand(session_, {std::move(view)}, {.stop = stop_}));
    return {};
  }

  base::Status FindTarget(const std::vector<plan::Field>& source) {
    partition_columns_ = request_.partition_columns;
    result_path_ = request_.result_path;
    HEARTH_RETURN_IF_ERROR(request_.table.empty() ? FindFolder(source) : FindTable());
    if (result_path_.empty()) result_path_ = target_path_;
    return {};
  }

  base::Status FindFolder(const std::vector<plan::Field>& source) {
    // A link stays a link: what it leads to is replaced.
    std::error_code code;
    const fs::path given = fs::absolute(commands::LocalPath(request_.path), code);
    target_path_ = fs::weakly_canonical(given, code).string();
    while (target_path_.size() > 1 && target_path_.ends_with('/')) target_path_.pop_back();
    if (commands::IsMissingOrEmpty(target_path_)) return {};
    HEARTH_RETURN_IF_ERROR(AddTarget(Files(target_path_, "")));
    if (partition_columns_.empty()) return {};
    return AddTarget(Files(target_path_, SchemaWithPartitionsOf(source)));
  }

  base::Status FindTable() {
    HEARTH_ASSIGN(const auto name, session_.Names()->Qualify(request_.table));
    table_ = session_.catalog().FindTable(name.database, name.name);
    if (!table_) return {};
    if (table_->is_view() || table_->info.format != "parquet") {
      return base::NotImplemented(
          fmt::format("merging into {}, which is no table of Parquet files",
                      QuotedTableName(table_->info.name_space[0], table_->info.name)));
    }
    target_path_ = table_->info.location;
    partition_columns_ = table_->partition_columns();
    unresolved::NamedTable table;
    table.name = request_.table;
    return AddTarget(unresolved::MakeRelation(std::move(table)));
  }

  base::Status AddTarget(unresolved::RelationPtr rows) {
    HEARTH_RETURN_IF_ERROR(AddView(target_view_, std::move(rows)));
    HEARTH_ASSIGN(target_fields_, SchemaOf(target_view_));
    return {};
  }

  // The values of partition columns stand in folder names as texts: their types are those of the rows that
  // come, not what the texts look like.
  std::string SchemaWithPartitionsOf(const std::vector<plan::Field>& source) const {
    std::vector<plan::Field> fields = target_fields_;
    for (plan::Field& field : fields) {
      const bool is_partition = std::ranges::any_of(partition_columns_, [&](const std::string& name) {
        return LowerCase(name) == LowerCase(field.name);
      });
      for (const plan::Field& given : source) {
        if (is_partition && LowerCase(given.name) == LowerCase(field.name)) field.type = given.type;
      }
    }
    return plan::DataType::Struct(std::move(fields))->Json();
  }

  // A table that does not exist gets the view's rows, once no key is there twice.
  base::Status MakeTable() {
    HEARTH_RETURN_IF_ERROR(CheckKeys(request_.view));
    unresolved::WriteTable write;
    unresolved::NamedTable view;
    view.name = {request_.view};
    write.input = unresolved::MakeRelation(std::move(view));
    write.table = request_.table;
    write.partition_columns = request_.partition_columns;
    write.options = request_.options;
    HEARTH_RETURN_IF_ERROR(RunCommand(session_, {std::move(write)}, {.stop = stop_}));
    return {};
  }

  // The view's rows with the target's columns, in its order, of its types.
  base::Result<std::string> RowsAsTarget(const std::vector<plan::Field>& source) const {
    if (target_fields_.empty()) {
      return fmt::format("SELECT * FROM {}", plan::QuoteIdentifier(request_.view));
    }
    for (const plan::Field& field : source) {
      if (!HasName(target_fields_, field.name)) {
        return Misfit("EXTRA_COLUMNS", "extraColumns", field.name, "the target");
      }
    }
    std::vector<std::string> items;
    for (const plan::Field& field : target_fields_) {
      const std::string name = plan::QuoteIdentifier(field.name);
      if (!HasName(source, field.name)) {
        return Misfit("CANNOT_FIND_DATA", "colName", field.name, plan::QuoteIdentifier(request_.view));
      }
      items.push_back(fmt::format("CAST({} AS {}) AS {}", name, field.type->Sql(), name));
    }
    return fmt::format("SELECT {} FROM {}", List(items), plan::QuoteIdentifier(request_.view));
  }

  base::Error Misfit(const char* condition, const char* parameter, const std::string& column,
                     const std::string& what) const {
    const std::string target = table_ ? QuotedTableName(table_->info.name_space[0], table_->info.name)
                                      : plan::QuoteIdentifier(target_path_);
    return MakeError(
        ErrorKind::kAnalysis, fmt::format("INCOMPATIBLE_DATA_FOR_TABLE.{}", condition),
        fmt::format("Rows of {} cannot be merged into {}: {} has no column {}.",
                    plan::QuoteIdentifier(request_.view), target, what, plan::QuoteIdentifier(column)),
        {{"tableName", target}, {parameter, plan::QuoteIdentifier(column)}});
  }

  base::Status CheckKeys(const std::string& view) {
    std::vector<std::string> keys;
    std::vector<std::string> shown;
    for (const std::string& key : request_.keys) {
      keys.push_back(plan::QuoteIdentifier(key));
      shown.push_back(fmt::format("'{}', {}", Escaped(key), keys.back()));
    }
    HEARTH_ASSIGN(const auto plan,
                  Analyzed(fmt::format("SELECT to_json(named_struct({}), map('ignoreNullFields', 'false')) "
                                       "FROM {} GROUP BY {} HAVING count(*) > 1 ORDER BY 1 LIMIT 1",
                                       List(shown), plan::QuoteIdentifier(view), List(keys))));
    HEARTH_ASSIGN(const auto rows, session_.executor().Collect(plan, 1, stop_));
    if (rows.empty()) return {};
    const auto* key = std::get_if<std::string>(&rows[0].at(0).data);
    return MakeError(ErrorKind::kRuntime, "MERGE_CARDINALITY_VIOLATION",
                     fmt::format("The rows of {} to merge have a key more than once: {}.",
                                 plan::QuoteIdentifier(request_.view), key == nullptr ? "" : *key));
  }

  static std::string Escaped(const std::string& text) {
    std::string escaped;
    for (const char c : text) escaped += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
    return escaped;
  }

  std::string Merged() const {
    const std::string rows = plan::QuoteIdentifier(rows_view_);
    if (target_fields_.empty()) return fmt::format("SELECT * FROM {}", rows);
    std::vector<std::string> pairs;
    for (const std::string& key : request_.keys) {
      const std::string name = plan::QuoteIdentifier(key);
      pairs.push_back(fmt::format("t.{} <=> r.{}", name, name));
    }
    const std::string columns = List(QuotedNames(target_fields_));
    return fmt::format("SELECT {} FROM {} UNION ALL SELECT {} FROM {} t LEFT ANTI JOIN {} r ON {}", columns,
                       rows, columns, plan::QuoteIdentifier(target_view_), rows, List(pairs, " AND "));
  }

  base::Result<plan::RelationPtr> Analyzed(const std::string& text) {
    HEARTH_ASSIGN(const auto query, plan::ParseQuery(text, SqlOptionsOf(session_)));
    return AnalyzeQuery(session_, query, stop_);
  }

  base::Status Write(const std::string& text, const std::string& path,
                     std::vector<std::string> partition_columns) {
    HEARTH_ASSIGN(const auto rows, Analyzed(text));
    plan::FileSink sink;
    sink.format = "parquet";
    sink.path = path;
    sink.partition_columns = std::move(partition_columns);
    for (const auto& [key, value] : request_.options) sink.options[LowerCase(key)] = value;
    HEARTH_RETURN_IF_ERROR(session_.executor().Write(rows, sink, ExecutionOptionsOf(session_), stop_));
    return {};
  }

  Session& session_;
  const MergeRequest& request_;
  const std::stop_token stop_;
  const std::string target_view_ = "hearth_merge_target_" + base::RandomUuid();
  const std::string rows_view_ = "hearth_merge_rows_" + base::RandomUuid();
  TablePtr table_;
  std::string target_path_;
  std::string result_path_;
  std::vector<plan::Field> target_fields_;  // empty: there is no target yet
  std::vector<std::string> partition_columns_;
};

}  // namespace

base::Status MergeRows(Session& session, const MergeRequest& request, std::stop_token stop) {
  return Merge(session, request, std::move(stop)).Run();
}

}  // namespace hearth::session
