// Strings and binaries. Regular expressions are in regexp.cc; functions with checks of their own in
// string_checked.cc.
#include "plan/functions/families.h"
#include "plan/functions/signature.h"
#include "plan/functions/string_checked.h"

namespace hearth::plan {
namespace {

constexpr ResultRule kBoolean = Returns<&DataType::Boolean>;
constexpr ResultRule kInteger = Returns<&DataType::Integer>;
constexpr ResultRule kString = Returns<&DataType::String>;
constexpr ResultRule kBinary = Returns<&DataType::Binary>;

// Functions of strings that give the type of their first argument.
void AddSameType(FunctionTable& table) {
  table.Add({.name = "upper", .slots = {Slot::kString}, .result = TypeOf<0>});
  table.Add({.name = "lower", .slots = {Slot::kString}, .result = TypeOf<0>});
  table.AddAlias("ucase", "upper");
  table.AddAlias("lcase", "lower");
  table.Add({.name = "initcap", .slots = {Slot::kString}, .result = TypeOf<0>});
  table.Add({.name = "repeat", .slots = {Slot::kString, Slot::kInteger}, .result = TypeOf<0>});
  table.Add({.name = "replace",
             .slots = {Slot::kString, Slot::kString, Slot::kString},
             .optional = 1,
             .result = TypeOf<0>,
             .defaults = {StringLiteral("")}});
  table.Add(
      {.name = "translate", .slots = {Slot::kString, Slot::kString, Slot::kString}, .result = TypeOf<0>});
  table.Add({.name = "substring",
             .slots = {Slot::kStringOrBinary, Slot::kInteger, Slot::kInteger},
             .optional = 1,
             .result = TypeOf<0>,
             .defaults = {IntegerLiteral(2147483647)}});
  table.AddAlias("substr", "substring");
  table.Add({.name = "left", .slots = {Slot::kStringOrBinary, Slot::kInteger}, .result = TypeOf<0>});
  table.Add({.name = "right",
             .slots = {Slot::kString, Slot::kInteger},
             .result = TypeOf<0>,
             .nulls = NullRule::kAlways});
  table.Add({.name = "substring_index",
             .slots = {Slot::kString, Slot::kString, Slot::kInteger},
             .result = TypeOf<0>});
  table.Add({.name = "split_part",
             .slots = {Slot::kString, Slot::kString, Slot::kInteger},
             .result = TypeOf<0>,
             .nulls = NullRule::kAlways});
  table.Add({.name = "btrim", .slots = {Slot::kString, Slot::kString}, .optional = 1, .result = TypeOf<0>});
  table.Add({.name = "trim", .resolve = ResolveTrim});
  table.Add({.name = "ltrim", .resolve = ResolveTrim});
  table.Add({.name = "rtrim", .resolve = ResolveTrim});
  table.Add({.name = "lpad", .resolve = ResolvePad, .parameters = {"str", "len", "pad"}});
  table.Add({.name = "rpad", .resolve = ResolvePad, .parameters = {"str", "len", "pad"}});
  table.Add({.name = "overlay", .resolve = ResolveOverlay});
  table.Add({.name = "concat", .resolve = ResolveConcat});
  table.Add({.name = "concat_ws", .resolve = ResolveConcatWs});
  table.Add({.name = "elt", .resolve = ResolveElt});
  table.Add({.name = "reverse", .resolve = ResolveReverse});
  table.Add({.name = "mask",
             .resolve = ResolveMask,
             .parameters = {"str", "upperChar", "lowerChar", "digitChar", "otherChar"}});
}

void AddMeasures(FunctionTable& table) {
  for (const char* name : {"length", "bit_length", "octet_length"}) {
    table.Add({.name = name, .slots = {Slot::kStringOrBinary}, .result = kInteger});
  }
  for (const char* alias : {"len", "char_length", "character_length"}) table.AddAlias(alias, "length");
  table.Add({.name = "ascii", .slots = {Slot::kString}, .result = kInteger});
  table.Add({.name = "locate",
             .slots = {Slot::kString, Slot::kString, Slot::kInteger},
             .optional = 1,
             .result = kInteger,
             .defaults = {IntegerLiteral(1)}});
  table.AddAlias("position", "locate");
  table.Add({.name = "instr", .resolve = ResolveInstr});
  table.Add({.name = "instr_from",
             .slots = {Slot::kString, Slot::kString, Slot::kInteger, Slot::kInteger},
             .optional = 1,
             .result = kInteger,
             .defaults = {IntegerLiteral(1)},
             .display_name = "instr"});
  table.Add({.name = "find_in_set", .slots = {Slot::kString, Slot::kString}, .result = kInteger});
  table.Add({.name = "levenshtein",
             .slots = {Slot::kString, Slot::kString, Slot::kInteger},
             .optional = 1,
             .result = kInteger});
  table.Add({.name = "jaro_winkler_similarity",
             .slots = {Slot::kString, Slot::kString},
             .result = Returns<&DataType::Double>,
             .nulls = NullRule::kAlways});
  table.Add({.name = "contains", .resolve = ResolveContainment});
  table.Add({.name = "startswith", .resolve = ResolveContainment});
  table.Add({.name = "endswith", .resolve = ResolveContainment});
  table.Add({.name = "luhn_check", .slots = {Slot::kString}, .result = kBoolean, .nulls = NullRule::kAlways});
  table.Add({.name = "sentences",
             .slots = {Slot::kString, Slot::kString, Slot::kString},
             .optional = 2,
             .result =
                 [](std::span<const ExpressionPtr>, const ResolveContext&) {
                   return DataType::Array(DataType::Array(DataType::String(), false), false);
                 },
             .nulls = NullRule::kAlways,
             .defaults = {StringLiteral(""), StringLiteral("")}});
}

void AddTexts(FunctionTable& table) {
  table.Add({.name = "soundex", .slots = {Slot::kString}, .result = kString});
  table.Add({.name = "space", .slots = {Slot::kInteger}, .result = kString});
  table.Add({.name = "chr", .slots = {Slot::kLong}, .result = kString});
  table.AddAlias("char", "chr");
  table.Add({.name = "quote", .slots = {Slot::kString}, .result = kString, .nulls = NullRule::kAlways});
  table.Add({.name = "base64", .slots = {Slot::kBinary}, .result = kString});
  table.Add({.name = "unbase64", .slots = {Slot::kString}, .result = kBinary});
  table.Add({.name = "to_base32", .slots = {Slot::kBinary}, .result = kString});
  table.Add({.name = "from_base32", .slots = {Slot::kString}, .result = kBinary});
  table.Add({.name = "encode",
             .slots = {Slot::kString, Slot::kString},
             .result = kBinary,
             .nulls = NullRule::kAlways});
  table.Add({.name = "decode", .resolve = ResolveDecode});
  // decode(bytes, charset); the form with more arguments is a CASE.
  table.Add({.name = "decode_charset",
             .slots = {Slot::kBinary, Slot::kString},
             .result = kString,
             .nulls = NullRule::kAlways,
             .display_name = "decode"});
  table.Add({.name = "to_binary", .resolve = ResolveToBinary});
  table.Add({.name = "try_to_binary", .resolve = ResolveToBinary});
  table.Add({.name = "format_number", .resolve = ResolveFormatNumber});
  table.Add({.name = "format_string", .resolve = ResolveFormatString});
  table.AddAlias("printf", "format_string");
  table.Add({.name = "to_char", .resolve = ResolveToChar});
  table.Add({.name = "to_char", .resolve = ResolveToChar, .registered_name = "to_varchar"});
  table.Add({.name = "to_number", .resolve = ResolveToNumber});
  table.Add({.name = "try_to_number", .resolve = ResolveToNumber});
  table.Add(
      {.name = "is_valid_utf8", .slots = {Slot::kString}, .result = kBoolean, .nulls = NullRule::kAlways});
  for (const char* name : {"make_valid_utf8", "validate_utf8", "try_validate_utf8"}) {
    table.Add({.name = name, .slots = {Slot::kString}, .result = TypeOf<0>, .nulls = NullRule::kAlways});
  }
}

void AddPatterns(FunctionTable& table) {
  table.Add({.name = "like", .resolve = ResolveLike});
  table.Add({.name = "ilike", .resolve = ResolveLike});
  // x LIKE ANY (…) and its kin: the value, then the patterns.
  for (const char* name : {"likeany", "likeall", "notlikeany", "notlikeall"}) {
    table.Add({.name = name, .resolve = ResolveLikeQuantified});
  }
}

}  // namespace

void AddStringFunctions(FunctionTable& table) {
  AddSameType(table);
  AddMeasures(table);
  AddTexts(table);
  AddPatterns(table);
}

}  // namespace hearth::plan
