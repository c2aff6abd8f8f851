#include "plan/functions/string_checked.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "plan/functions/number_format.h"
#include "plan/functions/result_rules.h"
#include "plan/resolved/literal_text.h"
#include "plan/resolved/rewrite.h"

namespace hearth::plan {
namespace {

constexpr std::string_view kStringType = "\"STRING\"";
constexpr std::string_view kStringOrBinaryType = "(\"STRING\" or \"BINARY\")";

bool AllBinary(std::span<const ExpressionPtr> arguments) {
  return !arguments.empty() &&
         std::all_of(arguments.begin(), arguments.end(),
                     [](const ExpressionPtr& argument) { return argument->type->Is(TypeKind::kBinary); });
}

base::Status CoerceString(const Function& function, Expressions& arguments, size_t index,
                          const ResolveContext& context) {
  return CoerceArgument(function, arguments, index, Slot::kString, std::string(kStringType), context);
}

base::Status CoerceInteger(const Function& function, Expressions& arguments, size_t index,
                           const ResolveContext& context) {
  return CoerceArgument(function, arguments, index, Slot::kInteger, "\"INT\"", context);
}

// Null literals of a slot without implicit casts become nulls of `type`.
void GiveNullType(ExpressionPtr& argument, const TypePtr& type, const AnalysisSettings& settings) {
  if (argument->type->Is(TypeKind::kNull)) argument = CoerceTo(argument, type, settings);
}

TypePtr PlainString(const TypePtr& type) { return type->Is(TypeKind::kString) ? type : DataType::String(); }

}  // namespace

base::Result<ExpressionPtr> ResolveConcat(const Function& function, Expressions arguments, const CallShape&,
                                          const ResolveContext& context) {
  const auto is_array = [](const ExpressionPtr& argument) { return argument->type->Is(TypeKind::kArray); };
  TypePtr type = DataType::String();
  if (!arguments.empty() && std::all_of(arguments.begin(), arguments.end(), is_array)) {
    std::vector<TypePtr> types;
    for (const auto& argument : arguments) types.push_back(argument->type);
    auto common = FindCommonType(types, context.settings);
    if (!common) {
      return Mismatch(
          "DATA_DIFF_TYPES", "the arrays have no common type.", function, arguments,
          {{"functionName", QuoteIdentifier(function.registered_name)}, {"dataType", Quoted("ARRAY")}});
    }
    bool contains_null = false;
    for (const auto& one : types) contains_null |= one->contains_null();
    type = DataType::Array((*common)->element(), contains_null);
    for (auto& argument : arguments) argument = CoerceTo(argument, *common, context.settings);
  } else if (AllBinary(arguments)) {
    type = DataType::Binary();
  } else {
    for (auto& argument : arguments) {
      auto coerced = CoerceToSlot(argument, Slot::kString, context.settings);
      if (!coerced) {
        std::string types;
        for (const auto& one : arguments) types += (types.empty() ? "" : " or ") + Quoted(one->type->Sql());
        return Mismatch(
            "DATA_DIFF_TYPES", "the arguments have no common type.", function, arguments,
            {{"functionName", QuoteIdentifier(function.registered_name)}, {"dataType", "(" + types + ")"}});
      }
      argument = std::move(*coerced);
    }
    if (!arguments.empty()) type = PlainString(arguments[0]->type);
  }
  const bool nullable = AnyNullable(arguments);
  return MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveConcatWs(const Function& function, Expressions arguments, const CallShape&,
                                            const ResolveContext& context) {
  if (arguments.empty()) return WrongArgumentCount(function, "> 0", 0);
  HEARTH_RETURN_IF_ERROR(CoerceString(function, arguments, 0, context));
  for (size_t i = 1; i < arguments.size(); ++i) {
    const std::string required = "(\"ARRAY<STRING>\" or \"STRING\")";
    auto& argument = arguments[i];
    if (argument->type->Is(TypeKind::kArray)) {
      const auto& element = argument->type->element();
      if (element->IsNested()) return UnexpectedInput(function, arguments, i, required);
      argument = CoerceTo(argument, DataType::Array(DataType::String(), argument->type->contains_null()),
                          context.settings);
    } else {
      HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, i, Slot::kString, required, context));
    }
  }
  const bool nullable = arguments[0]->nullable;
  return MakeCall(&function, std::move(arguments), DataType::String(), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveContainment(const Function& function, Expressions arguments,
                                               const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 2));
  const bool binary = AllBinary(arguments);
  if (!binary) {
    HEARTH_RETURN_IF_ERROR(CoerceString(function, arguments, 0, context));
    HEARTH_RETURN_IF_ERROR(CoerceString(function, arguments, 1, context));
  }
  const bool nullable = binary || AnyNullable(arguments);
  return MakeCall(&function, std::move(arguments), DataType::Boolean(), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveDecode(const Function& function, Expressions arguments, const CallShape&,
                                          const ResolveContext& context) {
  if (arguments.size() < 2) return WrongArgumentCount(function, "> 1", arguments.size());
  const auto text = CallText(function, arguments);
  if (arguments.size() == 2) {
    return ResolveCall("decode_charset", std::move(arguments), context);
  }
  Expressions branches;
  for (size_t i = 1; i + 1 < arguments.size(); i += 2) {
    HEARTH_ASSIGN(auto equal, ResolveCall("<=>", {arguments[0], arguments[i]}, context));
    branches.push_back(std::move(equal));
    branches.push_back(arguments[i + 1]);
  }
  // Without a default it is a null string, which takes part in finding the type.
  branches.push_back(arguments.size() % 2 == 0 ? arguments.back() : NullLiteral(DataType::String()));
  HEARTH_ASSIGN(auto chosen, ResolveCall("when", std::move(branches), context));
  return WithDisplay(chosen, text);
}

base::Result<ExpressionPtr> ResolveElt(const Function& function, Expressions arguments, const CallShape&,
                                       const ResolveContext& context) {
  if (arguments.size() < 2) return WrongArgumentCount(function, "> 1", arguments.size());
  HEARTH_RETURN_IF_ERROR(CoerceInteger(function, arguments, 0, context));
  const bool binary = AllBinary(std::span(arguments).subspan(1));
  for (size_t i = 1; i < arguments.size() && !binary; ++i) {
    HEARTH_RETURN_IF_ERROR(
        CoerceArgument(function, arguments, i, Slot::kString, std::string(kStringOrBinaryType), context));
  }
  auto type = binary ? DataType::Binary() : DataType::String();
  return MakeCall(&function, std::move(arguments), std::move(type), true, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveFormatNumber(const Function& function, Expressions arguments,
                                                const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 2));
  GiveNullType(arguments[0], DataType::Double(), context.settings);
  GiveNullType(arguments[1], DataType::Integer(), context.settings);
  if (!arguments[0]->type->IsNumeric()) return UnexpectedInput(function, arguments, 0, "\"NUMERIC\"");
  if (!arguments[1]->type->Is(TypeKind::kInteger) && !arguments[1]->type->IsString()) {
    return UnexpectedInput(function, arguments, 1, "(\"INT\" or \"STRING\")");
  }
  return MakeCall(&function, std::move(arguments), DataType::String(), true, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveFormatString(const Function& function, Expressions arguments,
                                                const CallShape&, const ResolveContext& context) {
  if (arguments.empty()) return WrongArgumentCount(function, "> 0", 0);
  HEARTH_RETURN_IF_ERROR(CoerceString(function, arguments, 0, context));
  if (auto text = LiteralText(*arguments[0]); text && text->find("%0$") != std::string::npos) {
    return base::MakeError(
        base::ErrorKind::kAnalysis, "INVALID_PARAMETER_VALUE.ZERO_INDEX",
        "A format specifier counts its arguments from 1, not 0.",
        {{"parameter", "`strfmt`"}, {"functionName", QuoteIdentifier(function.registered_name)}});
  }
  const bool nullable = arguments[0]->nullable;
  return MakeCall(&function, std::move(arguments), DataType::String(), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveInstr(const Function& function, Expressions arguments, const CallShape&,
                                         const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 4));
  if (arguments.size() > 2) return ResolveCall("instr_from", std::move(arguments), context);
  HEARTH_RETURN_IF_ERROR(CoerceString(function, arguments, 0, context));
  HEARTH_RETURN_IF_ERROR(CoerceString(function, arguments, 1, context));
  const bool nullable = AnyNullable(arguments);
  return MakeCall(&function, std::move(arguments), DataType::Integer(), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveLike(const Function& function, Expressions arguments, const CallShape&,
                                        const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 3));
  HEARTH_RETURN_IF_ERROR(CoerceString(function, arguments, 0, context));
  HEARTH_RETURN_IF_ERROR(CoerceString(function, arguments, 1, context));
  std::string escape = "\\";
  if (arguments.size() == 3) {
    auto text = LiteralText(*arguments[2]);
    const auto is_start = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
    if (!text || std::count_if(text->begin(), text->end(), is_start) != 1) {
      const auto shown = fmt::format("'{}'", text.value_or(OutputName(*arguments[2])));
      return base::MakeError(base::ErrorKind::kParse, "INVALID_ESC",
                             fmt::format("The escape of LIKE must be one character, not {}.", shown),
                             {{"invalidEscape", shown}});
    }
    escape = *text;
    arguments.pop_back();
  }
  const bool nullable = AnyNullable(arguments);
  if (escape == "\\") {
    return MakeCall(&function, std::move(arguments), DataType::Boolean(), nullable, context.settings.ansi);
  }
  const auto left = OutputName(*arguments[0]);
  const auto right = OutputName(*arguments[1]);
  auto display = function.name == "like" ? fmt::format("{} LIKE {} ESCAPE '{}'", left, right, escape)
                                         : fmt::format("ilike({}, {})", left, right);
  arguments.push_back(StringLiteral(std::move(escape)));
  auto call = MakeCall(&function, std::move(arguments), DataType::Boolean(), nullable, context.settings.ansi);
  return WithDisplay(call, std::move(display));
}

// x LIKE a OR x LIKE b …, with NOT and AND by the function's name.
static base::Result<ExpressionPtr> LikeChain(const Function& function, const Expressions& arguments,
                                             const ResolveContext& context) {
  const bool negated = function.name.starts_with("not");
  const auto joint = function.name.ends_with("all") ? "and" : "or";
  ExpressionPtr chain;
  for (size_t i = 1; i < arguments.size(); ++i) {
    HEARTH_ASSIGN(auto like, ResolveCall("like", {arguments[0], arguments[i]}, context));
    if (negated) {
      HEARTH_ASSIGN(like, ResolveCall("not", {like}, context));
    }
    if (!chain) {
      chain = like;
      continue;
    }
    HEARTH_ASSIGN(chain, ResolveCall(joint, {chain, like}, context));
  }
  return chain;
}

base::Result<ExpressionPtr> ResolveLikeQuantified(const Function& function, Expressions arguments,
                                                  const CallShape&, const ResolveContext& context) {
  if (arguments.size() < 2) return WrongArgumentCount(function, "> 1", arguments.size());
  // Spark has one expression for constant strings alone; other patterns make a chain of LIKE.
  const bool plain = std::all_of(arguments.begin() + 1, arguments.end(), [](const ExpressionPtr& pattern) {
    return pattern->type->IsString() && IsFoldable(*pattern);
  });
  if (!plain) return LikeChain(function, arguments, context);
  HEARTH_RETURN_IF_ERROR(CoerceString(function, arguments, 0, context));
  auto display = fmt::format("{}({})", function.name, OutputName(*arguments[0]));
  auto call = MakeCall(&function, std::move(arguments), DataType::Boolean(), true, context.settings.ansi);
  return WithDisplay(call, std::move(display));
}

base::Result<ExpressionPtr> ResolveMask(const Function& function, Expressions arguments, const CallShape&,
                                        const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 5));
  const Expressions defaults = {StringLiteral("X"), StringLiteral("x"), StringLiteral("n"),
                                NullLiteral(DataType::String())};
  while (arguments.size() < 5) arguments.push_back(defaults[arguments.size() - 1]);
  for (size_t i = 0; i < arguments.size(); ++i) {
    HEARTH_RETURN_IF_ERROR(CoerceString(function, arguments, i, context));
    if (i == 0) continue;
    if (!IsFoldable(*arguments[i])) {
      return NotFoldable(CallText(function, arguments), function.parameters[i], *DataType::String(),
                         *arguments[i]);
    }
    const auto text = LiteralText(*arguments[i]);
    const auto is_start = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
    if (text && std::count_if(text->begin(), text->end(), is_start) != 1) {
      return Mismatch("INPUT_SIZE_NOT_ONE", fmt::format("{} must be one character.", function.parameters[i]),
                      function, arguments, {{"exprName", function.parameters[i]}});
    }
  }
  return MakeCall(&function, std::move(arguments), DataType::String(), true, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveOverlay(const Function& function, Expressions arguments, const CallShape&,
                                           const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 3, 4));
  if (arguments.size() == 3) arguments.push_back(IntegerLiteral(-1));
  for (size_t i : {2, 3}) HEARTH_RETURN_IF_ERROR(CoerceInteger(function, arguments, i, context));
  for (size_t i : {0, 1}) {
    HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, i, Slot::kStringOrBinary,
                                          std::string(kStringOrBinaryType), context));
  }
  if (arguments[0]->type->Is(TypeKind::kBinary) != arguments[1]->type->Is(TypeKind::kBinary)) {
    return Mismatch(
        "DATA_DIFF_TYPES", "a string and a binary do not mix.", function, arguments,
        {{"functionName", QuoteIdentifier(function.name)}, {"dataType", std::string(kStringOrBinaryType)}});
  }
  const bool nullable = AnyNullable(arguments);
  auto type =
      arguments[0]->type->Is(TypeKind::kBinary) ? DataType::Binary() : PlainString(arguments[0]->type);
  return MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolvePad(const Function& function, Expressions arguments, const CallShape&,
                                       const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 3));
  const bool text_is_binary = arguments[0]->type->Is(TypeKind::kBinary);
  if (arguments.size() == 2) {
    arguments.push_back(text_is_binary ? MakeLiteral(Value{std::string(1, '\0')}, DataType::Binary())
                                       : StringLiteral(" "));
  }
  const bool binary = text_is_binary && arguments[2]->type->Is(TypeKind::kBinary);
  HEARTH_RETURN_IF_ERROR(CoerceInteger(function, arguments, 1, context));
  for (size_t i : {0, 2}) {
    if (!binary) HEARTH_RETURN_IF_ERROR(CoerceString(function, arguments, i, context));
  }
  const bool nullable = AnyNullable(arguments);
  auto type = binary ? DataType::Binary() : PlainString(arguments[0]->type);
  return MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveReverse(const Function& function, Expressions arguments, const CallShape&,
                                           const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 1));
  if (!arguments[0]->type->Is(TypeKind::kArray)) {
    HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, 0, Slot::kStringOrBinary,
                                          "(\"STRING\" or \"BINARY\" or \"ARRAY\")", context));
  }
  const auto& argument = arguments[0];
  auto type = argument->type->IsString() ? PlainString(argument->type) : argument->type;
  const bool nullable = argument->nullable;
  return MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveToBinary(const Function& function, Expressions arguments, const CallShape&,
                                            const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 2));
  const auto text = CallText(function, arguments);
  for (size_t i = 0; i < arguments.size(); ++i) {
    HEARTH_RETURN_IF_ERROR(CoerceString(function, arguments, i, context));
  }
  const bool is_try = function.name == "try_to_binary";
  std::string format = "hex";
  if (arguments.size() == 2) {
    if (!IsFoldable(*arguments[1]))
      return NotFoldable(CallText(function, arguments), "fmt", *DataType::String(), *arguments[1]);
    const auto* literal = LiteralOf(*arguments[1]);
    if (literal && literal->IsNull()) return WithDisplay(NullLiteral(DataType::Binary()), text);
    format = LiteralText(*arguments[1]).value_or("");
    std::transform(format.begin(), format.end(), format.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    if (format != "hex" && format != "utf-8" && format != "utf8" && format != "base64") {
      if (is_try) return WithDisplay(NullLiteral(DataType::Binary()), text);
      return Mismatch("INVALID_ARG_VALUE", "the format is unknown.", function, arguments,
                      {{"inputName", "fmt"},
                       {"requireType", "case-insensitive \"STRING\""},
                       {"validValues", "'hex', 'utf-8', 'utf8', or 'base64'"},
                       {"inputValue", fmt::format("'{}'", LiteralText(*arguments[1]).value_or(""))}});
    }
    arguments.pop_back();
  }
  const bool nullable = is_try || format != "base64" || AnyNullable(arguments);
  arguments.push_back(StringLiteral(format == "utf8" ? "utf-8" : format));
  auto call = MakeCall(&function, std::move(arguments), DataType::Binary(), nullable, !is_try);
  return WithDisplay(call, text);
}

