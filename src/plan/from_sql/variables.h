// `${name}` in SQL text (spark.sql.variable.substitute).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "plan/from_sql/from_sql.h"

namespace hearth::plan::from_sql {

// The text with each `${name}`, `${spark:name}`, `${sparkconf:name}`, `${hivevar:name}` and
// `${hiveconf:name}` replaced by what `options.variable` answers, inside values too; other prefixes stay as
// written. Errors: kIllegalArgument for a value that names itself, those of `options.variable`.
base::Result<std::string> SubstituteVariables(std::string_view text, const SqlOptions& options);

}  // namespace hearth::plan::from_sql
