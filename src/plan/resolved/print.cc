#include <fmt/format.h>

#include "plan/catalog.h"
#include "plan/functions/registry.h"
#include "plan/resolved/literal_text.h"
#include "plan/resolved/tree.h"

namespace hearth::plan {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

std::string CommaList(const Expressions& expressions) {
  std::string text;
  for (const auto& expression : expressions) text += (text.empty() ? "" : ", ") + Print(*expression);
  return text;
}

std::string Print(const std::vector<SortKey>& keys) {
  std::string text;
  for (const auto& key : keys) {
    text += fmt::format("{}{} {} NULLS {}", text.empty() ? "" : ", ", Print(*key.expression),
                        key.ascending ? "ASC" : "DESC", key.nulls_first ? "FIRST" : "LAST");
  }
  return text;
}

std::string Print(const Column& column) {
  return fmt::format("{}#{}: {}{}", column.name, column.id, column.type->CatalogString(),
                     column.nullable ? "" : " not null");
}

std::string Print(const std::vector<Column>& columns) {
  std::string text;
  for (const auto& column : columns) text += (text.empty() ? "" : ", ") + Print(column);
  return "[" + text + "]";
}

std::string Print(const std::vector<NamedExpression>& items) {
  std::string text;
  for (const auto& item : items) {
    text += fmt::format("{}{} AS {}", text.empty() ? "" : ", ", Print(*item.expression), Print(item.column));
  }
  return "[" + text + "]";
}

std::string Print(const FrameBound& bound) {
  static constexpr const char* kNames[] = {"UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW", "FOLLOWING",
                                           "UNBOUNDED FOLLOWING"};
  auto text = std::string(kNames[static_cast<int>(bound.kind)]);
  return bound.offset ? Print(*bound.offset) + " " + text : text;
}

const char* Name(JoinType type) {
  static constexpr const char* kNames[] = {"Inner",     "Cross",    "LeftOuter", "RightOuter",
                                           "FullOuter", "LeftSemi", "LeftAnti"};
  return kNames[static_cast<int>(type)];
}

std::string Describe(const Relation& relation) {
  return std::visit(
      Overloaded{
          [](const OneRow&) { return std::string("OneRow"); },
          [](const FileScan& scan) {
            return fmt::format("FileScan {} {} files", scan.source->format, scan.source->paths.size());
          },
          [](const LocalRows& rows) {
            return fmt::format("LocalRows {} bytes", rows.arrow_ipc ? rows.arrow_ipc->size() : 0);
          },
          [](const InlineRows& rows) {
            std::string text = "InlineRows";
            for (const auto& row : rows.rows) text += " (" + CommaList(row) + ")";
            return text;
          },
          [](const Range& range) {
            return fmt::format("Range ({}, {}, {})", range.start, range.end, range.step);
          },
          [](const Project& project) { return "Project " + Print(project.items); },
          [](const Filter& filter) { return "Filter " + Print(*filter.condition); },
          [](const Join& join) {
            return fmt::format("Join {}{}{}", Name(join.type), join.is_lateral ? " lateral" : "",
                               join.condition ? " ON " + Print(*join.condition) : "");
          },
          [](const Aggregate& aggregate) {
            auto text = fmt::format("Aggregate {} {}", Print(aggregate.keys), Print(aggregate.items));
            for (const auto& set : aggregate.grouping_sets)
              text += fmt::format(" ({})", fmt::join(set, ", "));
            return text;
          },
          [](const Window& window) { return "Window " + Print(window.items); },
          [](const Sort& sort) { return "Sort " + Print(sort.keys); },
          [](const Limit& limit) {
            return fmt::format("Limit {} offset {}", limit.count ? std::to_string(*limit.count) : "all",
                               limit.offset);
          },
          [](const Tail& tail) { return fmt::format("Tail {}", tail.count); },
          [](const SetOperation& operation) {
            static constexpr const char* kNames[] = {"Union", "Intersect", "Except"};
            return fmt::format("{}{}", kNames[static_cast<int>(operation.kind)],
                               operation.is_all ? " all" : "");
          },
          [](const Distinct&) { return std::string("Distinct"); },
          [](const Deduplicate& deduplicate) {
            return fmt::format("Deduplicate {}", fmt::join(deduplicate.keys, ", "));
          },
          [](const Generate& generate) {
            return fmt::format("Generate{} {} {}", generate.is_outer ? " outer" : "",
                               Print(*generate.generator), Print(generate.columns));
          },
          [](const Sample& sample) { return fmt::format("Sample {} {}", sample.lower, sample.upper); },
          [](const With&) { return std::string("With"); },
          [](const CteReference& reference) { return fmt::format("CteReference {}", reference.id); },
          [](const ShowString& show) { return fmt::format("ShowString {} {}", show.rows, show.truncate); },
          [](const CollectMetrics& metrics) { return "CollectMetrics " + metrics.name; },
      },
      relation.node);
}

void PrintInto(const Relation& relation, int depth, std::string& text);

void PrintChildren(const Relation& relation, int depth, std::string& text) {
  std::visit(
      [&](const auto& node) {
        if constexpr (requires { node.left; }) {
          PrintInto(*node.left, depth, text);
          PrintInto(*node.right, depth, text);
        } else if constexpr (requires { node.input; }) {
          PrintInto(*node.input, depth, text);
        } else if constexpr (requires { node.definitions; }) {
          for (const auto& definition : node.definitions) {
            text += fmt::format("{:{}}CteDefinition {}\n", "", depth * 2, definition.id);
            PrintInto(*definition.plan, depth + 1, text);
            if (definition.step) PrintInto(*definition.step, depth + 1, text);
          }
          PrintInto(*node.body, depth, text);
        }
      },
      relation.node);
}

void PrintInto(const Relation& relation, int depth, std::string& text) {
  text += fmt::format("{:{}}{}", "", depth * 2, Describe(relation));
  bool shows_columns = relation.As<FileScan>() || relation.As<LocalRows>() || relation.As<InlineRows>() ||
                       relation.As<Range>() || relation.As<SetOperation>() || relation.As<CteReference>();
  if (shows_columns) text += " " + Print(relation.output);
  text += "\n";
  PrintChildren(relation, depth + 1, text);
}

}  // namespace

