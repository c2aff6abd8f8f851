#include "engine/functions/registry.h"

#include "duckdb/main/extension/extension_loader.hpp"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"

namespace hearth::engine {

namespace {

constexpr std::string_view kPrefix = "spark_";
constexpr std::string_view kLegacySuffix = "_legacy";

}  // namespace

const EngineFunctions& EngineFunctions::BuiltIn() {
  static const EngineFunctions functions = [] {
    EngineFunctions result;
    AddOperators(result);
    AddIntegerArithmetic(result);
    AddDecimalArithmetic(result);
    AddConditional(result);
    AddMath(result);
    AddRounding(result);
    AddNumberText(result);
    AddRandom(result);
    AddBitwise(result);
    AddAggregates(result);
    AddMoments(result);
    AddPercentiles(result);
    AddHyperLogLog(result);
    AddHash(result);
    AddCipher(result);
    AddBitmap(result);
    AddHistogram(result);
    AddCasts(result);
    AddSampling(result);
    AddSortKeys(result);
    AddString(result);
    AddRegexp(result);
    AddUrl(result);
    AddJson(result);
    AddDatetime(result);
    AddInterval(result);
    AddArray(result);
    AddMap(result);
    AddStruct(result);
    AddLambda(result);
    AddGenerator(result);
    AddCsv(result);
    AddVariant(result);
    AddVector(result);
    AddPrettyString(result);
    return result;
  }();
  return functions;
}

const plan::Value* LoweredCall::literal(size_t index) const {
  const auto& all = plan_arguments();
  if (index >= all.size()) return nullptr;
  const auto* literal = all[index]->As<plan::Literal>();
  return literal ? &literal->value : nullptr;
}

void EngineFunctions::AddRule(std::string name, LowerRule rule) { rules_[std::move(name)] = std::move(rule); }

void EngineFunctions::AddScalar(duckdb::ScalarFunctionSet functions) {
  auto name = functions.name;
  scalars_.insert_or_assign(std::move(name), std::move(functions));
}

void EngineFunctions::AddScalar(duckdb::ScalarFunction function) {
  duckdb::ScalarFunctionSet set(function.name);
  set.AddFunction(std::move(function));
  AddScalar(std::move(set));
}

void EngineFunctions::AddAggregate(duckdb::AggregateFunctionSet functions) {
  auto name = functions.name;
  aggregates_.insert_or_assign(std::move(name), std::move(functions));
}

void EngineFunctions::AddAggregate(duckdb::AggregateFunction function) {
  duckdb::AggregateFunctionSet set(function.name);
  set.AddFunction(std::move(function));
  AddAggregate(std::move(set));
}

bool EngineFunctions::Has(std::string_view name) const {
  const std::string kernel = std::string(kPrefix) + std::string(name);
  return rules_.find(name) != rules_.end() || scalars_.count(kernel) > 0 || aggregates_.count(kernel) > 0;
}

base::Result<ParsedPtr> EngineFunctions::Lower(LoweredCall call) const {
  if (const auto rule = rules_.find(call.name()); rule != rules_.end()) {
    const bool is_plain = call.call && call.call->function->kind == plan::FunctionKind::kScalar;
    const auto type = call.expression.type;
    HEARTH_ASSIGN(ParsedPtr lowered, rule->second(std::move(call)));
    return is_plain ? CastTo(std::move(lowered), ToDuckDB(*type)) : std::move(lowered);
  }
  std::string kernel = std::string(kPrefix) + call.name();
  const auto known = [&](const std::string& name) {
    return call.call ? scalars_.count(name) > 0 : aggregates_.count(name) > 0;
  };
  if (!call.ansi() && known(kernel + std::string(kLegacySuffix))) kernel += kLegacySuffix;
  if (!known(kernel)) return base::NotImplemented("function " + call.name());
  auto arguments = std::move(call.arguments);
  auto lowered = call.call ? CallWith(std::move(kernel), std::move(arguments))
                           : AggregateWith(call, std::move(kernel), std::move(arguments));
  // A function whose type is settled in bind loses it when DuckDB's binder sees a constant null; otherwise no
  // cast is left.
  return CastTo(std::move(lowered), ToDuckDB(call.type()));
}

void EngineFunctions::RegisterIn(duckdb::DatabaseInstance& database) const {
  duckdb::ExtensionLoader loader(database, "hearth");
  for (const auto& [name, functions] : scalars_) loader.RegisterFunction(functions);
  for (const auto& [name, functions] : aggregates_) loader.RegisterFunction(functions);
}

}  // namespace hearth::engine
