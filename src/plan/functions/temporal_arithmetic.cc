// + - * / where a date, a timestamp, a time or an interval takes part: which function it becomes and what its
// name prints.
#include <fmt/format.h>

#include "plan/functions/arithmetic.h"
#include "plan/functions/mismatch.h"
#include "plan/functions/result_rules.h"
#include "plan/types/coercion.h"

namespace hearth::plan {
namespace {

bool IsTimestamp(const DataType& type) {
  return type.Is(TypeKind::kTimestamp) || type.Is(TypeKind::kTimestampNtz);
}
bool IsTemporal(const DataType& type) {
  return type.IsDateTime() || type.Is(TypeKind::kTime) || type.IsInterval();
}
bool IsDayOnly(const DataType& type) {
  return type.Is(TypeKind::kDayTimeInterval) && type.day_time_start() == DayTimeField::kDay &&
         type.day_time_end() == DayTimeField::kDay;
}

class TemporalArithmetic {
 public:
  TemporalArithmetic(std::string_view op, const Expressions& operands, const ResolveContext& context)
      : op_(op), left_(operands[0]), right_(operands[1]), context_(context) {}

  base::Result<ExpressionPtr> Resolve() {
    if (op_ == "*") return Multiply();
    if (op_ == "/") return Divide();
    if (op_ != "+" && op_ != "-") return ExpressionPtr();
    const bool moves_time = (left_->type->Is(TypeKind::kTime) && right_->type->IsInterval()) ||
                            (right_->type->Is(TypeKind::kTime) && left_->type->IsInterval());
    if (moves_time) {
      return base::MakeError(base::ErrorKind::kAnalysis, "UNSUPPORTED_TIME_TYPE",
                             "The type TIME is not enabled.");
    }
    if (left_->type->IsInterval() && right_->type->IsInterval()) return CombineIntervals();
    if (IsNull(right_) && left_->type->IsInterval()) return WithTypedNull(left_->type);
    if (IsNull(left_) && right_->type->IsInterval()) return WithTypedNull(right_->type);
    if (right_->type->IsInterval()) return AddInterval(left_, right_);
    if (left_->type->IsInterval() && op_ == "+") return AddInterval(right_, left_);
    return op_ == "+" ? AddToDate() : Subtract();
  }

 private:
  static bool IsNull(const ExpressionPtr& expression) { return expression->type->Is(TypeKind::kNull); }

  std::string Infix() const {
    return fmt::format("({} {} {})", OutputName(*left_), op_, OutputName(*right_));
  }

  base::Result<ExpressionPtr> CallAs(std::string_view function, Expressions arguments, std::string display) {
    HEARTH_ASSIGN(auto result, ResolveCall(function, std::move(arguments), context_));
    return WithDisplay(result, std::move(display));
  }

  base::Result<ExpressionPtr> WithTypedNull(const TypePtr& type) {
    return ResolveTemporalArithmetic(
        op_, {CoerceTo(left_, type, context_.settings), CoerceTo(right_, type, context_.settings)}, context_);
  }

  base::Result<ExpressionPtr> CombineIntervals() {
    auto common = FindTightestCommonType(left_->type, right_->type, context_.settings);
    // Intervals of two families: Spark reads the first as a timestamp and refuses it.
    if (!common) {
      const auto& first = op_ == "+" && right_->type->Is(TypeKind::kYearMonthInterval) ? right_ : left_;
      const auto& second = first == right_ ? left_ : right_;
      return UnexpectedInput(fmt::format("{} {} {}", OutputName(*first), op_, OutputName(*second)), *first, 0,
                             "(\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\" or "
                             "\"(TIMESTAMP_LTZ(P) OR TIMESTAMP_NTZ(P) WITH P IN [7, 9])\")");
    }
    auto left = CoerceTo(left_, *common, context_.settings);
    auto right = CoerceTo(right_, *common, context_.settings);
    return CallAs(op_ == "+" ? "interval_add" : "interval_subtract", {left, right}, Infix());
  }

  base::Result<ExpressionPtr> AddInterval(const ExpressionPtr& base, const ExpressionPtr& interval) {
    auto start = base;
    auto display = fmt::format("{} {} {}", OutputName(*base), op_, OutputName(*interval));
    TypePtr back;
    if (base->type->Is(TypeKind::kDate)) {
      if (IsDayOnly(*interval->type)) {
        auto days = fmt::format("extractansiintervaldays({})", OutputName(*interval));
        display = fmt::format("date_add({}, {})", OutputName(*base), op_ == "+" ? days : "(- " + days + ")");
      } else if (interval->type->Is(TypeKind::kDayTimeInterval)) {
        start = CoerceTo(base, DataType::Timestamp(), context_.settings);
      }
    } else if (base->type->IsString()) {
      // Text is read as a timestamp, and the sum is text again.
      start = CoerceTo(base, DataType::Timestamp(), context_.settings);
      back = base->type;
    } else if (IsNull(base)) {
      start = NullLiteral(DataType::Timestamp());
    } else if (!IsTimestamp(*base->type) && !base->type->Is(TypeKind::kTime)) {
      return UnexpectedInput(display, *base, 0,
                             "(\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\" or "
                             "\"(TIMESTAMP_LTZ(P) OR TIMESTAMP_NTZ(P) WITH P IN [7, 9])\")");
    }
    auto signed_interval = interval;
    if (op_ == "-") {
      HEARTH_ASSIGN(signed_interval, ResolveCall("interval_negate", {interval}, context_));
    }
    HEARTH_ASSIGN(auto sum, ResolveCall("datetime_add_interval", {start, signed_interval}, context_));
    if (back) sum = CoerceTo(sum, back, context_.settings);
    return WithDisplay(sum, std::move(display));
  }