std::string Print(const Relation& relation) {
  std::string text;
  PrintInto(relation, 0, text);
  return text;
}

std::string Print(const Expression& expression) {
  return std::visit(
      Overloaded{
          [&](const Literal& literal) {
            auto text = LiteralDisplay(literal.value, *expression.type);
            return expression.type->IsString() && !literal.value.IsNull()
                       ? "'" + text + "'"
                       : fmt::format("{}:{}", text, expression.type->CatalogString());
          },
          [](const ColumnReference& reference) {
            return fmt::format("{}{}#{}", reference.is_outer ? "outer " : "", reference.name, reference.id);
          },
          [](const Call& call) {
            return fmt::format("{}{}({}{})", call.function->name, call.ansi ? "" : "!",
                               CommaList(call.arguments), call.ignore_nulls ? " ignore nulls" : "");
          },
          [&](const Cast& cast) {
            static constexpr const char* kNames[] = {"cast", "legacy_cast", "try_cast"};
            return fmt::format("{}({} as {})", kNames[static_cast<int>(cast.behavior)], Print(*cast.child),
                               expression.type->CatalogString());
          },
          [](const AggregateCall& call) {
            auto text = fmt::format("{}{}({}{}{})", call.function->name, call.ansi ? "" : "!",
                                    call.distinct ? "distinct " : "", CommaList(call.arguments),
                                    call.ignore_nulls ? " ignore nulls" : "");
            if (!call.order.empty()) text += " within (" + Print(call.order) + ")";
            if (call.filter) text += " filter (" + Print(*call.filter) + ")";
            return text;
          },
          [](const WindowCall& call) {
            return fmt::format("{} over (partition {} order {} {} {} {})", Print(*call.function),
                               CommaList(call.partition), Print(call.order),
                               call.unit == FrameUnit::kRows ? "rows" : "range", Print(call.lower),
                               Print(call.upper));
          },
          [](const LambdaVariable& variable) { return fmt::format("{}#{}", variable.name, variable.id); },
          [](const Lambda& lambda) {
            return fmt::format("({}) -> {}", CommaList(lambda.parameters), Print(*lambda.body));
          },
          [](const Subquery& subquery) {
            static constexpr const char* kNames[] = {"scalar", "exists", "in"};
            auto plan = Print(*subquery.plan);
            return fmt::format("{}({}) {{{}}}", kNames[static_cast<int>(subquery.kind)],
                               CommaList(subquery.values), plan);
          },
      },
      expression.node);
}

}  // namespace hearth::plan
