// Walking and rebuilding resolved expressions.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "plan/resolved/tree.h"

namespace hearth::plan {

// Direct sub-expressions, in printing order; a subquery's plan is not entered.
Expressions ChildrenOf(const Expression& expression);

// Replaces an expression before its children are looked at: null means "not this one, look inside".
using Replacement = std::function<ExpressionPtr(const ExpressionPtr&)>;
// Returns the same pointer when nothing changed.
ExpressionPtr Rewrite(const ExpressionPtr& expression, const Replacement& replace);

// True when any node, the root included, satisfies the test. A subquery's plan is not entered.
bool Contains(const Expression& expression, const std::function<bool(const Expression&)>& test);

bool ContainsAggregate(const Expression& expression);
bool ContainsWindow(const Expression& expression);
bool ContainsGenerator(const Expression& expression);
bool IsDeterministic(const Expression& expression);
// A literal, or computed from literals alone.
bool IsFoldable(const Expression& expression);

// Column ids that the expression reads, subqueries' outer references included.
std::set<ColumnId> ReferencedColumns(const Expression& expression);

// Text equal for equal expressions: ids, types and casts included.
std::string Fingerprint(const Expression& expression);

// The columns of the outer query that a subplan reads.
std::set<ColumnId> OuterReferences(const Relation& relation);

// Calls `visit` on every expression of one relation node (not its inputs).
void VisitExpressions(const Relation& relation, const std::function<void(const ExpressionPtr&)>& visit);
// The input relations of one node.
std::vector<RelationPtr> InputsOf(const Relation& relation);

}  // namespace hearth::plan
