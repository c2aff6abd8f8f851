// LIKE, ILIKE and their quantified forms. A constant pattern without escaped wildcards becomes DuckDB's own
// LIKE, which its optimizer turns into prefixes, suffixes and searches; the rest goes to a kernel.
#include <optional>
#include <vector>

#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/row_kernels.h"
#include "engine/functions/string_families.h"
#include "engine/text/sql_text.h"
#include "engine/text/utf8.h"

namespace hearth::engine {

using duckdb::LogicalType;
using std::string_view;

namespace {

class LikePattern {
 public:
  // INVALID_FORMAT.ESC_AT_THE_END and ESC_IN_THE_MIDDLE: an escape stands before %, _ or itself alone.
  static base::Result<LikePattern> Parse(string_view pattern, string_view escape) {
    LikePattern result;
    for (size_t i = 0; i < pattern.size();) {
      const auto character = pattern.substr(i, NextCharacter(pattern, i) - i);
      i += character.size();
      if (character == escape) {
        if (i == pattern.size()) return Invalid("ESC_AT_THE_END", pattern, {});
        const auto escaped = pattern.substr(i, NextCharacter(pattern, i) - i);
        if (escaped != "%" && escaped != "_" && escaped != escape)
          return Invalid("ESC_IN_THE_MIDDLE", pattern, escaped);
        i += escaped.size();
        result.has_escaped_wildcard_ |= escaped == "%" || escaped == "_";
        result.AddLiteral(escaped);
      } else if (character == "%") {
        if (result.tokens_.empty() || result.tokens_.back().kind != Kind::kAny)
          result.tokens_.push_back({Kind::kAny, {}});
      } else if (character == "_") {
        result.tokens_.push_back({Kind::kOne, {}});
      } else {
        result.AddLiteral(character);
      }
    }
    return result;
  }

  // The pattern for a LIKE without escapes; nullopt when a wildcard must be taken literally.
  std::optional<std::string> Plain() const {
    if (has_escaped_wildcard_) return std::nullopt;
    std::string plain;
    for (const auto& token : tokens_)
      plain += token.kind == Kind::kAny ? "%" : token.kind == Kind::kOne ? "_" : token.text;
    return plain;
  }

  bool Matches(string_view text) const {
    size_t token = 0;
    size_t position = 0;
    size_t any = string_view::npos;  // the last % passed, and where its match may end
    size_t any_end = 0;
    for (;;) {
      if (token == tokens_.size()) {
        if (position == text.size()) return true;
      } else if (tokens_[token].kind == Kind::kAny) {
        any = token++;
        any_end = position;
        continue;
      } else if (tokens_[token].kind == Kind::kOne) {
        if (position < text.size()) {
          position = NextCharacter(text, position);
          ++token;
          continue;
        }
      } else if (text.substr(position).starts_with(tokens_[token].text)) {
        position += tokens_[token].text.size();
        ++token;
        continue;
      }
      if (any == string_view::npos || any_end >= text.size()) return false;
      any_end = NextCharacter(text, any_end);
      if (any + 1 < tokens_.size() && tokens_[any + 1].kind == Kind::kLiteral) {
        any_end = text.find(tokens_[any + 1].text, any_end);
        if (any_end == string_view::npos) return false;
      }
      position = any_end;
      token = any + 1;
    }
  }

  bool operator==(const LikePattern&) const = default;

 private:
  enum class Kind : uint8_t { kLiteral, kOne, kAny };
  struct Token {
    Kind kind;
    std::string text;
    bool operator==(const Token&) const = default;
  };

  static base::Error Invalid(const char* condition, string_view pattern, string_view escaped) {
    std::map<std::string, std::string> parameters = {{"format", SqlLiteralText(pattern)}};
    if (!escaped.empty()) parameters.emplace("char", SqlLiteralText(escaped));
    return base::MakeError(
        base::ErrorKind::kAnalysis, std::string("INVALID_FORMAT.") + condition,
        "The escape in the LIKE pattern " + SqlLiteralText(pattern) + " stands in a wrong place.",
        std::move(parameters));
  }
  void AddLiteral(string_view character) {
    if (tokens_.empty() || tokens_.back().kind != Kind::kLiteral) tokens_.push_back({Kind::kLiteral, {}});
    tokens_.back().text.append(character);
  }

