// How the operators of SQL are lowered: to DuckDB's own where those mean the same, so that filters keep
// reaching the scan and statistics keep working; else to kernels.
#include "duckdb/parser/expression/between_expression.hpp"
#include "duckdb/parser/expression/operator_expression.hpp"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "plan/types/coercion.h"

namespace hearth::engine {

namespace {

using duckdb::ExpressionType;
using duckdb::LogicalType;
using duckdb::make_uniq;
using plan::DataType;
using plan::TypeKind;

// The names of one arithmetic operator's kernels: spark_integer_add, spark_decimal_add, with their _legacy
// and _try forms.
struct Arithmetic {
  const char* symbol;
  const char* integer;
  const char* decimal;
};
constexpr Arithmetic kAdd = {"+", "spark_integer_add", "spark_decimal_add"};
constexpr Arithmetic kSubtract = {"-", "spark_integer_subtract", "spark_decimal_subtract"};
constexpr Arithmetic kMultiply = {"*", "spark_integer_multiply", "spark_decimal_multiply"};

// Zero of a decimal type: tells a decimal kernel its result type.
ParsedPtr TypeWitness(const DataType& type) { return Constant(ToDuckDB(plan::Value{plan::Int128{0}}, type)); }

ParsedPtr DecimalCall(const std::string& kernel, LoweredCall& call, const DataType& result, bool fails) {
  return Call(fails ? kernel : kernel + "_legacy", std::move(call.arguments[0]), std::move(call.arguments[1]),
              TypeWitness(result));
}

// DuckDB's operator by its symbol.
ParsedPtr Native(const char* symbol, LoweredCall& call) {
  return CallWith(symbol, std::move(call.arguments));
}

enum class Mode { kBySession, kTry };

template <const Arithmetic& arithmetic, Mode mode>
base::Result<ParsedPtr> LowerArithmetic(LoweredCall call) {
  const auto& type = call.type();
  const bool tries = mode == Mode::kTry;
  if (type.Is(TypeKind::kDecimal)) return DecimalCall(arithmetic.decimal, call, type, call.ansi() && !tries);
  if (type.Is(TypeKind::kFloat) || type.Is(TypeKind::kDouble)) return Native(arithmetic.symbol, call);
  const std::string kernel = arithmetic.integer;
  if (tries) return CallWith(kernel + "_try", std::move(call.arguments));
  if (!call.ansi()) return CallWith(kernel + "_legacy", std::move(call.arguments));
  // The narrow types have an overflow error of their own.
  const bool narrow = type.Is(TypeKind::kByte) || type.Is(TypeKind::kShort);
  return narrow ? CallWith(kernel, std::move(call.arguments)) : Native(arithmetic.symbol, call);
}

template <Mode mode>
base::Result<ParsedPtr> LowerDivide(LoweredCall call) {
  const bool fails = call.ansi() && mode != Mode::kTry;
  if (call.type().Is(TypeKind::kDecimal))
    return DecimalCall("spark_decimal_divide", call, call.type(), fails);
  return CallWith(fails ? "spark_divide" : "spark_divide_legacy", std::move(call.arguments));
}

// The decimal in which Spark computes an integral quotient.
base::Result<ParsedPtr> LowerIntegralDivide(LoweredCall call) {
  const auto& left = call.argument_type(0);
  if (left.Is(TypeKind::kDecimal)) {
    const auto shape = plan::DecimalResultType("div", left, call.argument_type(1), true);
    return DecimalCall("spark_decimal_integral_divide", call, *shape, call.ansi());
  }
  return CallWith(call.ansi() ? "spark_integral_divide" : "spark_integral_divide_legacy",
                  std::move(call.arguments));
}

template <Mode mode>
base::Result<ParsedPtr> LowerRemainder(LoweredCall call) {
  const bool fails = call.ansi() && mode != Mode::kTry;
  if (call.type().Is(TypeKind::kDecimal))
    return DecimalCall("spark_decimal_remainder", call, call.type(), fails);
  return CallWith(fails ? "spark_remainder" : "spark_remainder_legacy", std::move(call.arguments));
}

base::Result<ParsedPtr> LowerPositiveRemainder(LoweredCall call) {
  if (call.type().Is(TypeKind::kDecimal)) {
    return DecimalCall("spark_decimal_positive_remainder", call, call.type(), call.ansi());
  }
  return CallWith(call.ansi() ? "spark_positive_remainder" : "spark_positive_remainder_legacy",
                  std::move(call.arguments));
}

// Signs of decimals and reals have no failure; integers have one value too many below zero.
base::Result<ParsedPtr> LowerNegative(LoweredCall call) {
  if (!call.type().IsIntegral()) return Native("-", call);
  return CallWith(call.ansi() ? "spark_integer_negate" : "spark_integer_negate_legacy",
                  std::move(call.arguments));
}

base::Result<ParsedPtr> LowerAbs(LoweredCall call) {
  const auto& type = call.type();
  if (!type.IsIntegral() && !type.IsAnsiInterval()) return Native("abs", call);
  const bool fails = call.ansi() || type.IsAnsiInterval();
  return CallWith(fails ? "spark_integer_abs" : "spark_integer_abs_legacy", std::move(call.arguments));
}

base::Result<ParsedPtr> LowerFirstArgument(LoweredCall call) { return std::move(call.arguments[0]); }

// Inside nested values Spark orders NULL first and DuckDB last; SortKeyOf gives a key with Spark's order.
template <ExpressionType comparison>
base::Result<ParsedPtr> LowerComparison(LoweredCall call) {
  auto left = std::move(call.arguments[0]);
  auto right = std::move(call.arguments[1]);
  constexpr bool kOrders =
      comparison != ExpressionType::COMPARE_EQUAL && comparison != ExpressionType::COMPARE_NOT_DISTINCT_FROM;
  if (kOrders && call.argument_type(0).IsNested()) {
    left = SortKeyOf(std::move(left), call.argument_type(0));
    right = SortKeyOf(std::move(right), call.argument_type(1));
  }
  return Compare(comparison, std::move(left), std::move(right));
}

base::Result<ParsedPtr> LowerNot(LoweredCall call) { return Not(std::move(call.arguments[0])); }
base::Result<ParsedPtr> LowerAnd(LoweredCall call) { return And(std::move(call.arguments)); }
base::Result<ParsedPtr> LowerOr(LoweredCall call) { return Or(std::move(call.arguments)); }
base::Result<ParsedPtr> LowerIsNull(LoweredCall call) { return IsNull(std::move(call.arguments[0])); }
base::Result<ParsedPtr> LowerIsNotNull(LoweredCall call) { return IsNotNull(std::move(call.arguments[0])); }

// False, not null, for a null.
base::Result<ParsedPtr> LowerIsNan(LoweredCall call) {
  return Coalesce(List(Call("isnan", std::move(call.arguments[0])), BooleanConstant(false)));
}

base::Result<ParsedPtr> LowerIn(LoweredCall call) {
  return ParsedPtr(
      make_uniq<duckdb::OperatorExpression>(ExpressionType::COMPARE_IN, std::move(call.arguments)));
}

base::Result<ParsedPtr> LowerBetween(LoweredCall call) {
  const auto& type = call.argument_type(0);
  if (type.IsNested()) {
    for (auto& argument : call.arguments) argument = SortKeyOf(std::move(argument), type);
  }
  return ParsedPtr(make_uniq<duckdb::BetweenExpression>(
      std::move(call.arguments[0]), std::move(call.arguments[1]), std::move(call.arguments[2])));
}

base::Result<ParsedPtr> LowerTry(LoweredCall call) {
  return ParsedPtr(
      make_uniq<duckdb::OperatorExpression>(ExpressionType::OPERATOR_TRY, std::move(call.arguments)));
}

}  // namespace

void AddOperators(EngineFunctions& functions) {
  functions.AddRule("+", &LowerArithmetic<kAdd, Mode::kBySession>);
  functions.AddRule("-", &LowerArithmetic<kSubtract, Mode::kBySession>);
  functions.AddRule("*", &LowerArithmetic<kMultiply, Mode::kBySession>);
  functions.AddRule("/", &LowerDivide<Mode::kBySession>);
  functions.AddRule("%", &LowerRemainder<Mode::kBySession>);
  functions.AddRule("div", &LowerIntegralDivide);
  functions.AddRule("pmod", &LowerPositiveRemainder);
  functions.AddRule("try_add", &LowerArithmetic<kAdd, Mode::kTry>);
  functions.AddRule("try_subtract", &LowerArithmetic<kSubtract, Mode::kTry>);
  functions.AddRule("try_multiply", &LowerArithmetic<kMultiply, Mode::kTry>);
  functions.AddRule("try_divide", &LowerDivide<Mode::kTry>);
  functions.AddRule("try_mod", &LowerRemainder<Mode::kTry>);
  functions.AddRule("try_eval", &LowerTry);
  functions.AddRule("negative", &LowerNegative);
  functions.AddRule("positive", &LowerFirstArgument);
  functions.AddRule("abs", &LowerAbs);
  functions.AddRule("==", &LowerComparison<ExpressionType::COMPARE_EQUAL>);
  functions.AddRule("<=>", &LowerComparison<ExpressionType::COMPARE_NOT_DISTINCT_FROM>);
  functions.AddRule("<", &LowerComparison<ExpressionType::COMPARE_LESSTHAN>);
  functions.AddRule("<=", &LowerComparison<ExpressionType::COMPARE_LESSTHANOREQUALTO>);
  functions.AddRule(">", &LowerComparison<ExpressionType::COMPARE_GREATERTHAN>);
  functions.AddRule(">=", &LowerComparison<ExpressionType::COMPARE_GREATERTHANOREQUALTO>);
  functions.AddRule("in", &LowerIn);
  functions.AddRule("between", &LowerBetween);
  functions.AddRule("and", &LowerAnd);
  functions.AddRule("or", &LowerOr);
  functions.AddRule("not", &LowerNot);
  functions.AddRule("isnull", &LowerIsNull);
  functions.AddRule("isnotnull", &LowerIsNotNull);
  functions.AddRule("isnan", &LowerIsNan);
}

}  // namespace hearth::engine
