// Window calls: which functions may stand before OVER, what their frames default to, and what frames allow.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "plan/analyze/analysis.h"

namespace hearth::plan {
namespace {

using base::ErrorKind;
using base::MakeError;
using base::Result;
using base::Status;

std::string Quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

// The frame as output names print it.
std::string FrameText(const WindowCall& call) {
  auto bare = call;
  bare.partition.clear();
  bare.order.clear();
  bare.function = WithDisplay(NullLiteral(DataType::Null()), "f");
  auto text = OutputName(Expression{std::move(bare), DataType::Null(), true, {}});
  constexpr std::string_view kBefore = "f OVER (";
  return text.substr(kBefore.size(), text.size() - kBefore.size() - 1);
}

std::optional<int64_t> ConstantOffset(const Expression& expression) {
  if (const auto* cast = expression.As<Cast>(); cast && expression.type->IsIntegral()) {
    return ConstantOffset(*cast->child);
  }
  if (const auto* literal = expression.As<Literal>()) {
    const auto* number = std::get_if<int64_t>(&literal->value.data);
    return number && expression.type->IsIntegral() ? std::optional(*number) : std::nullopt;
  }
  const auto* call = expression.As<Call>();
  if (!call || call->function->name != "negative") return std::nullopt;
  auto value = ConstantOffset(*call->arguments[0]);
  return value ? std::optional(-*value) : std::nullopt;
}

// Where a bound lies: rows before the current one below zero. Unknown where the offset is no plain number.
std::optional<int64_t> PlaceOf(const FrameBound& bound) {
  switch (bound.kind) {
    case BoundKind::kUnboundedPreceding:
      return std::numeric_limits<int64_t>::min();
    case BoundKind::kUnboundedFollowing:
      return std::numeric_limits<int64_t>::max();
    case BoundKind::kCurrentRow:
      return 0;
    case BoundKind::kPreceding: {
      auto offset = ConstantOffset(*bound.offset);
      return offset ? std::optional(-*offset) : std::nullopt;
    }
    case BoundKind::kFollowing:
      return ConstantOffset(*bound.offset);
  }
  return std::nullopt;
}

base::Error BadFrame(const std::string& condition, const WindowCall& call, const std::string& why,
                     std::map<std::string, std::string> parameters) {
  auto text = FrameText(call);
  parameters["sqlExpr"] = Quoted(text);
  return MakeError(ErrorKind::kAnalysis, "DATATYPE_MISMATCH." + condition,
                   fmt::format("The window frame {} is not possible: {}.", text, why), std::move(parameters));
}

// What may move the order key by an offset, as Spark counts it.
bool RangeAccepts(const DataType& key, const DataType& offset) {
  if (offset.IsNumeric())
    return key.IsNumeric() || (key.Is(TypeKind::kDate) && offset.Is(TypeKind::kInteger));
  return offset.IsInterval() && (key.IsDateTime() || key.kind() == offset.kind());
}

Status CheckFrame(const WindowCall& call) {
  constexpr std::string_view kMovable =
      "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL\")";
  bool has_offset = call.lower.offset || call.upper.offset;
  if (call.unit == FrameUnit::kRange && has_offset) {
    if (call.order.empty()) {
      return BadFrame("RANGE_FRAME_WITHOUT_ORDER", call, "a RANGE frame needs an ORDER BY", {});
    }
    if (call.order.size() > 1) {
      return BadFrame("RANGE_FRAME_MULTI_ORDER", call,
                      "a RANGE frame with an offset needs exactly one ORDER BY expression", {});
    }
  }
  for (const auto* bound : {&call.lower, &call.upper}) {
    if (!bound->offset) continue;
    const auto& type = *bound->offset->type;
    std::string location = bound == &call.lower ? "lower" : "upper";
    if (call.unit == FrameUnit::kRows ? type.Is(TypeKind::kInteger) : true) {
      if (call.unit == FrameUnit::kRows) continue;
      const auto& key = *call.order[0].expression->type;
      bool movable = key.IsNumeric() || key.IsInterval() || key.IsDateTime();
      if (!movable || !(type.IsNumeric() || type.IsInterval())) {
        const auto& wrong = movable ? type : key;
        return BadFrame("SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE", call,
                        fmt::format("its {} bound has the type \"{}\"", location, wrong.Sql()),
                        {{"location", location},
                         {"exprType", Quoted(wrong.Sql())},
                         {"expectedType", std::string(kMovable)}});
      }
      if (!RangeAccepts(key, type)) {
        return BadFrame("RANGE_FRAME_INVALID_TYPE", call,
                        fmt::format("\"{}\" cannot move \"{}\"", type.Sql(), key.Sql()),
                        {{"orderSpecType", Quoted(key.Sql())}, {"valueBoundaryType", Quoted(type.Sql())}});
      }
      continue;
    }
    return BadFrame("SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE", call,
                    fmt::format("its {} bound has the type \"{}\"", location, type.Sql()),
                    {{"location", location}, {"exprType", Quoted(type.Sql())}, {"expectedType", "\"INT\""}});
  }
  bool inside_out =
      call.lower.kind == BoundKind::kUnboundedFollowing || call.upper.kind == BoundKind::kUnboundedPreceding;
  if (inside_out) {
    return BadFrame("SPECIFIED_WINDOW_FRAME_INVALID_BOUND", call, "its bounds are the wrong way round",
                    {{"lower", ""}, {"upper", ""}});
  }
  // The current row may stand on the wrong side of a number: such a frame is empty.
  auto lower = PlaceOf(call.lower);
  auto upper = PlaceOf(call.upper);
  if (call.lower.offset && call.upper.offset && lower && upper && *lower > *upper) {
    return BadFrame("SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON", call, "it ends before it begins",
                    {{"comparison", "less than or equal"}});
  }
  return {};
}

// The one frame that a ranking function works with.
bool HasOwnFrame(const Function& function, const WindowCall& call) {
  static constexpr std::array<std::string_view, 6> kRows = {"row_number",   "rank",  "dense_rank",
                                                            "percent_rank", "ntile", "cume_dist"};
  if (std::find(kRows.begin(), kRows.end(), function.name) == kRows.end()) return false;
  auto unit = function.name == "cume_dist" ? FrameUnit::kRange : FrameUnit::kRows;
  return call.unit != unit || call.lower.kind != BoundKind::kUnboundedPreceding ||
         call.upper.kind != BoundKind::kCurrentRow;
}

void SetDefaultFrame(const Function& function, bool is_ranking, WindowCall& call) {
  bool ranks = is_ranking && function.name != "nth_value";
  call.lower.kind = BoundKind::kUnboundedPreceding;
  call.upper.kind = BoundKind::kCurrentRow;
  call.unit = ranks && function.name != "cume_dist" ? FrameUnit::kRows : FrameUnit::kRange;
  if (!ranks && call.order.empty()) {
    call.unit = FrameUnit::kRows;
    call.upper.kind = BoundKind::kUnboundedFollowing;
  }
  if (function.name != "lag" && function.name != "lead") return;
  // Spark prints the offset itself as both bounds of the frame.
  const auto& arguments = call.function->As<Call>()->arguments;
  bool shows_offset = arguments.size() > 1 && arguments[1]->As<Literal>() != nullptr;
  call.lower.kind = call.upper.kind = BoundKind::kFollowing;
  call.lower.offset = call.upper.offset = shows_offset ? arguments[1] : IntegerLiteral(1);
  if (function.name == "lag") {
    auto text = OutputName(*call.lower.offset);
    auto shown = WithDisplay(call.lower.offset, text.starts_with("-") ? text.substr(1) : "-" + text);
    call.lower.offset = call.upper.offset = shown;
  }
}

}  // namespace

Result<FrameBound> Analysis::ResolveBound(const unresolved::FrameBound& bound,
                                          const std::vector<SortKey>& order, FrameUnit unit,
                                          const Scope& scope) {
  FrameBound resolved{static_cast<BoundKind>(bound.kind), nullptr};
  if (!bound.offset) return resolved;
  HEARTH_ASSIGN(auto offset, AnalyzeExpression(bound.offset, scope));
  if (!IsFoldable(*offset)) {
    return MakeError(ErrorKind::kAnalysis, "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WITHOUT_FOLDABLE",
                     fmt::format("The window frame bound \"{}\" is not constant.", OutputName(*offset)),
                     {{"sqlExpr", Quoted(OutputName(*offset))},
                      {"location", ""},
                      {"expression", Quoted(OutputName(*offset))}});
  }
  bool moves_number = unit == FrameUnit::kRange && order.size() == 1 &&
                      (offset->type->IsNumeric() || offset->type->IsString()) &&
                      order[0].expression->type->IsNumeric();
  if (moves_number) offset = CoerceTo(offset, order[0].expression->type, settings());
  resolved.offset = offset;
  return resolved;
}

Result<ExpressionPtr> Analysis::ResolveWindow(const unresolved::Window& window, const Scope& scope) {
  WindowCall call;
  struct Inside {
    explicit Inside(int& level) : level_(level) { ++level_; }
    ~Inside() { --level_; }
    int& level_;
  } inside(in_window_);
  // Over a window an aggregate may take aggregates of the groups: sum(sum(a)) OVER ().
  is_window_function_ = true;
  auto function_result = AnalyzeExpression(window.function, scope);
  is_window_function_ = false;
  HEARTH_ASSIGN(call.function, std::move(function_result));
  HEARTH_ASSIGN(call.partition, ResolveAll(window.partition, scope));
  for (const auto& order : window.order) {
    HEARTH_ASSIGN(auto key, ResolveSortOrder(order, scope));
    call.order.push_back(std::move(key));
  }
  const Function* function = nullptr;
  bool is_distinct = false;
  if (const auto* plain = call.function->As<plan::Call>()) function = plain->function;
  if (const auto* aggregate = call.function->As<AggregateCall>()) {
    function = aggregate->function;
    is_distinct = aggregate->distinct;
  }
  auto text = OutputName(*call.function);
  bool is_ranking = function && function->kind == FunctionKind::kWindow;
  if (!function || (!is_ranking && function->kind != FunctionKind::kAggregate)) {
    return MakeError(ErrorKind::kAnalysis, "UNSUPPORTED_EXPR_FOR_WINDOW",
                     fmt::format("\"{}\" is neither a window nor an aggregate function.", text),
                     {{"sqlExpr", Quoted(text)}});
  }
  if (is_ranking && call.order.empty()) {
    return MakeError(ErrorKind::kAnalysis, "WINDOW_FUNCTION_FRAME_NOT_ORDERED",
                     fmt::format("The window function {} needs an ORDER BY in its window.", text),
                     {{"wf_name", function->name}, {"wf_expr", text}});
  }
  if (window.frame) {
    call.unit = window.frame->unit == unresolved::FrameUnit::kRows ? FrameUnit::kRows : FrameUnit::kRange;
    HEARTH_ASSIGN(call.lower, ResolveBound(window.frame->lower, call.order, call.unit, scope));
    HEARTH_ASSIGN(call.upper, ResolveBound(window.frame->upper, call.order, call.unit, scope));
    HEARTH_RETURN_IF_ERROR(CheckFrame(call));
    if (HasOwnFrame(*function, call)) {
      return MakeError(
          ErrorKind::kAnalysis, "_LEGACY_ERROR_TEMP_1036",
          fmt::format("The window function {} does not work with the frame {}.", text, FrameText(call)),
          {{"wf", FrameText(call)}, {"required", ""}});
    }
    if (function->name == "lag" || function->name == "lead") {
      return MakeError(ErrorKind::kAnalysis, "_LEGACY_ERROR_TEMP_1035",
                       fmt::format("The window function {} takes no frame.", text),
                       {{"prettyName", function->name}});
    }
  } else {
    SetDefaultFrame(*function, is_ranking, call);
  }
  auto type = call.function->type;
  bool nullable = call.function->nullable;
  auto resolved = std::make_shared<const Expression>(Expression{call, type, nullable, {}});
  if (is_distinct) {
    auto name = Quoted(OutputName(*resolved));
    return MakeError(ErrorKind::kAnalysis, "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED",
                     fmt::format("{}: a function over a window cannot be DISTINCT.", name),
                     {{"windowExpr", name}});
  }
  if (!is_ranking || (function->name != "lag" && function->name != "lead")) return resolved;
  // lag and lead ignore frames: what was printed in the name is not passed on to the engine.
  auto display = OutputName(*resolved);
  call.unit = FrameUnit::kRows;
  call.lower = {BoundKind::kUnboundedPreceding, nullptr};
  call.upper = {BoundKind::kUnboundedFollowing, nullptr};
  return std::make_shared<const Expression>(Expression{std::move(call), type, nullable, display});
}

}  // namespace hearth::plan
