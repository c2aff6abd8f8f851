// Functions and lambdas.
#include <fmt/format.h>

#include <array>

#include "plan/analyze/analysis.h"

namespace hearth::plan {
namespace {

using base::ErrorKind;
using base::MakeError;
using base::Result;
using base::Status;

base::Error UnknownFunction(const unresolved::Name& name) {
  auto routine = QuoteIdentifiers(name);
  constexpr std::string_view kSearchPath =
      "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]";
  return MakeError(
      ErrorKind::kAnalysis, "UNRESOLVED_ROUTINE",
      fmt::format("No function or routine is named {} on the search path {}.", routine, kSearchPath),
      {{"routineName", routine}, {"searchPath", std::string(kSearchPath)}});
}

// system.builtin.f and builtin.f are f.
const Function* FindFunction(const unresolved::Name& name, bool is_internal) {
  bool qualified = name.size() == 1 || (name.size() == 2 && LowerCase(name[0]) == "builtin") ||
                   (name.size() == 3 && LowerCase(name[0]) == "system" && LowerCase(name[1]) == "builtin");
  const auto* function = qualified ? FunctionTable::BuiltIn().Find(name.back()) : nullptr;
  // Rows of our own stay hidden even from a client.
  const bool may_be_named = is_internal && function &&
                            (function->name == "product" || function->name == "direct_shuffle_partition_id");
  const bool is_hidden = function && function->is_internal && !may_be_named;
  return is_hidden ? nullptr : function;
}

std::string ParameterList(const Function& function) {
  std::string text;
  for (const auto& parameter : function.parameters) {
    text += (text.empty() ? "" : " ") + QuoteIdentifier(parameter);
  }
  return text;
}

bool IsTimeWindowName(const unresolved::Name& name) {
  return name.size() == 1 && (LowerCase(name[0]) == "window" || LowerCase(name[0]) == "session_window");
}

bool IsCountOfStar(const unresolved::Function& call) {
  if (call.arguments.size() != 1 || call.is_distinct || LowerCase(call.name.back()) != "count") return false;
  const auto* star = call.arguments[0]->As<unresolved::Star>();
  return star && star->target.empty() && star->except.empty();
}

}  // namespace

std::optional<ExpressionPtr> Analysis::LiteralFunction(const std::string& name) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "current_date",   "current_timestamp", "current_user",     "user",
      "session_user",   "current_catalog",   "current_database", "current_time",
      "localtimestamp", "localtime",         "grouping__id"};
  auto lower = LowerCase(name);
  for (auto known : kNames) {
    if (lower != known) continue;
    const auto* function = FunctionTable::BuiltIn().Find(lower == "grouping__id" ? "grouping_id" : lower);
    if (!function) return std::nullopt;
    auto call = ResolveCall(*function, {}, CallShape{}, resolve_context_);
    if (call.ok()) return lower == "grouping__id" ? WithDisplay(*call, name) : *call;
  }
  return std::nullopt;
}

Result<unresolved::Expressions> Analysis::PlaceNamedArguments(const unresolved::Function& call,
                                                              const Function& function) {
  auto named = [](const unresolved::ExpressionPtr& argument) {
    return argument->As<unresolved::NamedArgument>();
  };
  size_t positional = 0;
  while (positional < call.arguments.size() && !named(call.arguments[positional])) ++positional;
  if (positional == call.arguments.size()) return call.arguments;
  auto routine = QuoteIdentifiers(call.name);
  if (function.parameters.empty()) {
    return MakeError(ErrorKind::kAnalysis, "NAMED_PARAMETERS_NOT_SUPPORTED",
                     fmt::format("The function {} takes no named arguments.", routine),
                     {{"functionName", routine}});
  }
  unresolved::Expressions placed(call.arguments.begin(),
                                 call.arguments.begin() + static_cast<long>(positional));
  placed.resize(function.parameters.size());
  for (size_t i = positional; i < call.arguments.size(); ++i) {
    const auto* argument = named(call.arguments[i]);
    if (!argument) {
      return MakeError(ErrorKind::kAnalysis, "UNEXPECTED_POSITIONAL_ARGUMENT",
                       fmt::format("In the call of {} a positional argument follows a named one.", routine),
                       {{"routineName", routine}});
    }
    size_t place = 0;
    while (place < function.parameters.size() &&
           LowerCase(function.parameters[place]) != LowerCase(argument->name))
      ++place;
    auto quoted = QuoteIdentifier(argument->name);
    if (place == function.parameters.size()) {
      return MakeError(
          ErrorKind::kAnalysis, "UNRECOGNIZED_PARAMETER_NAME",
          fmt::format("The function {} has no parameter {}.", routine, quoted),
          {{"routineName", routine}, {"argumentName", quoted}, {"proposal", ParameterList(function)}});
    }
    if (placed[place]) {
      return MakeError(ErrorKind::kAnalysis,
                       "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE",
                       fmt::format("The parameter {} of {} is given twice.", quoted, routine),
                       {{"routineName", routine}, {"parameterName", quoted}});
    }
    placed[place] = argument->value;
  }
  while (!placed.empty() && !placed.back()) placed.pop_back();
  for (size_t i = 0; i < placed.size(); ++i) {
    if (placed[i]) continue;
    auto missing = QuoteIdentifier(function.parameters[i]);
    return MakeError(ErrorKind::kAnalysis, "REQUIRED_PARAMETER_NOT_FOUND",
                     fmt::format("The call of {} lacks the parameter {}.", routine, missing),
                     {{"routineName", routine}, {"parameterName", missing}});
  }
  return placed;
}

