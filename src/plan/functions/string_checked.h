// String functions whose arguments need more than slots.
#pragma once

#include "plan/functions/signature.h"

namespace hearth::plan {

ResolveFunction ResolveConcat;       // strings, binaries or arrays
ResolveFunction ResolveConcatWs;     // separator, then strings and arrays of strings
ResolveFunction ResolveContainment;  // contains, startswith, endswith: two strings or two binaries
ResolveFunction ResolveDecode;
ResolveFunction ResolveElt;
ResolveFunction ResolveFormatNumber;
ResolveFunction ResolveFormatString;
ResolveFunction ResolveInstr;
ResolveFunction ResolveLike;            // like, ilike: value, pattern[, escape]
ResolveFunction ResolveLikeQuantified;  // likeany and its kin: value, patterns
ResolveFunction ResolveMask;
ResolveFunction ResolveOverlay;
ResolveFunction ResolvePad;      // lpad, rpad
ResolveFunction ResolveReverse;  // strings, binaries, arrays
ResolveFunction ResolveToBinary;
ResolveFunction ResolveToChar;  // numbers; dates, timestamps and binaries become other functions
ResolveFunction ResolveToNumber;
ResolveFunction ResolveTrim;  // trim, ltrim, rtrim: (text) or (characters, text)

}  // namespace hearth::plan
