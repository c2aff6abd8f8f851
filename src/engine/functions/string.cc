#include "engine/functions/families.h"
#include "engine/functions/string_families.h"

namespace hearth::engine {

void AddString(EngineFunctions& functions) {
  AddStringSlices(functions);
  AddStringMeasures(functions);
  AddStringTexts(functions);
  AddStringJoins(functions);
  AddStringEncodings(functions);
  AddStringFormats(functions);
  AddLike(functions);
}

}  // namespace hearth::engine
