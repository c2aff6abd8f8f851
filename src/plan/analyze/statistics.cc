// describe, summary and the statistics of df.stat, as ordinary aggregations.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "plan/analyze/analysis.h"

namespace hearth::plan {
namespace {

using base::ErrorKind;
using base::MakeError;
using base::Result;

unresolved::ExpressionPtr ColumnNamed(const std::string& name) {
  return unresolved::Make(unresolved::Attribute{{name}, std::nullopt, false});
}

unresolved::ExpressionPtr AsString(unresolved::ExpressionPtr expression) {
  return unresolved::Make(
      unresolved::Cast{std::move(expression), DataType::String(), unresolved::CastMode::kSession});
}

// One statistic of one column. Text is averaged as numbers where it holds numbers.
Result<unresolved::ExpressionPtr> StatisticOf(const std::string& statistic, const Column& column) {
  auto value = ColumnNamed(column.name);
  auto number =
      column.type->IsString()
          ? unresolved::Make(unresolved::Cast{value, DataType::Double(), unresolved::CastMode::kTry})
          : value;
  if (statistic == "count" || statistic == "min" || statistic == "max")
    return AsString(unresolved::Call(statistic, {value}));
  if (statistic == "mean") return AsString(unresolved::Call("avg", {number}));
  if (statistic == "stddev") return AsString(unresolved::Call("stddev", {number}));
  if (statistic == "count_distinct") {
    unresolved::Function count;
    count.name = {"count"};
    count.arguments = {value};
    count.is_distinct = true;
    return AsString(unresolved::Make(std::move(count)));
  }
  if (statistic == "approx_count_distinct")
    return AsString(unresolved::Call("approx_count_distinct", {value}));
  if (statistic.ends_with("%")) {
    double percent = 0;
    try {
      percent = std::stod(statistic.substr(0, statistic.size() - 1));
    } catch (const std::exception&) {
      percent = -1;
    }
    if (percent < 0 || percent > 100) {
      return MakeError(
          ErrorKind::kIllegalArgument, "",
          fmt::format("'{}' is no percentile: a number from 0 to 100 with % is expected.", statistic));
    }
    auto fraction = unresolved::Make(unresolved::Literal{Value{percent / 100}, DataType::Double(), {}});
    auto accuracy = unresolved::IntegerLiteral(10000);
    return AsString(unresolved::Call("percentile_approx", {number, fraction, accuracy}));
  }
  return MakeError(ErrorKind::kIllegalArgument, "UNRECOGNIZED_STATISTIC",
                   fmt::format("'{}' is no known statistic.", statistic),
                   {{"stats", fmt::format("'{}'", statistic)}});
}

}  // namespace

static Result<unresolved::RelationPtr> StatisticsTable(const unresolved::RelationPtr& input,
                                                       const std::vector<Column>& columns,
                                                       const std::vector<std::string>& statistics) {
  // One row of all statistics, then stacked into a row for each.
  unresolved::Aggregate aggregate;
  aggregate.input = input;
  unresolved::Expressions stacked{unresolved::IntegerLiteral(static_cast<int64_t>(statistics.size()))};
  for (size_t i = 0; i < statistics.size(); ++i) {
    stacked.push_back(unresolved::StringLiteral(statistics[i]));
    for (size_t j = 0; j < columns.size(); ++j) {
      auto name = fmt::format("_{}_{}", i, j);
      HEARTH_ASSIGN(auto value, StatisticOf(statistics[i], columns[j]));
      aggregate.items.push_back(unresolved::Make(unresolved::Alias{value, {name}, {}}));
      stacked.push_back(ColumnNamed(name));
    }
  }
  std::vector<std::string> names{"summary"};
  for (const auto& column : columns) names.push_back(column.name);
  unresolved::RelationPtr below;
  if (aggregate.items.empty()) {
    below = unresolved::MakeRelation(unresolved::OneRow{});
  } else {
    below = unresolved::MakeRelation(std::move(aggregate));
  }
  unresolved::Project project;
  project.input = below;
  project.items = {
      unresolved::Make(unresolved::Alias{unresolved::Call("stack", std::move(stacked)), names, {}})};
  return unresolved::MakeRelation(std::move(project));
}

Result<Analyzed> Analysis::AnalyzeSummary(const unresolved::Summary& summary, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(summary.input, outer));
  std::vector<Column> columns;
  for (const auto& column : input.output()) {
    if (column.type->IsNumeric() || column.type->IsString()) columns.push_back(column);
  }
  auto statistics = summary.statistics;
  if (statistics.empty()) statistics = {"count", "mean", "stddev", "min", "25%", "50%", "75%", "max"};
  HEARTH_ASSIGN(auto table, StatisticsTable(summary.input, columns, statistics));
  return AnalyzeRelation(table, outer);
}

