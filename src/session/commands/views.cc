// Views: temporary, global temporary and persistent ones.
#include <fmt/format.h>

#include <utility>

#include "plan/types/field_metadata.h"
#include "session/commands/handlers.h"
#include "session/commands/objects.h"
#include "session/commands/rows.h"
#include "session/planning.h"

namespace hearth::session::commands {
namespace {

using base::ErrorKind;
using base::MakeError;
using unresolved::CreateView;

// Looks names up and notes which temporary views were among them.
class RecordingCatalog final : public plan::Catalog {
 public:
  explicit RecordingCatalog(std::shared_ptr<NameLookup> names) : names_(std::move(names)) {}
  base::Result<std::variant<plan::ViewInfo, plan::TableLookup>> Lookup(
      const std::vector<std::string>& name) override {
    if (const TemporaryViewPtr view = names_->FindTemporary(name)) temporary_.push_back(view);
    return names_->Lookup(name);
  }
  const std::vector<TemporaryViewPtr>& temporary() const { return temporary_; }

 private:
  const std::shared_ptr<NameLookup> names_;
  std::vector<TemporaryViewPtr> temporary_;
};

base::Error RecursiveView(const std::string& name) {
  return MakeError(ErrorKind::kAnalysis, "RECURSIVE_VIEW",
                   fmt::format("The view {} would be made of itself.", name),
                   {{"viewIdent", name}, {"newPath", fmt::format("{} -> {}", name, name)}});
}

base::Status CheckColumnCount(const CreateView& command, const std::string& name,
                              const plan::Relation& plan) {
  const size_t wanted = command.column_aliases.size();
  const size_t given = plan.output.size();
  if (wanted == 0 || wanted == given) return {};
  const char* kind = wanted > given ? "NOT_ENOUGH_DATA_COLUMNS" : "TOO_MANY_DATA_COLUMNS";
  std::vector<std::string> data;
  for (const plan::Column& column : plan.output) data.push_back(plan::QuoteIdentifier(column.name));
  std::vector<std::string> aliases;
  for (const std::string& alias : command.column_aliases) aliases.push_back(plan::QuoteIdentifier(alias));
  return MakeError(ErrorKind::kAnalysis, fmt::format("CREATE_VIEW_COLUMN_ARITY_MISMATCH.{}", kind),
                   fmt::format("The view {} names {} columns, its query gives {}.", name, wanted, given),
                   {{"viewName", name},
                    {"viewColumns", fmt::format("{}", fmt::join(aliases, ", "))},
                    {"dataColumns", fmt::format("{}", fmt::join(data, ", "))}});
}

// A view of SQL text sees later versions of the temporary views that it names, a view of a DataFrame keeps
// those of its making.
Answer CreateTemporaryView(Session& session, const CreateView& command, const CommandContext& context) {
  const auto too_long = [&] {
    base::Error error =
        MakeError(ErrorKind::kAnalysis, "_LEGACY_ERROR_TEMP_1321",
                  fmt::format("{} cannot name a temporary view.", fmt::join(command.name, ".")),
                  {{"viewName", fmt::format("{}", fmt::join(command.name, "."))}});
    error.sql_state.clear();
    return error;
  };
  const bool has_global_prefix =
      command.name.size() == 2 && LowerCase(command.name[0]) == kGlobalTemporaryDatabase;
  // A DataFrame's createTempView takes the last of two parts as the name, whatever the first is.
  const bool has_ignored_prefix = command.name.size() == 2 && context.form == JournalForm::kConnectCommand;
  if (command.name.size() != 1 && !(command.is_global && has_global_prefix) && !has_ignored_prefix)
    return too_long();
  const std::string& name = command.name.back();
  TemporaryViews& views = command.is_global ? session.global_views() : session.views();

  const std::shared_ptr<NameLookup> names = session.Names();
  const TemporaryViewPtr replaced = views.Find(name);
  RecordingCatalog recorder(names);
  HEARTH_ASSIGN(const plan::RelationPtr plan, AnalyzeQuery(session, command.input, recorder, context.stop));
  HEARTH_RETURN_IF_ERROR(CheckColumnCount(command, plan::QuoteIdentifier(name), *plan));

  auto view = std::make_shared<TemporaryView>();
  view->info.name = command.is_global ? std::vector<std::string>{std::string(kGlobalTemporaryDatabase), name}
                                      : std::vector{name};
  view->info.plan = command.input;
  view->info.column_aliases = command.column_aliases;
  view->info.current_catalog = kCatalogName;
  view->info.current_database = session.current_database();
  view->sql_text = command.sql_text;
  view->comment = command.comment;
  view->column_comments = command.column_comments;
  if (command.sql_text.empty()) {
    // As the names are now. Keeping only the plan would let a view that replaces itself be made of itself.
    if (!recorder.temporary().empty()) view->info.scope = names;
  } else if (replaced && command.replace) {
    for (const TemporaryViewPtr& used : recorder.temporary()) {
      if (used == replaced) return RecursiveView(plan::QuoteIdentifiers(view->info.name));
    }
  }
  if (command.if_not_exists && replaced) return Rows::None();
  HEARTH_RETURN_IF_ERROR(views.Create(name, std::move(view), command.replace));
  session.journal().Record(JournalAct::kCreateView, name, context.form, context.source);
  return Rows::None();
}

Answer CreatePersistentView(Session& session, const CreateView& command, const CommandContext& context) {
  const std::shared_ptr<NameLookup> names = session.Names();
  HEARTH_ASSIGN(const NameLookup::TableName name, names->Qualify(command.name));
  const std::string quoted = QuotedTableName(name.database, name.name);
  RecordingCatalog recorder(names);
  HEARTH_ASSIGN(const plan::RelationPtr plan, AnalyzeQuery(session, command.input, recorder, context.stop));
  if (!recorder.temporary().empty()) {
    const std::string used = plan::QuoteIdentifiers(recorder.temporary().front()->info.name);
    return MakeError(
        ErrorKind::kAnalysis, "INVALID_TEMP_OBJ_REFERENCE",
        fmt::format("The persistent view {} cannot be made of the temporary view {}.", quoted, used),
        {{"obj", "VIEW"}, {"objName", quoted}, {"tempObj", "VIEW"}, {"tempObjName", used}});
  }
  HEARTH_RETURN_IF_ERROR(CheckColumnCount(command, quoted, *plan));

  TableRecord record;
  record.info.catalog = kCatalogName;
  record.info.name_space = {name.database};
  record.info.name = name.name;
  record.info.kind = "VIEW";
  record.info.comment = command.comment;
  record.created_microseconds = session.clock().NowMicroseconds();
  record.owner = session.process_user();
  record.view = ViewText{command.sql_text, session.current_database(), command.column_aliases,
                         SqlOptionsOf(session).double_quoted_identifiers};
  for (size_t i = 0; i < plan->output.size(); ++i) {
    const plan::Column& column = plan->output[i];
    const std::string column_name = command.column_aliases.empty() ? column.name : command.column_aliases[i];
    const plan::Field field{column_name, column.type, column.nullable, ""};
    std::string comment =
        plan::CommentOf({column.name, column.type, column.nullable, column.metadata}).value_or("");
    if (i < command.column_comments.size() && !command.column_comments[i].empty())
      comment = command.column_comments[i];
    record.info.columns.push_back({field, std::move(comment), false});
  }
  const TablePtr existing = session.catalog().FindTable(name.database, name.name);
  if (existing && command.if_not_exists) return Rows::None();
  if (existing && existing->is_view() && command.replace) {
    HEARTH_RETURN_IF_ERROR(session.catalog().ReplaceTable(std::move(record)));
  } else {
    HEARTH_RETURN_IF_ERROR(session.catalog().CreateTable(std::move(record)));
  }
  return Rows::None();
}

}  // namespace

Answer Run(Session& session, const CreateView& command, const CommandContext& context) {
  if (command.is_temporary || command.is_global) return CreateTemporaryView(session, command, context);
  return CreatePersistentView(session, command, context);
}

Answer Run(Session& session, const unresolved::DropView& command, const CommandContext&) {
  const std::shared_ptr<NameLookup> names = session.Names();
  if (const TemporaryViewPtr view = names->FindTemporary(command.name)) {
    TemporaryViews& views = command.name.size() == 2 ? session.global_views() : session.views();
    views.Drop(command.name.back());
    session.journal().Record(JournalAct::kDropView, command.name.back());
    return Rows::None();
  }
  HEARTH_ASSIGN(const NameLookup::TableName name, names->Qualify(command.name));
  const TablePtr table = session.catalog().FindTable(name.database, name.name);
  if (!table && command.if_exists) return Rows::None();
  if (table && !table->is_view()) {
    const std::string plain = fmt::format("{}.{}.{}", kCatalogName, name.database, name.name);
    return MakeError(ErrorKind::kAnalysis, "WRONG_COMMAND_FOR_OBJECT_TYPE",
                     fmt::format("DROP VIEW is for views, {} is a table; use DROP TABLE.", plain),
                     {{"operation", "DROP VIEW"},
                      {"requiredType", "VIEW or METRIC_VIEW"},
                      {"objectName", plain},
                      {"foundType", table->info.kind},
                      {"alternative", "DROP TABLE"}});
  }
  HEARTH_ASSIGN(const TablePtr dropped, session.catalog().DropTable(name.database, name.name));
  return Rows::None();
}

}  // namespace hearth::session::commands
