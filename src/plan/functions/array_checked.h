// Array functions whose types follow from the arguments.
#pragma once

#include "plan/functions/signature.h"

namespace hearth::plan {

ResolveFunction ResolveArray;
ResolveFunction
    ResolveArrayAndElement;  // array_contains, array_position, array_remove, array_append, array_prepend
ResolveFunction ResolveArrayInsert;
ResolveFunction ResolveArrayPair;  // array_union, array_intersect, array_except, arrays_overlap
ResolveFunction ResolveArrayJoin;
ResolveFunction ResolveArrayRepeat;
ResolveFunction ResolveArrayExtreme;  // array_max, array_min
ResolveFunction ResolveArraysZip;
ResolveFunction ResolveFlatten;
ResolveFunction ResolveSequence;
ResolveFunction ResolveSlice;
ResolveFunction ResolveSortArray;
ResolveFunction ResolveShuffle;
ResolveFunction ResolveSize;
ResolveFunction ResolveElementAt;  // element_at, try_element_at
ResolveFunction ResolveArrayItem;  // array_item (a[i]) and get
ResolveFunction ResolveMapItem;    // m[k]

// An array type or the error that the argument at `index` is none.
base::Status RequireArray(const Function& function, const Expressions& arguments, size_t index);
// The same for functions that take an untyped NULL as an array.
base::Status TakeArray(const Function& function, Expressions& arguments, size_t index,
                       const ResolveContext& context);
base::Status RequireMap(const Function& function, const Expressions& arguments, size_t index);

}  // namespace hearth::plan
