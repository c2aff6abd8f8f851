// Functions of regular expressions. A constant pattern is compiled in bind; others once per chunk and
// pattern.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/list_writer.h"
#include "engine/functions/row_kernels.h"
#include "engine/regex/regex.h"
#include "engine/text/sql_text.h"
#include "engine/text/utf8.h"

namespace hearth::engine {

using duckdb::LogicalType;
using std::string_view;

namespace {

using RegexPointer = std::shared_ptr<const Regex>;
constexpr size_t kPatternsPerChunk = 64;

// Null when the pattern is not constant, or wrong: then the kernel meets it (and its error) row by row.
duckdb::unique_ptr<duckdb::FunctionData> BindPattern(
    duckdb::ClientContext& context, duckdb::ScalarFunction&,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  if (!IsConstantArgument(*arguments[1])) return Bind(RegexPointer());
  const auto pattern = ConstantArgument(context, *arguments[1]);
  if (pattern.IsNull()) return Bind(RegexPointer());
  auto compiled = Regex::Compile(duckdb::StringValue::Get(pattern));
  return Bind(compiled.ok() ? *compiled : RegexPointer());
}

[[noreturn]] void ThrowWrongPattern(const char* function, string_view pattern, const base::Error& error) {
  if (error.kind == base::ErrorKind::kUnsupported || std::string_view(function) == "split") ThrowSpark(error);
  ThrowSpark(base::ErrorKind::kRuntime, "INVALID_PARAMETER_VALUE.PATTERN", error.message,
             {{"parameter", "`regexp`"},
              {"functionName", std::string("`") + function + "`"},
              {"value", SqlLiteralText(pattern)}});
}

// The matchers of one kernel call, by pattern.
class Matchers {
 public:
  Matchers(duckdb::ExpressionState& state, const char* function) : function_(function) {
    if (const auto& bound = Bound<RegexPointer>(state)) constant_ = std::make_unique<RegexMatcher>(bound);
  }
  RegexMatcher& For(string_view pattern) {
    if (constant_) return *constant_;
    if (const auto known = matchers_.find(pattern); known != matchers_.end()) return *known->second;
    auto compiled = Regex::Compile(pattern);
    if (!compiled.ok()) ThrowWrongPattern(function_, pattern, *compiled.error());
    if (matchers_.size() >= kPatternsPerChunk) matchers_.clear();
    auto matcher = std::make_unique<RegexMatcher>(*compiled);
    return *matchers_.emplace(std::string(pattern), std::move(matcher)).first->second;
  }

 private:
  const char* function_;
  std::unique_ptr<RegexMatcher> constant_;
  std::map<std::string, std::unique_ptr<RegexMatcher>, std::less<>> matchers_;
};

uint32_t CheckGroup(const char* function, int32_t index, const Regex& regex) {
  if (index >= 0 && static_cast<uint32_t>(index) <= regex.group_count()) return static_cast<uint32_t>(index);
  ThrowSpark(base::ErrorKind::kRuntime, "INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX",
             "The group " + std::to_string(index) + " is none of the pattern's.",
             {{"parameter", "`idx`"},
              {"functionName", std::string("`") + function + "`"},
              {"groupCount", std::to_string(regex.group_count())},
              {"groupIndex", std::to_string(index)}});
}

void RlikeKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  Matchers matchers(state, "rlike");
  MapRows<bool, string_view, string_view>(arguments, result, [&](string_view text, string_view pattern) {
    auto& matcher = matchers.For(pattern);
    matcher.Reset(text);
    return matcher.Find();
  });
}

void ExtractKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  Matchers matchers(state, "regexp_extract");
  MapViews<string_view, string_view, int32_t>(
      arguments, result, [&](string_view text, string_view pattern, int32_t index) -> string_view {
        auto& matcher = matchers.For(pattern);
        matcher.Reset(text);
        if (!matcher.Find()) return {};
        return matcher.Group(CheckGroup("regexp_extract", index, matcher.regex()));
      });
}

void ExtractAllKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  Matchers matchers(state, "regexp_extract_all");
  TextListWriter lists(result);
  EachRow<string_view, string_view, int32_t>(
      arguments, result, [&](duckdb::idx_t row, string_view text, string_view pattern, int32_t index) {
        auto& matcher = matchers.For(pattern);
        matcher.Reset(text);
        lists.Begin(row);
        while (matcher.Find())
          lists.Add(matcher.Group(CheckGroup("regexp_extract_all", index, matcher.regex())));
        lists.End(row);
      });
  lists.Finish();
}

void CountKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  Matchers matchers(state, "regexp_count");
  MapRows<int32_t, string_view, string_view>(arguments, result, [&](string_view text, string_view pattern) {
    auto& matcher = matchers.For(pattern);
    matcher.Reset(text);
    int32_t count = 0;
    while (matcher.Find()) ++count;
    return count;
  });
}

void InstrKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  Matchers matchers(state, "regexp_instr");
  MapRows<int32_t, string_view, string_view, int32_t>(
      arguments, result, [&](string_view text, string_view pattern, int32_t) {
        auto& matcher = matchers.For(pattern);
        matcher.Reset(text);
        return matcher.Find() ? static_cast<int32_t>(CountCharacters(text.substr(0, matcher.start()))) + 1
                              : 0;
      });
}

void SubstrKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  Matchers matchers(state, "regexp_substr");
  MapViews<string_view, string_view>(
      arguments, result, [&](string_view text, string_view pattern) -> std::optional<string_view> {
        auto& matcher = matchers.For(pattern);
        matcher.Reset(text);
        if (!matcher.Find() || matcher.end() == matcher.start()) return std::nullopt;
        return matcher.Group(0);
      });
}

