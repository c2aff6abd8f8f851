#include "duckdb/parser/expression/columnref_expression.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "engine/functions/expressions.h"
#include "engine/lower/lowering.h"

namespace hearth::engine {

using duckdb::make_uniq;
using plan::TypeKind;

namespace {

ParsedPtr Unnest(ParsedPtr list) {
  return make_uniq<duckdb::FunctionExpression>("unnest", List(std::move(list)));
}

// One null element for a list that is null or empty: LATERAL VIEW OUTER.
ParsedPtr OrOneNull(ParsedPtr list, const duckdb::LogicalType& list_type) {
  auto is_empty = Compare(duckdb::ExpressionType::COMPARE_EQUAL, Call("len", Copy(list)), LongConstant(0));
  auto one_null = Constant(duckdb::Value::LIST(duckdb::ListType::GetChildType(list_type),
                                               {duckdb::Value(duckdb::ListType::GetChildType(list_type))}));
  auto is_null = IsNull(Copy(list));
  return If(Or(List(std::move(is_null), std::move(is_empty))), std::move(one_null), std::move(list));
}

// What a generator unnests, and how a column is taken from an element.
struct Unnesting {
  ParsedPtr list;
  duckdb::LogicalType list_type;
  bool has_position = false;       // the first column is the element's position
  bool element_is_struct = false;  // the columns are its fields, else there is one: the element
};

}  // namespace

base::Result<Lowering::Lowered> Lowering::LowerGenerate(const plan::Generate& generate) {
  HEARTH_ASSIGN(Lowered input, LowerRelation(*generate.input));
  const auto* call = generate.generator->As<plan::Call>();
  if (!call) return base::InternalError("a generator that is no call");
  const std::string& name = call->function->name;
  const bool explodes =
      name == "explode" || name == "posexplode" || name == "explode_outer" || name == "posexplode_outer";
  Unnesting unnesting;
  if (explodes || name == "inline" || name == "inline_outer") {
    HEARTH_ASSIGN(unnesting.list, LowerExpression(*call->arguments[0]));
    const plan::DataType& type = *call->arguments[0]->type;
    unnesting.list_type = ToDuckDB(type);
    unnesting.has_position = name.rfind("pos", 0) == 0;
    unnesting.element_is_struct = !explodes;
    if (type.Is(TypeKind::kMap)) {
      unnesting.list_type = duckdb::LogicalType::LIST(duckdb::ListType::GetChildType(unnesting.list_type));
      unnesting.list = Call("spark_map_entries", std::move(unnesting.list));
      unnesting.element_is_struct = true;
    }
  } else {
    // Every other generator gives a list of rows.
    HEARTH_ASSIGN(unnesting.list, LowerExpression(*generate.generator));
    unnesting.list_type = duckdb::LogicalType::LIST(ToDuckDB(*generate.generator->type));
    unnesting.element_is_struct = true;
  }
  const bool outer = generate.is_outer || name.ends_with("_outer");
  auto node = Select(ToSource(std::move(input)));
  for (const auto& column : generate.input->output) node->select_list.push_back(Column(column));
  GiveOwnNames(generate.input->output);
  if (unnesting.has_position) {
    auto last = Call("-", Call("len", Copy(unnesting.list)), LongConstant(1));
    auto positions = Call("generate_series", LongConstant(0), std::move(last));
    if (outer)
      positions = OrOneNull(std::move(positions), duckdb::LogicalType::LIST(duckdb::LogicalType::BIGINT));
    auto position = CastTo(Unnest(std::move(positions)), duckdb::LogicalType::INTEGER);
    position->SetAlias(ColumnName(generate.columns[0].id));
    node->select_list.push_back(std::move(position));
  }
  const size_t first = unnesting.has_position ? 1 : 0;
  auto list = outer ? OrOneNull(std::move(unnesting.list), unnesting.list_type) : std::move(unnesting.list);
  auto element = Unnest(std::move(list));
  Lowered lowered;
  if (!unnesting.element_is_struct) {
    element->SetAlias(ColumnName(generate.columns[first].id));
    node->select_list.push_back(std::move(element));
    lowered.node = std::move(node);
    return lowered;
  }
  element->SetAlias("element");
  node->select_list.push_back(std::move(element));
  auto fields = make_uniq<duckdb::SelectNode>();
  fields->from_table = AsTable(std::move(node));
  const auto pass = [&](const plan::Column& column) {
    auto reference = Reference(column.id);
    reference->SetAlias(ColumnName(column.id));
    fields->select_list.push_back(std::move(reference));
  };
  for (const auto& column : generate.input->output) pass(column);
  if (first == 1) pass(generate.columns[0]);
  for (size_t i = first; i < generate.columns.size(); ++i) {
    auto field = FieldAt(make_uniq<duckdb::ColumnRefExpression>("element"), i - first);
    field->SetAlias(ColumnName(generate.columns[i].id));
    fields->select_list.push_back(std::move(field));
  }
  lowered.node = std::move(fields);
  return lowered;
}

}  // namespace hearth::engine
