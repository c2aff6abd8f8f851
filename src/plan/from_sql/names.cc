// Names, and the constants that a statement needs before anything is analysed.
#include "plan/from_sql/converter.h"
#include "sql/parser.h"

namespace hearth::plan::from_sql {

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& character : lower) {
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character - 'A' + 'a');
  }
  return lower;
}

std::vector<std::string> Texts(const std::vector<sql::Identifier>& identifiers) {
  std::vector<std::string> texts;
  texts.reserve(identifiers.size());
  for (const auto& identifier : identifiers) texts.push_back(identifier.text);
  return texts;
}

bool IsAll(const sql::Expression& expression) {
  const auto* column = sql::TryAs<sql::ColumnExpression>(&expression);
  return column != nullptr && column->parts.size() == 1 && LowerCase(column->parts[0]) == "all";
}

base::Error Converter::At(const sql::Location& location, base::Error error) const {
  if (error.contexts.empty()) error.contexts.push_back(source_.At(location));
  return error;
}

base::Error Converter::ParseError(const sql::Location& location, std::string condition, std::string message,
                                  std::map<std::string, std::string> parameters) const {
  auto error = base::MakeError(base::ErrorKind::kParse, std::move(condition), std::move(message),
                               std::move(parameters));
  return At(location, std::move(error));
}

base::Error Converter::TooDeep(const sql::Location& location) const {
  auto error = base::MakeError(base::ErrorKind::kParse, "FAILED_TO_PARSE_TOO_COMPLEX",
                               "The statement nests more than " + std::to_string(kMaximumDepth) + " levels.");
  return At(location, std::move(error));
}

// The value bound to a parameter; a Parameter node when there is none.
base::Result<unresolved::ExpressionPtr> Converter::Argument(const sql::ParameterExpression& node) {
  if (!node.name.empty() && options_.named_arguments != nullptr) {
    const auto argument = options_.named_arguments->find(node.name);
    if (argument != options_.named_arguments->end()) return argument->second;
  }
  const auto position = static_cast<size_t>(std::max(node.index, 0));
  if (node.name.empty() && options_.positional_arguments != nullptr &&
      position < options_.positional_arguments->size()) {
    return (*options_.positional_arguments)[position];
  }
  return Make(unresolved::Parameter{node.name, node.index}, node);
}

// Text constants, their concatenations and bound parameters: what IDENTIFIER(…) is given in practice.
base::Result<std::string> Converter::ConstantText(const sql::Expression& expression) {
  if (const auto* literal = sql::TryAs<sql::LiteralExpression>(&expression)) {
    if (literal->type == sql::LiteralType::kString) return literal->text;
  }
  if (const auto* binary = sql::TryAs<sql::BinaryExpression>(&expression)) {
    if (binary->op == sql::BinaryOperator::kConcatenate) {
      HEARTH_ASSIGN(auto left, ConstantText(*binary->left));
      HEARTH_ASSIGN(auto right, ConstantText(*binary->right));
      return left + right;
    }
  }
  if (const auto* call = sql::TryAs<sql::FunctionCallExpression>(&expression)) {
    std::string text;
    bool is_concat = call->name.size() == 1 && LowerCase(call->name[0]) == "concat" && !call->over;
    for (size_t index = 0; is_concat && index < call->arguments.size(); ++index) {
      HEARTH_ASSIGN(auto part, ConstantText(*call->arguments[index]));
      text += part;
    }
    if (is_concat) return text;
  }
  if (const auto* parameter = sql::TryAs<sql::ParameterExpression>(&expression)) {
    HEARTH_ASSIGN(auto argument, Argument(*parameter));
    const auto* literal = argument->As<unresolved::Literal>();
    if (literal != nullptr && literal->type->IsString() && !literal->value.IsNull()) {
      return std::get<std::string>(literal->value.data);
    }
    if (argument->As<unresolved::Parameter>() != nullptr) {
      const std::string name =
          parameter->name.empty() ? "_" + std::to_string(parameter->index) : parameter->name;
      return ParseError(expression.location, "UNBOUND_SQL_PARAMETER",
                        "No value was given for the parameter " + name + ".", {{"name", name}});
    }
  }
  return At(expression.location, base::NotImplemented("a computed name in IDENTIFIER(…)"));
}

base::Result<unresolved::Name> Converter::ObjectName(const sql::ObjectName& name) {
  if (name.identifier_expression == nullptr) return name.parts;
  HEARTH_ASSIGN(auto text, ConstantText(*name.identifier_expression));
  HEARTH_ASSIGN(auto parsed, ParseName(text));
  parsed.insert(parsed.end(), name.parts.begin(), name.parts.end());
  return parsed;
}

base::Result<unresolved::Options> Converter::Options(const std::vector<sql::Option>& options) {
  unresolved::Options result;
  for (const auto& option : options) {
    if (option.expression != nullptr) {
      return At(option.location,
                base::NotImplemented("an option whose value is an expression (" + option.key + ")"));
    }
    if (result.contains(option.key)) {
      return ParseError(option.location, "DUPLICATE_KEY",
                        "The key " + QuoteIdentifier(option.key) + " stands twice.",
                        {{"keyColumn", QuoteIdentifier(option.key)}});
    }
    result[option.key] = option.value.value_or("");
  }
  return result;
}

}  // namespace hearth::plan::from_sql