  base::Result<ExpressionPtr> AddToDate() {
    const auto& left = *left_->type;
    const auto& right = *right_->type;
    if (IsNull(left_) || IsNull(right_)) return AddUntypedNull();
    if (left.Is(TypeKind::kDate) && !right.IsString())
      return ResolveCall("date_add", {left_, right_}, context_);
    if (right.Is(TypeKind::kDate) && !left.IsString())
      return ResolveCall("date_add", {right_, left_}, context_);
    return ExpressionPtr();
  }

  // A date or timestamp and an untyped NULL: the NULL is read as an interval.
  base::Result<ExpressionPtr> AddUntypedNull() {
    const auto& base = IsNull(left_) ? right_ : left_;
    if (!base->type->IsDateTime()) return ExpressionPtr();
    auto start =
        base->type->Is(TypeKind::kDate) ? CoerceTo(base, DataType::Timestamp(), context_.settings) : base;
    return CallAs("datetime_add_interval", {start, NullLiteral(DataType::DayTimeInterval())},
                  fmt::format("{} + NULL", OutputName(*base)));
  }

  base::Result<ExpressionPtr> Subtract() {
    const auto& left = *left_->type;
    const auto& right = *right_->type;
    if (left.Is(TypeKind::kTime) && right.Is(TypeKind::kTime))
      return CallAs("time_diff_interval", {left_, right_}, Infix());
    if (IsTimestamp(left) || IsTimestamp(right)) return SubtractTimestamps();
    if (right.Is(TypeKind::kDate)) {
      if (left.Is(TypeKind::kDate)) return CallAs("date_diff_interval", {left_, right_}, Infix());
      if (left.IsString() || IsNull(left_)) {
        return CallAs("date_diff_interval", {CoerceTo(left_, DataType::Date(), context_.settings), right_},
                      Infix());
      }
      return UnexpectedInput(Infix(), *left_, 0, "\"DATE\"");
    }
    if (left.Is(TypeKind::kDate) && IsNull(right_)) {
      return CallAs("date_diff_interval", {left_, NullLiteral(DataType::Date())}, Infix());
    }
    if (left.Is(TypeKind::kDate) && !right.IsString())
      return ResolveCall("date_sub", {left_, right_}, context_);
    return ExpressionPtr();
  }

  base::Result<ExpressionPtr> SubtractTimestamps() {
    auto common = FindTightestCommonType(left_->type, right_->type, context_.settings);
    auto type = common && IsTimestamp(**common) ? *common : DataType::Timestamp();
    Expressions operands = {left_, right_};
    for (size_t i = 0; i < 2; ++i) {
      const auto& from = *operands[i]->type;
      if (!from.IsDateTime() && !from.IsString() && !from.Is(TypeKind::kNull)) {
        return UnexpectedInput(Infix(), *operands[i], i, SlotName(Slot::kAnyTimestamp));
      }
      operands[i] = CoerceTo(operands[i], type, context_.settings);
    }
    return CallAs("timestamp_diff_interval", std::move(operands), Infix());
  }

  base::Result<ExpressionPtr> Multiply() {
    bool left_is_interval = left_->type->IsInterval();
    if (!left_is_interval && !right_->type->IsInterval()) return ExpressionPtr();
    const auto& interval = left_is_interval ? left_ : right_;
    const auto& number = left_is_interval ? right_ : left_;
    return Scale("interval_multiply", interval, number, "*");
  }

  base::Result<ExpressionPtr> Divide() {
    if (!left_->type->IsInterval()) return ExpressionPtr();
    return Scale("interval_divide", left_, right_, "/");
  }

  base::Result<ExpressionPtr> Scale(std::string_view function, const ExpressionPtr& interval,
                                    const ExpressionPtr& number, std::string_view op) {
    auto display = fmt::format("({} {} {})", OutputName(*interval), op, OutputName(*number));
    auto factor =
        CoerceToSlot(number, interval->type->Is(TypeKind::kCalendarInterval) ? Slot::kDouble : Slot::kNumeric,
                     context_.settings);
    if (!factor) return UnexpectedInput(display, *number, 1, "\"NUMERIC\"");
    return CallAs(function, {interval, *factor}, std::move(display));
  }

  std::string_view op_;
  ExpressionPtr left_;
  ExpressionPtr right_;
  const ResolveContext& context_;
};

}  // namespace

base::Result<ExpressionPtr> ResolveTemporalArithmetic(std::string_view op, const Expressions& operands,
                                                      const ResolveContext& context) {
  if (!IsTemporal(*operands[0]->type) && !IsTemporal(*operands[1]->type)) return ExpressionPtr();
  return TemporalArithmetic(op, operands, context).Resolve();
}

}  // namespace hearth::plan
