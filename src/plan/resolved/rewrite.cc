#include "plan/resolved/rewrite.h"

#include <algorithm>

#include "plan/functions/registry.h"

namespace hearth::plan {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

// Rebuilds children through one function and remembers whether any of them changed.
class Rebuilder {
 public:
  explicit Rebuilder(const Replacement& replace) : replace_(replace) {}

  ExpressionPtr Visit(const ExpressionPtr& child) {
    if (!child) return child;
    auto result = Rewrite(child, replace_);
    changed_ |= result != child;
    return result;
  }
  Expressions Visit(const Expressions& children) {
    Expressions result;
    result.reserve(children.size());
    for (const auto& child : children) result.push_back(Visit(child));
    return result;
  }
  std::vector<SortKey> Visit(const std::vector<SortKey>& keys) {
    auto result = keys;
    for (auto& key : result) key.expression = Visit(key.expression);
    return result;
  }
  bool changed() const { return changed_; }

 private:
  const Replacement& replace_;
  bool changed_ = false;
};

void Append(Expressions& target, const std::vector<SortKey>& keys) {
  for (const auto& key : keys) target.push_back(key.expression);
}

}  // namespace

Expressions ChildrenOf(const Expression& expression) {
  return std::visit(Overloaded{
                        [](const Literal&) { return Expressions{}; },
                        [](const ColumnReference&) { return Expressions{}; },
                        [](const LambdaVariable&) { return Expressions{}; },
                        [](const Call& call) { return call.arguments; },
                        [](const Cast& cast) { return Expressions{cast.child}; },
                        [](const AggregateCall& call) {
                          auto children = call.arguments;
                          if (call.filter) children.push_back(call.filter);
                          Append(children, call.order);
                          return children;
                        },
                        [](const WindowCall& call) {
                          Expressions children{call.function};
                          children.insert(children.end(), call.partition.begin(), call.partition.end());
                          Append(children, call.order);
                          if (call.lower.offset) children.push_back(call.lower.offset);
                          if (call.upper.offset) children.push_back(call.upper.offset);
                          return children;
                        },
                        [](const Lambda& lambda) { return Expressions{lambda.body}; },
                        [](const Subquery& subquery) { return subquery.values; },
                    },
                    expression.node);
}

ExpressionPtr Rewrite(const ExpressionPtr& expression, const Replacement& replace) {
  if (auto replaced = replace(expression)) return replaced;
  Rebuilder rebuild(replace);
  Expression copy = *expression;
  std::visit(Overloaded{
                 [](Literal&) {},
                 [](ColumnReference&) {},
                 [](LambdaVariable&) {},
                 [&](Call& call) { call.arguments = rebuild.Visit(call.arguments); },
                 [&](Cast& cast) { cast.child = rebuild.Visit(cast.child); },
                 [&](AggregateCall& call) {
                   call.arguments = rebuild.Visit(call.arguments);
                   call.filter = rebuild.Visit(call.filter);
                   call.order = rebuild.Visit(call.order);
                 },
                 [&](WindowCall& call) {
                   call.function = rebuild.Visit(call.function);
                   call.partition = rebuild.Visit(call.partition);
                   call.order = rebuild.Visit(call.order);
                   call.lower.offset = rebuild.Visit(call.lower.offset);
                   call.upper.offset = rebuild.Visit(call.upper.offset);
                 },
                 [&](Lambda& lambda) { lambda.body = rebuild.Visit(lambda.body); },
                 [&](Subquery& subquery) { subquery.values = rebuild.Visit(subquery.values); },
             },
             copy.node);
  if (!rebuild.changed()) return expression;
  return std::make_shared<const Expression>(std::move(copy));
}

bool Contains(const Expression& expression, const std::function<bool(const Expression&)>& test) {
  if (test(expression)) return true;
  for (const auto& child : ChildrenOf(expression)) {
    if (Contains(*child, test)) return true;
  }
  return false;
}

bool ContainsAggregate(const Expression& expression) {
  if (expression.As<AggregateCall>()) return true;
  if (const auto* window = expression.As<WindowCall>()) {
    // The window's own function is no aggregate of the query; what it is computed from may hold one.
    for (const auto& child : ChildrenOf(*window->function)) {
      if (ContainsAggregate(*child)) return true;
    }
    auto children = ChildrenOf(expression);
    return std::any_of(children.begin() + 1, children.end(),
                       [](const auto& child) { return ContainsAggregate(*child); });
  }
  auto children = ChildrenOf(expression);
  return std::any_of(children.begin(), children.end(),
                     [](const auto& child) { return ContainsAggregate(*child); });
}

