// Relations of two inputs.
#include "plan/from_connect/reader.h"

namespace hearth::plan::from_connect {
namespace {

base::Result<unresolved::JoinType> ReadJoinType(proto::Join::JoinType type) {
  switch (type) {
    case proto::Join::JOIN_TYPE_INNER:
      return unresolved::JoinType::kInner;
    case proto::Join::JOIN_TYPE_FULL_OUTER:
      return unresolved::JoinType::kFull;
    case proto::Join::JOIN_TYPE_LEFT_OUTER:
      return unresolved::JoinType::kLeft;
    case proto::Join::JOIN_TYPE_RIGHT_OUTER:
      return unresolved::JoinType::kRight;
    case proto::Join::JOIN_TYPE_LEFT_ANTI:
      return unresolved::JoinType::kLeftAnti;
    case proto::Join::JOIN_TYPE_LEFT_SEMI:
      return unresolved::JoinType::kLeftSemi;
    case proto::Join::JOIN_TYPE_CROSS:
      return unresolved::JoinType::kCross;
    default:
      break;
  }
  return InvalidPlan(
      "INVALID_ENUM", "A join does not say its type.",
      {{"fullName", "spark.connect.Join.JoinType"}, {"name", "join_type"}, {"number", std::to_string(type)}});
}

}  // namespace

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Join& message) {
  if (message.has_join_condition() && message.using_columns_size() > 0) {
    return InvalidPlan("USING_COLUMNS_OR_JOIN_CONDITION_SET_IN_JOIN",
                       "A join has a condition and names common columns.");
  }
  // joinWith: each side becomes one struct column; only JVM clients send it.
  if (message.has_join_data_type()) return Make(unresolved::Unsupported{"Join of typed rows (joinWith)"});
  HEARTH_ASSIGN(auto left, Relation(message.left()));
  HEARTH_ASSIGN(auto right, Relation(message.right()));
  unresolved::Join join{.left = std::move(left), .right = std::move(right)};
  HEARTH_ASSIGN(join.type, ReadJoinType(message.join_type()));
  if (message.has_join_condition()) {
    HEARTH_ASSIGN(join.condition, Expression(message.join_condition()));
  }
  join.using_columns = Strings(message.using_columns());
  return Make(std::move(join));
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::LateralJoin& message) {
  HEARTH_ASSIGN(auto left, Relation(message.left()));
  HEARTH_ASSIGN(auto right, Relation(message.right()));
  unresolved::Join join{.left = std::move(left), .right = std::move(right), .is_lateral = true};
  HEARTH_ASSIGN(join.type, ReadJoinType(message.join_type()));
  if (message.has_join_condition()) {
    HEARTH_ASSIGN(join.condition, Expression(message.join_condition()));
  }
  return Make(std::move(join));
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::SetOperation& message) {
  if (!message.has_left_input() || !message.has_right_input()) {
    return InvalidPlan("SET_OPERATION_MUST_HAVE_TWO_INPUTS", "A set operation has fewer than two inputs.");
  }
  HEARTH_ASSIGN(auto left, Relation(message.left_input()));
  HEARTH_ASSIGN(auto right, Relation(message.right_input()));
  unresolved::SetOperation set{
      .left = std::move(left), .right = std::move(right), .is_all = message.is_all()};
  switch (message.set_op_type()) {
    case proto::SetOperation::SET_OP_TYPE_UNION:
      if (message.allow_missing_columns() && !message.by_name()) {
        return InvalidPlan("UNION_BY_NAME_ALLOW_MISSING_COL_REQUIRES_BY_NAME",
                           "Only a union by name may have columns that one side lacks.");
      }
      set.kind = unresolved::SetKind::kUnion;
      set.by_name = message.by_name();
      set.allow_missing_columns = message.allow_missing_columns();
      break;
    case proto::SetOperation::SET_OP_TYPE_INTERSECT:
      if (message.by_name()) {
        return InvalidPlan("INTERSECT_DOES_NOT_SUPPORT_UNION_BY_NAME", "INTERSECT does not go by name.");
      }
      set.kind = unresolved::SetKind::kIntersect;
      break;
    case proto::SetOperation::SET_OP_TYPE_EXCEPT:
      if (message.by_name()) {
        return InvalidPlan("EXCEPT_DOES_NOT_SUPPORT_UNION_BY_NAME", "EXCEPT does not go by name.");
      }
      set.kind = unresolved::SetKind::kExcept;
      break;
    default:
      return InvalidPlan("INVALID_ENUM", "A set operation does not say which one it is.",
                         {{"fullName", "spark.connect.SetOperation.SetOpType"},
                          {"name", "set_op_type"},
                          {"number", std::to_string(message.set_op_type())}});
  }
  return Make(std::move(set));
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Zip& message) {
  HEARTH_ASSIGN(auto left, Relation(message.left()));
  HEARTH_ASSIGN(auto right, Relation(message.right()));
  return Make(unresolved::Zip{std::move(left), std::move(right)});
}

}  // namespace hearth::plan::from_connect
