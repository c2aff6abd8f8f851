// Expressions: names, literals, operators.

#include <algorithm>

#include "sql/lexer/token.h"
#include "sql/print/printer_internal.h"

namespace hearth::sql {

namespace {

std::string_view BinaryText(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kOr:
      return "OR";
    case BinaryOperator::kAnd:
      return "AND";
    case BinaryOperator::kEqual:
      return "=";
    case BinaryOperator::kNullSafeEqual:
      return "<=>";
    case BinaryOperator::kNotEqual:
      return "<>";
    case BinaryOperator::kLess:
      return "<";
    case BinaryOperator::kLessOrEqual:
      return "<=";
    case BinaryOperator::kGreater:
      return ">";
    case BinaryOperator::kGreaterOrEqual:
      return ">=";
    case BinaryOperator::kBitwiseOr:
      return "|";
    case BinaryOperator::kBitwiseXor:
      return "^";
    case BinaryOperator::kBitwiseAnd:
      return "&";
    case BinaryOperator::kShiftLeft:
      return "<<";
    case BinaryOperator::kShiftRight:
      return ">>";
    case BinaryOperator::kShiftRightUnsigned:
      return ">>>";
    case BinaryOperator::kAdd:
      return "+";
    case BinaryOperator::kSubtract:
      return "-";
    case BinaryOperator::kConcatenate:
      return "||";
    case BinaryOperator::kMultiply:
      return "*";
    case BinaryOperator::kDivide:
      return "/";
    case BinaryOperator::kIntegralDivide:
      return "DIV";
    case BinaryOperator::kRemainder:
      return "%";
  }
  return "";
}

constexpr const char* kFieldNames[] = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"};
constexpr const char* kUnitNames[] = {"YEAR",   "MONTH",  "WEEK",        "DAY",         "HOUR",
                                      "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND", "NANOSECOND"};

std::string_view FieldName(IntervalField field) { return kFieldNames[static_cast<std::size_t>(field)]; }

// Expressions that hold together without parentheses beside an operator.
bool IsPrimary(ExpressionKind kind) {
  switch (kind) {
    case ExpressionKind::kUnary:
    case ExpressionKind::kBinary:
    case ExpressionKind::kBetween:
    case ExpressionKind::kIn:
    case ExpressionKind::kInSubquery:
    case ExpressionKind::kExists:
    case ExpressionKind::kLike:
    case ExpressionKind::kLikeQuantified:
    case ExpressionKind::kIs:
    case ExpressionKind::kLambda:
    case ExpressionKind::kAlias:
    case ExpressionKind::kNamedArgument:
    case ExpressionKind::kInterval:
    case ExpressionKind::kStar:
      return false;
    default:
      return true;
  }
}

bool IsPostfix(const Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::kSubscript:
    case ExpressionKind::kFieldAccess:
    case ExpressionKind::kSemiStructuredExtract:
    case ExpressionKind::kCollate:
      return true;
    case ExpressionKind::kCast:
      return As<CastExpression>(expression).by_colons;
    default:
      return false;
  }
}

const Expression& PostfixBase(const Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::kSubscript:
      return *As<SubscriptExpression>(expression).base;
    case ExpressionKind::kFieldAccess:
      return *As<FieldAccessExpression>(expression).base;
    case ExpressionKind::kSemiStructuredExtract:
      return *As<SemiStructuredExtractExpression>(expression).base;
    case ExpressionKind::kCollate:
      return *As<CollateExpression>(expression).child;
    default:
      return *As<CastExpression>(expression).child;
  }
}

void AppendHex(unsigned value, int digits, std::string* out) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out->push_back(kDigits[(value >> shift) & 0xFU]);
}

}  // namespace

std::string QuoteIdentifier(std::string_view name) {
  const bool plain =
      !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
      std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      });
  // X is a keyword only before a string.
  const TokenKind kind = plain ? LookUpKeyword(name) : TokenKind::kUnrecognized;
  if (kind == TokenKind::kWord || kind == TokenKind::kX) return std::string(name);
  std::string quoted = "`";
  for (char c : name) {
    if (c == '`') quoted.push_back('`');
    quoted.push_back(c);
  }
  quoted.push_back('`');
  return quoted;
}