Result<Analyzed> Analysis::AnalyzeDescribe(const unresolved::Describe& describe, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(describe.input, outer));
  std::vector<Column> columns;
  if (describe.columns.empty()) {
    columns = input.output();
  } else {
    for (const auto& name : describe.columns) {
      HEARTH_ASSIGN(auto column, FindOutputColumn(input, name));
      columns.push_back(std::move(column));
    }
  }
  std::erase_if(columns,
                [](const Column& column) { return !column.type->IsNumeric() && !column.type->IsString(); });
  HEARTH_ASSIGN(auto table,
                StatisticsTable(describe.input, columns, {"count", "mean", "stddev", "min", "max"}));
  return AnalyzeRelation(table, outer);
}

// Counts of each pair: one row per value of the first column, one column per value of the second, absent
// pairs 0.
Result<Analyzed> Analysis::AnalyzeCrosstab(const unresolved::Statistic& statistic, const Scope* outer) {
  const auto& first = statistic.columns.at(0);
  const auto& second = statistic.columns.at(1);
  auto key = first + "_" + second;
  auto text_of = [](const std::string& name) {
    auto text = AsString(ColumnNamed(name));
    // Spark does not see that this is never null.
    return unresolved::Call("if",
                            {unresolved::Call("isnull", {text}), unresolved::StringLiteral("null"), text});
  };
  unresolved::Project texts;
  texts.input = statistic.input;
  texts.items = {unresolved::Make(unresolved::Alias{text_of(first), {key}, {}}),
                 unresolved::Make(unresolved::Alias{text_of(second), {"_second"}, {}})};
  unresolved::Pivot pivot;
  pivot.input = unresolved::MakeRelation(std::move(texts));
  pivot.groups = {ColumnNamed(key)};
  pivot.columns = {ColumnNamed("_second")};
  pivot.aggregates = {unresolved::Call("count", {unresolved::IntegerLiteral(1)})};
  unresolved::FillNulls fill;
  fill.input = unresolved::MakeRelation(std::move(pivot));
  fill.values = {unresolved::IntegerLiteral(0)};
  return AnalyzeRelation(unresolved::MakeRelation(std::move(fill)), outer);
}

// One row with one array of quantiles for each column. The quantiles are exact, whatever error is allowed;
// NaN and null count for nothing.
Result<Analyzed> Analysis::AnalyzeQuantiles(const unresolved::Statistic& statistic, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(statistic.input, outer));
  unresolved::Expressions columns;
  for (const auto& name : statistic.columns) {
    HEARTH_ASSIGN(auto column, FindOutputColumn(input, name));
    if (!column.type->IsNumeric()) {
      return MakeError(
          ErrorKind::kIllegalArgument, "",
          fmt::format("requirement failed: no quantiles of column {} of type {}.", name, column.type->Sql()));
    }
    auto number = unresolved::Make(
        unresolved::Cast{ColumnNamed(name), DataType::Double(), unresolved::CastMode::kSession});
    auto value = unresolved::Call(
        "nanvl", {number, unresolved::Make(unresolved::Literal{Value{}, DataType::Double(), {}})});
    unresolved::Expressions quantiles;
    for (double probability : statistic.numbers) {
      unresolved::Function quantile;
      quantile.name = {"percentile_disc"};
      quantile.arguments = {
          unresolved::Make(unresolved::Literal{Value{probability}, DataType::Double(), {}})};
      quantile.within_group = {unresolved::SortOrder{.child = value}};
      quantiles.push_back(unresolved::Make(std::move(quantile)));
    }
    auto some = unresolved::Call(">", {unresolved::Call("count", {value}), unresolved::IntegerLiteral(0)});
    columns.push_back(
        unresolved::Call("if", {some, unresolved::Call("array", quantiles), unresolved::Call("array", {})}));
  }
  unresolved::Aggregate aggregate;
  aggregate.input = statistic.input;
  aggregate.items = {unresolved::Make(
      unresolved::Alias{unresolved::Call("array", std::move(columns)), {"approx_quantile"}, {}})};
  return AnalyzeRelation(unresolved::MakeRelation(std::move(aggregate)), outer);
}