base::Result<ExpressionPtr> ResolveToChar(const Function& function, Expressions arguments, const CallShape&,
                                          const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 2));
  const auto& type = arguments[0]->type;
  if (type->IsDateTime()) return ResolveCall("date_format", std::move(arguments), context);
  if (type->Is(TypeKind::kBinary)) {
    if (!IsFoldable(*arguments[1]))
      return NotFoldable(CallText(function, arguments), "format", *DataType::String(), *arguments[1]);
    auto format = LiteralText(*arguments[1]);
    auto lower = format.value_or("");
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    // to_varchar keeps its name here, with the arguments of what it became.
    const auto named = [&](const ExpressionPtr& call, const Expressions& shown) {
      return function.registered_name == "to_varchar" ? WithDisplay(call, PlainCallText("to_varchar", shown))
                                                      : call;
    };
    if (lower == "base64" || lower == "hex") {
      HEARTH_ASSIGN(auto call, ResolveCall(lower, {arguments[0]}, context));
      return named(call, {arguments[0]});
    }
    if (lower == "utf-8") {
      HEARTH_ASSIGN(auto call, ResolveCall("decode", arguments, context));
      return named(call, arguments);
    }
    return base::MakeError(base::ErrorKind::kAnalysis, "INVALID_PARAMETER_VALUE.BINARY_FORMAT",
                           "The format of a binary must be 'base64', 'hex' or 'utf-8'.",
                           {{"functionName", QuoteIdentifier(function.registered_name)},
                            {"parameter", "`format`"},
                            {"invalidFormat", fmt::format("'{}'", format.value_or(""))}});
  }
  HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, 0, Slot::kDecimal, "\"DECIMAL\"", context));
  HEARTH_RETURN_IF_ERROR(CoerceString(function, arguments, 1, context));
  if (auto text = LiteralText(*arguments[1])) {
    HEARTH_RETURN_IF_ERROR(NumberFormat(*text).Check());
  }
  const bool nullable = AnyNullable(arguments);
  auto call = MakeCall(&function, arguments, DataType::String(), nullable, context.settings.ansi);
  return call;
}

