#include "plan/from_connect/from_connect.h"
#include "plan/from_connect/reader.h"

namespace hearth::plan::from_connect {
namespace {

using Kind = proto::Expression::ExprTypeCase;

// The place in the client's program that made the expression; nullopt when the client did not say.
std::optional<base::QueryContext> Origin(const proto::Expression& message) {
  const auto& origin = message.common().origin();
  if (origin.has_python_origin()) {
    base::QueryContext context;
    context.fragment = origin.python_origin().fragment();
    context.call_site = origin.python_origin().call_site();
    return context;
  }
  if (!origin.has_jvm_origin()) return std::nullopt;
  const auto& jvm = origin.jvm_origin();
  base::QueryContext context;
  context.object_type = jvm.object_type();
  context.object_name = jvm.object_name();
  if (jvm.has_sql_text()) {
    context.fragment = jvm.sql_text();
    context.start_index = jvm.has_start_index() ? jvm.start_index() : -1;
    context.stop_index = jvm.has_stop_index() ? jvm.stop_index() : -1;
    return context;
  }
  if (jvm.stack_trace_size() == 0) return std::nullopt;
  const auto& frame = jvm.stack_trace(0);
  context.fragment = frame.method_name();
  context.call_site =
      frame.declaring_class() + "(" + frame.file_name() + ":" + std::to_string(frame.line_number()) + ")";
  return context;
}

unresolved::ExpressionPtr WithOrigin(const unresolved::ExpressionPtr& expression, base::QueryContext origin) {
  auto copy = *expression;
  copy.origin = std::move(origin);
  return std::make_shared<const unresolved::Expression>(std::move(copy));
}

std::string KindName(const proto::Expression& message) {
  if (message.has_extension()) return "the expression extension " + message.extension().type_url();
  const auto* oneof = proto::Expression::descriptor()->FindOneofByName("expr_type");
  const auto* field = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
  return field == nullptr ? "Unknown" : field->message_type()->name();
}

template <typename Message>
std::optional<int64_t> PlanId(const Message& message) {
  return message.has_plan_id() ? std::optional<int64_t>(message.plan_id()) : std::nullopt;
}

// Operators travel as function names: "+", "<=>", "and".
bool IsOperatorName(std::string_view name) {
  constexpr std::string_view kSymbols = "+-*/%=<>!&|^~";
  if (name == "and" || name == "or" || name == "not") return true;
  return !name.empty() && kSymbols.find(name.front()) != std::string_view::npos;
}

}  // namespace

base::Result<unresolved::ExpressionPtr> Reader::Expression(const proto::Expression& message) {
  if (depth_ >= kMaximumDepth) {
    return base::MakeError(base::ErrorKind::kResourceExhausted, "FAILED_TO_PARSE_TOO_COMPLEX",
                           "The plan nests more than " + std::to_string(kMaximumDepth) + " levels.");
  }
  ++depth_;
  auto expression = ExpressionByKind(message);
  --depth_;
  if (!expression.ok() || (*expression)->origin) return expression;
  auto origin = Origin(message);
  return origin ? WithOrigin(*expression, std::move(*origin)) : *expression;
}

// One row per expression: a new kind is one line here and one Read.
base::Result<unresolved::ExpressionPtr> Reader::ExpressionByKind(const proto::Expression& message) {
  switch (message.expr_type_case()) {
    case Kind::kLiteral:
      return ReadLiteral(message.literal());
    case Kind::kUnresolvedAttribute:
      return Read(message.unresolved_attribute());
    case Kind::kUnresolvedFunction:
      return Read(message.unresolved_function());
    case Kind::kExpressionString:
      return ParseExpression(message.expression_string().expression(), options_);
    case Kind::kUnresolvedStar:
      return Read(message.unresolved_star());
    case Kind::kAlias:
      return Read(message.alias());
    case Kind::kCast:
      return Read(message.cast());
    case Kind::kUnresolvedRegex:
      return Read(message.unresolved_regex());
    case Kind::kSortOrder: {
      HEARTH_ASSIGN(auto order, Read(message.sort_order()));
      return unresolved::Make(std::move(order));
    }
    case Kind::kLambdaFunction:
      return Read(message.lambda_function());
    case Kind::kWindow:
      return Read(message.window());
    case Kind::kUnresolvedExtractValue:
      return Read(message.unresolved_extract_value());
    case Kind::kUpdateFields:
      return Read(message.update_fields());
    case Kind::kUnresolvedNamedLambdaVariable:
      return Read(message.unresolved_named_lambda_variable());
    case Kind::kCommonInlineUserDefinedFunction:
      return Read(message.common_inline_user_defined_function());
    case Kind::kCallFunction:
      return Read(message.call_function());
    case Kind::kNamedArgumentExpression:
      return Read(message.named_argument_expression());
    case Kind::kSubqueryExpression:
      return Read(message.subquery_expression());
    case Kind::kDirectShufflePartitionId: {
      HEARTH_ASSIGN(auto child, Expression(message.direct_shuffle_partition_id().child()));
      return unresolved::Make(unresolved::Function{
          .name = {"direct_shuffle_partition_id"}, .arguments = {std::move(child)}, .is_internal = true});
    }
    case Kind::kMergeAction:
    case Kind::kTypedAggregateExpression:
    case Kind::kExtension:
      return base::NotImplemented(KindName(message));
    case Kind::EXPR_TYPE_NOT_SET:
      break;
  }
  return InvalidPlan("INVALID_ONE_OF_FIELD_NOT_SET", "An expression of the plan does not say what it is.",
                     {{"fullName", "spark.connect.Expression.expr_type"}, {"name", "expr_type"}});
}

base::Result<unresolved::Expressions> Reader::List(const Repeated<proto::Expression>& messages) {
  unresolved::Expressions expressions;
  expressions.reserve(static_cast<size_t>(messages.size()));
  for (const auto& message : messages) {
    HEARTH_ASSIGN(auto expression, Expression(message));
    expressions.push_back(std::move(expression));
  }
  return expressions;
}

base::Result<unresolved::ExpressionPtr> Reader::Read(const proto::Expression::UnresolvedAttribute& message) {
  HEARTH_ASSIGN(auto parts, ParseAttributeName(message.unparsed_identifier()));
  return unresolved::Make(
      unresolved::Attribute{std::move(parts), PlanId(message), message.is_metadata_column()});
}

base::Result<unresolved::ExpressionPtr> Reader::Read(const proto::Expression::UnresolvedStar& message) {
  unresolved::Star star{.plan_id = PlanId(message)};
  if (!message.has_unparsed_target()) return unresolved::Make(std::move(star));
  if (star.plan_id) {
    return InvalidPlan("UNRESOLVED_STAR_WITH_BOTH_TARGET_AND_PLAN_ID",
                       "A star names both a relation and a DataFrame.");
  }
  std::string_view target = message.unparsed_target();
  if (!target.ends_with(".*")) {
    return InvalidPlan("UNRESOLVED_STAR_TARGET_INVALID",
                       "The target of a star must end in '.*': " + message.unparsed_target(),
                       {{"target", message.unparsed_target()}});
  }
  target.remove_suffix(2);
  HEARTH_ASSIGN(star.target, ParseAttributeName(target));
  return unresolved::Make(std::move(star));
}

// Only a name in backquotes is a pattern; any other is an ordinary column.
base::Result<unresolved::ExpressionPtr> Reader::Read(const proto::Expression::UnresolvedRegex& message) {
  const std::string& name = message.col_name();
  if (name.size() > 2 && name.back() == '`') {
    if (name.front() == '`') {
      return unresolved::Make(unresolved::Regex{name.substr(1, name.size() - 2), PlanId(message)});
    }
    if (name.find(".`") != std::string::npos)
      return base::NotImplemented("a column pattern with a qualifier (" + name + ")");
  }
  HEARTH_ASSIGN(auto parts, ParseAttributeName(name));
  return unresolved::Make(unresolved::Attribute{std::move(parts), PlanId(message)});
}

namespace {

// 0, 1, 2, … in the order of the rows: what zipWithIndex and pandas on Spark number rows by.
unresolved::ExpressionPtr RowNumber() {
  const auto one = unresolved::Make(unresolved::Literal{Value{int64_t{1}}, DataType::Long(), {}});
  unresolved::Window window{.function = unresolved::Call("count", {one})};
  window.frame = unresolved::Frame{.unit = unresolved::FrameUnit::kRows,
                                   .lower = {unresolved::BoundKind::kUnboundedPreceding, nullptr}};
  return unresolved::Call("-", {unresolved::Make(std::move(window)), one});
}

}  // namespace

base::Result<unresolved::ExpressionPtr> Reader::Read(const proto::Expression::UnresolvedFunction& message) {
  if (message.function_name() == "distributed_sequence_id") return RowNumber();
  unresolved::Function function{.name = {message.function_name()}};
  if (message.is_user_defined_function()) {
    HEARTH_ASSIGN(function.name, ParseName(message.function_name()));
  }
  HEARTH_ASSIGN(function.arguments, List(message.arguments()));
  function.is_distinct = message.is_distinct();
  // Of the functions that Spark hides from queries, clients name this one.
  function.is_internal = message.is_internal() || message.function_name() == "product";
  function.is_operator = IsOperatorName(message.function_name());
  return unresolved::Make(std::move(function));
}

base::Result<unresolved::ExpressionPtr> Reader::Read(const proto::CallFunction& message) {
  HEARTH_ASSIGN(auto name, ParseName(message.function_name()));
  HEARTH_ASSIGN(auto arguments, List(message.arguments()));
  return unresolved::Make(unresolved::Function{.name = std::move(name), .arguments = std::move(arguments)});
}

base::Result<unresolved::ExpressionPtr> Reader::Read(const proto::Expression::Alias& message) {
  if (message.name_size() > 1 && message.has_metadata()) {
    return InvalidPlan("ALIAS_WITH_MULTIPLE_IDENTIFIERS_AND_METADATA",
                       "An alias of several names cannot carry metadata.");
  }
  HEARTH_ASSIGN(auto child, Expression(message.expr()));
  return unresolved::Make(unresolved::Alias{std::move(child), Strings(message.name()), message.metadata()});
}

base::Result<unresolved::ExpressionPtr> Reader::Read(const proto::Expression::Cast& message) {
  HEARTH_ASSIGN(auto child, Expression(message.expr()));
  unresolved::Cast cast{.child = std::move(child)};
  if (message.has_type()) {
    HEARTH_ASSIGN(cast.type, FromConnect(message.type()));
  } else {
    HEARTH_ASSIGN(cast.type, ParseType(message.type_str()));
  }
  switch (message.eval_mode()) {
    case proto::Expression::Cast::EVAL_MODE_LEGACY:
      cast.mode = unresolved::CastMode::kLegacy;
      break;
    case proto::Expression::Cast::EVAL_MODE_ANSI:
      cast.mode = unresolved::CastMode::kAnsi;
      break;
    case proto::Expression::Cast::EVAL_MODE_TRY:
      cast.mode = unresolved::CastMode::kTry;
      break;
    default:
      break;
  }
  return unresolved::Make(std::move(cast));
}

base::Result<unresolved::ExpressionPtr> Reader::Read(const proto::Expression::LambdaFunction& message) {
  constexpr int kMaximumParameters = 3;
  if (message.arguments_size() == 0 || message.arguments_size() > kMaximumParameters) {
    std::string got = std::to_string(message.arguments_size());
    return InvalidPlan("LAMBDA_FUNCTION_ARGUMENT_COUNT_INVALID",
                       "A lambda function takes 1 to 3 arguments, not " + got + ".",
                       {{"got", std::move(got)}});
  }
  unresolved::Lambda lambda;
  for (const auto& argument : message.arguments()) {
    std::string name;
    for (const auto& part : argument.name_parts()) name += (name.empty() ? "" : ".") + part;
    lambda.parameters.push_back(std::move(name));
  }
  HEARTH_ASSIGN(lambda.body, Expression(message.function()));
  return unresolved::Make(std::move(lambda));
}

base::Result<unresolved::ExpressionPtr> Reader::Read(
    const proto::Expression::UnresolvedNamedLambdaVariable& message) {
  if (message.name_parts_size() == 0) {
    return InvalidPlan("UNRESOLVED_NAMED_LAMBDA_VARIABLE_REQUIRES_NAME_PART",
                       "A lambda variable has no name.");
  }
  return unresolved::Make(unresolved::LambdaVariable{Strings(message.name_parts())});
}

base::Result<unresolved::ExpressionPtr> Reader::Read(
    const proto::Expression::UnresolvedExtractValue& message) {
  HEARTH_ASSIGN(auto child, Expression(message.child()));
  HEARTH_ASSIGN(auto key, Expression(message.extraction()));
  return unresolved::Make(unresolved::ExtractValue{std::move(child), std::move(key)});
}

base::Result<unresolved::ExpressionPtr> Reader::Read(const proto::Expression::UpdateFields& message) {
  HEARTH_ASSIGN(auto child, Expression(message.struct_expression()));
  unresolved::UpdateField update{std::move(child), message.field_name(), nullptr};
  if (message.has_value_expression()) {
    HEARTH_ASSIGN(update.value, Expression(message.value_expression()));
  }
  return unresolved::Make(std::move(update));
}

base::Result<unresolved::ExpressionPtr> Reader::Read(const proto::CommonInlineUserDefinedFunction& message) {
  HEARTH_ASSIGN(auto arguments, List(message.arguments()));
  const char* language = message.has_python_udf() ? "Python" : message.has_java_udf() ? "Java" : "Scala";
  return unresolved::Make(
      unresolved::UserDefinedFunction{message.function_name(), language, std::move(arguments)});
}

base::Result<unresolved::ExpressionPtr> Reader::Read(const proto::NamedArgumentExpression& message) {
  HEARTH_ASSIGN(auto value, Expression(message.value()));
  return unresolved::Make(unresolved::NamedArgument{message.key(), std::move(value)});
}

base::Result<unresolved::ExpressionPtr> Reader::Read(const proto::SubqueryExpression& message) {
  unresolved::Subquery subquery{};
  switch (message.subquery_type()) {
    case proto::SubqueryExpression::SUBQUERY_TYPE_SCALAR:
      subquery.kind = unresolved::SubqueryKind::kScalar;
      break;
    case proto::SubqueryExpression::SUBQUERY_TYPE_EXISTS:
      subquery.kind = unresolved::SubqueryKind::kExists;
      break;
    case proto::SubqueryExpression::SUBQUERY_TYPE_IN:
      subquery.kind = unresolved::SubqueryKind::kIn;
      break;
    case proto::SubqueryExpression::SUBQUERY_TYPE_TABLE_ARG:
      subquery.kind = unresolved::SubqueryKind::kTableArgument;
      if (message.table_arg_options().partition_spec_size() > 0 ||
          message.table_arg_options().order_spec_size() > 0) {
        return base::NotImplemented("a partitioned table argument");
      }
      break;
    default:
      return InvalidPlan("INVALID_ENUM", "A subquery does not say its kind.",
                         {{"fullName", "spark.connect.SubqueryExpression.SubqueryType"},
                          {"name", "subquery_type"},
                          {"number", std::to_string(message.subquery_type())}});
  }
  const auto plan = references_.find(message.plan_id());
  if (plan == references_.end()) {
    return InvalidPlan("INVALID_WITH_RELATION_REFERENCE",
                       "The plan of a subquery is missing from the message.");
  }
  subquery.plan = plan->second;
  HEARTH_ASSIGN(subquery.values, List(message.in_subquery_values()));
  return unresolved::Make(std::move(subquery));
}

}  // namespace hearth::plan::from_connect