std::string QuoteString(std::string_view value) {
  std::string quoted = "'";
  for (char c : value) {
    switch (c) {
      case '\'':
        quoted += "\\'";
        break;
      case '\\':
        quoted += "\\\\";
        break;
      case '\n':
        quoted += "\\n";
        break;
      case '\r':
        quoted += "\\r";
        break;
      case '\t':
        quoted += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          quoted += "\\u";
          AppendHex(static_cast<unsigned char>(c), 4, &quoted);
        } else {
          quoted.push_back(c);
        }
    }
  }
  quoted.push_back('\'');
  return quoted;
}

void Printer::PutName(const std::vector<std::string>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) Put(".");
    Put(QuoteIdentifier(parts[i]));
  }
}

void Printer::PutOne(const ObjectName& name) {
  if (name.identifier_expression != nullptr) {
    Put("IDENTIFIER(", name.identifier_expression, ")");
  } else {
    PutName(name.parts);
  }
}

void Printer::PutClause(std::string_view prefix, const ExpressionPointer& expression) {
  if (expression != nullptr) Put(prefix, expression);
}

void Printer::PutStringClause(std::string_view prefix, const std::optional<std::string>& value) {
  if (value.has_value()) Put(prefix, QuoteString(*value));
}

void Printer::Print(const Expression& expression) {
  if (IsPostfix(expression)) return PrintPostfix(expression);
  switch (expression.kind) {
    case ExpressionKind::kLiteral:
      return PrintLiteral(As<LiteralExpression>(expression));
    case ExpressionKind::kInterval:
      return PrintInterval(As<IntervalExpression>(expression));
    case ExpressionKind::kColumn:
      return PutName(As<ColumnExpression>(expression).parts);
    case ExpressionKind::kStar:
      return PrintStar(As<StarExpression>(expression));
    case ExpressionKind::kFunctionCall:
      return PrintFunctionCall(As<FunctionCallExpression>(expression));
    case ExpressionKind::kAlias:
      return PrintAlias(As<AliasExpression>(expression));
    case ExpressionKind::kBinary:
      return PrintBinary(As<BinaryExpression>(expression));
    case ExpressionKind::kIs:
      return PrintIs(As<IsExpression>(expression));
    case ExpressionKind::kLike:
      return PrintLike(As<LikeExpression>(expression));
    case ExpressionKind::kLikeQuantified:
      return PrintLikeQuantified(As<LikeQuantifiedExpression>(expression));
    case ExpressionKind::kCase:
      return PrintCase(As<CaseExpression>(expression));
    case ExpressionKind::kLambda:
      return PrintLambda(As<LambdaExpression>(expression));
    case ExpressionKind::kTableArgument:
      return PrintTableArgument(As<TableArgumentExpression>(expression));
    case ExpressionKind::kGroupingAnalytics:
      return PrintGroupingAnalytics(As<GroupingAnalyticsExpression>(expression));
    default:
      return PrintSimple(expression);
  }
}

