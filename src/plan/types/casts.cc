// What a cast may do: which pairs of types exist in each mode, and when a value that is there can become
// null.
#include <algorithm>

#include "plan/types/coercion.h"

namespace hearth::plan {
namespace {

bool NullSafeAsDecimal(const DataType& from, const DataType& to) {
  if (from.Is(TypeKind::kBoolean)) return to.precision() - to.scale() >= 1;
  if (from.IsIntegral()) return IsWiderDecimalThan(to, from);
  if (from.Is(TypeKind::kDecimal)) {
    return IsWiderDecimalThan(to, from) || to.precision() - to.scale() > from.precision() - from.scale();
  }
  return false;
}

bool TimestampTargets(const DataType& from, bool legacy) {
  switch (from.kind()) {
    case TypeKind::kBoolean:
      return legacy;
    case TypeKind::kDate:
    case TypeKind::kTimestampNtz:
    case TypeKind::kTime:
      return true;
    default:
      return from.IsNumeric();
  }
}

// Legacy and ANSI differ in a few pairs only: boolean with timestamp, date to number, integer to binary.
bool CanCastAtomic(const DataType& from, const DataType& to, bool legacy) {
  bool from_number = from.IsNumeric();
  switch (to.kind()) {
    case TypeKind::kBoolean:
      return from_number || (legacy && (from.Is(TypeKind::kDate) || from.Is(TypeKind::kTimestamp)));
    case TypeKind::kByte:
    case TypeKind::kShort:
    case TypeKind::kInteger:
    case TypeKind::kLong:
    case TypeKind::kDecimal:
      return from_number || from.Is(TypeKind::kBoolean) || from.Is(TypeKind::kTimestamp) ||
             from.Is(TypeKind::kTime) || from.IsAnsiInterval() || (legacy && from.Is(TypeKind::kDate));
    case TypeKind::kFloat:
    case TypeKind::kDouble:
      return from_number || from.Is(TypeKind::kBoolean) || from.Is(TypeKind::kTimestamp) ||
             (legacy && from.Is(TypeKind::kDate));
    case TypeKind::kBinary:
      return legacy && from.IsIntegral();
    case TypeKind::kDate:
      return from.Is(TypeKind::kTimestamp) || from.Is(TypeKind::kTimestampNtz);
    case TypeKind::kTimestamp:
      return TimestampTargets(from, legacy);
    case TypeKind::kTimestampNtz:
      return from.Is(TypeKind::kDate) || from.Is(TypeKind::kTimestamp) || from.Is(TypeKind::kTime);
    case TypeKind::kTime:
      return from.Is(TypeKind::kTimestamp) || from.Is(TypeKind::kTimestampNtz) || from.Is(TypeKind::kTime);
    case TypeKind::kYearMonthInterval:
      return from.Is(TypeKind::kYearMonthInterval) || from.IsIntegral() || from.Is(TypeKind::kDecimal);
    case TypeKind::kDayTimeInterval:
      return from.Is(TypeKind::kDayTimeInterval) || from.IsIntegral() || from.Is(TypeKind::kDecimal);
    default:
      return false;
  }
}

bool CanCastNested(const DataType& from, const DataType& to, CastBehavior behavior) {
  // Elements that could become null need a place that holds nulls; an ANSI cast fails instead.
  const auto fits = [&](bool from_nullable, const TypePtr& from_part, const TypePtr& to_part,
                        bool to_nullable) {
    if (!CanCast(*from_part, *to_part, behavior)) return false;
    if (to_nullable) return true;
    return !from_nullable &&
           !(behavior != CastBehavior::kAnsi && CastMayGiveNull(*from_part, *to_part, behavior));
  };
  if (from.Is(TypeKind::kArray))
    return fits(from.contains_null(), from.element(), to.element(), to.contains_null());
  if (from.Is(TypeKind::kMap)) {
    bool key_may_be_null =
        behavior != CastBehavior::kAnsi && CastMayGiveNull(*from.key(), *to.key(), behavior);
    return !key_may_be_null && CanCast(*from.key(), *to.key(), behavior) &&
           fits(from.value_contains_null(), from.value(), to.value(), to.value_contains_null());
  }
  if (from.fields().size() != to.fields().size()) return false;
  for (size_t i = 0; i < from.fields().size(); ++i) {
    const auto& source = from.fields()[i];
    const auto& target = to.fields()[i];
    if (!fits(source.nullable, source.type, target.type, target.nullable)) return false;
  }
  return true;
}

bool CanCastVariant(const DataType& from, const DataType& to) {
  const DataType& other = from.Is(TypeKind::kVariant) ? to : from;
  if (other.IsInterval() || other.Is(TypeKind::kChar) || other.Is(TypeKind::kVarchar)) {
    return other.IsString() && from.Is(TypeKind::kVariant);
  }
  if (other.Is(TypeKind::kMap)) return from.Is(TypeKind::kVariant) && other.key()->IsString();
  if (other.Is(TypeKind::kStruct)) return from.Is(TypeKind::kVariant);
  return true;
}

}  // namespace

bool CanCast(const DataType& from, const DataType& to, CastBehavior behavior) {
  if (from.Is(TypeKind::kNull) || from == to) return true;
  if (to.Is(TypeKind::kNull)) return false;
  if (from.Is(TypeKind::kVariant) || to.Is(TypeKind::kVariant)) return CanCastVariant(from, to);
  if (to.IsString()) return true;
  if (from.IsString()) return to.IsAtomic();
  if (from.IsNested() || to.IsNested()) return from.kind() == to.kind() && CanCastNested(from, to, behavior);
  if (from.kind() == to.kind()) return true;
  return CanCastAtomic(from, to, behavior == CastBehavior::kLegacy);
}

bool CanUpCast(const DataType& from, const DataType& to) {
  if (from.Is(TypeKind::kNull) || from == to) return true;
  if (to.Is(TypeKind::kString)) return from.IsAtomic();
  if (from.Is(TypeKind::kChar) || from.Is(TypeKind::kVarchar)) {
    return to.Is(TypeKind::kVarchar) && from.length() <= to.length();
  }
  if (from.IsIntegral() && to.Is(TypeKind::kDecimal)) return IsWiderDecimalThan(to, from);
  if (from.Is(TypeKind::kDecimal)) {
    if (to.Is(TypeKind::kDecimal)) return IsWiderDecimalThan(to, from);
    // Strictly fewer digits than the integer type may need, so that every value fits.
    return to.IsIntegral() && from.scale() == 0 &&
           from.precision() < DecimalForIntegral(to.kind())->precision();
  }
  if (from.IsNumeric() && to.IsNumeric()) return from.kind() <= to.kind() && !to.Is(TypeKind::kDecimal);
  if (from.Is(TypeKind::kDate)) return to.Is(TypeKind::kTimestamp) || to.Is(TypeKind::kTimestampNtz);
  if (from.Is(TypeKind::kLong)) return to.Is(TypeKind::kTimestamp);
  if (from.Is(TypeKind::kTimestamp)) return to.Is(TypeKind::kLong) || to.Is(TypeKind::kTimestampNtz);
  if (from.Is(TypeKind::kTimestampNtz)) return to.Is(TypeKind::kTimestamp);
  if (from.IsAnsiInterval()) return from.kind() == to.kind();
  if (from.kind() != to.kind()) return false;
  if (from.Is(TypeKind::kArray)) {
    return (to.contains_null() || !from.contains_null()) && CanUpCast(*from.element(), *to.element());
  }
  if (from.Is(TypeKind::kMap)) {
    return (to.value_contains_null() || !from.value_contains_null()) && CanUpCast(*from.key(), *to.key()) &&
           CanUpCast(*from.value(), *to.value());
  }
  if (!from.Is(TypeKind::kStruct) || from.fields().size() != to.fields().size()) return false;
  for (size_t i = 0; i < from.fields().size(); ++i) {
    if (from.fields()[i].nullable && !to.fields()[i].nullable) return false;
    if (!CanUpCast(*from.fields()[i].type, *to.fields()[i].type)) return false;
  }
  return true;
}

bool CastMayGiveNull(const DataType& from, const DataType& to, CastBehavior behavior) {
  if (from.Is(TypeKind::kNull) || from == to) return false;
  // TRY_CAST turns into null whatever may not fit.
  if (behavior == CastBehavior::kTry) return !CanUpCast(from, to);
  if (from.Is(TypeKind::kVariant)) return true;
  if (from.IsString()) return !to.IsString() && !to.Is(TypeKind::kBinary);
  if (to.IsString()) return false;
  if (from.Is(TypeKind::kTimestamp) && to.IsIntegral()) return !to.Is(TypeKind::kLong);
  if (from.Is(TypeKind::kTime) && to.IsIntegral()) return to.Is(TypeKind::kByte) || to.Is(TypeKind::kShort);
  if (from.IsFractional() && to.Is(TypeKind::kTimestamp)) return true;
  if (to.Is(TypeKind::kDate)) return !from.Is(TypeKind::kTimestamp);
  if (from.Is(TypeKind::kDate)) return !to.Is(TypeKind::kTimestamp);
  if (to.Is(TypeKind::kCalendarInterval)) return true;
  if (to.Is(TypeKind::kDecimal)) return !NullSafeAsDecimal(from, to);
  return to.IsIntegral() && (from.IsFractional() || from.Is(TypeKind::kDecimal));
}

bool HoldsCharacterTypes(const DataType& type) {
  if (type.Is(TypeKind::kChar) || type.Is(TypeKind::kVarchar)) return true;
  if (type.Is(TypeKind::kArray)) return HoldsCharacterTypes(*type.element());
  if (type.Is(TypeKind::kMap)) return HoldsCharacterTypes(*type.key()) || HoldsCharacterTypes(*type.value());
  return type.Is(TypeKind::kStruct) &&
         std::any_of(type.fields().begin(), type.fields().end(),
                     [](const auto& field) { return HoldsCharacterTypes(*field.type); });
}

}  // namespace hearth::plan
