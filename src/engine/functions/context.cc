// Functions about the query rather than about values.
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"

namespace hearth::engine {
namespace {

base::Result<ParsedPtr> LowerUuid(LoweredCall) {
  return CastTo(Call("gen_random_uuid"), duckdb::LogicalType::VARCHAR);
}

}  // namespace

void AddMisc(EngineFunctions& functions) { functions.AddRule("uuid", &LowerUuid); }

}  // namespace hearth::engine
