// The place of an error in a statement, and the ways in which Spark shows it.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace hearth::front::connect {

struct StatementPlace {
  int line = 1;    // from 1
  int column = 0;  // characters from 0
};

// None when the text of the statement is not known.
std::optional<StatementPlace> FindPlace(const base::QueryContext& context);

// The statement with a line of dashes and three carets under the line of the place.
std::string MarkedText(const base::QueryContext& context, const StatementPlace& place);

// "== SQL (line 1, position 8) ==", then the lines that hold the fragment, each with carets under the
// fragment's part of it. Of the first and the last line at most 32 characters beside the fragment are shown.
std::string UnderlinedLine(const base::QueryContext& context, const StatementPlace& place);

}  // namespace hearth::front::connect
