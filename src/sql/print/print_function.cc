// Function calls, windows and grouping.

#include "sql/lexer/token.h"
#include "sql/print/printer_internal.h"

namespace hearth::sql {

// Keywords are plain names before a parenthesis, except those that begin a form of their own there.
void Printer::PrintFunctionName(const std::vector<std::string>& name) {
  if (name.size() == 1) {
    switch (LookUpKeyword(name.front())) {
      case TokenKind::kWord:
      case TokenKind::kCast:
      case TokenKind::kTryCast:
      case TokenKind::kCase:
      case TokenKind::kNot:
      case TokenKind::kIdentifier:
      case TokenKind::kSelect:
      case TokenKind::kValues:
      case TokenKind::kTable:
      case TokenKind::kFrom:
      case TokenKind::kWith:
      case TokenKind::kDistinct:
      case TokenKind::kAll:
      case TokenKind::kJsonTable:
      case TokenKind::kStream:
      case TokenKind::kLateral:
      case TokenKind::kOuter:
        break;
      default:
        return Put(name.front());
    }
  }
  PutName(name);
}

void Printer::PrintFunctionCall(const FunctionCallExpression& call) {
  if (call.name_expression != nullptr) {
    Put("IDENTIFIER(", call.name_expression, ")");
  } else {
    PrintFunctionName(call.name);
  }
  Put("(");
  PutIf(call.distinct, "DISTINCT ");
  PutIf(call.all, "ALL ");
  PutList(call.arguments);
  Put(")");
  if (call.has_within_group) {
    Put(" WITHIN GROUP (ORDER BY ");
    PutList(call.within_group);
    Put(")");
  }
  if (call.filter != nullptr) Put(" FILTER (WHERE ", call.filter, ")");
  PutIf(call.nulls == NullTreatment::kIgnore, " IGNORE NULLS");
  PutIf(call.nulls == NullTreatment::kRespect, " RESPECT NULLS");
  if (call.over.has_value()) Put(" OVER ", *call.over);
}

void Printer::PutOne(const WindowSpecification& window) {
  if (!window.reference.empty()) return Put(QuoteIdentifier(window.reference));
  Put("(");
  std::string_view separator;
  if (!window.partition_by.empty()) {
    Put("PARTITION BY ");
    PutList(window.partition_by);
    separator = " ";
  }
  if (!window.order_by.empty()) {
    Put(separator, "ORDER BY ");
    PutList(window.order_by);
    separator = " ";
  }
  if (window.frame.has_value()) {
    Put(separator);
    PrintFrame(*window.frame);
  }
  Put(")");
}

void Printer::PutOne(const NamedWindow& window) { Put(window.name, " AS ", window.specification); }

void Printer::PrintFrame(const WindowFrame& frame) {
  Put(frame.unit == FrameUnit::kRows ? "ROWS " : "RANGE ");
  PutIf(frame.between, "BETWEEN ");
  PrintFrameBound(frame.start);
  if (!frame.between) return;
  Put(" AND ");
  PrintFrameBound(frame.end);
}

void Printer::PrintFrameBound(const FrameBound& bound) {
  if (bound.offset != nullptr) {
    PrintOperand(*bound.offset);
    Put(" ");
  }
  constexpr const char* kNames[] = {"UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW", "FOLLOWING",
                                    "UNBOUNDED FOLLOWING"};
  Put(kNames[static_cast<std::size_t>(bound.kind)]);
}

void Printer::PutOne(const SortItem& item) {
  Put(item.expression);
  if (item.direction_written) Put(item.ascending ? " ASC" : " DESC");
  PutIf(item.nulls == SortItem::Nulls::kFirst, " NULLS FIRST");
  PutIf(item.nulls == SortItem::Nulls::kLast, " NULLS LAST");
}

void Printer::PrintTableArgument(const TableArgumentExpression& argument) {
  Put("TABLE(");
  if (const auto* subquery = TryAs<SubqueryRelation>(argument.table.get())) {
    Put(subquery->query);
  } else {
    PrintRelation(*argument.table);
  }
  Put(")");
  PutIf(argument.with_single_partition, " WITH SINGLE PARTITION");
  if (!argument.partition_by.empty()) {
    Put(" PARTITION BY (");
    PutList(argument.partition_by);
    Put(")");
  }
  if (!argument.order_by.empty()) {
    Put(" ORDER BY (");
    PutList(argument.order_by);
    Put(")");
  }
}

void Printer::PrintGroupingAnalytics(const GroupingAnalyticsExpression& grouping) {
  constexpr const char* kNames[] = {"ROLLUP(", "CUBE(", "GROUPING SETS("};
  Put(kNames[static_cast<std::size_t>(grouping.grouping)]);
  for (std::size_t i = 0; i < grouping.elements.size(); ++i) {
    const GroupingAnalyticsExpression::Element& element = grouping.elements[i];
    PutIf(i > 0, ", ");
    if (element.nested != nullptr) {
      Put(element.nested);
    } else {
      Put("(");
      PutList(element.expressions);
      Put(")");
    }
  }
  Put(")");
}

}  // namespace hearth::sql
