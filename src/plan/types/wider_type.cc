// Which type several types meet in: Spark's precedence list for numbers and times, decimals widened so that
// no integral digit is lost, strings by mode, nested types element by element.
#include <algorithm>
#include <array>

#include "plan/types/coercion.h"

namespace hearth::plan {
namespace {

using OptionalType = std::optional<TypePtr>;
using PairRule = OptionalType (*)(const TypePtr& left, const TypePtr& right,
                                  const AnalysisSettings& settings);

constexpr std::array<TypeKind, 6> kNumericPrecedence = {TypeKind::kByte, TypeKind::kShort, TypeKind::kInteger,
                                                        TypeKind::kLong, TypeKind::kFloat, TypeKind::kDouble};

int NumericRank(TypeKind kind) {
  return static_cast<int>(std::find(kNumericPrecedence.begin(), kNumericPrecedence.end(), kind) -
                          kNumericPrecedence.begin());
}

bool IsFloating(const DataType& type) { return type.Is(TypeKind::kFloat) || type.Is(TypeKind::kDouble); }

// Holds every value of `from` without rounding.
bool IsWiderDecimal(const DataType& decimal, const DataType& from) {
  const auto other = from.Is(TypeKind::kDecimal) ? nullptr : DecimalForIntegral(from.kind());
  const DataType& narrow = other ? *other : from;
  return decimal.precision() - decimal.scale() >= narrow.precision() - narrow.scale() &&
         decimal.scale() >= narrow.scale();
}

TypePtr WiderDecimal(const DataType& left, const DataType& right) {
  int scale = std::max(left.scale(), right.scale());
  int precision = std::max(left.precision() - left.scale(), right.precision() - right.scale()) + scale;
  if (precision <= DataType::kMaxPrecision) return DataType::Decimal(precision, scale);
  return DataType::Decimal(DataType::kMaxPrecision,
                           std::max(0, scale - (precision - DataType::kMaxPrecision)));
}

OptionalType WiderNumber(const TypePtr& left, const TypePtr& right, const AnalysisSettings& settings) {
  bool left_decimal = left->Is(TypeKind::kDecimal);
  bool right_decimal = right->Is(TypeKind::kDecimal);
  if (left_decimal || right_decimal) {
    if (left_decimal && right->IsIntegral() && IsWiderDecimal(*left, *right)) return left;
    if (right_decimal && left->IsIntegral() && IsWiderDecimal(*right, *left)) return right;
    return std::nullopt;
  }
  int rank = std::max(NumericRank(left->kind()), NumericRank(right->kind()));
  // A bigint does not survive in a float, so ANSI mode takes the next wider type.
  if (kNumericPrecedence[rank] == TypeKind::kFloat && settings.ansi) return DataType::Double();
  return rank == NumericRank(left->kind()) ? left : right;
}

OptionalType WiderTime(const DataType& left, const DataType& right) {
  if (left.Is(TypeKind::kTimestamp) || right.Is(TypeKind::kTimestamp)) return DataType::Timestamp();
  return DataType::TimestampNtz();
}

OptionalType WiderInterval(const DataType& left, const DataType& right) {
  if (left.Is(TypeKind::kYearMonthInterval) && right.Is(TypeKind::kYearMonthInterval)) {
    return DataType::YearMonthInterval(std::min(left.year_month_start(), right.year_month_start()),
                                       std::max(left.year_month_end(), right.year_month_end()));
  }
  if (left.Is(TypeKind::kDayTimeInterval) && right.Is(TypeKind::kDayTimeInterval)) {
    return DataType::DayTimeInterval(std::min(left.day_time_start(), right.day_time_start()),
                                     std::max(left.day_time_end(), right.day_time_end()));
  }
  return std::nullopt;
}

bool SameFieldName(const std::string& left, const std::string& right, const AnalysisSettings& settings) {
  if (settings.case_sensitive) return left == right;
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

OptionalType WiderStruct(const DataType& left, const DataType& right, const AnalysisSettings& settings,
                         PairRule rule) {
  const auto& left_fields = left.fields();
  const auto& right_fields = right.fields();
  if (left_fields.size() != right_fields.size()) return std::nullopt;
  std::vector<Field> fields;
  for (size_t i = 0; i < left_fields.size(); ++i) {
    if (!SameFieldName(left_fields[i].name, right_fields[i].name, settings)) return std::nullopt;
    auto type = rule(left_fields[i].type, right_fields[i].type, settings);
    if (!type) return std::nullopt;
    bool nullable = left_fields[i].nullable || right_fields[i].nullable ||
                    CastMayGiveNull(*left_fields[i].type, **type, CastBehavior::kAnsi) ||
                    CastMayGiveNull(*right_fields[i].type, **type, CastBehavior::kAnsi);
    fields.push_back({left_fields[i].name, *type, nullable, {}});
  }
  return DataType::Struct(std::move(fields));
}

// Arrays, maps and structs, when their parts meet by `rule`.
OptionalType WiderNested(const TypePtr& left, const TypePtr& right, const AnalysisSettings& settings,
                         PairRule rule) {
  if (left->kind() != right->kind()) return std::nullopt;
  const auto may_give_null = [](const TypePtr& from, const TypePtr& to) {
    return CastMayGiveNull(*from, *to, CastBehavior::kAnsi);
  };
  if (left->Is(TypeKind::kArray)) {
    auto element = rule(left->element(), right->element(), settings);
    if (!element) return std::nullopt;
    bool contains_null = left->contains_null() || right->contains_null() ||
                         may_give_null(left->element(), *element) ||
                         may_give_null(right->element(), *element);
    return DataType::Array(*element, contains_null);
  }
  if (left->Is(TypeKind::kMap)) {
    auto key = rule(left->key(), right->key(), settings);
    auto value = rule(left->value(), right->value(), settings);
    if (!key || !value || may_give_null(left->key(), *key) || may_give_null(right->key(), *key))
      return std::nullopt;
    bool contains_null = left->value_contains_null() || right->value_contains_null() ||
                         may_give_null(left->value(), *value) || may_give_null(right->value(), *value);
    return DataType::Map(*key, *value, contains_null);
  }
  if (left->Is(TypeKind::kStruct)) return WiderStruct(*left, *right, settings, rule);
  return std::nullopt;
}

OptionalType WiderDecimalPair(const DataType& left, const DataType& right) {
  bool left_decimal = left.Is(TypeKind::kDecimal);
  bool right_decimal = right.Is(TypeKind::kDecimal);
  if (left_decimal && right_decimal) return WiderDecimal(left, right);
  if (left_decimal && right.IsIntegral()) return WiderDecimal(left, *DecimalForIntegral(right.kind()));
  if (right_decimal && left.IsIntegral()) return WiderDecimal(*DecimalForIntegral(left.kind()), right);
  if ((left_decimal && IsFloating(right)) || (right_decimal && IsFloating(left))) return DataType::Double();
  return std::nullopt;
}

// A string with something else. ANSI: the string becomes the other type (bigint for integers, double for the
// other numbers). Otherwise the other becomes a string, except booleans and binaries.
OptionalType WithString(const TypePtr& left, const TypePtr& right, const AnalysisSettings& settings) {
  if (left->IsString() == right->IsString()) return std::nullopt;
  const auto& text = left->IsString() ? left : right;
  const auto& other = left->IsString() ? right : left;
  if (settings.ansi) {
    if (other->IsIntegral()) return DataType::Long();
    if (other->IsNumeric()) return DataType::Double();
    if (other->Is(TypeKind::kVariant)) return other;
    if (other->IsAtomic() && !other->IsInterval()) return other;
    return std::nullopt;
  }
  if (other->Is(TypeKind::kBoolean) || other->Is(TypeKind::kBinary) ||
      other->Is(TypeKind::kCalendarInterval)) {
    return std::nullopt;
  }
  if (other->IsAtomic() || other->Is(TypeKind::kVariant)) return text;
  return std::nullopt;
}

OptionalType WiderWithoutStrings(const TypePtr& left, const TypePtr& right,
                                 const AnalysisSettings& settings) {
  if (auto type = FindTightestCommonType(left, right, settings)) return type;
  if (auto type = WiderDecimalPair(*left, *right)) return type;
  return WiderNested(left, right, settings, &WiderWithoutStrings);
}

OptionalType Wider(const TypePtr& left, const TypePtr& right, const AnalysisSettings& settings) {
  if (auto type = FindTightestCommonType(left, right, settings)) return type;
  if (auto type = WiderDecimalPair(*left, *right)) return type;
  if (auto type = WithString(left, right, settings)) return type;
  return WiderNested(left, right, settings, &Wider);
}

bool HasString(const DataType& type) {
  if (type.IsString()) return true;
  if (type.Is(TypeKind::kArray)) return HasString(*type.element());
  return false;
}

OptionalType Fold(std::span<const TypePtr> types, const AnalysisSettings& settings, PairRule rule) {
  OptionalType result = DataType::Null();
  for (const auto& type : types) {
    result = rule(*result, type, settings);
    if (!result) return std::nullopt;
  }
  return result;
}

TypePtr MergeFlags(const TypePtr& left, const TypePtr& right) {
  if (*left == *right) return left;
  if (left->Is(TypeKind::kArray)) {
    return DataType::Array(MergeFlags(left->element(), right->element()),
                           left->contains_null() || right->contains_null());
  }
  if (left->Is(TypeKind::kMap)) {
    return DataType::Map(MergeFlags(left->key(), right->key()), MergeFlags(left->value(), right->value()),
                         left->value_contains_null() || right->value_contains_null());
  }
  if (left->Is(TypeKind::kStruct)) {
    auto fields = left->fields();
    for (size_t i = 0; i < fields.size(); ++i) {
      fields[i].type = MergeFlags(fields[i].type, right->fields()[i].type);
      fields[i].nullable = fields[i].nullable || right->fields()[i].nullable;
    }
    return DataType::Struct(std::move(fields));
  }
  return left;
}

}  // namespace

std::optional<TypePtr> FindTightestCommonType(const TypePtr& left, const TypePtr& right,
                                              const AnalysisSettings& settings) {
  if (left->SameIgnoringNullability(*right)) return MergeFlags(left, right);
  if (left->Is(TypeKind::kNull)) return right;
  if (right->Is(TypeKind::kNull)) return left;
  if (left->IsString() && right->IsString()) return DataType::String();
  if (left->IsNumeric() && right->IsNumeric()) return WiderNumber(left, right, settings);
  if (left->IsDateTime() && right->IsDateTime()) return WiderTime(*left, *right);
  if (left->IsAnsiInterval() && right->IsAnsiInterval()) return WiderInterval(*left, *right);
  if (left->Is(TypeKind::kTime) && right->Is(TypeKind::kTime)) {
    return DataType::Time(std::max(left->precision(), right->precision()));
  }
  return WiderNested(left, right, settings, &FindTightestCommonType);
}

std::optional<TypePtr> FindCommonType(std::span<const TypePtr> types, const AnalysisSettings& settings) {
  if (settings.ansi) return Fold(types, settings, &Wider);
  // Strings first: promotion to string is not associative, (string, date, int) must not fail on date with
  // int.
  std::vector<TypePtr> ordered(types.begin(), types.end());
  std::stable_partition(ordered.begin(), ordered.end(), [](const TypePtr& type) { return HasString(*type); });
  return Fold(ordered, settings, &Wider);
}

std::optional<TypePtr> FindCommonTypeWithoutStrings(std::span<const TypePtr> types,
                                                    const AnalysisSettings& settings) {
  return Fold(types, settings, &WiderWithoutStrings);
}

std::optional<TypePtr> FindTypeWithString(const TypePtr& left, const TypePtr& right,
                                          const AnalysisSettings& settings) {
  return WithString(left, right, settings);
}

TypePtr MergeNullability(const TypePtr& left, const TypePtr& right) { return MergeFlags(left, right); }

TypePtr WiderDecimalType(const DataType& left, const DataType& right) { return WiderDecimal(left, right); }

bool IsWiderDecimalThan(const DataType& decimal, const DataType& from) {
  return IsWiderDecimal(decimal, from);
}

}  // namespace hearth::plan
