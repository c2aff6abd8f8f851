// Sort orders and windows.
#include "plan/from_connect/reader.h"

namespace hearth::plan::from_connect {
namespace {

using Boundary = proto::Expression::Window::WindowFrame::FrameBoundary;

// Connect sends signed offsets from the current row. Spark prints constants below zero as they come, as
// "-1 FOLLOWING", so they stay.
unresolved::FrameBound FromOffset(const unresolved::ExpressionPtr& offset) {
  if (const auto* function = offset->As<unresolved::Function>()) {
    const bool negates = function->arguments.size() == 1 && function->name.size() == 1 &&
                         (function->name[0] == "negative" || function->name[0] == "-");
    if (negates) return {unresolved::BoundKind::kPreceding, function->arguments[0]};
  }
  return {unresolved::BoundKind::kFollowing, offset};
}

}  // namespace

base::Result<unresolved::SortOrder> Reader::Read(const proto::Expression::SortOrder& message) {
  HEARTH_ASSIGN(auto child, Expression(message.child()));
  unresolved::SortOrder order{.child = std::move(child)};
  if (message.direction() == proto::Expression::SortOrder::SORT_DIRECTION_DESCENDING) {
    order.direction = unresolved::SortDirection::kDescending;
  }
  if (message.null_ordering() == proto::Expression::SortOrder::SORT_NULLS_FIRST)
    order.nulls = unresolved::NullOrder::kFirst;
  if (message.null_ordering() == proto::Expression::SortOrder::SORT_NULLS_LAST)
    order.nulls = unresolved::NullOrder::kLast;
  return order;
}

base::Result<std::vector<unresolved::SortOrder>> Reader::Orders(
    const Repeated<proto::Expression::SortOrder>& messages) {
  std::vector<unresolved::SortOrder> orders;
  for (const auto& message : messages) {
    HEARTH_ASSIGN(auto order, Read(message));
    orders.push_back(std::move(order));
  }
  return orders;
}

base::Result<unresolved::FrameBound> Reader::Bound(const Boundary& message, bool is_lower) {
  switch (message.boundary_case()) {
    case Boundary::kCurrentRow:
      return unresolved::FrameBound{};
    case Boundary::kUnbounded:
      return unresolved::FrameBound{
          is_lower ? unresolved::BoundKind::kUnboundedPreceding : unresolved::BoundKind::kUnboundedFollowing,
          nullptr};
    case Boundary::kValue: {
      HEARTH_ASSIGN(auto offset, Expression(message.value()));
      return FromOffset(offset);
    }
    case Boundary::BOUNDARY_NOT_SET:
      break;
  }
  return InvalidPlan("INVALID_ONE_OF_FIELD_NOT_SET", "A boundary of a window frame says nothing.",
                     {{"fullName", "spark.connect.Expression.Window.WindowFrame.FrameBoundary.boundary"},
                      {"name", "boundary"}});
}

base::Result<unresolved::Frame> Reader::Frame(const proto::Expression::Window::WindowFrame& message) {
  unresolved::Frame frame;
  switch (message.frame_type()) {
    case proto::Expression::Window::WindowFrame::FRAME_TYPE_ROW:
      frame.unit = unresolved::FrameUnit::kRows;
      break;
    case proto::Expression::Window::WindowFrame::FRAME_TYPE_RANGE:
      frame.unit = unresolved::FrameUnit::kRange;
      break;
    default:
      return InvalidPlan("INVALID_ENUM", "A window frame does not say its unit.",
                         {{"fullName", "spark.connect.Expression.Window.WindowFrame.FrameType"},
                          {"name", "frame_type"},
                          {"number", std::to_string(message.frame_type())}});
  }
  if (!message.has_lower())
    return InvalidPlan("LOWER_BOUND_REQUIRED_IN_WINDOW_FRAME", "A window frame has no lower bound.");
  if (!message.has_upper())
    return InvalidPlan("UPPER_BOUND_REQUIRED_IN_WINDOW_FRAME", "A window frame has no upper bound.");
  HEARTH_ASSIGN(frame.lower, Bound(message.lower(), true));
  HEARTH_ASSIGN(frame.upper, Bound(message.upper(), false));
  return frame;
}

base::Result<unresolved::ExpressionPtr> Reader::Read(const proto::Expression::Window& message) {
  if (!message.has_window_function())
    return InvalidPlan("WINDOW_FUNCTION_REQUIRED", "A window has no function.");
  unresolved::Window window;
  HEARTH_ASSIGN(window.function, Expression(message.window_function()));
  HEARTH_ASSIGN(window.partition, List(message.partition_spec()));
  HEARTH_ASSIGN(window.order, Orders(message.order_spec()));
  if (message.has_frame_spec()) {
    HEARTH_ASSIGN(window.frame, Frame(message.frame_spec()));
  }
  return unresolved::Make(std::move(window));
}

}  // namespace hearth::plan::from_connect