// The kinds that take one line each.
void Printer::PrintSimple(const Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::kNamedArgument: {
      const auto& argument = As<NamedArgumentExpression>(expression);
      return Put(argument.name, " => ", argument.value);
    }
    case ExpressionKind::kUnary: {
      const auto& unary = As<UnaryExpression>(expression);
      constexpr const char* kSigns[] = {"+", "-", "~", "NOT "};
      Put(kSigns[static_cast<std::size_t>(unary.op)]);
      // A sign before a number would become part of it.
      const bool number = unary.operand->kind == ExpressionKind::kLiteral && unary.op != UnaryOperator::kNot;
      return number ? Put("(", unary.operand, ")") : PrintOperand(*unary.operand);
    }
    case ExpressionKind::kBetween: {
      const auto& between = As<BetweenExpression>(expression);
      PrintOperand(*between.value);
      Put(between.negated ? " NOT BETWEEN " : " BETWEEN ");
      PrintOperand(*between.low);
      Put(" AND ");
      return PrintOperand(*between.high);
    }
    case ExpressionKind::kIn: {
      const auto& in = As<InExpression>(expression);
      PrintOperand(*in.value);
      Put(in.negated ? " NOT IN (" : " IN (");
      PutList(in.items);
      return Put(")");
    }
    case ExpressionKind::kInSubquery: {
      const auto& in = As<InSubqueryExpression>(expression);
      PrintOperand(*in.value);
      return Put(in.negated ? " NOT IN (" : " IN (", in.query, ")");
    }
    case ExpressionKind::kExists:
      return Put("EXISTS (", As<ExistsExpression>(expression).query, ")");
    case ExpressionKind::kScalarSubquery:
      return Put("(", As<ScalarSubqueryExpression>(expression).query, ")");
    case ExpressionKind::kCast: {
      const auto& cast = As<CastExpression>(expression);
      return Put(cast.is_try ? "TRY_CAST(" : "CAST(", cast.child, " AS ", cast.type, ")");
    }
    case ExpressionKind::kRow: {
      Put("(");
      PutList(As<RowExpression>(expression).items);
      return Put(")");
    }
    case ExpressionKind::kParameter: {
      const auto& parameter = As<ParameterExpression>(expression);
      return parameter.name.empty() ? Put("?") : Put(":", QuoteIdentifier(parameter.name));
    }
    case ExpressionKind::kIdentifierClause: {
      const auto& clause = As<IdentifierClauseExpression>(expression);
      Put("IDENTIFIER(", clause.expression, ")");
      for (const std::string& part : clause.trailing) Put(".", QuoteIdentifier(part));
      return;
    }
    default:
      return PrintSpecialForm(expression);
  }
}

// The functions with words among their arguments.
void Printer::PrintSpecialForm(const Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::kExtract: {
      const auto& extract = As<ExtractExpression>(expression);
      return Put("EXTRACT(", extract.field, " FROM ", extract.source, ")");
    }
    case ExpressionKind::kSubstring: {
      const auto& substring = As<SubstringExpression>(expression);
      Put("SUBSTRING(", substring.text, " FROM ", substring.start);
      PutClause(" FOR ", substring.length);
      return Put(")");
    }
    case ExpressionKind::kTrim: {
      const auto& trim = As<TrimExpression>(expression);
      constexpr const char* kSides[] = {"BOTH", "LEADING", "TRAILING"};
      Put("TRIM(", kSides[static_cast<std::size_t>(trim.side)]);
      PutClause(" ", trim.characters);
      return Put(" FROM ", trim.text, ")");
    }
    case ExpressionKind::kPosition: {
      const auto& position = As<PositionExpression>(expression);
      return Put("POSITION(", position.needle, " IN ", position.text, ")");
    }
    case ExpressionKind::kOverlay: {
      const auto& overlay = As<OverlayExpression>(expression);
      Put("OVERLAY(", overlay.text, " PLACING ", overlay.replacement, " FROM ", overlay.start);
      PutClause(" FOR ", overlay.length);
      return Put(")");
    }
    case ExpressionKind::kTimestampAdd: {
      const auto& add = As<TimestampAddExpression>(expression);
      return Put(add.function, "(", add.unit, ", ", add.amount, ", ", add.value, ")");
    }
    case ExpressionKind::kTimestampDiff: {
      const auto& difference = As<TimestampDiffExpression>(expression);
      return Put(difference.function, "(", difference.unit, ", ", difference.start, ", ", difference.end,
                 ")");
    }
    default:
      return;
  }
}

void Printer::PrintOperand(const Expression& expression) {
  if (IsPrimary(expression.kind)) {
    Print(expression);
  } else {
    Put("(", expression, ")");
  }
}

void Printer::PrintBinary(const BinaryExpression& binary) {
  std::vector<const BinaryExpression*> spine{&binary};
  while (const auto* left = TryAs<BinaryExpression>(spine.back()->left.get())) spine.push_back(left);
  out_.append(spine.size() - 1, '(');
  PrintOperand(*spine.back()->left);
  for (std::size_t i = spine.size(); i-- > 0;) {
    Put(" ", BinaryText(spine[i]->op), " ");
    PrintOperand(*spine[i]->right);
    PutIf(i > 0, ")");
  }
}

