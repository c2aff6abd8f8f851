// What the rows of several families share: result types, coercions with Spark's error, and builders of
// errors.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "plan/functions/mismatch.h"
#include "plan/functions/registry.h"
#include "plan/types/coercion.h"

namespace hearth::plan {

// The type of a resolve rule as a function, to declare several in a line.
using ResolveFunction = std::remove_pointer_t<ResolveRule>;

// ---- Result rules ----------------------------------------------------------------------------------------

// Returns<&DataType::Integer>
template <TypePtr (*Type)()>
TypePtr Returns(std::span<const ExpressionPtr>, const ResolveContext&) {
  return Type();
}
// The type of argument `Index`; char and varchar become string.
template <size_t Index>
TypePtr TypeOf(std::span<const ExpressionPtr> arguments, const ResolveContext&) {
  const auto& type = arguments[Index]->type;
  return type->Is(TypeKind::kChar) || type->Is(TypeKind::kVarchar) ? DataType::String() : type;
}
TypePtr ReturnsDayTimeInterval(std::span<const ExpressionPtr> arguments, const ResolveContext& context);
TypePtr ReturnsYearMonthInterval(std::span<const ExpressionPtr> arguments, const ResolveContext& context);
TypePtr ReturnsStringArray(std::span<const ExpressionPtr> arguments, const ResolveContext& context);

// ---- Looking at arguments --------------------------------------------------------------------------------

bool AnyNullable(std::span<const ExpressionPtr> arguments);
// The literal under implicit casts; null when the argument is anything else.
const Value* LiteralOf(const Expression& expression);
// The text of a literal string, nullopt for null and for everything else.
std::optional<std::string> LiteralText(const Expression& expression);
std::optional<int64_t> LiteralInteger(const Expression& expression);

// ---- Building --------------------------------------------------------------------------------------------

// The same call under the rules of ANSI off, nullable: the try_ form.
ExpressionPtr WithoutAnsi(const ExpressionPtr& expression);
// A call of another function of the table; the name must exist.
ExpressionPtr CallOf(std::string_view name, Expressions arguments, TypePtr type, bool nullable,
                     bool ansi = true);

// ---- Errors, beside those of mismatch.h
// --------------------------------------------------------------------

// "\"text\""
std::string Quoted(std::string_view text);
// DATATYPE_MISMATCH.<sub>, with sqlExpr filled in.
base::Error Mismatch(std::string_view sub, std::string message, const Function& function,
                     const Expressions& arguments, std::map<std::string, std::string> parameters);
// WRONG_NUM_ARGS.WITHOUT_SUGGESTION; `expected` as printed: "2", "[2, 3]", "> 1".
base::Error WrongArgumentCount(const Function& function, std::string expected, size_t actual);
// Checks minimum <= count <= maximum with that error.
base::Status CheckArgumentCount(const Function& function, const Expressions& arguments, size_t minimum,
                                size_t maximum);

// Coerces one argument in place to a slot or answers UnexpectedInput naming `required`.
base::Status CoerceArgument(const Function& function, Expressions& arguments, size_t index, Slot slot,
                            std::string required, const ResolveContext& context);

}  // namespace hearth::plan
