// Turns an unresolved plan into a resolved one: names, types, nullability, coercion and Spark's error
// conditions. It asks the catalogue and the files for schemas and reads no data.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>

#include "base/result.h"
#include "plan/catalog.h"
#include "plan/functions/registry.h"
#include "plan/resolved/tree.h"
#include "plan/unresolved/tree.h"

namespace hearth::plan {

// What an analysis may look at. All references outlive the call.
struct AnalyzeContext {
  const AnalysisSettings& settings;
  Catalog& catalog;
  FileSources& files;
  // Local relations uploaded as artifacts, by hash; null when there are none.
  const std::map<std::string, unresolved::RelationPtr>* cached_relations = nullptr;
  // Runs a small plan, for relations whose columns depend on data: pivot without values, crosstab. Unset:
  // they are refused.
  std::function<base::Result<std::vector<ValueList>>(const RelationPtr& plan, int64_t limit)> collect;
};

// Errors carry kind kAnalysis or kUnsupported with a condition of Spark's catalogue.
base::Result<RelationPtr> Analyze(const unresolved::RelationPtr& plan, AnalyzeContext& context);

// An expression without columns (a default value, an option, a SET argument).
base::Result<ExpressionPtr> AnalyzeConstant(const unresolved::ExpressionPtr& expression,
                                            AnalyzeContext& context);

}  // namespace hearth::plan
