// What from_json, from_csv and their kin are told beside the value: options and a schema.
#pragma once

#include <string>

#include "plan/functions/registry.h"

namespace hearth::plan {

// map('mode', 'FAILFAST') at `index` as {"mode":"FAILFAST"}, names in lower case; {} when there is no such
// argument. Errors: INVALID_OPTIONS.*.
base::Result<std::string> ReadFormatOptions(const Function& function, const Expressions& arguments,
                                            size_t index);
// Errors: INVALID_SCHEMA.NON_STRING_LITERAL and those of the schema's text.
base::Result<TypePtr> ReadSchemaArgument(const Expression& argument);
// PARSE_MODE_UNSUPPORTED for DROPMALFORMED: there is no row to drop.
base::Status CheckParseMode(const Function& function, const std::string& call_text,
                            const std::string& options);

}  // namespace hearth::plan
