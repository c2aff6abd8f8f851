// Hashes and digests.
#include <algorithm>

#include "plan/functions/families.h"
#include "plan/functions/mismatch.h"
#include "plan/functions/result_rules.h"
#include "plan/types/coercion.h"

namespace hearth::plan {
namespace {

bool ContainsMap(const DataType& type) {
  if (type.Is(TypeKind::kMap)) return true;
  if (type.Is(TypeKind::kArray)) return ContainsMap(*type.element());
  if (!type.Is(TypeKind::kStruct)) return false;
  return std::any_of(type.fields().begin(), type.fields().end(),
                     [](const Field& field) { return ContainsMap(*field.type); });
}

base::Result<ExpressionPtr> ResolveHash(const Function& function, Expressions arguments,
                                        const CallShape& shape, const ResolveContext& context) {
  for (const auto& argument : arguments) {
    if (!ContainsMap(*argument->type)) continue;
    return MismatchError("HASH_MAP_TYPE", "maps have no hash.",
                         {{"sqlExpr", "\"" + CallText(function, arguments) + "\""},
                          {"functionName", QuoteIdentifier(function.name)}});
  }
  auto type = function.name == "hash" ? DataType::Integer() : DataType::Long();
  return BuildCall(function, std::move(arguments), std::move(type), false, shape, context);
}

void AddCiphers(FunctionTable& table) {
  const auto bytes = Slot::kBinary;
  const auto text = Slot::kString;
  const auto mode = StringLiteral("GCM");
  const auto padding = StringLiteral("DEFAULT");
  const auto nothing = StringLiteral("");
  table.Add({.name = "aes_encrypt",
             .slots = {bytes, bytes, text, text, bytes, bytes},
             .optional = 4,
             .result = &ReturnsBinary,
             .nulls = NullRule::kAlways,
             .defaults = {mode, padding, nothing, nothing}});
  for (const char* name : {"aes_decrypt", "try_aes_decrypt"}) {
    table.Add({.name = name,
               .slots = {bytes, bytes, text, text, bytes},
               .optional = 3,
               .result = &ReturnsBinary,
               .nulls = NullRule::kAlways,
               .defaults = {mode, padding, nothing}});
  }
  table.Add({.name = "hmac",
             .slots = {bytes, bytes, text},
             .optional = 1,
             .result = &ReturnsBinary,
             .nulls = NullRule::kAlways,
             .defaults = {StringLiteral("SHA-256")}});
}

}  // namespace

void AddHashFunctions(FunctionTable& table) {
  for (const char* name : {"hash", "xxhash64"}) {
    table.Add({.name = name, .slots = {Slot::kAny, Slot::kAny}, .variadic = true, .resolve = &ResolveHash});
  }
  for (const char* name : {"md5", "sha1"})
    table.Add({.name = name, .slots = {Slot::kBinary}, .result = &ReturnsString});
  table.AddAlias("sha", "sha1");
  table.Add({.name = "sha2",
             .slots = {Slot::kBinary, Slot::kInteger},
             .result = &ReturnsString,
             .nulls = NullRule::kAlways});
  table.Add({.name = "crc32", .slots = {Slot::kBinary}, .result = &ReturnsLong});
  AddCiphers(table);
}

}  // namespace hearth::plan