// The replacement read for the matcher at hand; kept while pattern and text stay the same.
class Replacements {
 public:
  const RegexReplacement& For(const RegexMatcher& matcher, string_view source, string_view text,
                              int32_t position) {
    if (known_ && regex_ == &matcher.regex() && text_ == text) return *known_;
    auto parsed = RegexReplacement::Parse(text, matcher.regex());
    if (!parsed.ok()) {
      ThrowSpark(base::ErrorKind::kRuntime, "INVALID_REGEXP_REPLACE", parsed.error()->message,
                 {{"source", std::string(source)},
                  {"pattern", matcher.regex().pattern()},
                  {"replacement", std::string(text)},
                  {"position", std::to_string(position)}});
    }
    known_ = std::move(*parsed);
    regex_ = &matcher.regex();
    text_ = text;
    return *known_;
  }

 private:
  std::optional<RegexReplacement> known_;
  const Regex* regex_ = nullptr;
  std::string text_;
};

// Everything from character `position` (from 1) on is the subject: anchors and lookbehinds see nothing before
// it.
void ReplaceKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  Matchers matchers(state, "regexp_replace");
  Replacements replacements;
  MapTexts<string_view, string_view, string_view, int32_t>(
      arguments, result,
      [&](std::string& out, string_view text, string_view pattern, string_view replacement,
          int32_t position) {
        const size_t start = ByteOfCharacter(text, position - 1);
        if (position > 1 && start >= text.size()) {
          out.append(text);
          return;
        }
        out.append(text.substr(0, start));
        const auto subject = text.substr(start);
        auto& matcher = matchers.For(pattern);
        matcher.Reset(subject);
        size_t copied = 0;
        while (matcher.Find()) {
          out.append(subject.substr(copied, matcher.start() - copied));
          replacements.For(matcher, text, replacement, position).Append(matcher, &out);
          copied = matcher.end();
        }
        out.append(subject.substr(copied));
      });
}

void SplitCharacters(string_view text, int32_t limit, TextListWriter& lists) {
  for (size_t i = 0; i < text.size();) {
    const bool is_last = limit > 0 && --limit == 0;
    const size_t end = is_last ? text.size() : NextCharacter(text, i);
    lists.Add(text.substr(i, end - i));
    i = end;
  }
}

// The pieces between matches, at most `limit` when it is positive. An empty match at the very start splits
// nothing off.
void SplitKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  Matchers matchers(state, "split");
  TextListWriter lists(result);
  EachRow<string_view, string_view, int32_t>(
      arguments, result, [&](duckdb::idx_t row, string_view text, string_view pattern, int32_t limit) {
        lists.Begin(row);
        if (pattern.empty() && !text.empty()) {
          SplitCharacters(text, limit, lists);
          lists.End(row);
          return;
        }
        auto& matcher = matchers.For(pattern);
        matcher.Reset(text);
        size_t copied = 0;
        int32_t pieces = 1;
        while ((limit <= 0 || pieces < limit) && matcher.Find()) {
          if (matcher.end() == 0 || (text.empty() && matcher.end() == matcher.start())) continue;
          lists.Add(text.substr(copied, matcher.start() - copied));
          copied = matcher.end();
          ++pieces;
        }
        lists.Add(text.substr(copied));
        lists.End(row);
      });
  lists.Finish();
}

// A pattern that is but text can use DuckDB's substring search.
bool IsPlainText(string_view pattern) {
  return !pattern.empty() && std::all_of(pattern.begin(), pattern.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == ' ' || c == '_' || c == '-' || c == '/' ||
           c == ':' || c == ',' || c == '@' || c == '=' || c == '%' || c == ';';
  });
}

base::Result<ParsedPtr> LowerRlike(LoweredCall call) {
  if (const auto* pattern = call.literal(1); pattern && !pattern->IsNull()) {
    const auto& text = std::get<std::string>(pattern->data);
    if (IsPlainText(text)) return Call("contains", std::move(call.arguments[0]), TextConstant(text));
  }
  return CallWith("spark_rlike", std::move(call.arguments));
}

}  // namespace

void AddRegexp(EngineFunctions& functions) {
  const auto text = LogicalType::VARCHAR;
  const auto number = LogicalType::INTEGER;
  const auto texts = LogicalType::LIST(LogicalType::VARCHAR);
  const KernelFlags flags{.fallible = true, .bind = BindPattern};
  functions.AddRule("rlike", LowerRlike);
  functions.AddScalar(Kernel("spark_rlike", {text, text}, LogicalType::BOOLEAN, RlikeKernel, flags));
  functions.AddScalar(Kernel("spark_regexp_extract", {text, text, number}, text, ExtractKernel, flags));
  functions.AddScalar(
      Kernel("spark_regexp_extract_all", {text, text, number}, texts, ExtractAllKernel, flags));
  functions.AddScalar(Kernel("spark_regexp_count", {text, text}, number, CountKernel, flags));
  functions.AddScalar(Kernel("spark_regexp_instr", {text, text, number}, number, InstrKernel, flags));
  functions.AddScalar(Kernel("spark_regexp_substr", {text, text}, text, SubstrKernel, flags));
  functions.AddScalar(Kernel("spark_regexp_replace", {text, text, text, number}, text, ReplaceKernel, flags));
  functions.AddScalar(Kernel("spark_split", {text, text, number}, texts, SplitKernel, flags));
}

}  // namespace hearth::engine
