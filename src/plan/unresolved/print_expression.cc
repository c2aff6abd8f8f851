#include <fmt/format.h>

#include "plan/resolved/literal_text.h"
#include "plan/unresolved/printer.h"

namespace hearth::plan::unresolved {
namespace {

std::string PlanText(const std::optional<int64_t>& plan_id) {
  return plan_id ? fmt::format("@{}", *plan_id) : "";
}

// int, string and boolean constants by themselves, the others with their type.
std::string LiteralText(const Literal& literal) {
  std::string as_written = literal.text.empty() ? "" : fmt::format(" /* {} */", literal.text);
  if (literal.value.IsNull()) {
    const bool untyped = literal.type->Is(TypeKind::kNull);
    return (untyped ? "NULL" : "NULL:" + literal.type->CatalogString()) + as_written;
  }
  const bool is_text = literal.type->IsString();
  std::string text = is_text ? Quoted(std::get<std::string>(literal.value.data))
                             : LiteralDisplay(literal.value, *literal.type);
  const bool plain = literal.type->Is(TypeKind::kInteger) || literal.type->Is(TypeKind::kBoolean) ||
                     (literal.type->Is(TypeKind::kString) && literal.type->collation().empty());
  return text + (plain ? "" : ":" + literal.type->CatalogString()) + as_written;
}

bool IsSymbol(std::string_view name) {
  return !name.empty() && std::string_view("+-*/%=<>!&|^~").find(name.front()) != std::string_view::npos;
}

std::string_view CastName(CastMode mode) {
  switch (mode) {
    case CastMode::kSession:
      return "cast";
    case CastMode::kAnsi:
      return "ansi_cast";
    case CastMode::kLegacy:
      return "legacy_cast";
    case CastMode::kTry:
      return "try_cast";
  }
  return "";
}

std::string_view BoundName(BoundKind kind) {
  switch (kind) {
    case BoundKind::kUnboundedPreceding:
      return "UNBOUNDED PRECEDING";
    case BoundKind::kPreceding:
      return "PRECEDING";
    case BoundKind::kCurrentRow:
      return "CURRENT ROW";
    case BoundKind::kFollowing:
      return "FOLLOWING";
    case BoundKind::kUnboundedFollowing:
      return "UNBOUNDED FOLLOWING";
  }
  return "";
}

std::string_view SubqueryName(SubqueryKind kind) {
  switch (kind) {
    case SubqueryKind::kScalar:
      return "scalar";
    case SubqueryKind::kExists:
      return "exists";
    case SubqueryKind::kIn:
      return "in";
    case SubqueryKind::kTableArgument:
      return "table";
  }
  return "";
}

}  // namespace

std::string NameText(const Name& name) {
  std::string text;
  for (const auto& part : name) text += (text.empty() ? "" : ".") + QuoteIfNeeded(part);
  return text;
}

std::string ListText(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + QuoteIfNeeded(name);
  return "[" + text + "]";
}

std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char character : text) {
    switch (character) {
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
        if (static_cast<unsigned char>(character) < 0x20) {
          quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(character));
        } else {
          quoted += character;
        }
    }
  }
  return quoted + "'";
}

std::string MapText(const std::map<std::string, std::string>& map) {
  std::string text;
  for (const auto& [key, value] : map) text += (text.empty() ? "" : ", ") + key + "=" + value;
  return "{" + text + "}";
}

std::string Printer::List(const Expressions& expressions) {
  std::string text;
  for (const auto& expression : expressions) text += (text.empty() ? "" : ", ") + Text(expression);
  return text;
}

std::string Printer::List(const std::vector<SortOrder>& orders) {
  std::string text;
  for (const auto& order : orders) text += (text.empty() ? "" : ", ") + Text(order);
  return text;
}

std::string Printer::Text(const SortOrder& order) {
  std::string text = order.child ? Text(order.child) : "ALL";
  text += order.direction == SortDirection::kAscending ? " ASC" : " DESC";
  if (order.nulls == NullOrder::kFirst) text += " NULLS FIRST";
  if (order.nulls == NullOrder::kLast) text += " NULLS LAST";
  return text;
}

std::string Printer::Text(const Function& function) {
  const auto& arguments = function.arguments;
  if (function.is_operator && function.name.size() == 1) {
    const auto& name = function.name[0];
    const bool infix = IsSymbol(name) || name == "and" || name == "or" || name == "div";
    if (infix && arguments.size() == 2) {
      // One after the other: subqueries are numbered as their text is made.
      const auto left = Text(arguments[0]);
      return fmt::format("({} {} {})", left, name, Text(arguments[1]));
    }
    if (IsSymbol(name) && arguments.size() == 1) return fmt::format("({} {})", name, Text(arguments[0]));
  }
  std::string text;
  for (const auto& part : function.name) text += (text.empty() ? "" : ".") + part;
  if (function.is_internal) text = "internal " + text;
  text += "(";
  if (function.is_distinct) text += "DISTINCT ";
  text += List(arguments) + ")";
  if (function.nulls == NullTreatment::kIgnore) text += " IGNORE NULLS";
  if (function.nulls == NullTreatment::kRespect) text += " RESPECT NULLS";
  if (!function.within_group.empty()) text += " WITHIN GROUP (" + List(function.within_group) + ")";
  if (function.filter) text += " FILTER (" + Text(function.filter) + ")";
  return text;
}

