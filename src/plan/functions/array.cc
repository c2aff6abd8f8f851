// Arrays, and the access to items of arrays and maps. Rules are in array_checked.cc.
#include "plan/functions/array_checked.h"
#include "plan/functions/families.h"

namespace hearth::plan {
namespace {

TypePtr WithoutNulls(std::span<const ExpressionPtr> arguments, const ResolveContext&) {
  return DataType::Array(arguments[0]->type->element(), false);
}

}  // namespace

void AddArrayFunctions(FunctionTable& table) {
  table.Add({.name = "array", .resolve = ResolveArray});
  for (const char* name :
       {"array_contains", "array_position", "array_remove", "array_append", "array_prepend"}) {
    table.Add({.name = name, .resolve = ResolveArrayAndElement});
  }
  table.Add({.name = "array_insert", .resolve = ResolveArrayInsert});
  for (const char* name : {"array_union", "array_intersect", "array_except", "arrays_overlap"}) {
    table.Add({.name = name, .resolve = ResolveArrayPair});
  }
  table.Add({.name = "array_distinct", .slots = {Slot::kArray}, .result = TypeOf<0>});
  table.Add({.name = "array_compact", .slots = {Slot::kArray}, .result = WithoutNulls});
  table.Add({.name = "array_repeat", .slots = {Slot::kAny, Slot::kInteger}, .resolve = ResolveArrayRepeat});
  table.Add({.name = "array_join", .resolve = ResolveArrayJoin});
  table.Add({.name = "array_max", .resolve = ResolveArrayExtreme});
  table.Add({.name = "array_min", .resolve = ResolveArrayExtreme});
  table.Add({.name = "array_size", .slots = {Slot::kArray}, .result = Returns<&DataType::Integer>});
  table.Add({.name = "arrays_zip", .resolve = ResolveArraysZip});
  table.Add({.name = "flatten", .resolve = ResolveFlatten});
  table.Add({.name = "sequence", .resolve = ResolveSequence});
  table.Add({.name = "slice", .resolve = ResolveSlice});
  table.Add({.name = "sort_array", .resolve = ResolveSortArray});
  table.Add({.name = "shuffle", .resolve = ResolveShuffle, .deterministic = false});
  table.Add({.name = "size", .resolve = ResolveSize});
  table.AddAlias("cardinality", "size");
  table.Add({.name = "element_at", .resolve = ResolveElementAt});
  table.Add({.name = "try_element_at", .resolve = ResolveElementAt});
  table.Add({.name = "get", .resolve = ResolveArrayItem});
  table.Add({.name = "array_item", .resolve = ResolveArrayItem});
  table.Add({.name = "map_item", .resolve = ResolveMapItem});
}

}  // namespace hearth::plan