Result<Expressions> Analysis::ResolveArguments(const unresolved::Function& call, const Function& function,
                                               const Scope& scope) {
  HEARTH_ASSIGN(auto written, PlaceNamedArguments(call, function));
  if (!function.lambda_types) return ResolveAll(written, scope);
  Expressions plain;
  Expressions arguments(written.size());
  for (size_t i = 0; i < written.size(); ++i) {
    if (written[i]->As<unresolved::Lambda>()) continue;
    HEARTH_ASSIGN(arguments[i], AnalyzeExpression(written[i], scope));
    plain.push_back(arguments[i]);
  }
  HEARTH_ASSIGN(auto types, function.lambda_types(plain, resolve_context_));
  size_t next = 0;
  for (size_t i = 0; i < written.size(); ++i) {
    const auto* lambda = written[i]->As<unresolved::Lambda>();
    if (!lambda) continue;
    if (next >= types.size()) {
      return MakeError(ErrorKind::kAnalysis, "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
                       fmt::format("The function {} takes fewer lambda arguments.", function.name));
    }
    HEARTH_ASSIGN(arguments[i], BindLambda(*lambda, types[next], scope));
    ++next;
  }
  return arguments;
}

Result<ExpressionPtr> Analysis::BindLambda(const unresolved::Lambda& lambda, const std::vector<Column>& types,
                                           const Scope& scope) {
  if (lambda.parameters.size() > types.size()) {
    return MakeError(ErrorKind::kAnalysis, "INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH",
                     fmt::format("The lambda has {} parameters, the function gives {}.",
                                 lambda.parameters.size(), types.size()),
                     {{"expectedNumArgs", std::to_string(lambda.parameters.size())},
                      {"actualNumArgs", std::to_string(types.size())}});
  }
  std::vector<std::pair<std::string, ExpressionPtr>> names;
  Expressions variables;
  for (size_t i = 0; i < lambda.parameters.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!SameName(lambda.parameters[i], lambda.parameters[j])) continue;
      return MakeError(
          ErrorKind::kAnalysis, "INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES",
          fmt::format("The lambda names two parameters {}.", QuoteIdentifier(lambda.parameters[i])));
    }
    auto variable = std::make_shared<const Expression>(
        Expression{LambdaVariable{NextId(), lambda.parameters[i]}, types[i].type, types[i].nullable, {}});
    names.emplace_back(lambda.parameters[i], variable);
    variables.push_back(variable);
  }
  lambda_scopes_.push_back(std::move(names));
  auto body = AnalyzeExpression(lambda.body, scope);
  lambda_scopes_.pop_back();
  if (!body.ok()) return std::move(body).Fail();
  if (Contains(**body, [](const Expression& part) { return part.As<Subquery>() != nullptr; })) {
    return MakeError(ErrorKind::kAnalysis, "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.HIGHER_ORDER_FUNCTION",
                     "A lambda function cannot hold a subquery.");
  }
  auto type = (*body)->type;
  bool nullable = (*body)->nullable;
  return std::make_shared<const Expression>(
      Expression{Lambda{std::move(variables), *body}, type, nullable, {}});
}

// double(x), string(x), date(x) and their like are casts under a function's name.
static TypePtr TypeOfCastFunction(const std::string& name) {
  static const std::map<std::string, TypePtr> kTypes = {
      {"boolean", DataType::Boolean()}, {"tinyint", DataType::Byte()},
      {"smallint", DataType::Short()},  {"int", DataType::Integer()},
      {"bigint", DataType::Long()},     {"float", DataType::Float()},
      {"double", DataType::Double()},   {"decimal", DataType::Decimal(10, 0)},
      {"date", DataType::Date()},       {"timestamp", DataType::Timestamp()},
      {"binary", DataType::Binary()},   {"string", DataType::String()}};
  auto found = kTypes.find(name);
  return found == kTypes.end() ? nullptr : found->second;
}