// Keeps each row with the probability of its stratum; rows of other strata go.
Result<Analyzed> Analysis::AnalyzeSampleBy(const unresolved::Statistic& statistic, const Scope* outer) {
  auto number = [](double value) {
    return unresolved::Make(unresolved::Literal{Value{value}, DataType::Double(), {}});
  };
  unresolved::Expressions cases;
  for (size_t i = 0; i < statistic.strata.size(); ++i) {
    if (statistic.numbers.at(i) < 0 || statistic.numbers[i] > 1) {
      return MakeError(
          ErrorKind::kIllegalArgument, "",
          fmt::format("requirement failed: {} is no fraction of a stratum.", statistic.numbers[i]));
    }
    cases.push_back(unresolved::Call("<=>", {statistic.stratum, statistic.strata[i]}));
    cases.push_back(number(statistic.numbers.at(i)));
  }
  cases.push_back(number(0));
  auto fraction = cases.size() == 1 ? cases[0] : unresolved::Call("when", std::move(cases));
  unresolved::Expressions seed;
  if (statistic.seed) {
    seed.push_back(unresolved::Make(unresolved::Literal{Value{*statistic.seed}, DataType::Long(), {}}));
  }
  unresolved::Filter filter;
  filter.input = statistic.input;
  filter.condition = unresolved::Call("<", {unresolved::Call("rand", std::move(seed)), fraction});
  return AnalyzeRelation(unresolved::MakeRelation(std::move(filter)), outer);
}

// One row with an array of each column's frequent values: all of them when they are few, else those that
// make up the share of `error` or more.
Result<Analyzed> Analysis::AnalyzeFrequentItems(const unresolved::Statistic& statistic, const Scope* outer) {
  constexpr double kLeastSupport = 1e-4;
  if (!(statistic.error >= kLeastSupport && statistic.error <= 1)) {
    return MakeError(ErrorKind::kIllegalArgument, "",
                     fmt::format("requirement failed: {} is no support: from 1e-4 to 1.", statistic.error));
  }
  HEARTH_ASSIGN(auto input, AnalyzeRelation(statistic.input, outer));
  const auto alias = [](unresolved::ExpressionPtr expression, const std::string& name) {
    return unresolved::Make(unresolved::Alias{std::move(expression), {name}, {}});
  };
  const auto over_all = [](unresolved::ExpressionPtr function) {
    return unresolved::Make(unresolved::Window{.function = std::move(function)});
  };
  const auto one = unresolved::IntegerLiteral(1);
  unresolved::Project project;
  project.input = unresolved::MakeRelation(unresolved::OneRow{});
  for (const auto& name : statistic.columns) {
    HEARTH_ASSIGN(auto column, FindOutputColumn(input, name));
    unresolved::Aggregate groups;
    groups.input = statistic.input;
    groups.groups.push_back({.expressions = {ColumnNamed(name)}});
    groups.items = {alias(ColumnNamed(name), "v"), alias(unresolved::Call("count", {one}), "n")};
    unresolved::Project counted;
    counted.input = unresolved::MakeRelation(std::move(groups));
    counted.items = {ColumnNamed("v"), ColumnNamed("n"),
                     alias(over_all(unresolved::Call("count", {one})), "d"),
                     alias(over_all(unresolved::Call("sum", {ColumnNamed("n")})), "t")};
    const auto support =
        unresolved::Make(unresolved::Literal{Value{statistic.error}, DataType::Double(), {}});
    const auto few = unresolved::Call(
        "<=", {ColumnNamed("d"), unresolved::IntegerLiteral(static_cast<int64_t>(1 / statistic.error))});
    const auto frequent =
        unresolved::Call(">=", {ColumnNamed("n"), unresolved::Call("*", {ColumnNamed("t"), support})});
    unresolved::Filter filter;
    filter.input = unresolved::MakeRelation(std::move(counted));
    filter.condition = unresolved::Call("or", {few, frequent});
    // Nulls count as values: collect_list would leave them out.
    unresolved::Aggregate collected;
    collected.input = unresolved::MakeRelation(std::move(filter));
    collected.items = {
        alias(unresolved::Call("collect_list", {unresolved::Call("struct", {ColumnNamed("v")})}), "l")};
    unresolved::Project values;
    values.input = unresolved::MakeRelation(std::move(collected));
    values.items = {unresolved::Make(unresolved::Attribute{{"l", "v"}, std::nullopt, false})};
    auto items = unresolved::Make(unresolved::Subquery{
        unresolved::SubqueryKind::kScalar, {}, unresolved::MakeRelation(std::move(values))});
    project.items.push_back(
        alias(unresolved::Call("coalesce", {items, unresolved::Call("array", {})}), name + "_freqItems"));
  }
  return AnalyzeRelation(unresolved::MakeRelation(std::move(project)), outer);
}

