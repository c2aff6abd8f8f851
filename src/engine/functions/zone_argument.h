// The session's time zone in kernels: lowering rules append its id as the last argument, binds resolve it
// once.
#pragma once

#include <string>

#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/row_kernels.h"
#include "engine/time_zone.h"

namespace hearth::engine {

struct BoundZone {
  std::string id;
  TimeZone zone;
  bool operator==(const BoundZone& other) const { return id == other.id; }
};

inline BoundZone ResolveZone(std::string id) {
  auto zone = FindTimeZone(id);
  if (!zone.ok()) ThrowSpark(*zone.error());
  return {std::move(id), *zone};
}

// A bind for functions whose last argument is a constant zone id.
inline duckdb::unique_ptr<duckdb::FunctionData> BindLastAsZone(
    duckdb::ClientContext& context, duckdb::ScalarFunction&,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  return Bind(ResolveZone(TextArgument(context, *arguments.back())));
}

// Kernel `kernel` with the session's zone behind the call's arguments.
inline base::Result<ParsedPtr> CallInZone(std::string kernel, LoweredCall call) {
  call.arguments.push_back(TextConstant(call.settings.time_zone));
  return CallWith(std::move(kernel), std::move(call.arguments));
}

// The zone of a text argument, kept while the text stays the same.
class ZoneCache {
 public:
  const TimeZone& For(std::string_view id) {
    if (!known_ || last_.id != id) last_ = ResolveZone(std::string(id));
    known_ = true;
    return last_.zone;
  }

 private:
  BoundZone last_;
  bool known_ = false;
};

}  // namespace hearth::engine
