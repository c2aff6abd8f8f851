// What stands after FROM.
#include "plan/from_sql/converter.h"

namespace hearth::plan::from_sql {

using unresolved::MakeRelation;
using unresolved::RelationPtr;

namespace {

// Spark's name for a subquery that the text leaves without one; its columns are qualified by it.
constexpr std::string_view kUnnamedSubquery = "__auto_generated_subquery_name";

unresolved::JoinType ConvertJoinType(sql::JoinType type) {
  switch (type) {
    case sql::JoinType::kComma:
    case sql::JoinType::kInner:
      return unresolved::JoinType::kInner;
    case sql::JoinType::kCross:
      return unresolved::JoinType::kCross;
    case sql::JoinType::kLeftOuter:
      return unresolved::JoinType::kLeft;
    case sql::JoinType::kRightOuter:
      return unresolved::JoinType::kRight;
    case sql::JoinType::kFullOuter:
      return unresolved::JoinType::kFull;
    case sql::JoinType::kLeftSemi:
      return unresolved::JoinType::kLeftSemi;
    case sql::JoinType::kLeftAnti:
      return unresolved::JoinType::kLeftAnti;
  }
  return unresolved::JoinType::kInner;
}

}  // namespace

base::Result<RelationPtr> Converter::Relation(const sql::Relation& relation) {
  if (depth_ >= kMaximumDepth) return TooDeep(relation.location);
  ++depth_;
  auto result = [&]() -> RelationResult {
    switch (relation.kind) {
      case sql::RelationKind::kTable:
        return Convert(sql::As<sql::TableRelation>(relation));
      case sql::RelationKind::kSubquery:
        return Convert(sql::As<sql::SubqueryRelation>(relation));
      case sql::RelationKind::kParenthesized:
        return Convert(sql::As<sql::ParenthesizedRelation>(relation));
      case sql::RelationKind::kInlineTable:
        return Convert(sql::As<sql::InlineTableRelation>(relation));
      case sql::RelationKind::kTableFunction:
        return Convert(sql::As<sql::TableFunctionRelation>(relation));
      case sql::RelationKind::kLateralView:
        return Convert(sql::As<sql::LateralViewRelation>(relation));
      case sql::RelationKind::kJoin: {
        const auto& join = sql::As<sql::JoinRelation>(relation);
        HEARTH_ASSIGN(auto left, Relation(*join.left));
        return Join(join, std::move(left));
      }
      case sql::RelationKind::kPivot: {
        const auto& pivot = sql::As<sql::PivotRelation>(relation);
        HEARTH_ASSIGN(auto input, Relation(*pivot.child));
        return Pivot(pivot, std::move(input));
      }
      case sql::RelationKind::kUnpivot: {
        const auto& unpivot = sql::As<sql::UnpivotRelation>(relation);
        HEARTH_ASSIGN(auto input, Relation(*unpivot.child));
        return Unpivot(unpivot, std::move(input));
      }
    }
    return base::InternalError("a relation of an unknown kind");
  }();
  --depth_;
  return result;
}

RelationPtr Converter::Aliased(const std::optional<sql::TableAlias>& alias, RelationPtr input) {
  if (!alias) return input;
  return MakeRelation(unresolved::SubqueryAlias{std::move(input), alias->name.text, Texts(alias->columns)});
}

base::Result<RelationPtr> Converter::Convert(const sql::TableRelation& relation) {
  HEARTH_ASSIGN(auto name, ObjectName(relation.name));
  unresolved::NamedTable table{.name = std::move(name)};
  HEARTH_ASSIGN(table.options, Options(relation.options));
  if (relation.time_travel) {
    if (relation.time_travel->version)
      table.version_as_of = unresolved::StringLiteral(*relation.time_travel->version);
    if (relation.time_travel->timestamp != nullptr) {
      HEARTH_ASSIGN(table.timestamp_as_of, Expression(*relation.time_travel->timestamp));
    }
  }
  auto scan = MakeRelation(std::move(table), std::nullopt, source_.At(relation.name.location));
  return Sampled(relation.sample, Aliased(relation.alias, std::move(scan)));
}

base::Result<RelationPtr> Converter::Convert(const sql::SubqueryRelation& relation) {
  HEARTH_ASSIGN(auto query, Query(*relation.query));
  HEARTH_ASSIGN(auto sampled, Sampled(relation.sample, std::move(query)));
  if (relation.alias) return Aliased(relation.alias, std::move(sampled));
  return MakeRelation(unresolved::SubqueryAlias{std::move(sampled), std::string(kUnnamedSubquery), {}});
}

base::Result<RelationPtr> Converter::Convert(const sql::ParenthesizedRelation& relation) {
  HEARTH_ASSIGN(auto child, Relation(*relation.child));
  HEARTH_ASSIGN(auto sampled, Sampled(relation.sample, std::move(child)));
  return Aliased(relation.alias, std::move(sampled));
}

base::Result<RelationPtr> Converter::Convert(const sql::InlineTableRelation& relation) {
  unresolved::InlineTable table;
  for (const auto& row : relation.rows) {
    const auto* call = sql::TryAs<sql::FunctionCallExpression>(row.get());
    const bool is_struct = call != nullptr && call->name.size() == 1 && LowerCase(call->name[0]) == "struct";
    if (const auto* items = sql::TryAs<sql::RowExpression>(row.get())) {
      HEARTH_ASSIGN(auto values, List(items->items));
      table.rows.push_back(std::move(values));
    } else if (is_struct) {  // VALUES struct(1, 2): a row as well
      HEARTH_ASSIGN(auto values, List(call->arguments));
      table.rows.push_back(std::move(values));
    } else {
      HEARTH_ASSIGN(auto value, Expression(*row));
      table.rows.push_back({std::move(value)});
    }
  }
  return Aliased(relation.alias, MakeRelation(std::move(table), std::nullopt, source_.At(relation.location)));
}

base::Result<RelationPtr> Converter::Convert(const sql::TableFunctionRelation& relation) {
  if (relation.with_ordinality)
    return At(relation.location, base::NotImplemented("UNNEST … WITH ORDINALITY"));
  HEARTH_ASSIGN(auto name, ObjectName(relation.name));
  HEARTH_ASSIGN(auto arguments, List(relation.arguments));
  auto function = MakeRelation(unresolved::TableFunction{std::move(name), std::move(arguments)}, std::nullopt,
                               source_.At(relation.location));
  return Aliased(relation.alias, std::move(function));
}

base::Result<RelationPtr> Converter::Convert(const sql::LateralViewRelation& relation) {
  auto input = MakeRelation(unresolved::OneRow{});
  if (relation.child != nullptr) {
    HEARTH_ASSIGN(input, Relation(*relation.child));
  }
  HEARTH_ASSIGN(auto arguments, List(relation.arguments));
  auto generator =
      unresolved::Make(unresolved::Function{.name = relation.function, .arguments = std::move(arguments)},
                       source_.At(relation.location));
  return MakeRelation(unresolved::Generate{std::move(input), std::move(generator), relation.outer,
                                           relation.table_alias.text, Texts(relation.columns)},
                      std::nullopt, source_.At(relation.location));
}

base::Result<RelationPtr> Converter::Join(const sql::JoinRelation& relation, RelationPtr left) {
  HEARTH_ASSIGN(auto right, Relation(*relation.right));
  unresolved::Join join{.left = std::move(left),
                        .right = std::move(right),
                        .type = ConvertJoinType(relation.type),
                        .using_columns = Texts(relation.using_columns),
                        .is_natural = relation.natural,
                        .is_lateral = relation.lateral};
  if (relation.on != nullptr) {
    HEARTH_ASSIGN(join.condition, Expression(*relation.on));
  }
  return MakeRelation(std::move(join), std::nullopt, source_.At(relation.location));
}

// n ROWS takes the first n rows: Spark makes it a LIMIT.
base::Result<RelationPtr> Converter::Sampled(const std::optional<sql::TableSample>& sample,
                                             RelationPtr input) {
  if (!sample) return input;
  unresolved::Sample result{.input = std::move(input), .seed = sample->seed};
  switch (sample->method) {
    case sql::SampleMethod::kRows: {
      HEARTH_ASSIGN(auto count, Expression(*sample->rows));
      return MakeRelation(unresolved::Limit{std::move(result.input), std::move(count)});
    }
    case sql::SampleMethod::kPercent: {
      constexpr double kPercent = 100.0;
      result.upper = std::strtod(sample->percent.c_str(), nullptr) / kPercent;
      break;
    }
    case sql::SampleMethod::kBucket:
      if (sample->buckets <= 0)
        return At(sample->location, base::NotImplemented("TABLESAMPLE of no buckets"));
      result.upper = static_cast<double>(sample->bucket) / sample->buckets;
      break;
    case sql::SampleMethod::kBytes:
      return ParseError(sample->location, "_LEGACY_ERROR_TEMP_0016",
                        sample->percent + " is no valid size of a sample.", {{"bytesStr", sample->percent}});
  }
  return MakeRelation(std::move(result));
}

}  // namespace hearth::plan::from_sql