std::string Printer::Text(const Window& window) {
  const auto bound = [&](const FrameBound& frame_bound) {
    const std::string offset = frame_bound.offset ? Text(frame_bound.offset) + " " : "";
    return offset + std::string(BoundName(frame_bound.kind));
  };
  std::vector<std::string> parts;
  if (!window.partition.empty()) parts.push_back("PARTITION BY " + List(window.partition));
  if (!window.order.empty()) parts.push_back("ORDER BY " + List(window.order));
  if (window.frame) {
    const auto* unit = window.frame->unit == FrameUnit::kRows ? "ROWS" : "RANGE";
    parts.push_back(
        fmt::format("{} BETWEEN {} AND {}", unit, bound(window.frame->lower), bound(window.frame->upper)));
  }
  return fmt::format("{} OVER ({})", Text(window.function), fmt::join(parts, " "));
}

std::string Printer::Text(const Subquery& subquery) {
  ++subqueries_;
  pending_.push_back({subqueries_, subquery.plan});
  const auto number = subqueries_;
  const std::string values = subquery.values.empty() ? "" : "(" + List(subquery.values) + ")";
  return fmt::format("{}-subquery#{}{}", SubqueryName(subquery.kind), number, values);
}

std::string Printer::Text(const Expression& expression) {
  return std::visit(
      Overloaded{
          [](const Literal& literal) { return LiteralText(literal); },
          [](const Attribute& attribute) {
            return NameText(attribute.parts) + PlanText(attribute.plan_id) +
                   (attribute.is_metadata ? " (metadata)" : "");
          },
          [](const Star& star) {
            std::string text = star.target.empty() ? "*" : NameText(star.target) + ".*";
            std::string except;
            for (const auto& name : star.except) except += (except.empty() ? "" : ", ") + NameText(name);
            if (!star.except.empty()) text += " EXCEPT (" + except + ")";
            return text + PlanText(star.plan_id);
          },
          [](const Regex& regex) {
            return fmt::format("regex({}){}", Quoted(regex.pattern), PlanText(regex.plan_id));
          },
          [this](const Function& function) { return Text(function); },
          [this](const Cast& cast) {
            return fmt::format("{}({} AS {})", CastName(cast.mode), Text(cast.child),
                               cast.type->CatalogString());
          },
          [this](const Alias& alias) {
            std::string text = Text(alias.child) + " AS ";
            std::string names;
            for (const auto& name : alias.names) names += (names.empty() ? "" : ", ") + QuoteIfNeeded(name);
            text += alias.names.size() == 1 ? names : "(" + names + ")";
            return alias.metadata.empty() ? text : text + " METADATA " + alias.metadata;
          },
          [this](const SortOrder& order) { return Text(order); },
          [this](const Window& window) { return Text(window); },
          [this](const Lambda& lambda) {
            return fmt::format("({}) -> {}", fmt::join(lambda.parameters, ", "), Text(lambda.body));
          },
          [](const LambdaVariable& variable) { return "lambda " + NameText(variable.parts); },
          [this](const ExtractValue& extract) {
            const auto child = Text(extract.child);
            return fmt::format("{}[{}]", child, Text(extract.key));
          },
          [this](const UpdateField& update) {
            if (!update.value)
              return fmt::format("drop_field({}, {})", Text(update.child), Quoted(update.field));
            return fmt::format("with_field({}, {}, {})", Text(update.child), Quoted(update.field),
                               Text(update.value));
          },
          [this](const Subquery& subquery) { return Text(subquery); },
          [this](const NamedArgument& argument) { return argument.name + " => " + Text(argument.value); },
          [](const Parameter& parameter) {
            return parameter.name.empty() ? fmt::format("?{}", parameter.position) : ":" + parameter.name;
          },
          [this](const Tuple& tuple) { return "(" + List(tuple.items) + ")"; },
          [this](const UserDefinedFunction& function) {
            return fmt::format("{} udf {}({})", function.language, function.name, List(function.arguments));
          },
      },
      expression.node);
}

std::string Print(const Expression& expression) {
  Printer printer;
  printer.Line(0, printer.Text(expression));
  auto text = printer.Take();
  text.pop_back();  // the last line break
  return text;
}

}  // namespace hearth::plan::unresolved
