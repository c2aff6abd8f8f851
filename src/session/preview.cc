#include "session/preview.h"

#include <fmt/format.h>

#include <utility>

#include "base/uuid.h"
#include "plan/from_sql/from_sql.h"
#include "session/commands/command.h"
#include "session/planning.h"

namespace hearth::session {
namespace {

namespace unresolved = plan::unresolved;

base::Result<std::vector<plan::ValueList>> Collect(Session& session, const unresolved::RelationPtr& query,
                                                   const std::stop_token& stop) {
  HEARTH_ASSIGN(const plan::RelationPtr plan, AnalyzeQuery(session, query, stop));
  return session.executor().Collect(plan, kPreviewRows, stop);
}

base::Result<std::vector<plan::ValueList>> Collect(Session& session, const std::string& text,
                                                   const std::stop_token& stop) {
  HEARTH_ASSIGN(const auto query, plan::ParseQuery(text, SqlOptionsOf(session)));
  return Collect(session, query, stop);
}

base::Status Fill(Session& session, const std::string& view, const std::stop_token& stop, Preview* preview) {
  unresolved::NamedTable named;
  named.name = {view};
  const auto rows = unresolved::MakeRelation(std::move(named));
  HEARTH_ASSIGN(const plan::RelationPtr plan, AnalyzeQuery(session, rows, stop));
  preview->schema = plan::SchemaOf(*plan)->CatalogString();
  const std::string quoted = plan::QuoteIdentifier(view);
  HEARTH_ASSIGN(const auto count,
                Collect(session, fmt::format("SELECT CAST(count(*) AS STRING) FROM {}", quoted), stop));
  preview->rows = std::stoll(std::get<std::string>(count.at(0).at(0).data));
  HEARTH_ASSIGN(const auto objects,
                Collect(session,
                        fmt::format("SELECT to_json(struct(*), map('ignoreNullFields', 'false')) FROM {} "
                                    "LIMIT {}",
                                    quoted, kPreviewRows),
                        stop));
  for (const auto& row : objects) {
    if (const auto* text = std::get_if<std::string>(&row.at(0).data)) preview->json_rows.push_back(*text);
  }
  unresolved::ShowString show;
  show.input = rows;
  show.rows = kPreviewRows;
  show.truncate = 0;
  HEARTH_ASSIGN(const auto shown, Collect(session, unresolved::MakeRelation(std::move(show)), stop));
  if (const auto* text = std::get_if<std::string>(&shown.at(0).at(0).data)) preview->table = *text;
  return {};
}

}  // namespace

base::Result<Preview> PreviewFiles(Session& session, const plan::FileSink& place, std::stop_token stop) {
  unresolved::DataSource files;
  files.format = place.format;
  files.paths = {place.path};
  for (const auto& [key, value] : place.options) files.options[key] = value;
  unresolved::CreateView create;
  const std::string view = "hearth_preview_" + base::RandomUuid();
  create.name = {view};
  create.input = unresolved::MakeRelation(std::move(files));
  const auto made = RunCommand(session, {std::move(create)}, {.stop = stop});
  // A write of no rows into partitions leaves no file.
  if (!made.ok() && made.error()->condition == "UNABLE_TO_INFER_SCHEMA") return Preview();
  if (!made.ok()) return std::move(*made.error());
  Preview preview;
  base::Status filled = Fill(session, view, stop, &preview);
  session.views().Drop(view);
  if (!filled.ok()) return std::move(filled).Fail();
  return preview;
}

}  // namespace hearth::session
