#include <fmt/format.h>

#include "plan/unresolved/printer.h"

namespace hearth::plan::unresolved {
namespace {

std::string_view JoinName(JoinType type) {
  constexpr std::string_view kNames[] = {"Inner", "Cross", "Left", "Right", "Full", "LeftSemi", "LeftAnti"};
  return kNames[static_cast<int>(type)];
}

std::string_view SetName(SetKind kind) {
  constexpr std::string_view kNames[] = {"Union", "Intersect", "Except"};
  return kNames[static_cast<int>(kind)];
}

std::string_view StatisticName(StatisticKind kind) {
  constexpr std::string_view kNames[] = {"Crosstab",      "Covariance", "Correlation", "ApproximateQuantile",
                                         "FrequentItems", "SampleBy"};
  return kNames[static_cast<int>(kind)];
}

std::string Flag(bool set, std::string_view name) { return set ? " " + std::string(name) : ""; }

template <typename T>
std::string Given(const std::optional<T>& value, std::string_view name) {
  return value ? fmt::format(" {}={}", name, *value) : "";
}

std::string Given(std::string_view text, std::string_view name) {
  return text.empty() ? "" : fmt::format(" {}={}", name, Quoted(text));
}

std::string Given(const Options& options, std::string_view name) {
  return options.empty() ? "" : fmt::format(" {}={}", name, MapText(options));
}

std::string Given(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() ? "" : fmt::format(" {}={}", name, ListText(names));
}

// The relations under a node, in order.
std::vector<const Relation*> Children(const Relation& relation) {
  return std::visit(
      [](const auto& node) -> std::vector<const Relation*> {
        using Node = std::decay_t<decltype(node)>;
        if constexpr (std::is_same_v<Node, With>) {
          return {};  // definitions are named: printed apart
        } else if constexpr (std::is_same_v<Node, WithRelations>) {
          std::vector<const Relation*> children = {node.root.get()};
          for (const auto& reference : node.references) children.push_back(reference.get());
          return children;
        } else if constexpr (requires {
                               node.left;
                               node.right;
                             }) {
          return {node.left.get(), node.right.get()};
        } else if constexpr (requires { node.input; }) {
          return {node.input.get()};
        } else {
          return {};
        }
      },
      relation.node);
}

std::string PivotText(Printer& printer, const Pivot& pivot) {
  std::string values;
  for (const auto& value : pivot.values) {
    values += (values.empty() ? "" : ", ") + printer.Text(value.value);
    if (!value.alias.empty()) values += " AS " + QuoteIfNeeded(value.alias);
  }
  const std::string groups = pivot.implicit_groups ? "implicit" : "[" + printer.List(pivot.groups) + "]";
  return fmt::format("Pivot groups={} columns=[{}] values=[{}] aggregates=[{}]", groups,
                     printer.List(pivot.columns), values, printer.List(pivot.aggregates));
}

std::string UnpivotText(Printer& printer, const Unpivot& unpivot) {
  std::string text = "Unpivot";
  if (unpivot.ids) text += " ids=[" + printer.List(*unpivot.ids) + "]";
  if (unpivot.values) {
    std::string values;
    for (size_t index = 0; index < unpivot.values->size(); ++index) {
      values += fmt::format("{}({})", values.empty() ? "" : ", ", printer.List((*unpivot.values)[index]));
      if (index < unpivot.value_aliases.size() && unpivot.value_aliases[index]) {
        values += " AS " + QuoteIfNeeded(*unpivot.value_aliases[index]);
      }
    }
    text += " values=[" + values + "]";
  }
  text += fmt::format(" variable={} names={}", QuoteIfNeeded(unpivot.variable_name),
                      ListText(unpivot.value_names));
  return text + Flag(!unpivot.include_nulls, "exclude-nulls");
}

std::string AggregateText(Printer& printer, const Aggregate& aggregate) {
  std::string groups;
  for (const auto& group : aggregate.groups) groups += (groups.empty() ? "" : ", ") + printer.Text(group);
  return fmt::format("Aggregate [{}] [{}]{}", groups, printer.List(aggregate.items),
                     Flag(aggregate.groups_lead_output, "groups-lead"));
}

std::string JoinText(Printer& printer, const Join& join) {
  std::string text = fmt::format("Join {}", JoinName(join.type));
  text += Flag(join.is_natural, "natural") + Flag(join.is_lateral, "lateral") +
          Given(join.using_columns, "using");
  return join.condition ? text + " on " + printer.Text(join.condition) : text;
}

std::string TableText(Printer& printer, const NamedTable& table) {
  std::string text = "Table " + NameText(table.name) + Given(table.options, "options") +
                     Flag(table.is_streaming, "streaming");
  if (table.version_as_of) text += " version=" + printer.Text(table.version_as_of);
  if (table.timestamp_as_of) text += " timestamp=" + printer.Text(table.timestamp_as_of);
  return text;
}

std::string SourceText(const DataSource& source) {
  return "DataSource" + Given(std::string_view(source.format), "format") +
         Given(std::string_view(source.schema), "schema") + Given(source.options, "options") +
         Given(source.paths, "paths") + Given(source.predicates, "predicates") +
         Flag(source.is_streaming, "streaming");
}

std::string SampleText(Printer& printer, const Sample& sample) {
  if (sample.row_count) return "Sample rows=" + printer.Text(sample.row_count) + Given(sample.seed, "seed");
  return fmt::format("Sample [{}, {}]", sample.lower, sample.upper) +
         Flag(sample.with_replacement, "with-replacement") + Given(sample.seed, "seed") +
         Flag(sample.deterministic_order, "ordered");
}

std::string StatisticText(Printer& printer, const Statistic& statistic) {
  std::string text = std::string(StatisticName(statistic.kind)) + " " + ListText(statistic.columns);
  if (!statistic.numbers.empty()) text += fmt::format(" numbers=[{}]", fmt::join(statistic.numbers, ", "));
  if (statistic.error != 0) text += fmt::format(" error={}", statistic.error);
  if (statistic.stratum) text += " of=" + printer.Text(statistic.stratum);
  if (!statistic.strata.empty()) text += " strata=[" + printer.List(statistic.strata) + "]";
  return text + Given(statistic.seed, "seed") + Given(std::string_view(statistic.method), "method");
}

std::string QueryText(Printer& printer, const SqlQuery& query) {
  std::string text = "Sql " + Quoted(query.text);
  for (const auto& [name, value] : query.named_arguments) text += " :" + name + "=" + printer.Text(value);
  if (!query.positional_arguments.empty())
    text += " arguments=[" + printer.List(query.positional_arguments) + "]";
  return text;
}

std::string ReplaceText(Printer& printer, const ReplaceValues& replace) {
  std::string pairs;
  for (const auto& [from, to] : replace.replacements) {
    pairs += (pairs.empty() ? "" : ", ") + printer.Text(from) + " -> " + printer.Text(to);
  }
  return "ReplaceValues " + ListText(replace.columns) + " [" + pairs + "]";
}

std::string RenamesText(const RenameColumns& rename) {
  std::string pairs;
  for (const auto& [from, to] : rename.renames) {
    pairs += (pairs.empty() ? "" : ", ") + QuoteIfNeeded(from) + " -> " + QuoteIfNeeded(to);
  }
  return "RenameColumns [" + pairs + "]";
}

std::string InlineText(Printer& printer, const InlineTable& table) {
  std::string text = "InlineTable";
  for (const auto& row : table.rows) text += " (" + printer.List(row) + ")";
  return text;
}

}  // namespace

std::string Printer::Text(const GroupElement& element) {
  switch (element.kind) {
    case GroupKind::kGroupBy:
      return List(element.expressions);
    case GroupKind::kRollup:
      return "rollup(" + List(element.expressions) + ")";
    case GroupKind::kCube:
      return "cube(" + List(element.expressions) + ")";
    case GroupKind::kAll:
      return "all";
    case GroupKind::kGroupingSets:
      break;
  }
  std::string sets;
  for (const auto& set : element.sets) {
    const bool nested = set.kind != GroupKind::kGroupBy;
    sets += (sets.empty() ? "" : ", ") + (nested ? Text(set) : "(" + Text(set) + ")");
  }
  const std::string given = element.expressions.empty() ? "" : List(element.expressions) + " by ";
  return "grouping-sets(" + given + sets + ")";
}

std::string Printer::Describe(const Relation& relation) {
  return std::visit(
      Overloaded{
          [this](const NamedTable& table) { return TableText(*this, table); },
          [](const DataSource& source) { return SourceText(source); },
          [](const OneRow&) { return std::string("OneRow"); },
          [this](const Project& project) { return "Project [" + List(project.items) + "]"; },
          [this](const Filter& filter) { return "Filter " + Text(filter.condition); },
          [this](const Having& having) { return "Having " + Text(having.condition); },
          [this](const Join& join) { return JoinText(*this, join); },
          [](const SetOperation& set) {
            return std::string(SetName(set.kind)) + Flag(set.is_all, "all") + Flag(set.by_name, "by-name") +
                   Flag(set.allow_missing_columns, "allow-missing");
          },
          [this](const Sort& sort) {
            const std::string orders = sort.all ? Text(sort.all_order) : List(sort.orders);
            return "Sort [" + orders + "]" + Flag(!sort.is_global, "local");
          },
          [this](const Limit& limit) { return "Limit " + Text(limit.count); },
          [this](const Offset& offset) { return "Offset " + Text(offset.count); },
          [this](const Tail& tail) { return "Tail " + Text(tail.count); },
          [this](const Aggregate& aggregate) { return AggregateText(*this, aggregate); },
          [this](const Pivot& pivot) { return PivotText(*this, pivot); },
          [this](const Unpivot& unpivot) { return UnpivotText(*this, unpivot); },
          [](const LocalRelation& local) {
            return fmt::format("LocalRelation bytes={}", local.arrow_ipc.size()) +
                   Given(std::string_view(local.schema), "schema");
          },
          [this](const InlineTable& table) { return InlineText(*this, table); },
          [](const Range& range) {
            return fmt::format("Range ({}, {}, {})", range.start.value_or(0), range.end, range.step) +
                   Given(range.partitions, "partitions");
          },
          [this](const Sample& sample) { return SampleText(*this, sample); },
          [](const Deduplicate& deduplicate) {
            return "Deduplicate " + (deduplicate.all_columns ? "all" : ListText(deduplicate.columns));
          },
          [](const Distinct&) { return std::string("Distinct"); },
          [](const SubqueryAlias& alias) {
            return "SubqueryAlias " + QuoteIfNeeded(alias.alias) + Given(alias.column_aliases, "columns");
          },
          [](const Repartition& repartition) {
            return fmt::format("Repartition {}", repartition.partitions) +
                   Flag(repartition.shuffle, "shuffle");
          },
          [this](const RepartitionByExpression& repartition) {
            return "RepartitionByExpression [" + List(repartition.expressions) + "]" +
                   Given(repartition.partitions, "partitions");
          },
          [](const ToDataFrame& to) { return "ToDataFrame " + ListText(to.names); },
          [](const RenameColumns& rename) { return RenamesText(rename); },
          [](const ShowString& show) {
            return fmt::format("ShowString rows={} truncate={}", show.rows, show.truncate) +
                   Flag(show.vertical, "vertical") + Flag(show.html, "html");
          },
          [this](const DropColumns& drop) {
            return "DropColumns [" + List(drop.columns) + "]" + Given(drop.names, "names");
          },
          [this](const WithColumns& with) { return "WithColumns [" + List(with.aliases) + "]"; },
          [this](const Hint& hint) { return "Hint " + hint.name + " [" + List(hint.parameters) + "]"; },
          [](const ToSchema& to) { return "ToSchema " + to.schema->CatalogString(); },
          [this](const FillNulls& fill) {
            return "FillNulls " + ListText(fill.columns) + " [" + List(fill.values) + "]";
          },
          [](const DropNulls& drop) {
            return "DropNulls " + ListText(drop.columns) + Given(drop.minimum_non_nulls, "minimum");
          },
          [this](const ReplaceValues& replace) { return ReplaceText(*this, replace); },
          [](const Summary& summary) { return "Summary " + ListText(summary.statistics); },
          [](const unresolved::Describe& describe) { return "Describe " + ListText(describe.columns); },
          [this](const Statistic& statistic) { return StatisticText(*this, statistic); },
          [this](const Transpose& transpose) { return "Transpose [" + List(transpose.index_columns) + "]"; },
          [this](const TableFunction& function) {
            return "TableFunction " + NameText(function.name) + "(" + List(function.arguments) + ")";
          },
          [this](const Generate& generate) {
            return "Generate " + Text(generate.generator) + Flag(generate.is_outer, "outer") + " AS " +
                   QuoteIfNeeded(generate.alias) + ListText(generate.column_aliases);
          },
          [](const With& with) { return std::string("With") + Flag(with.is_recursive, "recursive"); },
          [](const WithRelations&) { return std::string("WithRelations"); },
          [this](const SqlQuery& query) { return QueryText(*this, query); },
          [](const CachedLocalRelation& cached) {
            return "CachedLocalRelation " + cached.hash + Given(cached.data_hashes, "chunks") +
                   Given(std::string_view(cached.schema_hash), "schema");
          },
          [this](const CollectMetrics& collect) {
            return "CollectMetrics " + QuoteIfNeeded(collect.name) + " [" + List(collect.metrics) + "]";
          },
          [](const Parse& parse) {
            return "Parse " + parse.format + Given(std::string_view(parse.schema), "schema") +
                   Given(parse.options, "options");
          },
          [](const Zip&) { return std::string("Zip"); },
          [](const CatalogCall& call) {
            const std::string schema = call.schema ? " schema=" + call.schema->CatalogString() : "";
            return "CatalogCall " + call.name + " " + MapText(call.arguments) + schema +
                   Given(call.options, "options");
          },
          [](const Unsupported& unsupported) { return "Unsupported " + unsupported.what; },
      },
      relation.node);
}

void Printer::Line(int indent, std::string_view text) {
  output_.append(static_cast<size_t>(indent) * 2, ' ').append(text).append("\n");
  auto pending = std::move(pending_);
  pending_.clear();
  for (const auto& subquery : pending) {
    Line(indent + 2, fmt::format("#{}:", subquery.number));
    Print(*subquery.plan, indent + 3);
  }
}

void Printer::Print(const Relation& relation, int indent) {
  std::string text = Describe(relation);
  if (relation.plan_id) text += fmt::format(" @{}", *relation.plan_id);
  Line(indent, text);
  if (const auto* with = relation.As<With>()) {
    for (const auto& definition : with->definitions) {
      Line(indent + 1, QuoteIfNeeded(definition.name) + Given(definition.column_aliases, "columns") + ":");
      Print(*definition.plan, indent + 2);
    }
    Print(*with->body, indent + 1);
  }
  for (const auto* child : Children(relation)) {
    if (child != nullptr) Print(*child, indent + 1);
  }
}

std::string Print(const Relation& relation) {
  Printer printer;
  printer.Print(relation, 0);
  return printer.Take();
}

}  // namespace hearth::plan::unresolved
