#include "engine/functions/datetime_families.h"
#include "engine/functions/families.h"

namespace hearth::engine {

void AddDatetime(EngineFunctions& functions) {
  AddDatetimeFields(functions);
  AddDatetimeArithmetic(functions);
  AddDatetimeTruncation(functions);
  AddDatetimeFormats(functions);
  AddDatetimeMakers(functions);
}

}  // namespace hearth::engine