void Printer::PrintPostfix(const Expression& expression) {
  std::vector<const Expression*> spine;
  const Expression* base = &expression;
  for (; IsPostfix(*base); base = &PostfixBase(*base)) spine.push_back(base);
  // A dot behind a number would be its decimal point.
  const bool number =
      base->kind == ExpressionKind::kLiteral && spine.back()->kind == ExpressionKind::kFieldAccess;
  if (number) {
    Put("(", *base, ")");
  } else {
    PrintOperand(*base);
  }
  for (std::size_t i = spine.size(); i-- > 0;) PrintPostfixLink(*spine[i]);
}

void Printer::PrintPostfixLink(const Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::kSubscript:
      return Put("[", As<SubscriptExpression>(expression).index, "]");
    case ExpressionKind::kFieldAccess:
      return Put(".", As<FieldAccessExpression>(expression).field);
    case ExpressionKind::kSemiStructuredExtract:
      return Put(":", As<SemiStructuredExtractExpression>(expression).text);
    case ExpressionKind::kCollate:
      return Put(" COLLATE ", As<CollateExpression>(expression).collation);
    default:
      return Put("::", As<CastExpression>(expression).type);
  }
}

void Printer::PrintIs(const IsExpression& is) {
  PrintOperand(*is.value);
  Put(is.negated ? " IS NOT " : " IS ");
  constexpr const char* kTests[] = {"NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT FROM "};
  Put(kTests[static_cast<std::size_t>(is.test)]);
  if (is.other != nullptr) PrintOperand(*is.other);
}

void Printer::PrintLike(const LikeExpression& like) {
  constexpr const char* kWords[] = {"LIKE ", "ILIKE ", "RLIKE "};
  PrintOperand(*like.value);
  Put(like.negated ? " NOT " : " ", kWords[static_cast<std::size_t>(like.op)]);
  PrintOperand(*like.pattern);
  PutStringClause(" ESCAPE ", like.escape);
}

void Printer::PrintLikeQuantified(const LikeQuantifiedExpression& like) {
  PrintOperand(*like.value);
  Put(like.negated ? " NOT " : " ", like.op == LikeOperator::kLike ? "LIKE " : "ILIKE ",
      like.quantifier == LikeQuantifier::kAny ? "ANY (" : "ALL (");
  PutList(like.patterns);
  Put(")");
}

void Printer::PrintCase(const CaseExpression& expression) {
  Put("CASE");
  PutClause(" ", expression.operand);
  for (const CaseExpression::Branch& branch : expression.branches) {
    Put(" WHEN ", branch.condition, " THEN ", branch.value);
  }
  PutClause(" ELSE ", expression.otherwise);
  Put(" END");
}

void Printer::PrintStar(const StarExpression& star) {
  PutName(star.target);
  Put(star.target.empty() ? "*" : ".*");
  if (!star.has_except) return;
  Put(" EXCEPT (");
  PutList(star.except);
  Put(")");
}

void Printer::PrintAlias(const AliasExpression& alias) {
  Put(alias.child, " AS ");
  PutIf(alias.multiple, "(");
  PutList(alias.names);
  PutIf(alias.multiple, ")");
}

void Printer::PrintLambda(const LambdaExpression& lambda) {
  const bool several = lambda.parameters.size() > 1;
  PutIf(several, "(");
  PutList(lambda.parameters);
  PutIf(several, ")");
  Put(" -> ", lambda.body);
}

// ---- literals