// struct(a, b.c, x + 1, y AS z) is named_struct('a', a, 'c', b.c, 'col3', x + 1, 'z', y): only what is
// written tells a name.
Result<ExpressionPtr> Analysis::ResolveStruct(const unresolved::Function& call, const Scope& scope) {
  Expressions arguments;
  std::string display;
  auto add = [&](std::string name, const ExpressionPtr& value, const std::string& shown) {
    arguments.push_back(StringLiteral(std::move(name)));
    arguments.push_back(value);
    display += (display.empty() ? "" : ", ") + shown;
  };
  for (const auto& written : call.arguments) {
    HEARTH_ASSIGN(auto values, ResolveAll({written}, scope));
    const auto* alias = written->As<unresolved::Alias>();
    const auto* attribute = written->As<unresolved::Attribute>();
    for (const auto& value : values) {
      if (alias && alias->names.size() == 1) {
        HEARTH_ASSIGN(auto child, AnalyzeExpression(alias->child, scope));
        add(alias->names[0], child, OutputName(*child) + " AS " + alias->names[0]);
      } else if (value->As<ColumnReference>()) {
        add(value->As<ColumnReference>()->name, value, OutputName(*value));
      } else if (value->As<LambdaVariable>()) {
        add(value->As<LambdaVariable>()->name, value, OutputName(*value));
      } else if (attribute) {
        add(attribute->parts.back(), value, OutputName(*value));
      } else {
        add("col" + std::to_string(arguments.size() / 2 + 1), value, OutputName(*value));
      }
    }
  }
  HEARTH_ASSIGN(auto resolved, Call("named_struct", std::move(arguments)));
  return WithDisplay(resolved, fmt::format("struct({})", display));
}

// Generators stand alone in a select list, plain aggregates hold neither aggregates nor windows.
Status Analysis::CheckPlace(const unresolved::Function& call, const Function& function,
                            const Expressions& arguments, bool over_window, const Scope& scope) {
  auto routine = QuoteIdentifier(call.name.back());
  bool is_placed = generator_place_ && generator_place_->As<unresolved::Function>() == &call;
  if (function.kind == FunctionKind::kGenerator && !is_placed) {
    if (!scope.lateral_aliases) {
      return MakeError(ErrorKind::kAnalysis, "UNSUPPORTED_GENERATOR.OUTSIDE_SELECT",
                       fmt::format("The generator function {} stands outside a select list.", routine),
                       {{"plan", routine}});
    }
    return MakeError(ErrorKind::kAnalysis, "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS",
                     fmt::format("The generator function {} stands inside an expression.", routine),
                     {{"expression", routine}});
  }
  if (function.kind != FunctionKind::kAggregate || over_window) return {};
  for (const auto& argument : arguments) {
    if (ContainsWindow(*argument)) {
      return MakeError(ErrorKind::kAnalysis, "_LEGACY_ERROR_TEMP_1031",
                       fmt::format("A window function stands inside the aggregate function {}.", routine));
    }
    if (!ContainsAggregate(*argument)) continue;
    return MakeError(ErrorKind::kAnalysis, "NESTED_AGGREGATE_FUNCTION",
                     fmt::format("An aggregate function stands inside the aggregate function {}.", routine));
  }
  return {};
}

// count(t.*) would count rows without nulls where count(*) counts rows: Spark refuses it.
Status Analysis::CheckCountedStars(const unresolved::Function& call, const Scope& scope) {
  for (const auto& argument : call.arguments) {
    const auto* star = argument->As<unresolved::Star>();
    if (!star || star->target.empty()) continue;
    for (const auto* input : scope.inputs) {
      if (!input->relation) continue;
      HEARTH_ASSIGN(auto structure, FindByName(star->target, *input));
      if (structure) continue;
      auto table = QuoteIdentifiers(star->target);
      return MakeError(ErrorKind::kAnalysis, "INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT",
                       fmt::format("count({}.*) is not possible; name the columns to count.", table),
                       {{"tableName", table}});
    }
  }
  return {};
}