base::Result<ExpressionPtr> ResolveToNumber(const Function& function, Expressions arguments, const CallShape&,
                                            const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 2));
  for (size_t i : {0, 1}) HEARTH_RETURN_IF_ERROR(CoerceString(function, arguments, i, context));
  if (!IsFoldable(*arguments[1]))
    return NotFoldable(CallText(function, arguments), "format", *DataType::String(), *arguments[1]);
  const bool is_try = function.name == "try_to_number";
  auto type = DataType::Decimal(10, 0);
  if (auto text = LiteralText(*arguments[1])) {
    const NumberFormat format(*text);
    HEARTH_RETURN_IF_ERROR(format.Check());
    if (format.precision() > DataType::kMaxPrecision) {
      return base::MakeError(base::ErrorKind::kAnalysis, "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
                             "The format has more digits than a decimal.",
                             {{"precision", std::to_string(format.precision())}, {"maxPrecision", "38"}});
    }
    type = DataType::Decimal(format.precision(), format.scale());
  }
  const bool nullable = is_try || AnyNullable(arguments);
  return MakeCall(&function, std::move(arguments), std::move(type), nullable, !is_try);
}

base::Result<ExpressionPtr> ResolveTrim(const Function& function, Expressions arguments, const CallShape&,
                                        const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 2));
  for (size_t i = 0; i < arguments.size(); ++i) {
    HEARTH_RETURN_IF_ERROR(CoerceString(function, arguments, i, context));
  }
  const bool nullable = AnyNullable(arguments);
  auto type = PlainString(arguments.back()->type);
  if (arguments.size() == 1) {
    return MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi);
  }
  const auto side = function.name == "trim" ? "BOTH" : function.name == "ltrim" ? "LEADING" : "TRAILING";
  auto display =
      fmt::format("TRIM({} {} FROM {})", side, OutputName(*arguments[0]), OutputName(*arguments[1]));
  std::swap(arguments[0], arguments[1]);  // the engine takes the text first
  auto call = MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi);
  return WithDisplay(call, std::move(display));
}

}  // namespace hearth::plan