void Printer::PrintLiteral(const LiteralExpression& literal) {
  switch (literal.type) {
    case LiteralType::kNull:
      return Put("NULL");
    case LiteralType::kBoolean:
      return Put(literal.boolean ? "TRUE" : "FALSE");
    case LiteralType::kByte:
      return Put(literal.integer, "Y");
    case LiteralType::kShort:
      return Put(literal.integer, "S");
    case LiteralType::kInteger:
      return Put(literal.integer);
    case LiteralType::kLong:
      return Put(literal.integer, "L");
    case LiteralType::kFloat:
      return Put(literal.text, "F");
    case LiteralType::kDouble:
      return Put(literal.text, "D");
    case LiteralType::kDecimal: {
      const bool plain = literal.text.find('.') != std::string::npos &&
                         literal.text.find_first_of("eE") == std::string::npos;
      return Put(literal.text, plain ? "" : "BD");
    }
    case LiteralType::kString:
      return PutString(literal.text);
    case LiteralType::kBinary: {
      Put("X'");
      for (char c : literal.text) AppendHex(static_cast<unsigned char>(c), 2, &out_);
      return Put("'");
    }
    case LiteralType::kDate:
      return Put("DATE ", QuoteString(literal.text));
    case LiteralType::kTime:
      return Put("TIME ", QuoteString(literal.text));
    case LiteralType::kTimestamp:
      return Put("TIMESTAMP ", QuoteString(literal.text));
    case LiteralType::kTimestampLtz:
      return Put("TIMESTAMP_LTZ ", QuoteString(literal.text));
    case LiteralType::kTimestampNtz:
      return Put("TIMESTAMP_NTZ ", QuoteString(literal.text));
    case LiteralType::kIntervalText:
      return Put("INTERVAL ", QuoteString(literal.text));
  }
}

void Printer::PrintInterval(const IntervalExpression& interval) {
  Put("INTERVAL");
  const auto put_value = [&](bool negative, const std::string& value, bool quoted) {
    Put(negative ? " -" : " ", quoted ? QuoteString(value) : value);
  };
  if (interval.unit_to_unit) {
    put_value(interval.negative, interval.value, interval.value_quoted);
    return Put(" ", FieldName(interval.from), " TO ", FieldName(interval.to));
  }
  for (const IntervalExpression::Unit& unit : interval.units) {
    put_value(unit.negative, unit.value, unit.quoted);
    Put(" ", kUnitNames[static_cast<std::size_t>(unit.unit)]);
  }
}

// ---- types

void Printer::Print(const DataType& type) {
  constexpr const char* kNames[] = {
      "BOOLEAN", "TINYINT",   "SMALLINT",      "INT",           "BIGINT",   "FLOAT",    "DOUBLE",
      "DATE",    "TIMESTAMP", "TIMESTAMP_LTZ", "TIMESTAMP_NTZ", "TIME",     "STRING",   "CHAR",
      "VARCHAR", "BINARY",    "DECIMAL",       "VOID",          "INTERVAL", "INTERVAL", "INTERVAL",
      "VARIANT", "GEOGRAPHY", "GEOMETRY",      "ARRAY",         "MAP",      "STRUCT"};
  Put(kNames[static_cast<std::size_t>(type.name)]);
  if (!type.parameters.empty()) {
    Put("(");
    PutList(type.parameters);
    Put(")");
  }
  if (!type.collation.empty()) Put(" COLLATE ", type.collation);
  switch (type.name) {
    case TypeName::kYearMonthInterval:
    case TypeName::kDayTimeInterval:
      Put(" ", FieldName(type.interval_start));
      if (type.interval_end != type.interval_start) Put(" TO ", FieldName(type.interval_end));
      return;
    case TypeName::kGeography:
    case TypeName::kGeometry:
      return PutIf(type.parameters.empty(), "(ANY)");
    case TypeName::kArray:
      return Put("<", type.element, ">");
    case TypeName::kMap:
      return Put("<", type.key, ", ", type.element, ">");
    case TypeName::kStruct:
      Put("<");
      PutList(type.fields);
      return Put(">");
    default:
      return;
  }
}

void Printer::Print(const StructField& field) {
  Put(field.name, " ", field.type);
  PutIf(!field.nullable, " NOT NULL");
  PutStringClause(" COMMENT ", field.comment);
}

// ---- entry points

std::string ToSql(const Expression& expression) {
  Printer printer;
  printer.Print(expression);
  return printer.Take();
}

std::string ToSql(const DataType& type) {
  Printer printer;
  printer.Print(type);
  return printer.Take();
}

std::string ToSql(const StructField& field) {
  Printer printer;
  printer.Print(field);
  return printer.Take();
}

}  // namespace hearth::sql