  std::vector<Token> tokens_;
  bool has_escaped_wildcard_ = false;
};

LikePattern ParseOrThrow(string_view pattern, string_view escape) {
  auto parsed = LikePattern::Parse(pattern, escape);
  if (!parsed.ok()) ThrowSpark(*parsed.error());
  return std::move(*parsed);
}

// spark_like(text, pattern, escape): the last pattern is kept, so a constant one is read once per chunk.
void LikeKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  std::string last_pattern;
  std::optional<LikePattern> last;
  auto* data = reinterpret_cast<bool*>(duckdb::FlatVector::GetData(result));
  EachRow<string_view, string_view, string_view>(
      arguments, result, [&](duckdb::idx_t row, string_view text, string_view pattern, string_view escape) {
        if (!last || last_pattern != pattern) {
          last = ParseOrThrow(pattern, escape);
          last_pattern = pattern;
        }
        data[row] = last->Matches(text);
      });
}

ParsedPtr Lowered(ParsedPtr text, bool ignore_case) {
  return ignore_case ? Call("spark_lower", std::move(text)) : std::move(text);
}

// text LIKE pattern; `literal` is the pattern when it is constant.
base::Result<ParsedPtr> MakeLike(ParsedPtr text, ParsedPtr pattern, const plan::Value* literal,
                                 string_view escape, bool ignore_case) {
  text = Lowered(std::move(text), ignore_case);
  if (literal && literal->IsNull()) return NullOf(LogicalType::BOOLEAN);
  if (literal) {
    std::string constant = std::get<std::string>(literal->data);
    if (ignore_case) {
      std::string lower;
      AppendLower(constant, &lower);
      constant = std::move(lower);
    }
    HEARTH_ASSIGN(auto parsed, LikePattern::Parse(constant, escape));
    if (const auto plain = parsed.Plain()) return Call("~~", std::move(text), TextConstant(*plain));
    return Call("spark_like", std::move(text), TextConstant(constant), TextConstant(escape));
  }
  return Call("spark_like", std::move(text), Lowered(std::move(pattern), ignore_case), TextConstant(escape));
}

base::Result<ParsedPtr> LowerLike(LoweredCall call) {
  std::string escape = "\\";
  if (const auto* value = call.literal(2)) escape = std::get<std::string>(value->data);
  return MakeLike(std::move(call.arguments[0]), std::move(call.arguments[1]), call.literal(1), escape,
                  call.name() == "ilike");
}

// likeany, likeall, notlikeany, notlikeall: (text, patterns…), every pattern a constant.
base::Result<ParsedPtr> LowerQuantified(LoweredCall call) {
  const bool negated = call.name().starts_with("not");
  ParsedExpressions parts;
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    HEARTH_ASSIGN(auto like, MakeLike(Copy(call.arguments[0]), std::move(call.arguments[i]), call.literal(i),
                                      "\\", false));
    parts.push_back(negated ? Not(std::move(like)) : std::move(like));
  }
  return call.name().ends_with("all") ? And(std::move(parts)) : Or(std::move(parts));
}

}  // namespace

void AddLike(EngineFunctions& functions) {
  const auto text = LogicalType::VARCHAR;
  functions.AddRule("like", LowerLike);
  functions.AddRule("ilike", LowerLike);
  for (const char* name : {"likeany", "likeall", "notlikeany", "notlikeall"})
    functions.AddRule(name, LowerQuantified);
  functions.AddScalar(
      Kernel("spark_like", {text, text, text}, LogicalType::BOOLEAN, LikeKernel, {.fallible = true}));
}

}  // namespace hearth::engine
