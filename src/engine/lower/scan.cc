#include "duckdb/parser/expression/columnref_expression.hpp"
#include "duckdb/parser/expression/comparison_expression.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/tableref/emptytableref.hpp"
#include "duckdb/parser/tableref/expressionlistref.hpp"
#include "duckdb/parser/tableref/table_function_ref.hpp"
#include "engine/files/file_scan.h"
#include "engine/functions/expressions.h"
#include "engine/local_rows.h"
#include "engine/lower/lowering.h"
#include "plan/catalog.h"

namespace hearth::engine {

using duckdb::make_uniq;

namespace {

duckdb::unique_ptr<duckdb::TableFunctionRef> TableFunction(const char* name, ParsedExpressions arguments) {
  auto table = make_uniq<duckdb::TableFunctionRef>();
  table->function = make_uniq<duckdb::FunctionExpression>("system", "main", name, std::move(arguments));
  return table;
}

ParsedPtr Pointer(const void* address) {
  return Constant(duckdb::Value::POINTER(reinterpret_cast<uintptr_t>(address)));
}

}  // namespace

Lowering::Lowered Lowering::LowerNoRows(const plan::Relation& relation) {
  auto node = make_uniq<duckdb::SelectNode>();
  node->from_table = make_uniq<duckdb::EmptyTableRef>();
  node->where_clause = BooleanConstant(false);
  for (const auto& column : relation.output) {
    auto item = NullOf(ToDuckDB(*column.type));
    item->SetAlias(ColumnName(column.id));
    node->select_list.push_back(std::move(item));
  }
  // DuckDB has no query without columns.
  if (relation.output.empty()) node->select_list.push_back(BooleanConstant(true));
  Lowered lowered;
  lowered.node = std::move(node);
  return lowered;
}

base::Result<Lowering::Lowered> Lowering::LowerFileScan(const plan::Relation& relation,
                                                        const plan::FileScan& scan) {
  if (scan.source->paths.empty()) return LowerNoRows(relation);
  reads_files_ = true;
  Lowered lowered;
  HEARTH_ASSIGN(const char* function, ScanFunctionFor(*scan.source));
  duckdb::vector<duckdb::Value> paths;
  for (const auto& path : scan.source->paths) paths.emplace_back(path);
  auto source = make_uniq<duckdb::ComparisonExpression>(
      duckdb::ExpressionType::COMPARE_EQUAL, make_uniq<duckdb::ColumnRefExpression>(kSourceParameter),
      Pointer(scan.source.get()));
  resources_.push_back(scan.source);
  auto table = TableFunction(
      function, List(Constant(duckdb::Value::LIST(duckdb::LogicalType::VARCHAR, std::move(paths))),
                     ParsedPtr(std::move(source))));
  table->alias = NextTableName();
  for (const auto& column : relation.output) table->column_name_alias.push_back(ColumnName(column.id));
  lowered.from = std::move(table);
  return lowered;
}

base::Result<Lowering::Lowered> Lowering::LowerLocalRows(const plan::Relation& relation,
                                                         const plan::LocalRows& rows) {
  if (!rows.arrow_ipc) return LowerNoRows(relation);
  HEARTH_ASSIGN(auto input, LocalRowsInput::Open(rows.arrow_ipc));
  if (static_cast<size_t>(input->column_count()) != relation.output.size()) {
    return base::InternalError("local rows have another number of columns than their relation");
  }
  resources_.push_back(input);
  Lowered lowered;
  if (relation.output.empty()) {
    // DuckDB has no table without columns: only the number of rows remains.
    auto numbers = TableFunction("range", List(LongConstant(input->row_count())));
    numbers->alias = NextTableName();
    lowered.from = std::move(numbers);
    return lowered;
  }
  auto table = TableFunction("arrow_scan_dumb", List(Pointer(input.get()), Pointer(LocalRowsProducer()),
                                                     Pointer(LocalRowsSchemaGetter())));
  table->alias = NextTableName();
  auto node = make_uniq<duckdb::SelectNode>();
  for (const auto& column : relation.output) {
    const std::string raw = "raw" + std::to_string(column.id);
    table->column_name_alias.push_back(raw);
    // No cast is left in the plan where the types agree already.
    auto item = CastTo(make_uniq<duckdb::ColumnRefExpression>(raw), ToDuckDB(*column.type));
    item->SetAlias(ColumnName(column.id));
    node->select_list.push_back(std::move(item));
  }
  node->from_table = std::move(table);
  lowered.node = std::move(node);
  return lowered;
}

base::Result<Lowering::Lowered> Lowering::LowerInlineRows(const plan::Relation& relation,
                                                          const plan::InlineRows& rows) {
  auto table = make_uniq<duckdb::ExpressionListRef>();
  table->alias = NextTableName();
  for (const auto& column : relation.output) {
    table->expected_names.push_back(ColumnName(column.id));
    table->expected_types.push_back(ToDuckDB(*column.type));
  }
  for (const auto& row : rows.rows) {
    HEARTH_ASSIGN(ParsedExpressions items, LowerAll(row));
    table->values.push_back(std::move(items));
  }
  Lowered lowered;
  lowered.from = std::move(table);
  return lowered;
}

base::Result<Lowering::Lowered> Lowering::LowerRange(const plan::Relation& relation,
                                                     const plan::Range& range) {
  auto table = TableFunction(
      "range", List(LongConstant(range.start), LongConstant(range.end), LongConstant(range.step)));
  table->alias = NextTableName();
  table->column_name_alias.push_back(ColumnName(relation.output[0].id));
  Lowered lowered;
  lowered.from = std::move(table);
  return lowered;
}

}  // namespace hearth::engine
