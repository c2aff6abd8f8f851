#include "plan/functions/format_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plan/from_sql/from_sql.h"
#include "plan/functions/signature.h"

namespace hearth::plan {

base::Result<std::string> ReadFormatOptions(const Function& function, const Expressions& arguments,
                                            size_t index) {
  nlohmann::json options = nlohmann::json::object();
  if (index >= arguments.size()) return options.dump();
  const auto* call = arguments[index]->As<Call>();
  if (!call || call->function->name != "map") {
    return base::MakeError(
        base::ErrorKind::kAnalysis, "INVALID_OPTIONS.NON_MAP_FUNCTION",
        fmt::format("The options of {} must be a map() of constants.", function.registered_name));
  }
  for (size_t i = 0; i + 1 < call->arguments.size(); i += 2) {
    const auto key = LiteralText(*call->arguments[i]);
    const auto value = LiteralText(*call->arguments[i + 1]);
    if (!key || !value) {
      return base::MakeError(base::ErrorKind::kAnalysis, "INVALID_OPTIONS.NON_STRING_TYPE",
                             "Options must be strings.", {{"mapType", QuotedType(*arguments[index]->type)}});
    }
    auto name = *key;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    options[name] = *value;
  }
  return options.dump();
}

base::Result<TypePtr> ReadSchemaArgument(const Expression& argument) {
  if (const auto text = LiteralText(argument)) return ParseSchema(*text);
  return base::MakeError(base::ErrorKind::kAnalysis, "INVALID_SCHEMA.NON_STRING_LITERAL",
                         fmt::format("The schema \"{}\" is no constant string.", OutputName(argument)),
                         {{"inputSchema", Quoted(OutputName(argument))}});
}

base::Status CheckParseMode(const Function& function, const std::string& call_text,
                            const std::string& options) {
  const auto parsed = nlohmann::json::parse(options);
  if (!parsed.contains("mode")) return {};
  auto mode = parsed["mode"].get<std::string>();
  std::transform(mode.begin(), mode.end(), mode.begin(), [](unsigned char c) { return std::toupper(c); });
  if (mode != "DROPMALFORMED") return {};
  return base::MakeError(base::ErrorKind::kAnalysis, "PARSE_MODE_UNSUPPORTED",
                         fmt::format("{} has no mode {}.", call_text, mode),
                         {{"funcName", QuoteIdentifier(function.registered_name)}, {"mode", mode}});
}

}  // namespace hearth::plan
