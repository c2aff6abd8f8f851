// Which values a table column takes, by spark.sql.storeAssignmentPolicy; private to session/commands.
#pragma once

#include <string>

#include "base/result.h"
#include "plan/resolved/tree.h"
#include "session/session.h"

namespace hearth::session::commands {

// The value as one of the column's type. Error: INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST.
base::Result<plan::ExpressionPtr> StoreAssignment(Session& session, const plan::ExpressionPtr& value,
                                                  const plan::Field& column, const std::string& table);

// The rule of the policy ANSI: no text into numbers or dates, no numbers into dates.
bool CanAssign(const plan::DataType& from, const plan::DataType& to);

}  // namespace hearth::session::commands
