// Spark's type coercion, ANSI and non-ANSI: which types meet in one, which cast is added for an expected
// type, what a cast may do and whether its result can be null.
#pragma once

#include <optional>
#include <span>

#include "base/result.h"
#include "plan/functions/registry.h"
#include "plan/resolved/tree.h"

namespace hearth::plan {

// The common type of CASE branches, coalesce, UNION, arrays, IN lists and so on; nullopt when there is none.
std::optional<TypePtr> FindCommonType(std::span<const TypePtr> types, const AnalysisSettings& settings);
// The same without ever turning a number or a time into a string, nor a string into a number: greatest,
// least.
std::optional<TypePtr> FindCommonTypeWithoutStrings(std::span<const TypePtr> types,
                                                    const AnalysisSettings& settings);
// The type in which a string meets a type that is none; nullopt for two strings or none.
std::optional<TypePtr> FindTypeWithString(const TypePtr& left, const TypePtr& right,
                                          const AnalysisSettings& settings);
// The type in which two operands are compared. Literal strings follow the other side under ANSI.
std::optional<TypePtr> FindComparisonType(const Expression& left, const Expression& right,
                                          const AnalysisSettings& settings);
// The narrowest type that holds both without any loss: no strings, no two different decimals.
std::optional<TypePtr> FindTightestCommonType(const TypePtr& left, const TypePtr& right,
                                              const AnalysisSettings& settings);

// Adds an implicit cast when the type differs; the same expression otherwise (nullability flags alone never
// need a cast).
ExpressionPtr CoerceTo(ExpressionPtr expression, const TypePtr& type, const AnalysisSettings& settings);
// The implicit cast of `expression` for a parameter; nullopt when Spark has none.
std::optional<ExpressionPtr> CoerceToSlot(const ExpressionPtr& expression, Slot slot,
                                          const AnalysisSettings& settings);
// How DATATYPE_MISMATCH names the slot, quotes included: "INT", ("STRING" or "BINARY").
std::string_view SlotName(Slot slot);
// Does the slot take the type as it is, without a cast?
bool SlotAccepts(Slot slot, const DataType& type);

bool CanCast(const DataType& from, const DataType& to, CastBehavior behavior);
// Every value of `from` is one of `to`, without rounding or overflow.
bool CanUpCast(const DataType& from, const DataType& to);
// May a non-null input give null? As Spark's schemas say it: an ANSI cast of text to int is called nullable
// too.
bool CastMayGiveNull(const DataType& from, const DataType& to, CastBehavior behavior);
// An explicit CAST or TRY_CAST; error DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION and its siblings.
base::Result<ExpressionPtr> MakeCast(ExpressionPtr child, TypePtr type, CastBehavior behavior, bool implicit);

// Result type of + - * / % div pmod on decimals, by Spark's precision rules.
TypePtr DecimalResultType(std::string_view op, const DataType& left, const DataType& right,
                          bool allow_precision_loss);

// An integer operand as the decimal of its type, a literal as the decimal of its digits; other operands as
// they are.
ExpressionPtr DecimalOperand(const ExpressionPtr& operand, const AnalysisSettings& settings);
// Holds the integral and the fractional digits of both.
TypePtr WiderDecimalType(const DataType& left, const DataType& right);
// Does the decimal type hold every value of `from`, a decimal or integer type?
bool IsWiderDecimalThan(const DataType& decimal, const DataType& from);

// Nullability and interval/decimal details merged: used when two columns meet in a set operation.
TypePtr MergeNullability(const TypePtr& left, const TypePtr& right);

// Orderable: everything but maps, variants and calendar intervals, at any depth.
bool IsOrderable(const DataType& type);

// Whether CHAR or VARCHAR stands in a type, at any depth.
bool HoldsCharacterTypes(const DataType& type);

}  // namespace hearth::plan
