// Implicit casts: to a known type, to what a parameter expects, to the type of a comparison; and the explicit
// cast.
#include "plan/types/coercion.h"

#include <fmt/format.h>

#include <cstdlib>

#include "plan/functions/mismatch.h"

namespace hearth::plan {
namespace {

using OptionalType = std::optional<TypePtr>;

TypePtr DecimalForCoercion(const DataType& from) {
  if (auto decimal = DecimalForIntegral(from.kind())) return decimal;
  if (from.Is(TypeKind::kFloat)) return DataType::Decimal(14, 7);
  if (from.Is(TypeKind::kDouble)) return DataType::Decimal(30, 15);
  return DataType::Decimal(38, 18);
}

bool IsTimeLike(const DataType& type) { return type.IsDateTime() || type.Is(TypeKind::kTime); }

// What text turns into for a slot.
OptionalType FromString(Slot slot, const AnalysisSettings& settings) {
  switch (slot) {
    case Slot::kBoolean:
      return settings.ansi ? OptionalType(DataType::Boolean()) : std::nullopt;
    case Slot::kInteger:
      return DataType::Integer();
    case Slot::kLong:
      return DataType::Long();
    case Slot::kDouble:
    case Slot::kNumeric:
    case Slot::kNumericOrAnsiInterval:
      return DataType::Double();
    case Slot::kDecimal:
      return DataType::Decimal(38, 18);
    case Slot::kBinary:
      return DataType::Binary();
    case Slot::kDate:
      return DataType::Date();
    case Slot::kTimestamp:
      return DataType::Timestamp();
    case Slot::kTimestampNtz:
      return DataType::TimestampNtz();
    case Slot::kAnyTimestamp:
      return settings.timestamp_ntz_default ? DataType::TimestampNtz() : DataType::Timestamp();
    case Slot::kTime:
      return DataType::Time();
    case Slot::kYearMonthInterval:
      return settings.ansi ? OptionalType(DataType::YearMonthInterval()) : std::nullopt;
    case Slot::kDayTimeInterval:
      return settings.ansi ? OptionalType(DataType::DayTimeInterval()) : std::nullopt;
    default:
      return std::nullopt;
  }
}

// What an untyped NULL turns into.
OptionalType FromNull(Slot slot, const AnalysisSettings& settings) {
  switch (slot) {
    case Slot::kBoolean:
      return DataType::Boolean();
    case Slot::kIntegral:
      return DataType::Integer();
    case Slot::kString:
    case Slot::kStringOrBinary:
      return DataType::String();
    case Slot::kYearMonthInterval:
      return DataType::YearMonthInterval();
    case Slot::kDayTimeInterval:
      return DataType::DayTimeInterval();
    case Slot::kCalendarInterval:
      return DataType::CalendarInterval();
    case Slot::kArray:
    case Slot::kArrayOrMap:
      return DataType::Array(DataType::Null());
    case Slot::kMap:
      return DataType::Map(DataType::Null(), DataType::Null());
    case Slot::kStruct:
      return DataType::Struct({});
    default:
      return FromString(slot, settings);
  }
}

OptionalType SlotType(const DataType& from, Slot slot, const AnalysisSettings& settings) {
  if (from.Is(TypeKind::kNull)) return FromNull(slot, settings);
  if (from.IsString() && slot != Slot::kStringOrBinary) return FromString(slot, settings);
  switch (slot) {
    case Slot::kInteger:
      return from.IsNumeric() ? OptionalType(DataType::Integer()) : std::nullopt;
    case Slot::kLong:
      return from.IsNumeric() ? OptionalType(DataType::Long()) : std::nullopt;
    case Slot::kDouble:
      return from.IsNumeric() ? OptionalType(DataType::Double()) : std::nullopt;
    case Slot::kDecimal:
      return from.IsNumeric() ? OptionalType(DecimalForCoercion(from)) : std::nullopt;
    case Slot::kString:
    case Slot::kStringOrBinary:
      if (from.Is(TypeKind::kCalendarInterval) && !settings.ansi) return std::nullopt;
      return from.IsAtomic() || from.Is(TypeKind::kVariant) ? OptionalType(DataType::String()) : std::nullopt;
    case Slot::kDate:
      return IsTimeLike(from) ? OptionalType(DataType::Date()) : std::nullopt;
    case Slot::kTimestamp:
      return IsTimeLike(from) ? OptionalType(DataType::Timestamp()) : std::nullopt;
    case Slot::kTimestampNtz:
      return IsTimeLike(from) ? OptionalType(DataType::TimestampNtz()) : std::nullopt;
    case Slot::kAnyTimestamp:
      if (!IsTimeLike(from)) return std::nullopt;
      return settings.timestamp_ntz_default ? DataType::TimestampNtz() : DataType::Timestamp();
    case Slot::kTime:
      return IsTimeLike(from) ? OptionalType(DataType::Time()) : std::nullopt;
    default:
      return std::nullopt;
  }
}

// The decimal type that just holds an integer literal.
TypePtr DecimalForLiteral(int64_t value) {
  int digits = 1;
  for (auto rest = value / 10; rest != 0; rest /= 10) ++digits;
  return DataType::Decimal(digits, 0);
}

// The decimal type of an operand that meets a decimal: its own, or the one of its integer type or literal.
TypePtr AsDecimalType(const Expression& operand) {
  if (operand.type->Is(TypeKind::kDecimal)) return operand.type;
  const auto* literal = operand.As<Literal>();
  if (literal && !literal->value.IsNull() && operand.type->IsIntegral()) {
    return DecimalForLiteral(std::get<int64_t>(literal->value.data));
  }
  return DecimalForIntegral(operand.type->kind());
}

// Legacy mode compares text in the type of the other side; intervals stay apart.
OptionalType LegacyComparisonWithString(const DataType& other) {
  if (other.Is(TypeKind::kDecimal)) return DataType::Double();
  if (other.IsAnsiInterval()) return std::nullopt;
  if (other.IsAtomic()) return std::make_shared<const DataType>(other);
  return std::nullopt;
}

std::string CastFunctions(const DataType& from, const DataType& to) {
  if (from.IsNumeric() && to.Is(TypeKind::kTimestamp))
    return "`TIMESTAMP_SECONDS`/`TIMESTAMP_MILLIS`/`TIMESTAMP_MICROS`";
  if (from.Is(TypeKind::kTimestamp) && to.IsNumeric()) return "`UNIX_SECONDS`/`UNIX_MILLIS`/`UNIX_MICROS`";
  if (from.IsNumeric() && to.Is(TypeKind::kDate)) return "`DATE_FROM_UNIX_DATE`";
  if (from.Is(TypeKind::kDate) && to.IsNumeric()) return "`UNIX_DATE`";
  return {};
}

base::Error CastError(const ExpressionPtr& child, const TypePtr& type, CastBehavior behavior) {
  const auto& from = *child->type;
  std::map<std::string, std::string> parameters = {
      {"sqlExpr", fmt::format("\"{}CAST({} AS {})\"", behavior == CastBehavior::kTry ? "TRY_" : "",
                              OutputName(*child), type->Sql())},
      {"srcType", QuotedType(from)},
      {"targetType", QuotedType(*type)}};
  auto message = fmt::format("cannot cast {} to {}", from.Sql(), type->Sql());
  std::string condition = "CAST_WITHOUT_SUGGESTION";
  if (behavior != CastBehavior::kLegacy) {
    if (auto functions = CastFunctions(from, *type); !functions.empty()) {
      condition = "CAST_WITH_FUNC_SUGGESTION";
      message += "; use " + functions;
      parameters["functionNames"] = functions;
    } else if (behavior == CastBehavior::kAnsi && CanCast(from, *type, CastBehavior::kLegacy)) {
      condition = "CAST_WITH_CONF_SUGGESTION";
      message += "; it is possible with spark.sql.ansi.enabled = false";
      parameters["config"] = "\"spark.sql.ansi.enabled\"";
      parameters["configVal"] = "'false'";
    }
  }
  return MismatchError(condition, message, std::move(parameters));
}

ExpressionPtr CastNode(ExpressionPtr child, const TypePtr& type, CastBehavior behavior, bool implicit) {
  bool nullable = child->nullable || CastMayGiveNull(*child->type, *type, behavior);
  return std::make_shared<const Expression>(
      Expression{Cast{std::move(child), behavior, implicit}, type, nullable, {}});
}

}  // namespace

std::optional<TypePtr> FindComparisonType(const Expression& left, const Expression& right,
                                          const AnalysisSettings& settings) {
  const auto& left_type = *left.type;
  const auto& right_type = *right.type;
  if (left_type.SameIgnoringNullability(right_type)) return MergeNullability(left.type, right.type);
  if (left_type.IsString() != right_type.IsString()) {
    if (settings.ansi) {
      if (auto type = FindTypeWithString(left.type, right.type, settings)) return type;
    } else {
      const auto& other = left_type.IsString() ? right_type : left_type;
      if (auto type = LegacyComparisonWithString(other)) return type;
    }
  }
  if (left_type.Is(TypeKind::kDecimal) || right_type.Is(TypeKind::kDecimal)) {
    auto left_decimal = AsDecimalType(left);
    auto right_decimal = AsDecimalType(right);
    if (left_decimal && right_decimal) return WiderDecimalType(*left_decimal, *right_decimal);
    if (left_type.IsFractional() || right_type.IsFractional()) return DataType::Double();
  }
  return FindTightestCommonType(left.type, right.type, settings);
}

ExpressionPtr CoerceTo(ExpressionPtr expression, const TypePtr& type, const AnalysisSettings& settings) {
  if (expression->type->SameIgnoringNullability(*type)) return expression;
  if (const auto* literal = expression->As<Literal>(); literal && literal->value.IsNull())
    return NullLiteral(type);
  return CastNode(std::move(expression), type, settings.ansi ? CastBehavior::kAnsi : CastBehavior::kLegacy,
                  true);
}

bool SlotAccepts(Slot slot, const DataType& type) {
  switch (slot) {
    case Slot::kAny:
    case Slot::kOrderable:
    case Slot::kLambda:
      return true;
    case Slot::kBoolean:
      return type.Is(TypeKind::kBoolean);
    case Slot::kInteger:
      return type.Is(TypeKind::kInteger);
    case Slot::kLong:
      return type.Is(TypeKind::kLong);
    case Slot::kIntegral:
      return type.IsIntegral();
    case Slot::kDouble:
      return type.Is(TypeKind::kDouble);
    case Slot::kNumeric:
      return type.IsNumeric();
    case Slot::kDecimal:
      return type.Is(TypeKind::kDecimal);
    case Slot::kNumericOrAnsiInterval:
      return type.IsNumeric() || type.IsAnsiInterval();
    case Slot::kString:
      return type.IsString();
    case Slot::kBinary:
      return type.Is(TypeKind::kBinary);
    case Slot::kStringOrBinary:
      return type.Is(TypeKind::kString) || type.Is(TypeKind::kBinary);
    case Slot::kDate:
      return type.Is(TypeKind::kDate);
    case Slot::kTimestamp:
      return type.Is(TypeKind::kTimestamp);
    case Slot::kTimestampNtz:
      return type.Is(TypeKind::kTimestampNtz);
    case Slot::kAnyTimestamp:
      return type.Is(TypeKind::kTimestamp) || type.Is(TypeKind::kTimestampNtz);
    case Slot::kTime:
      return type.Is(TypeKind::kTime);
    case Slot::kYearMonthInterval:
      return type.Is(TypeKind::kYearMonthInterval);
    case Slot::kDayTimeInterval:
      return type.Is(TypeKind::kDayTimeInterval);
    case Slot::kCalendarInterval:
      return type.Is(TypeKind::kCalendarInterval);
    case Slot::kArray:
      return type.Is(TypeKind::kArray);
    case Slot::kMap:
      return type.Is(TypeKind::kMap);
    case Slot::kStruct:
      return type.Is(TypeKind::kStruct);
    case Slot::kArrayOrMap:
      return type.Is(TypeKind::kArray) || type.Is(TypeKind::kMap);
  }
  return false;
}

std::optional<ExpressionPtr> CoerceToSlot(const ExpressionPtr& expression, Slot slot,
                                          const AnalysisSettings& settings) {
  if (SlotAccepts(slot, *expression->type)) return expression;
  auto type = SlotType(*expression->type, slot, settings);
  if (!type) return std::nullopt;
  return CoerceTo(expression, *type, settings);
}

std::string_view SlotName(Slot slot) {
  switch (slot) {
    case Slot::kAny:
    case Slot::kOrderable:
      return "\"ANY\"";
    case Slot::kBoolean:
      return "\"BOOLEAN\"";
    case Slot::kInteger:
      return "\"INT\"";
    case Slot::kLong:
      return "\"BIGINT\"";
    case Slot::kIntegral:
      return "\"INTEGRAL\"";
    case Slot::kDouble:
      return "\"DOUBLE\"";
    case Slot::kNumeric:
      return "\"NUMERIC\"";
    case Slot::kDecimal:
      return "\"DECIMAL\"";
    case Slot::kNumericOrAnsiInterval:
      return "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\")";
    case Slot::kString:
      return "\"STRING\"";
    case Slot::kBinary:
      return "\"BINARY\"";
    case Slot::kStringOrBinary:
      return "(\"STRING\" or \"BINARY\")";
    case Slot::kDate:
      return "\"DATE\"";
    case Slot::kTimestamp:
      return "\"TIMESTAMP\"";
    case Slot::kTimestampNtz:
      return "\"TIMESTAMP_NTZ\"";
    case Slot::kAnyTimestamp:
      return "\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\"";
    case Slot::kTime:
      return "\"TIME(6)\"";
    case Slot::kYearMonthInterval:
      return "\"INTERVAL YEAR TO MONTH\"";
    case Slot::kDayTimeInterval:
      return "\"INTERVAL DAY TO SECOND\"";
    case Slot::kCalendarInterval:
      return "\"INTERVAL\"";
    case Slot::kArray:
      return "\"ARRAY\"";
    case Slot::kMap:
      return "\"MAP\"";
    case Slot::kStruct:
      return "\"STRUCT\"";
    case Slot::kArrayOrMap:
      return "(\"ARRAY\" or \"MAP\")";
    case Slot::kLambda:
      return "\"LAMBDAFUNCTION\"";
  }
  return {};
}

base::Result<ExpressionPtr> MakeCast(ExpressionPtr child, TypePtr type, CastBehavior behavior,
                                     bool implicit) {
  if (!CanCast(*child->type, *type, behavior)) return CastError(child, type, behavior);
  return CastNode(std::move(child), type, behavior, implicit);
}

ExpressionPtr DecimalOperand(const ExpressionPtr& operand, const AnalysisSettings& settings) {
  auto type = AsDecimalType(*operand);
  return type ? CoerceTo(operand, type, settings) : operand;
}

bool IsOrderable(const DataType& type) {
  switch (type.kind()) {
    case TypeKind::kMap:
    case TypeKind::kVariant:
    case TypeKind::kCalendarInterval:
      return false;
    case TypeKind::kArray:
      return IsOrderable(*type.element());
    case TypeKind::kStruct:
      for (const auto& field : type.fields()) {
        if (!IsOrderable(*field.type)) return false;
      }
      return true;
    default:
      return true;
  }
}

}  // namespace hearth::plan
