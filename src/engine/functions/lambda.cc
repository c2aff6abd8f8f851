// Higher-order functions, lowered to DuckDB's list_transform, list_filter and list_reduce. Their lambdas
// count from 1 and have no maps: indexes are shifted, maps taken as lists of entries, pairs of lists as lists
// of pairs.
#include "duckdb/parser/expression/columnref_expression.hpp"
#include "duckdb/parser/expression/lambda_expression.hpp"
#include "duckdb/parser/parsed_expression_iterator.hpp"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/list_builder.h"
#include "engine/functions/row_kernels.h"

namespace hearth::engine {

using duckdb::LogicalType;

namespace {

ParsedPtr Variable(const std::string& name) { return duckdb::make_uniq<duckdb::ColumnRefExpression>(name); }

// Puts `replacement` in the place of every reference to the lambda variable `name`.
void Substitute(ParsedPtr& expression, const std::string& name, const ParsedPtr& replacement) {
  if (expression->GetExpressionType() == duckdb::ExpressionType::COLUMN_REF) {
    const auto& reference = expression->Cast<duckdb::ColumnRefExpression>();
    if (reference.IsQualified() || reference.GetColumnName() != name) return;
    // The alias names the field where the variable stands in a struct.
    auto alias = expression->GetAlias();
    expression = replacement->Copy();
    expression->SetAlias(std::move(alias));
    return;
  }
  duckdb::ParsedExpressionIterator::EnumerateChildren(
      *expression, [&](ParsedPtr& child) { Substitute(child, name, replacement); });
}

// A lowered lambda argument: the names of its parameters and its body.
struct LoweredLambda {
  std::vector<std::string> names;
  ParsedPtr body;
};
LoweredLambda TakeLambda(LoweredCall& call, size_t index) {
  LoweredLambda lambda;
  for (const auto& parameter : call.plan_arguments()[index]->As<plan::Lambda>()->parameters) {
    lambda.names.push_back(LambdaVariableName(parameter->As<plan::LambdaVariable>()->id));
  }
  lambda.body = std::move(call.arguments[index]->Cast<duckdb::LambdaExpression>().expr);
  return lambda;
}

// (element) or (element, index from 0 as an integer), for list_transform and list_filter.
ParsedPtr ElementLambda(LoweredLambda lambda) {
  if (lambda.names.size() == 2) {
    const auto& index = lambda.names[1];
    Substitute(lambda.body, index, CastTo(Call("-", Variable(index), LongConstant(1)), LogicalType::INTEGER));
  }
  return LambdaOf(std::move(lambda.names), std::move(lambda.body));
}

// One parameter, a struct, whose fields stand for the lambda's parameters.
ParsedPtr PairLambda(LoweredLambda lambda) {
  const std::string pair = lambda.names[0] + "_pair";
  for (size_t i = 0; i < lambda.names.size(); ++i)
    Substitute(lambda.body, lambda.names[i], FieldAt(Variable(pair), i));
  return LambdaOf({pair}, std::move(lambda.body));
}

base::Result<ParsedPtr> LowerTransform(LoweredCall call) {
  auto lambda = TakeLambda(call, 1);
  return Call("list_transform", std::move(call.arguments[0]), ElementLambda(std::move(lambda)));
}

base::Result<ParsedPtr> LowerFilter(LoweredCall call) {
  auto lambda = TakeLambda(call, 1);
  return Call("list_filter", std::move(call.arguments[0]), ElementLambda(std::move(lambda)));
}

// exists and forall: the answers for all elements, joined by three-valued OR and AND.
LowerRule Quantifier(std::string kernel) {
  return [kernel](LoweredCall call) -> base::Result<ParsedPtr> {
    auto lambda = TakeLambda(call, 1);
    return Call(kernel,
                Call("list_transform", std::move(call.arguments[0]), ElementLambda(std::move(lambda))));
  };
}

ParsedPtr Pack(ParsedPtr first, ParsedPtr second) {
  first->SetAlias("first");
  second->SetAlias("second");
  return Call("struct_pack", std::move(first), std::move(second));
}

// list_reduce wants elements and accumulator of one type: where they differ, both go into structs of the two.
ParsedPtr Fold(const plan::DataType& element, const plan::DataType& accumulator, ParsedPtr list,
               ParsedPtr start, LoweredLambda merge) {
  const auto element_type = ToDuckDB(element);
  const auto accumulator_type = ToDuckDB(accumulator);
  if (element_type == accumulator_type) {
    return Call("list_reduce", std::move(list), LambdaOf(std::move(merge.names), std::move(merge.body)),
                std::move(start));
  }
  const auto left = merge.names[0];
  const auto right = merge.names[1];
  Substitute(merge.body, left, FieldAt(Variable(left + "_pair"), 0));
  Substitute(merge.body, right, FieldAt(Variable(right + "_pair"), 1));
  auto pairs = Call("list_transform", std::move(list),
                    LambdaOf({right}, Pack(NullOf(accumulator_type), Variable(right))));
  auto body = Pack(std::move(merge.body), NullOf(element_type));
  auto folded =
      Call("list_reduce", std::move(pairs), LambdaOf({left + "_pair", right + "_pair"}, std::move(body)),
           Pack(std::move(start), NullOf(element_type)));
  return FieldAt(std::move(folded), 0);
}

base::Result<ParsedPtr> LowerAggregate(LoweredCall call) {
  const auto& accumulator = call.argument_type(1);
  const auto& element = *call.argument_type(0).element();
  auto merge = TakeLambda(call, 2);
  auto finish = TakeLambda(call, 3);
  auto is_null = IsNull(Copy(call.arguments[0]));
  auto folded = Fold(element, accumulator, std::move(call.arguments[0]), std::move(call.arguments[1]),
                     std::move(merge));
  const bool is_identity =
      finish.body->GetExpressionType() == duckdb::ExpressionType::COLUMN_REF &&
      finish.body->Cast<duckdb::ColumnRefExpression>().GetColumnName() == finish.names[0];
  if (is_identity) return folded;
  // A list of one carries the accumulator into the lambda, so that it is computed once.
  auto finished = Call("list_transform", Call("list_value", std::move(folded)),
                       LambdaOf(std::move(finish.names), std::move(finish.body)));
  auto result = Call("list_extract", std::move(finished), LongConstant(1));
  return If(std::move(is_null), NullOf(ToDuckDB(call.type())), std::move(result));
}

// The shorter list is filled up with nulls; a null list makes null.
base::Result<ParsedPtr> LowerZipWith(LoweredCall call) {
  auto lambda = TakeLambda(call, 2);
  auto any_null = Or(List(IsNull(Copy(call.arguments[0])), IsNull(Copy(call.arguments[1]))));
  auto zipped = Call("list_zip", std::move(call.arguments[0]), std::move(call.arguments[1]));
  auto result = Call("list_transform", std::move(zipped), PairLambda(std::move(lambda)));
  return If(std::move(any_null), NullOf(ToDuckDB(call.type())), std::move(result));
}

ParsedPtr EntriesOf(ParsedPtr map) { return Call("spark_map_entries", std::move(map)); }

base::Result<ParsedPtr> LowerTransformKeys(LoweredCall call) {
  auto lambda = TakeLambda(call, 1);
  auto keys = Call("list_transform", EntriesOf(Copy(call.arguments[0])), PairLambda(std::move(lambda)));
  auto values = Call("spark_map_values", std::move(call.arguments[0]));
  return Call("spark_map_of_lists", std::move(keys), std::move(values), std::move(call.arguments[2]));
}

base::Result<ParsedPtr> LowerTransformValues(LoweredCall call) {
  auto lambda = TakeLambda(call, 1);
  auto values = Call("list_transform", EntriesOf(Copy(call.arguments[0])), PairLambda(std::move(lambda)));
  auto keys = Call("spark_map_keys", std::move(call.arguments[0]));
  return Call("spark_map_of_lists", std::move(keys), std::move(values), BooleanConstant(false));
}

base::Result<ParsedPtr> LowerMapFilter(LoweredCall call) {
  auto lambda = TakeLambda(call, 1);
  auto entries = Call("list_filter", EntriesOf(std::move(call.arguments[0])), PairLambda(std::move(lambda)));
  return Call("spark_map_of_entries", std::move(entries), BooleanConstant(false));
}

// The keys of both maps; the lambda gets the value of each map, null where it lacks the key.
base::Result<ParsedPtr> LowerMapZipWith(LoweredCall call) {
  auto lambda = TakeLambda(call, 2);
  auto keys = Call("spark_array_union", Call("spark_map_keys", Copy(call.arguments[0])),
                   Call("spark_map_keys", Copy(call.arguments[1])));
  for (size_t i : {0, 1}) {
    Substitute(lambda.body, lambda.names[i + 1],
               Call("spark_map_item", std::move(call.arguments[i]), Variable(lambda.names[0])));
  }
  auto values = Call("list_transform", Copy(keys), LambdaOf({lambda.names[0]}, std::move(lambda.body)));
  return Call("spark_map_of_lists", std::move(keys), std::move(values), BooleanConstant(false));
}

// kAny: true when an element is true, else null when one is null, else false. Otherwise the same for "all".
template <bool kAny>
void QuantifierKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader lists(arguments.data[0], count);
  const ColumnReader<bool> answers(lists.elements(), lists.element_count());
  auto* data = reinterpret_cast<bool*>(duckdb::FlatVector::GetData(result));
  for (duckdb::idx_t row = 0; row < count; ++row) {
    if (lists.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    bool has_null = false;
    bool decided = false;
    const auto entry = lists[row];
    for (auto i = entry.offset; i < entry.offset + entry.length && !decided; ++i) {
      if (answers.IsNull(i)) {
        has_null = true;
      } else {
        decided = answers[i] == kAny;
      }
    }
    data[row] = decided == kAny;
    if (!decided && has_null) SetNull(result, row);
  }
}

}  // namespace

void AddLambda(EngineFunctions& functions) {
  const auto answers = LogicalType::LIST(LogicalType::BOOLEAN);
  functions.AddScalar(Kernel("spark_any_true", {answers}, LogicalType::BOOLEAN, QuantifierKernel<true>));
  functions.AddScalar(Kernel("spark_all_true", {answers}, LogicalType::BOOLEAN, QuantifierKernel<false>));
  functions.AddRule("transform", LowerTransform);
  functions.AddRule("filter", LowerFilter);
  functions.AddRule("exists", Quantifier("spark_any_true"));
  functions.AddRule("forall", Quantifier("spark_all_true"));
  functions.AddRule("aggregate", LowerAggregate);
  functions.AddRule("zip_with", LowerZipWith);
  functions.AddRule("transform_keys", LowerTransformKeys);
  functions.AddRule("transform_values", LowerTransformValues);
  functions.AddRule("map_filter", LowerMapFilter);
  functions.AddRule("map_zip_with", LowerMapZipWith);
}

}  // namespace hearth::engine