Result<ExpressionPtr> Analysis::ResolveFunction(const unresolved::Function& call, const Scope& scope) {
  if (auto window = time_windows_.find(&call); window != time_windows_.end()) {
    return MakeReference(window->second);
  }
  const auto* function = FindFunction(call.name, call.is_internal);
  if (function && function->name == "struct") return ResolveStruct(call, scope);
  if (auto type = function || call.name.size() > 1 ? nullptr : TypeOfCastFunction(LowerCase(call.name[0]))) {
    if (call.arguments.size() != 1) {
      auto routine = QuoteIdentifier(call.name[0]);
      return MakeError(ErrorKind::kAnalysis, "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
                       fmt::format("{} takes 1 argument, not {}.", routine, call.arguments.size()),
                       {{"functionName", routine},
                        {"expectedNum", "1"},
                        {"actualNum", std::to_string(call.arguments.size())}});
    }
    HEARTH_ASSIGN(
        auto cast,
        ResolveCast(unresolved::Cast{call.arguments[0], type, unresolved::CastMode::kSession}, scope));
    // Names do not show a cast that is written as a function.
    const auto* written = cast->As<Cast>();
    return WithDisplay(cast, OutputName(written ? *written->child : *cast));
  }
  if (!function) {
    if (IsTimeWindowName(call.name)) {
      return base::NotImplemented(LowerCase(call.name[0]) + "() outside of a select list and GROUP BY");
    }
    if (call.name.size() == 1 && LowerCase(call.name[0]) == "cast") {
      HEARTH_RETURN_IF_ERROR(ResolveAll(call.arguments, scope));
    }
    return UnknownFunction(call.name);
  }
  if (IsCountOfStar(call)) {
    auto counted = call;
    counted.arguments = {unresolved::IntegerLiteral(1)};
    return ResolveFunction(counted, scope);
  }
  if (function->name == "count") HEARTH_RETURN_IF_ERROR(CheckCountedStars(call, scope));
  bool is_aggregate = function->kind == FunctionKind::kAggregate;
  auto routine = QuoteIdentifier(call.name.back());
  if (!is_aggregate && (call.is_distinct || call.filter)) {
    auto what = call.is_distinct ? "DISTINCT" : "FILTER";
    return MakeError(ErrorKind::kAnalysis, "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX",
                     fmt::format("The function {} does not support {}.", routine, what),
                     {{"prettyName", routine}, {"syntax", fmt::format("\"{}\"", what)}});
  }
  bool over_window = std::exchange(is_window_function_, false);
  if (function->kind == FunctionKind::kWindow && !over_window) {
    return MakeError(ErrorKind::kAnalysis, "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE",
                     fmt::format("The window function {}() stands without an OVER clause.", function->name),
                     {{"funcName", fmt::format("\"{}()\"", function->name)}});
  }
  in_aggregate_ += is_aggregate ? 1 : 0;
  auto arguments = ResolveArguments(call, *function, scope);
  CallShape shape;
  shape.distinct = call.is_distinct;
  shape.ignore_nulls = call.nulls == unresolved::NullTreatment::kIgnore;
  shape.respect_nulls = call.nulls == unresolved::NullTreatment::kRespect;
  base::Status status;
  if (arguments.ok() && call.filter) {
    auto filter = AnalyzeExpression(call.filter, scope);
    if (filter.ok()) {
      shape.filter = *filter;
    } else {
      status = std::move(filter).Fail();
    }
  }
  for (const auto& order : call.within_group) {
    if (!status.ok()) break;
    auto key = ResolveSortOrder(order, scope);
    if (key.ok()) {
      shape.order.push_back(*key);
    } else {
      status = std::move(key).Fail();
    }
  }
  in_aggregate_ -= is_aggregate ? 1 : 0;
  if (!arguments.ok()) return std::move(arguments).Fail();
  if (!status.ok()) return std::move(status).Fail();
  if (shape.filter && !shape.filter->type->Is(TypeKind::kBoolean)) {
    return MakeError(ErrorKind::kAnalysis, "INVALID_AGGREGATE_FILTER.NOT_BOOLEAN",
                     fmt::format("The FILTER of {} is not boolean.", routine));
  }
  HEARTH_RETURN_IF_ERROR(CheckPlace(call, *function, *arguments, over_window, scope));
  HEARTH_ASSIGN(auto resolved, ResolveCall(*function, std::move(*arguments), shape, resolve_context_));
  if (function->kind == FunctionKind::kWindow && !over_window) {
    auto text = fmt::format("\"{}\"", OutputName(*resolved));
    return MakeError(ErrorKind::kAnalysis, "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE",
                     fmt::format("The window function {} stands without OVER.", text), {{"funcName", text}});
  }
  return resolved;
}

}  // namespace hearth::plan
