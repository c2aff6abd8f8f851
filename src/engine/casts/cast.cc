#include "engine/casts/cast.h"

#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "engine/casts/cast_loop.h"
#include "engine/functions/expressions.h"

namespace hearth::engine {

using plan::CastBehavior;
using plan::DataType;
using plan::TypeKind;

namespace {

std::string Quoted(const DataType& type) { return "\"" + type.Sql() + "\""; }

std::string TextLiteral(duckdb::string_t text) {
  std::string literal = "'";
  for (size_t i = 0; i < text.GetSize(); ++i) {
    const char c = text.GetData()[i];
    if (c == '\'' || c == '\\') literal.push_back('\\');
    literal.push_back(c);
  }
  return literal + "'";
}

const char* BehaviorName(CastBehavior behavior) {
  switch (behavior) {
    case CastBehavior::kAnsi:
      return "ansi";
    case CastBehavior::kLegacy:
      return "legacy";
    case CastBehavior::kTry:
      return "try";
  }
  return "ansi";
}

CastBehavior BehaviorOf(const std::string& name) {
  if (name == "legacy") return CastBehavior::kLegacy;
  return name == "try" ? CastBehavior::kTry : CastBehavior::kAnsi;
}

struct CastBindData : public duckdb::FunctionData {
  CastBindData(std::string key, CastFunction function) : key(std::move(key)), function(std::move(function)) {}
  duckdb::unique_ptr<FunctionData> Copy() const override {
    return duckdb::make_uniq<CastBindData>(key, function);
  }
  bool Equals(const FunctionData& other) const override { return key == other.Cast<CastBindData>().key; }

