#include "session/commands/explain.h"

#include <fmt/format.h>

#include "session/commands/handlers.h"
#include "session/commands/rows.h"
#include "session/planning.h"

namespace hearth::session {
namespace {

std::string OutputLine(const plan::Relation& plan) {
  std::string line;
  for (const plan::Column& column : plan.output) {
    line += fmt::format("{}{}: {}", line.empty() ? "" : ", ", column.name, column.type->CatalogString());
  }
  return line;
}

}  // namespace

base::Result<std::string> ExplainPlan(Session& session, const plan::unresolved::RelationPtr& query,
                                      const plan::RelationPtr& plan, ExplainMode mode) {
  HEARTH_ASSIGN(const std::string physical, session.executor().Explain(plan));
  const std::string logical = plan::Print(*plan);
  switch (mode) {
    case ExplainMode::kSimple:
    case ExplainMode::kFormatted:
    case ExplainMode::kCodegen:
      return fmt::format("== Physical Plan ==\n{}\n", physical);
    case ExplainMode::kCost:
      return fmt::format("== Optimized Logical Plan ==\n{}\n== Physical Plan ==\n{}\n", logical, physical);
    case ExplainMode::kExtended:
      return fmt::format(
          "== Parsed Logical Plan ==\n{}\n== Analyzed Logical Plan ==\n{}\n{}\n== Optimized Logical Plan "
          "==\n{}\n"
          "== Physical Plan ==\n{}",
          plan::unresolved::Print(*query), OutputLine(*plan), logical, logical, physical);
  }
  return base::InternalError("an unknown explain mode");
}

namespace commands {
namespace {

ExplainMode ModeOf(const std::string& mode) {
  const std::string lower = LowerCase(mode);
  if (lower == "extended") return ExplainMode::kExtended;
  if (lower == "codegen") return ExplainMode::kCodegen;
  if (lower == "cost") return ExplainMode::kCost;
  if (lower == "formatted") return ExplainMode::kFormatted;
  return ExplainMode::kSimple;
}

}  // namespace

Answer Run(Session& session, const unresolved::Explain& command, const CommandContext& context) {
  if (!command.query) return base::NotImplemented("EXPLAIN of a command");
  Rows rows({{"plan", true}});
  auto plan = AnalyzeQuery(session, command.query, context.stop);
  if (!plan.ok()) {
    // Spark answers EXPLAIN of a wrong query with rows that tell the error.
    rows.Add({std::string("Error occurred during query planning: ")});
    rows.Add({fmt::format("[{}] {} SQLSTATE: {}", plan.error()->condition, plan.error()->message,
                          plan.error()->sql_state)});
    return rows.Build();
  }
  HEARTH_ASSIGN(std::string text, ExplainPlan(session, command.query, *plan, ModeOf(command.mode)));
  rows.Add({std::move(text)});
  return rows.Build();
}

}  // namespace commands
}  // namespace hearth::session
