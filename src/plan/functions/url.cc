// URLs.
#include "plan/functions/families.h"
#include "plan/functions/signature.h"

namespace hearth::plan {
namespace {

base::Result<ExpressionPtr> ResolveTry(const Function& function, Expressions arguments,
                                       const CallShape& shape, const ResolveContext& context) {
  HEARTH_ASSIGN(auto call, ResolveBySlots(function, std::move(arguments), shape, context));
  return WithoutAnsi(call);
}

}  // namespace

void AddUrlFunctions(FunctionTable& table) {
  // The try_ forms are the same rows resolved without ANSI: the kernel then gives null instead of an error.
  constexpr std::pair<const char*, ResolveRule> kParse[] = {{"parse_url", nullptr},
                                                            {"try_parse_url", ResolveTry}};
  for (const auto& [name, resolve] : kParse) {
    table.Add({.name = "parse_url",
               .slots = {Slot::kString, Slot::kString, Slot::kString},
               .optional = 1,
               .result = Returns<&DataType::String>,
               .nulls = NullRule::kAlways,
               .resolve = resolve,
               .display_name = name,
               .registered_name = name});
  }
  table.Add({.name = "url_encode",
             .slots = {Slot::kString},
             .result = Returns<&DataType::String>,
             .nulls = NullRule::kAlways});
  for (const char* name : {"url_decode", "try_url_decode"}) {
    table.Add({.name = name,
               .slots = {Slot::kString},
               .result = Returns<&DataType::String>,
               .nulls = NullRule::kAlways});
  }
}

}  // namespace hearth::plan
