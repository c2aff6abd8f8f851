// UNION, INTERSECT, EXCEPT: common types by position, or columns matched by name.
#include <fmt/format.h>

#include <algorithm>

#include "plan/analyze/analysis.h"

namespace hearth::plan {
namespace {

using base::ErrorKind;
using base::MakeError;
using base::Result;
using base::Status;

const char* OperatorName(SetKind kind) {
  switch (kind) {
    case SetKind::kUnion:
      return "UNION";
    case SetKind::kIntersect:
      return "INTERSECT";
    case SetKind::kExcept:
      return "EXCEPT";
  }
  return "";
}

}  // namespace

// Rows are compared to find duplicates: no column may hold maps.
Status Analysis::CheckComparable(const std::vector<Column>& columns) {
  for (const auto& column : columns) {
    if (IsOrderable(*column.type) || column.type->Is(TypeKind::kCalendarInterval)) continue;
    auto type = fmt::format("\"{}\"", column.type->Sql());
    const char* condition = column.type->Is(TypeKind::kVariant)
                                ? "UNSUPPORTED_FEATURE.SET_OPERATION_ON_VARIANT_TYPE"
                                : "UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE";
    return MakeError(ErrorKind::kAnalysis, condition,
                     fmt::format("Column {} of type {} cannot be compared.", column.name, type),
                     {{"colName", QuoteIdentifier(column.name)}, {"dataType", type}});
  }
  return {};
}

base::Error Analysis::NoSuchField(const std::string& name, const std::vector<Column>& columns) {
  std::vector<std::string> known;
  for (const auto& column : columns) known.push_back(column.name);
  auto list = fmt::format("{}", fmt::join(known, ", "));
  return MakeError(ErrorKind::kAnalysis, "UNRESOLVED_COLUMN_AMONG_FIELD_NAMES",
                   fmt::format("There is no column {} among ({}).", name, list),
                   {{"colName", name}, {"fieldNames", list}});
}

Result<Analyzed> Analysis::AnalyzeSetOperation(const unresolved::SetOperation& operation,
                                               const Scope* outer) {
  HEARTH_ASSIGN(auto left, AnalyzeRelation(operation.left, outer));
  HEARTH_ASSIGN(auto right, AnalyzeRelation(operation.right, outer));
  if (operation.by_name) HEARTH_RETURN_IF_ERROR(AlignByName(left, right, operation.allow_missing_columns));
  return CombineSets(std::move(left), std::move(right), static_cast<SetKind>(operation.kind),
                     operation.is_all);
}

Status Analysis::AlignByName(Analyzed& left, Analyzed& right, bool allow_missing) {
  auto find = [&](const std::vector<Column>& columns, const std::string& name) {
    return std::find_if(columns.begin(), columns.end(),
                        [&](const Column& column) { return SameName(column.name, name); });
  };
  auto left_columns = left.output();
  auto right_columns = right.output();
  std::vector<NamedExpression> right_items;
  for (const auto& column : left_columns) {
    auto match = find(right_columns, column.name);
    if (match != right_columns.end()) {
      right_items.push_back({*match, MakeReference(*match)});
    } else if (allow_missing) {
      right_items.push_back({NewColumn(column.name, DataType::Null(), true), NullLiteral(DataType::Null())});
    } else {
      return NoSuchField(column.name, right_columns);
    }
  }
  std::vector<NamedExpression> left_items;
  for (const auto& column : left_columns) left_items.push_back({column, MakeReference(column)});
  for (const auto& column : right_columns) {
    if (find(left_columns, column.name) != left_columns.end()) continue;
    if (!allow_missing) {
      return MakeError(ErrorKind::kAnalysis, "NUM_COLUMNS_MISMATCH",
                       fmt::format("UNION needs the same number of columns on both sides: {} and {}.",
                                   left_columns.size(), right_columns.size()),
                       {{"operator", "UNION"},
                        {"firstNumColumns", std::to_string(left_columns.size())},
                        {"invalidOrdinalNum", "second"},
                        {"invalidNumColumns", std::to_string(right_columns.size())}});
    }
    left_items.push_back({NewColumn(column.name, DataType::Null(), true), NullLiteral(DataType::Null())});
    right_items.push_back({column, MakeReference(column)});
  }
  HEARTH_ASSIGN(left, ProjectOver(left, std::move(left_items)));
  HEARTH_ASSIGN(right, ProjectOver(right, std::move(right_items)));
  return {};
}

Result<Analyzed> Analysis::CombineSets(Analyzed left, Analyzed right, SetKind kind, bool is_all) {
  const auto left_columns = left.output();
  const auto right_columns = right.output();
  if (left_columns.size() != right_columns.size()) {
    return MakeError(ErrorKind::kAnalysis, "NUM_COLUMNS_MISMATCH",
                     fmt::format("{} needs the same number of columns on both sides: {} and {}.",
                                 OperatorName(kind), left_columns.size(), right_columns.size()),
                     {{"operator", OperatorName(kind)},
                      {"firstNumColumns", std::to_string(left_columns.size())},
                      {"invalidOrdinalNum", "second"},
                      {"invalidNumColumns", std::to_string(right_columns.size())}});
  }
  if (kind != SetKind::kUnion || !is_all) HEARTH_RETURN_IF_ERROR(CheckComparable(left_columns));
  std::vector<NamedExpression> left_items;
  std::vector<NamedExpression> right_items;
  std::vector<Column> output;
  bool left_casts = false;
  bool right_casts = false;
  for (size_t i = 0; i < left_columns.size(); ++i) {
    const auto& one = left_columns[i];
    const auto& other = right_columns[i];
    TypePtr types[] = {one.type, other.type};
    auto common = FindCommonType(types, settings());
    // Structs that differ in field names alone keep the names of the left side.
    if (!common && one.type->SameIgnoringNamesAndNullability(*other.type)) {
      common = MergeNullability(one.type, other.type);
    }
    if (!common) {
      return MakeError(ErrorKind::kAnalysis, "INCOMPATIBLE_COLUMN_TYPE",
                       fmt::format("{} meets \"{}\" with \"{}\" in column {}.", OperatorName(kind),
                                   one.type->Sql(), other.type->Sql(), i + 1),
                       {{"operator", OperatorName(kind)},
                        {"columnOrdinalNumber", std::to_string(i + 1)},
                        {"tableOrdinalNumber", "second"},
                        {"dataType1", fmt::format("\"{}\"", other.type->Sql())},
                        {"dataType2", fmt::format("\"{}\"", one.type->Sql())},
                        {"hint", ""}});
    }
    auto left_cast = CoerceTo(MakeReference(one), *common, settings());
    auto right_cast = CoerceTo(MakeReference(other), *common, settings());
    // Rows that compare equal must look equal: -0.0 becomes 0.0 where duplicates are removed.
    if (!is_all && (*common)->IsFractional()) {
      auto zero = (*common)->Is(TypeKind::kFloat) ? MakeLiteral(Value{0.0F}, *common)
                                                  : MakeLiteral(Value{0.0}, *common);
      HEARTH_ASSIGN(left_cast, Call("+", {left_cast, zero}));
      HEARTH_ASSIGN(right_cast, Call("+", {right_cast, zero}));
    }
    auto computed = [](const ExpressionPtr& expression) {
      return expression->As<ColumnReference>() == nullptr;
    };
    left_casts |= computed(left_cast);
    right_casts |= computed(right_cast);
    left_items.push_back(
        {computed(left_cast) ? NewColumn(one.name, *common, left_cast->nullable) : one, left_cast});
    right_items.push_back(
        {computed(right_cast) ? NewColumn(other.name, *common, right_cast->nullable) : other, right_cast});
    bool nullable = kind == SetKind::kExcept      ? left_cast->nullable
                    : kind == SetKind::kIntersect ? left_cast->nullable && right_cast->nullable
                                                  : left_cast->nullable || right_cast->nullable;
    auto type = MergeNullability(left_cast->type, right_cast->type);
    // The left side's id where the column passes through, so that a DataFrame column of the left still names
    // it.
    output.push_back(Column{left_items.back().column.id, one.name, type, nullable, {}, {}});
    output.back().metadata = one.metadata;
  }
  if (left_casts) {
    HEARTH_ASSIGN(left, ProjectOver(left, std::move(left_items)));
  }
  if (right_casts) {
    HEARTH_ASSIGN(right, ProjectOver(right, std::move(right_items)));
  }
  return Wrap(MakeRelation(SetOperation{left.relation, right.relation, kind, is_all}, std::move(output)),
              {left.plan_ids, right.plan_ids});
}

}  // namespace hearth::plan
