#include "engine/functions/array_families.h"
#include "engine/functions/families.h"

namespace hearth::engine {

void AddArray(EngineFunctions& functions) {
  AddArraySearch(functions);
  AddArraySets(functions);
  AddArraySlices(functions);
  AddArrayItems(functions);
  AddArrayOrder(functions);
  AddSequence(functions);
}

}  // namespace hearth::engine
