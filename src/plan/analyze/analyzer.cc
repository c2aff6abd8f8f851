#include "plan/analyze/analyzer.h"

#include <fmt/format.h>

#include "plan/analyze/analysis.h"

namespace hearth::plan {

base::Result<RelationPtr> Analyze(const unresolved::RelationPtr& plan, AnalyzeContext& context) {
  Analysis analysis(context);
  HEARTH_ASSIGN(auto analyzed, analysis.AnalyzeRelation(plan, nullptr));
  return analyzed.relation;
}

base::Result<ExpressionPtr> AnalyzeConstant(const unresolved::ExpressionPtr& expression,
                                            AnalyzeContext& context) {
  Analysis analysis(context);
  HEARTH_ASSIGN(auto resolved, analysis.AnalyzeExpression(expression, Scope{}));
  if (!IsFoldable(*resolved)) {
    auto text = fmt::format("\"{}\"", OutputName(*resolved));
    return base::MakeError(base::ErrorKind::kAnalysis, "NON_FOLDABLE_ARGUMENT",
                           fmt::format("{} is not constant.", text), {{"paramName", text}});
  }
  return resolved;
}

}  // namespace hearth::plan