  std::string key;
  CastFunction function;
};

duckdb::unique_ptr<duckdb::FunctionData> Bind(
    duckdb::ClientContext& context, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const auto from = ReadTypeArgument(context, *arguments[1]);
  const auto to = ReadTypeArgument(context, *arguments[2]);
  const std::string behavior = TextArgument(context, *arguments[3]);
  const std::string zone_id = TextArgument(context, *arguments[4]);
  auto zone = FindTimeZone(zone_id);
  if (!zone.ok()) ThrowSpark(*zone.error());
  auto cast = MakeCastFunction(from, to, CastSettings{BehaviorOf(behavior), *zone});
  function.arguments[0] = ToDuckDB(*from);
  function.SetReturnType(ToDuckDB(*to));
  if (behavior != "try") function.SetFallible();
  std::string key = from->Json() + ">" + to->Json() + ">" + behavior + ">" + zone_id;
  // The constants are read; only the value is computed for each row.
  while (arguments.size() > 1) duckdb::Function::EraseArgument(function, arguments, arguments.size() - 1);
  return duckdb::make_uniq<CastBindData>(std::move(key), std::move(cast));
}

void Run(duckdb::DataChunk& input, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& bound = state.expr.Cast<duckdb::BoundFunctionExpression>();
  bound.bind_info->Cast<CastBindData>().function(input.data[0], result, input.size());
}

// Casts that DuckDB does as Spark does, and that its optimizer understands: exact widenings.
bool IsWidening(const DataType& from, const DataType& to) {
  const auto rank = [](TypeKind kind) { return static_cast<int>(kind); };
  if (from.IsIntegral() && to.IsIntegral()) return rank(from.kind()) < rank(to.kind());
  if (from.IsIntegral() && to.IsFractional()) return true;
  if (from.Is(TypeKind::kFloat) && to.Is(TypeKind::kDouble)) return true;
  if (from.Is(TypeKind::kDate) && to.Is(TypeKind::kTimestampNtz)) return true;
  if (from.IsIntegral() && to.Is(TypeKind::kDecimal)) {
    const auto digits = plan::DecimalForIntegral(from.kind());
    return digits->precision() <= to.precision() - to.scale();
  }
  if (from.Is(TypeKind::kDecimal) && to.Is(TypeKind::kDecimal)) {
    return from.scale() <= to.scale() && from.precision() - from.scale() <= to.precision() - to.scale();
  }
  return false;
}

bool SameCarriedValue(const DataType& from, const DataType& to) {
  return from.SameIgnoringNullability(to) || (from.IsString() && to.IsString());
}

}  // namespace

void ThrowInvalidInput(duckdb::string_t text, const DataType& to) {
  auto kind = base::ErrorKind::kDateTime;
  if (to.IsNumeric()) kind = base::ErrorKind::kNumberFormat;
  if (to.Is(TypeKind::kBoolean)) kind = base::ErrorKind::kRuntime;
  const std::string literal = TextLiteral(text);
  ThrowSpark(kind, "CAST_INVALID_INPUT",
             "The value " + literal + " of the type \"STRING\" is not a text of the type " + Quoted(to) +
                 "; try_cast gives NULL instead.",
             {{"expression", literal}, {"sourceType", "\"STRING\""}, {"targetType", Quoted(to)}});
}

void ThrowCastOverflow(const std::string& value, const DataType& from, const DataType& to) {
  ThrowSpark(base::ErrorKind::kArithmetic, "CAST_OVERFLOW",
             "The value " + value + " of the type " + Quoted(from) + " does not fit the type " + Quoted(to) +
                 "; try_cast gives NULL instead.",
             {{"value", value}, {"sourceType", Quoted(from)}, {"targetType", Quoted(to)}});
}

void ThrowIntervalOverflow(const std::string& value, const std::string& from, const DataType& to) {
  ThrowSpark(base::ErrorKind::kArithmetic, "CAST_OVERFLOW",
             "The value " + value + " of the type \"" + from + "\" does not fit the type " + Quoted(to) +
                 "; try_cast gives NULL instead.",
             {{"value", value},
              {"sourceType", "\"" + from + "\""},
              {"targetType", Quoted(to)},
              {"ansiConfig", "\"spark.sql.ansi.enabled\""}});
}

void ThrowDecimalOverflow(const std::string& value, const DataType& to) {
  ThrowSpark(base::ErrorKind::kArithmetic, "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION",
             value + " does not fit " + to.Sql() + "; without ANSI mode the result would be NULL.",
             {{"value", value},
              {"precision", std::to_string(to.precision())},
              {"scale", std::to_string(to.scale())},
              {"config", "\"spark.sql.ansi.enabled\""}});
}

CastFunction MakeCastFunction(const plan::TypePtr& from, const plan::TypePtr& to,
                              const CastSettings& settings) {
  if (from->Is(TypeKind::kNull)) return NullCast();
  if (SameCarriedValue(*from, *to)) return ReinterpretCast();
  CastFunction function;
  const auto attempt = [&](CastFunction candidate) {
    if (!function) function = std::move(candidate);
  };
  if (to->IsString()) attempt(MakeValueToTextCast(from, *to, settings));
  if (from->IsString()) attempt(MakeTextToValueCast(*from, *to, settings));
  if (from->IsNested()) attempt(MakeNestedCast(*from, *to, settings));
  if (!function && (from->IsInterval() || to->IsInterval())) attempt(MakeIntervalCast(*from, *to, settings));
  if (!function) attempt(MakeDatetimeCast(*from, *to, settings));
  if (!function) attempt(MakeNumberCast(*from, *to, settings));
  if (!function) ThrowSpark(base::NotImplemented("cast from " + from->Sql() + " to " + to->Sql()));
  return function;
}

base::Result<ParsedPtr> SparkCast(ParsedPtr child, const DataType& from, const DataType& to,
                                  CastBehavior behavior, const LowerSettings& settings) {
  const auto target = ToDuckDB(to);
  if (from.Is(TypeKind::kNull)) return NullOf(target);
  if (SameCarriedValue(from, to)) return child;
  if (from.Is(plan::TypeKind::kVariant)) {
    if (to.IsNested()) return base::NotImplemented("cast from " + from.Sql() + " to " + to.Sql());
    return Call("spark_variant_get", std::move(child), TextConstant("$"), TypeArgument(to),
                BooleanConstant(behavior != CastBehavior::kTry), TextConstant(settings.time_zone),
                TextConstant("cast"));
  }
  if (IsWidening(from, to)) return CastTo(std::move(child), target);
  auto call = Call("spark_cast", std::move(child), TypeArgument(from), TypeArgument(to),
                   TextConstant(BehaviorName(behavior)), TextConstant(settings.time_zone));
  // A constant null loses its type on the way through DuckDB's binder.
  return CastTo(std::move(call), target);
}

void AddCasts(EngineFunctions& functions) {
  using duckdb::LogicalType;
  duckdb::ScalarFunction function("spark_cast",
                                  {LogicalType::ANY, LogicalType::VARCHAR, LogicalType::VARCHAR,
                                   LogicalType::VARCHAR, LogicalType::VARCHAR},
                                  LogicalType::ANY, Run, Bind);
  functions.AddScalar(std::move(function));
}

}  // namespace hearth::engine
