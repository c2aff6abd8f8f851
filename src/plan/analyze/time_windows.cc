// window() and session_window(): a column added below the SELECT block that uses them, with the rows that
// fall into no window taken out and rows of several windows repeated.
#include <fmt/format.h>

#include "plan/analyze/analysis.h"
#include "plan/functions/mismatch.h"
#include "plan/types/interval_text.h"

namespace hearth::plan {
namespace {

using base::ErrorKind;
using base::MakeError;
using base::Result;
using base::Status;

constexpr int64_t kMostWindowsOfARow = 1'000'000;
constexpr std::string_view kWindow = "window";
constexpr std::string_view kSessionWindow = "session_window";

using Calls = std::vector<const unresolved::Function*>;

bool IsTimeWindow(const unresolved::Function& call) {
  if (call.name.size() != 1) return false;
  const auto name = LowerCase(call.name[0]);
  return name == kWindow || name == kSessionWindow;
}

void Collect(const unresolved::ExpressionPtr& expression, Calls& calls) {
  if (!expression) return;
  const auto collect_all = [&](const unresolved::Expressions& children) {
    for (const auto& child : children) Collect(child, calls);
  };
  if (const auto* call = expression->As<unresolved::Function>()) {
    if (IsTimeWindow(*call)) {
      calls.push_back(call);
      return;
    }
    collect_all(call->arguments);
    Collect(call->filter, calls);
  } else if (const auto* alias = expression->As<unresolved::Alias>()) {
    Collect(alias->child, calls);
  } else if (const auto* cast = expression->As<unresolved::Cast>()) {
    Collect(cast->child, calls);
  } else if (const auto* extract = expression->As<unresolved::ExtractValue>()) {
    Collect(extract->child, calls);
  } else if (const auto* order = expression->As<unresolved::SortOrder>()) {
    Collect(order->child, calls);
  } else if (const auto* tuple = expression->As<unresolved::Tuple>()) {
    collect_all(tuple->items);
  } else if (const auto* window = expression->As<unresolved::Window>()) {
    Collect(window->function, calls);
    collect_all(window->partition);
    for (const auto& each : window->order) Collect(each.child, calls);
  }
}

bool IsTimestamp(const DataType& type) {
  return type.Is(TypeKind::kTimestamp) || type.Is(TypeKind::kTimestampNtz);
}

bool IsWindowColumn(const DataType& type) {
  return type.Is(TypeKind::kStruct) && type.fields().size() == 2 && type.fields()[0].name == "start" &&
         type.fields()[1].name == "end" && IsTimestamp(*type.fields()[0].type);
}

// Microseconds of a duration: whole numbers as they are, text as an interval without months.
Result<int64_t> DurationOf(const Expression& argument) {
  const auto* literal = argument.As<Literal>();
  const bool usable = literal && !literal->value.IsNull();
  const bool whole = argument.type->Is(TypeKind::kInteger) || argument.type->Is(TypeKind::kLong);
  if (usable && whole) return std::get<int64_t>(literal->value.data);
  if (!usable || !argument.type->IsString()) {
    return MakeError(ErrorKind::kAnalysis, "",
                     "The durations and the start time of a window must be literals: integers or strings.");
  }
  const auto& text = std::get<std::string>(literal->value.data);
  const auto interval = CalendarIntervalFromText(text);
  if (!interval.ok()) {
    return MakeError(ErrorKind::kAnalysis, "CANNOT_PARSE_INTERVAL", fmt::format("'{}' is no interval.", text),
                     {{"intervalString", fmt::format("'{}'", text)}});
  }
  if (interval->months != 0) {
    return MakeError(ErrorKind::kIllegalArgument, "", fmt::format("A window cannot last months ({}).", text));
  }
  return DayTimeMicroseconds(*interval);
}

struct Durations {
  int64_t window = 0;
  int64_t slide = 0;
  int64_t start = 0;
};

Status CheckDurations(const Durations& durations, const std::string& call_text) {
  const auto quoted = fmt::format("\"{}\"", call_text);
  const auto positive = [&](std::string_view name, int64_t value) -> Status {
    if (value > 0) return {};
    return MismatchError("VALUE_OUT_OF_RANGE", fmt::format("{} must be positive.", name),
                         {{"sqlExpr", quoted},
                          {"exprName", fmt::format("`{}`", name)},
                          {"valueRange", "(0, 9223372036854775807]"},
                          {"currentValue", fmt::format("{}L", value)}});
  };
  const auto violated = [&](std::string left, int64_t left_value, std::string_view constraint,
                            std::string right, int64_t right_value) {
    return MismatchError("PARAMETER_CONSTRAINT_VIOLATION",
                         fmt::format("{} must be {} {}.", left, constraint, right),
                         {{"sqlExpr", quoted},
                          {"leftExprName", fmt::format("`{}`", left)},
                          {"leftExprValue", fmt::format("{}L", left_value)},
                          {"constraint", std::string(constraint)},
                          {"rightExprName", fmt::format("`{}`", right)},
                          {"rightExprValue", fmt::format("{}L", right_value)}});
  };
  HEARTH_RETURN_IF_ERROR(positive("window_duration", durations.window));
  HEARTH_RETURN_IF_ERROR(positive("slide_duration", durations.slide));
  if (durations.slide > durations.window) {
    return violated("slide_duration", durations.slide, "<=", "window_duration", durations.window);
  }
  const int64_t start = durations.start < 0 ? -durations.start : durations.start;
  if (start >= durations.slide) {
    return violated("abs(start_time)", start, "<", "slide_duration", durations.slide);
  }
  return {};
}

// The start of the last window that holds the instant, moved by `offset`.
ExpressionPtr Edge(const ExpressionPtr& instant, int64_t slide, int64_t start, ExpressionPtr offset) {
  const auto* function = FunctionTable::BuiltIn().Find("time_window_edge");
  return MakeCall(function, {instant, LongLiteral(slide), LongLiteral(start), std::move(offset)},
                  instant->type, true);
}

RelationPtr WithColumns(const RelationPtr& input, std::vector<NamedExpression> added) {
  std::vector<NamedExpression> items;
  std::vector<Column> output = input->output;
  for (const auto& column : input->output) items.push_back({column, MakeReference(column)});
  for (auto& item : added) {
    output.push_back(item.column);
    items.push_back(std::move(item));
  }
  return MakeRelation(Project{input, std::move(items)}, std::move(output));
}

RelationPtr Where(const RelationPtr& input, ExpressionPtr condition) {
  auto output = input->output;
  return MakeRelation(Filter{input, std::move(condition)}, std::move(output));
}

// The input's columns and one more, computed from `relation`, which has others besides.
RelationPtr WithWindowColumn(const RelationPtr& relation, const std::vector<Column>& kept,
                             const Column& column, ExpressionPtr value) {
  std::vector<NamedExpression> items;
  std::vector<Column> output = kept;
  for (const auto& each : kept) items.push_back({each, MakeReference(each)});
  items.push_back({column, std::move(value)});
  output.push_back(column);
  return MakeRelation(Project{relation, std::move(items)}, std::move(output));
}

}  // namespace

Status Analysis::AddTimeWindow(const unresolved::Expressions& expressions, Analyzed& input,
                               const Scope* outer, const unresolved::Aggregate* aggregate) {
  Calls calls;
  for (const auto& expression : expressions) Collect(expression, calls);
  if (calls.empty()) return {};
  const Scope scope{{&input}, outer};
  std::string mark;
  std::vector<Expressions> arguments;
  for (const auto* call : calls) {
    HEARTH_ASSIGN(auto resolved, ResolveAll(call->arguments, scope));
    auto text = LowerCase(call->name[0]);
    for (const auto& argument : resolved) text += "\x1f" + Fingerprint(*argument);
    if (!mark.empty() && text != mark) {
      return MakeError(ErrorKind::kAnalysis, "_LEGACY_ERROR_TEMP_1039",
                       "Several different time windows in one SELECT are not supported.");
    }
    mark = text;
    arguments.push_back(std::move(resolved));
  }
  const bool session = LowerCase(calls[0]->name[0]) == kSessionWindow;
  const size_t most = session ? 2 : 4;
  if (arguments[0].size() < 2 || arguments[0].size() > most) {
    const auto routine = QuoteIdentifier(calls[0]->name[0]);
    return MakeError(ErrorKind::kAnalysis, "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
                     fmt::format("{} takes 2 to {} arguments.", routine, most),
                     {{"functionName", routine},
                      {"expectedNum", session ? "2" : "[2, 3, 4]"},
                      {"actualNum", std::to_string(arguments[0].size())}});
  }
  const auto added = session ? AddSessionWindow(arguments[0], input, outer, aggregate)
                             : AddSlidingWindow(arguments[0], input);
  if (!added.ok()) return *added.error();
  for (const auto* call : calls) time_windows_.insert_or_assign(call, *added);
  window_column_ = added->id;
  return {};
}

Result<Column> Analysis::AddSlidingWindow(const Expressions& arguments, Analyzed& input) {
  auto instant = arguments[0];
  Durations durations;
  HEARTH_ASSIGN(durations.window, DurationOf(*arguments[1]));
  durations.slide = durations.window;
  if (arguments.size() > 2) {
    HEARTH_ASSIGN(durations.slide, DurationOf(*arguments[2]));
  }
  if (arguments.size() > 3) {
    HEARTH_ASSIGN(durations.start, DurationOf(*arguments[3]));
  }
  const auto text = fmt::format("window({}, {}, {}, {})", OutputName(*instant), durations.window,
                                durations.slide, durations.start);
  if (IsWindowColumn(*instant->type)) {
    HEARTH_ASSIGN(instant, Call("window_time", {instant}));
  }
  const auto coerced = CoerceToSlot(instant, Slot::kAnyTimestamp, settings());
  if (!coerced) {
    return UnexpectedInput(text, *instant, 0,
                           "(\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\" or \"STRUCT<start: TIMESTAMP, "
                           "end: TIMESTAMP>\" or \"STRUCT<start: TIMESTAMP_NTZ, end: TIMESTAMP_NTZ>\")");
  }
  instant = *coerced;
  HEARTH_RETURN_IF_ERROR(CheckDurations(durations, text));
  const auto kept = input.relation->output;
  const int64_t count = (durations.window + durations.slide - 1) / durations.slide;
  if (count > kMostWindowsOfARow) return base::NotImplemented("more than a million windows of one row");
  HEARTH_ASSIGN(auto present, Call("isnotnull", {instant}));
  auto relation = Where(input.relation, present);
  ExpressionPtr offset = LongLiteral(0);
  if (count > 1) {
    // One row for each of the windows that can hold the instant, the last first.
    HEARTH_ASSIGN(auto numbers, Call("sequence", {LongLiteral(0), LongLiteral(count - 1)}));
    HEARTH_ASSIGN(auto generator, Call("explode", {numbers}));
    auto index = NewColumn("index", DataType::Long(), false);
    auto output = relation->output;
    output.push_back(index);
    relation = MakeRelation(Generate{relation, generator, false, {index}}, std::move(output));
    HEARTH_ASSIGN(offset, Call("*", {MakeReference(index), LongLiteral(-durations.slide)}));
  }
  HEARTH_ASSIGN(auto end_offset, Call("+", {offset, LongLiteral(durations.window)}));
  const auto start = Edge(instant, durations.slide, durations.start, offset);
  const auto end = Edge(instant, durations.slide, durations.start, end_offset);
  if (durations.window % durations.slide != 0) {
    HEARTH_ASSIGN(auto inside, Call("<", {instant, end}));
    relation = Where(relation, inside);
  }
  HEARTH_ASSIGN(auto value, Call("named_struct", {StringLiteral("start"), start, StringLiteral("end"), end}));
  auto column = NewColumn(std::string(kWindow), value->type, count > 1);
  input.relation = WithWindowColumn(relation, kept, column, value);
  return column;
}

Result<Column> Analysis::AddSessionWindow(const Expressions& arguments, Analyzed& input, const Scope* outer,
                                          const unresolved::Aggregate* aggregate) {
  const auto coerced = CoerceToSlot(arguments[0], Slot::kAnyTimestamp, settings());
  if (!coerced || IsWindowColumn(*arguments[0]->type)) {
    return UnexpectedInput(fmt::format("session_window({})", OutputName(*arguments[0])), *arguments[0], 0,
                           "\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\"");
  }
  if (!arguments[1]->As<Literal>()) return base::NotImplemented("session_window with a gap per row");
  HEARTH_ASSIGN(const auto gap, DurationOf(*arguments[1]));
  const auto instant = *coerced;
  const auto kept = input.relation->output;
  const Scope scope{{&input}, outer};
  Expressions partition;
  for (const auto& element : aggregate ? aggregate->groups : std::vector<unresolved::GroupElement>{}) {
    if (element.kind != unresolved::GroupKind::kGroupBy) {
      return base::NotImplemented("session_window in GROUP BY ALL, ROLLUP, CUBE or GROUPING SETS");
    }
    for (const auto& expression : element.expressions) {
      Calls calls;
      Collect(expression, calls);
      if (!calls.empty()) continue;
      HEARTH_ASSIGN(auto key, ResolveKey(expression, *aggregate, scope));
      partition.push_back(std::move(key));
    }
  }
  const auto start = NewColumn("start", instant->type, true);
  const auto end = NewColumn("end", instant->type, true);
  auto relation =
      WithColumns(input.relation, {{start, instant}, {end, Edge(instant, 1, 0, LongLiteral(gap))}});
  HEARTH_ASSIGN(auto present, Call("<", {MakeReference(start), MakeReference(end)}));
  relation = Where(relation, present);
  const auto value_type = [&]() -> Result<ExpressionPtr> {
    return Call("named_struct",
                {StringLiteral("start"), MakeReference(start), StringLiteral("end"), MakeReference(end)});
  };
  if (!aggregate) {
    HEARTH_ASSIGN(auto value, value_type());
    auto column = NewColumn(std::string(kSessionWindow), value->type, false);
    input.relation = WithWindowColumn(relation, kept, column, value);
    return column;
  }
  const std::vector<SortKey> order = {{MakeReference(start), true, true}};
  const auto over = [&](std::string_view name, const ExpressionPtr& argument, Expressions keys,
                        std::vector<SortKey> sorted, FrameUnit unit, BoundKind upper,
                        ExpressionPtr upper_offset) -> Result<NamedExpression> {
    HEARTH_ASSIGN(auto function, Call(name, {argument}));
    WindowCall call{function,
                    std::move(keys),
                    std::move(sorted),
                    unit,
                    {BoundKind::kUnboundedPreceding, nullptr},
                    {upper, std::move(upper_offset)}};
    auto type = function->type;
    auto column = NewColumn("_session", type, true);
    return NamedExpression{
        column, std::make_shared<const Expression>(Expression{std::move(call), std::move(type), true, {}})};
  };
  const auto add = [&](std::vector<NamedExpression> items) {
    auto output = relation->output;
    for (const auto& item : items) output.push_back(item.column);
    relation = MakeRelation(Window{relation, std::move(items)}, std::move(output));
  };
  // A row that begins after all before it have ended begins a session. Rows of one instant are one step.
  HEARTH_ASSIGN(auto latest, over("max", MakeReference(end), partition, order, FrameUnit::kRows,
                                  BoundKind::kPreceding, IntegerLiteral(1)));
  const auto latest_end = MakeReference(latest.column);
  add({std::move(latest)});
  HEARTH_ASSIGN(auto goes_on, Call(">=", {latest_end, MakeReference(start)}));
  HEARTH_ASSIGN(auto first, Call("when", {goes_on, LongLiteral(0), LongLiteral(1)}));
  const auto begins = NewColumn("_begins", DataType::Long(), false);
  relation = WithColumns(relation, {{begins, first}});
  HEARTH_ASSIGN(auto number, over("sum", MakeReference(begins), partition, order, FrameUnit::kRange,
                                  BoundKind::kCurrentRow, nullptr));
  auto session_keys = partition;
  session_keys.push_back(MakeReference(number.column));
  add({std::move(number)});
  HEARTH_ASSIGN(auto low, over("min", MakeReference(start), session_keys, {}, FrameUnit::kRows,
                               BoundKind::kUnboundedFollowing, nullptr));
  HEARTH_ASSIGN(auto high, over("max", MakeReference(end), session_keys, {}, FrameUnit::kRows,
                                BoundKind::kUnboundedFollowing, nullptr));
  const auto low_reference = MakeReference(low.column);
  const auto high_reference = MakeReference(high.column);
  add({std::move(low), std::move(high)});
  HEARTH_ASSIGN(auto value, Call("named_struct", {StringLiteral("start"), low_reference, StringLiteral("end"),
                                                  high_reference}));
  auto column = NewColumn(std::string(kSessionWindow), value->type, false);
  input.relation = WithWindowColumn(relation, kept, column, value);
  return column;
}

}  // namespace hearth::plan