Result<Analyzed> Analysis::AnalyzeStatistic(const unresolved::Statistic& statistic, const Scope* outer) {
  switch (statistic.kind) {
    case unresolved::StatisticKind::kCovariance:
    case unresolved::StatisticKind::kCorrelation: {
      bool covariance = statistic.kind == unresolved::StatisticKind::kCovariance;
      HEARTH_ASSIGN(auto input, AnalyzeRelation(statistic.input, outer));
      for (const auto& name : statistic.columns) {
        HEARTH_ASSIGN(auto column, FindOutputColumn(input, name));
        if (column.type->IsNumeric()) continue;
        return MakeError(ErrorKind::kIllegalArgument, "",
                         fmt::format("requirement failed: no {} of column {} of type {}.",
                                     covariance ? "covariance" : "correlation", name, column.type->Sql()));
      }
      // Nulls count as 0.
      const auto number = [](const std::string& name) {
        const auto zero = unresolved::Make(unresolved::Literal{Value{0.0}, DataType::Double(), {}});
        return unresolved::Call("coalesce",
                                {unresolved::Make(unresolved::Cast{ColumnNamed(name), DataType::Double(),
                                                                   unresolved::CastMode::kSession}),
                                 zero});
      };
      const double of_nothing = covariance ? 0.0 : std::numeric_limits<double>::quiet_NaN();
      auto value = unresolved::Call(
          "coalesce", {unresolved::Call(covariance ? "covar_samp" : "corr",
                                        {number(statistic.columns.at(0)), number(statistic.columns.at(1))}),
                       unresolved::Make(unresolved::Literal{Value{of_nothing}, DataType::Double(), {}})});
      unresolved::Aggregate aggregate;
      aggregate.input = statistic.input;
      aggregate.items = {unresolved::Make(unresolved::Alias{value, {covariance ? "cov" : "corr"}, {}})};
      return AnalyzeRelation(unresolved::MakeRelation(std::move(aggregate)), outer);
    }
    case unresolved::StatisticKind::kCrosstab:
      return AnalyzeCrosstab(statistic, outer);
    case unresolved::StatisticKind::kApproximateQuantile:
      return AnalyzeQuantiles(statistic, outer);
    case unresolved::StatisticKind::kFrequentItems:
      return AnalyzeFrequentItems(statistic, outer);
    case unresolved::StatisticKind::kSampleBy:
      return AnalyzeSampleBy(statistic, outer);
  }
  return base::InternalError("an unknown statistic");
}

}  // namespace hearth::plan
