// Tiny builders of resolved plans, and readers of results, for the tests of this room.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "plan/functions/registry.h"
#include "plan/resolved/tree.h"

namespace hearth::engine::testing {

// One engine for all tests of a program; an executor of it.
plan::Executor& SharedExecutor();

plan::ColumnId NextId();
plan::Column MakeColumn(std::string name, plan::TypePtr type, bool nullable = true);
plan::ExpressionPtr Ref(const plan::Column& column);
plan::ExpressionPtr CastTo(plan::ExpressionPtr child, plan::TypePtr type,
                           plan::CastBehavior behavior = plan::CastBehavior::kAnsi);
plan::ExpressionPtr TextLiteral(std::string text);
plan::ExpressionPtr TypedLiteral(plan::Value value, plan::TypePtr type);

plan::RelationPtr RangeOf(int64_t start, int64_t end, int64_t step = 1);
plan::RelationPtr SelectOne(std::vector<plan::ExpressionPtr> expressions);
plan::RelationPtr ProjectOf(plan::RelationPtr input,
                            std::vector<std::pair<std::string, plan::ExpressionPtr>> items);

// The rows, each value as Spark's text ("NULL" for nulls), columns joined by '|'. A failing query gives one
// row "error <condition>".
std::vector<std::string> Rows(const plan::RelationPtr& relation, const std::string& time_zone = "UTC");
// The text of the one value of SELECT CAST(expression AS STRING).
std::string Eval(const plan::ExpressionPtr& expression, const std::string& time_zone = "UTC");
// The whole result decoded from its Arrow stream and printed by Arrow.
std::string ArrowText(const plan::RelationPtr& relation, const plan::ExecutionOptions& options = {});

}  // namespace hearth::engine::testing