bool ContainsWindow(const Expression& expression) {
  return Contains(expression, [](const Expression& node) { return node.As<WindowCall>() != nullptr; });
}

bool ContainsGenerator(const Expression& expression) {
  return Contains(expression, [](const Expression& node) {
    const auto* call = node.As<Call>();
    return call != nullptr && call->function->kind == FunctionKind::kGenerator;
  });
}

bool IsDeterministic(const Expression& expression) {
  return !Contains(expression, [](const Expression& node) {
    const auto* call = node.As<Call>();
    return call != nullptr && !call->function->deterministic;
  });
}

bool IsFoldable(const Expression& expression) {
  return !Contains(expression, [](const Expression& node) {
    if (const auto* call = node.As<Call>()) {
      return !call->function->deterministic || call->function->kind != FunctionKind::kScalar;
    }
    return node.As<ColumnReference>() || node.As<AggregateCall>() || node.As<WindowCall>() ||
           node.As<Subquery>();
  });
}

std::vector<RelationPtr> InputsOf(const Relation& relation) {
  return std::visit(
      [](const auto& node) -> std::vector<RelationPtr> {
        if constexpr (requires { node.left; }) {
          return {node.left, node.right};
        } else if constexpr (requires { node.input; }) {
          return {node.input};
        } else if constexpr (requires { node.definitions; }) {
          std::vector<RelationPtr> inputs;
          for (const auto& definition : node.definitions) {
            inputs.push_back(definition.plan);
            if (definition.step) inputs.push_back(definition.step);
          }
          inputs.push_back(node.body);
          return inputs;
        } else {
          return {};
        }
      },
      relation.node);
}

void VisitExpressions(const Relation& relation, const std::function<void(const ExpressionPtr&)>& visit) {
  std::visit(
      [&](const auto& node) {
        if constexpr (requires { node.items; }) {
          for (const auto& item : node.items) visit(item.expression);
        }
        if constexpr (requires { node.condition; }) {
          if (node.condition) visit(node.condition);
        }
        if constexpr (requires { node.rows.front().front()->type; }) {
          for (const auto& row : node.rows) {
            for (const auto& cell : row) visit(cell);
          }
        }
        if constexpr (requires { node.keys.front().expression; }) {
          for (const auto& key : node.keys) visit(key.expression);
        }
        if constexpr (requires { node.generator; }) visit(node.generator);
        if constexpr (requires { node.metrics; }) {
          for (const auto& metric : node.metrics) visit(metric.expression);
        }
      },
      relation.node);
}

namespace {

void CollectColumns(const Expression& expression, std::set<ColumnId>& columns) {
  if (const auto* reference = expression.As<ColumnReference>()) columns.insert(reference->id);
  if (const auto* subquery = expression.As<Subquery>()) columns.merge(OuterReferences(*subquery->plan));
  for (const auto& child : ChildrenOf(expression)) CollectColumns(*child, columns);
}

// Columns read under `relation` and columns made there; what is read but not made comes from outside.
void CollectScope(const Relation& relation, std::set<ColumnId>& read, std::set<ColumnId>& made) {
  for (const auto& column : relation.output) made.insert(column.id);
  VisitExpressions(relation, [&](const ExpressionPtr& expression) { CollectColumns(*expression, read); });
  for (const auto& input : InputsOf(relation)) CollectScope(*input, read, made);
}

}  // namespace

std::set<ColumnId> ReferencedColumns(const Expression& expression) {
  std::set<ColumnId> columns;
  CollectColumns(expression, columns);
  return columns;
}

std::set<ColumnId> OuterReferences(const Relation& relation) {
  std::set<ColumnId> read;
  std::set<ColumnId> made;
  CollectScope(relation, read, made);
  std::set<ColumnId> outer;
  std::set_difference(read.begin(), read.end(), made.begin(), made.end(),
                      std::inserter(outer, outer.begin()));
  return outer;
}

std::string Fingerprint(const Expression& expression) {
  return Print(expression) + ":" + expression.type->CatalogString();
}

}  // namespace hearth::plan
