// Any bytes as SQL text: every entry point of the parser answers with a tree or an error, and returns. What
// it parses, it prints, and the print reads back to itself.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sql/parser.h"
#include "sql/printer.h"

namespace {

using hearth::sql::ParseStatement;

// Keeps what a failure needs to be understood.
void Check(bool holds, std::string_view text, const std::string& printed) {
  if (holds) return;
  std::fprintf(stderr, "the print does not read back to itself\n%.*s\n%s\n", static_cast<int>(text.size()),
               text.data(), printed.c_str());
  std::abort();
}

void PrintAndReadBack(std::string_view text) {
  const auto statement = ParseStatement(text);
  if (!statement.has_value()) return;
  const hearth::sql::Statement* innermost = statement->get();
  while (const auto* explain = hearth::sql::TryAs<hearth::sql::ExplainStatement>(innermost)) {
    innermost = explain->statement.get();
  }
  if (innermost->kind == hearth::sql::StatementKind::kUnsupported) return;  // known by name only
  const std::string printed = hearth::sql::ToSql(**statement);
  const auto again = ParseStatement(printed);
  // Parentheses of the print may go beyond the depth that the text kept within.
  if (!again.has_value() && again.error()->condition == "FAILED_TO_PARSE_TOO_COMPLEX") return;
  Check(again.has_value() && hearth::sql::ToSql(**again) == printed, text, printed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  PrintAndReadBack(text);
  for (const bool unusual : {false, true}) {
    const hearth::sql::ParserOptions options = {
        .reserved_keywords = unusual, .double_quoted_identifiers = unusual, .raw_string_literals = unusual};
    (void)hearth::sql::ParseStatement(text, options);
    (void)hearth::sql::ParseQuery(text, options);
    (void)hearth::sql::ParseExpression(text, options);
    (void)hearth::sql::ParseNamedExpression(text, options);
    (void)hearth::sql::ParseDataType(text, options);
    (void)hearth::sql::ParseTableSchema(text, options);
    (void)hearth::sql::ParseMultipartIdentifier(text, options);
  }
  return 0;
}
