// Any bytes as SQL text: every entry point of the parser answers with a tree or an error, and returns.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sql/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
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
