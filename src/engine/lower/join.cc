#include "duckdb/parser/tableref/joinref.hpp"
#include "engine/functions/expressions.h"
#include "engine/lower/lowering.h"

namespace hearth::engine {

using duckdb::make_uniq;
using plan::JoinType;

namespace {

duckdb::JoinType ToDuckDB(JoinType type) {
  switch (type) {
    case JoinType::kInner:
    case JoinType::kCross:
      return duckdb::JoinType::INNER;
    case JoinType::kLeft:
      return duckdb::JoinType::LEFT;
    case JoinType::kRight:
      return duckdb::JoinType::RIGHT;
    case JoinType::kFull:
      return duckdb::JoinType::OUTER;
    case JoinType::kLeftSemi:
      return duckdb::JoinType::SEMI;
    case JoinType::kLeftAnti:
      return duckdb::JoinType::ANTI;
  }
  return duckdb::JoinType::INNER;
}

// A filter of the preserved side may move above the join; a filter of the other side may move into ON. In a
// full join neither may.
bool PreservesLeft(JoinType type) { return type != JoinType::kRight && type != JoinType::kFull; }
bool FiltersRightInCondition(JoinType type) {
  return type == JoinType::kLeft || type == JoinType::kLeftSemi || type == JoinType::kLeftAnti;
}

void MoveAll(ParsedExpressions* from, ParsedExpressions* to) {
  for (auto& expression : *from) to->push_back(std::move(expression));
  from->clear();
}

}  // namespace

base::Result<Lowering::Lowered> Lowering::LowerJoin(const plan::Join& join) {
  HEARTH_ASSIGN(Lowered left, LowerRelation(*join.left));
  HEARTH_ASSIGN(Lowered right, LowerRelation(*join.right));
  left = ToSource(std::move(left));
  right = ToSource(std::move(right));
  ParsedExpressions above;
  ParsedExpressions condition;
  const bool inner = join.type == JoinType::kInner || join.type == JoinType::kCross;
  if (join.condition) {
    HEARTH_ASSIGN(ParsedPtr lowered, LowerExpression(*join.condition));
    condition.push_back(std::move(lowered));
  }
  if (PreservesLeft(join.type)) {
    MoveAll(&left.where, &above);
  } else if (join.type == JoinType::kRight) {
    MoveAll(&left.where, &condition);
  }
  // The right side of a lateral join keeps its own WHERE: it may name columns of the left.
  if (!join.is_lateral) {
    if (inner || join.type == JoinType::kRight) {
      MoveAll(&right.where, &above);
    } else if (FiltersRightInCondition(join.type)) {
      MoveAll(&right.where, &condition);
    }
  }
  if (!left.where.empty()) left.from = AsTable(ToQuery(std::move(left), join.left->output));
  if (!right.where.empty()) right.from = AsTable(ToQuery(std::move(right), join.right->output));
  auto table = make_uniq<duckdb::JoinRef>(duckdb::JoinRefType::REGULAR);
  table->type = ToDuckDB(join.type);
  table->left = std::move(left.from);
  table->right = std::move(right.from);
  if (!condition.empty()) {
    table->condition = And(std::move(condition));
  } else if (inner) {
    table->ref_type = duckdb::JoinRefType::CROSS;
  } else {
    table->condition = BooleanConstant(true);
  }
  Lowered lowered;
  lowered.from = std::move(table);
  lowered.where = std::move(above);
  return lowered;
}

}  // namespace hearth::engine
