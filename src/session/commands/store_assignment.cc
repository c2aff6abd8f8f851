#include "session/commands/store_assignment.h"

#include <fmt/format.h>

#include "plan/types/coercion.h"

namespace hearth::session::commands {
namespace {

using plan::DataType;
using plan::TypeKind;

bool CanAssignNested(const DataType& from, const DataType& to) {
  if (from.kind() != to.kind()) return false;
  if (from.Is(TypeKind::kArray)) return CanAssign(*from.element(), *to.element());
  if (from.Is(TypeKind::kMap))
    return CanAssign(*from.key(), *to.key()) && CanAssign(*from.value(), *to.value());
  if (from.fields().size() != to.fields().size()) return false;
  for (size_t i = 0; i < from.fields().size(); ++i) {
    if (!CanAssign(*from.fields()[i].type, *to.fields()[i].type)) return false;
  }
  return true;
}

}  // namespace

bool CanAssign(const DataType& from, const DataType& to) {
  if (from.SameIgnoringNullability(to) || from.Is(TypeKind::kNull)) return true;
  if (from.IsNested() || to.IsNested()) return CanAssignNested(from, to);
  if (from.Is(TypeKind::kVariant) || to.Is(TypeKind::kVariant)) return false;
  if (to.IsString()) return true;
  if (from.IsNumeric() && to.IsNumeric()) return true;
  if (from.IsDateTime() && to.IsDateTime()) return true;
  return from.IsAnsiInterval() && from.kind() == to.kind();
}

base::Result<plan::ExpressionPtr> StoreAssignment(Session& session, const plan::ExpressionPtr& value,
                                                  const plan::Field& column, const std::string& table) {
  if (value->type->SameIgnoringNullability(*column.type)) return value;
  const std::string policy = LowerCase(session.configuration().Text("spark.sql.storeAssignmentPolicy"));
  if (policy == "legacy") return plan::MakeCast(value, column.type, plan::CastBehavior::kLegacy, true);
  if (policy == "strict") return base::NotImplemented("spark.sql.storeAssignmentPolicy=STRICT");
  if (CanAssign(*value->type, *column.type))
    return plan::MakeCast(value, column.type, plan::CastBehavior::kAnsi, true);
  const std::string quoted = plan::QuoteIdentifier(column.name);
  return base::MakeError(base::ErrorKind::kAnalysis, "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST",
                         fmt::format("The column {} of the table {} is of type \"{}\" and takes no \"{}\".",
                                     quoted, table, column.type->Sql(), value->type->Sql()),
                         {{"tableName", table},
                          {"colName", quoted},
                          {"srcType", fmt::format("\"{}\"", value->type->Sql())},
                          {"targetType", fmt::format("\"{}\"", column.type->Sql())}});
}

}  // namespace hearth::session::commands
