// Case, replacement and rewriting of characters.
#include <array>
#include <utf8proc.hpp>
#include <utility>
#include <vector>

#include "engine/errors.h"
#include "engine/functions/row_kernels.h"
#include "engine/functions/string_families.h"
#include "engine/text/utf8.h"

namespace hearth::engine {

using duckdb::LogicalType;
using std::string_view;

namespace {

// Lower case, but the first character of every word in title case; words end at U+0020 alone.
void InitCap(std::string& out, string_view text) {
  std::string lower;
  AppendLower(text, &lower);
  bool starts_word = true;
  for (size_t i = 0; i < lower.size();) {
    const size_t start = i;
    const uint32_t code_point = ReadCodePoint(lower, i);
    if (!starts_word || code_point == 0xFFFD) {
      out.append(lower, start, i - start);
    } else if (code_point == 0xDF) {
      out.append("Ss");
    } else {
      AppendCodePoint(TitleCase(code_point), &out);
    }
    starts_word = code_point == ' ';
  }
}

void Replace(std::string& out, string_view text, string_view search, string_view replacement) {
  size_t start = 0;
  while (!search.empty()) {
    const size_t found = text.find(search, start);
    if (found == string_view::npos) break;
    out.append(text.substr(start, found - start)).append(replacement);
    start = found + search.size();
  }
  out.append(text.substr(start));
}

// Characters of `from` become their partners in `to`, or vanish without one; the first of equal characters
// counts.
void Translate(std::string& out, string_view text, string_view from, string_view to) {
  std::vector<std::pair<uint32_t, string_view>> table;
  size_t target = 0;
  for (size_t i = 0; i < from.size();) {
    const uint32_t code_point = ReadCodePoint(from, i);
    const size_t end = target < to.size() ? NextCharacter(to, target) : target;
    table.emplace_back(code_point, to.substr(target, end - target));
    target = end;
  }
  for (size_t i = 0; i < text.size();) {
    const size_t start = i;
    const uint32_t code_point = ReadCodePoint(text, i);
    auto partner = text.substr(start, i - start);
    for (const auto& [character, replacement] : table) {
      if (character != code_point) continue;
      partner = replacement;
      break;
    }
    out.append(partner);
  }
}

// A letter and three digits; texts that start with no letter stay as they are. H and W do not part equal
// codes.
void Soundex(std::string& out, string_view text) {
  constexpr string_view kCodes = "01230127022455012623017202";
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (text.empty() || !is_letter(upper(text[0]))) {
    out.append(text);
    return;
  }
  out.push_back(upper(text[0]));
  char last = kCodes[upper(text[0]) - 'A'];
  for (size_t i = 1; i < text.size() && out.size() < 4; ++i) {
    const char letter = upper(text[i]);
    if (!is_letter(letter)) {
      last = '0';
      continue;
    }
    const char code = kCodes[letter - 'A'];
    if (code == '7') continue;
    if (code != '0' && code != last) out.push_back(code);
    last = code;
  }
  out.append(4 - out.size(), '0');
}

// mask(text, upper, lower, digit, other): a null replacement keeps the characters of its kind.
void MaskKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  std::vector<ColumnReader<string_view>> columns;
  for (auto& column : arguments.data) columns.emplace_back(column, count);
  auto* data = reinterpret_cast<duckdb::string_t*>(duckdb::FlatVector::GetData(result));
  std::string out;
  for (duckdb::idx_t row = 0; row < count; ++row) {
    if (columns[0].IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    const auto text = columns[0][row];
    out.clear();
    for (size_t i = 0; i < text.size();) {
      const size_t start = i;
      const uint32_t code_point = ReadCodePoint(text, i);
      const auto category = duckdb::utf8proc_category(static_cast<int>(code_point));
      const size_t kind =
          category == duckdb::UTF8PROC_CATEGORY_LU                                               ? 1
          : category == duckdb::UTF8PROC_CATEGORY_LL || code_point == 0xAA || code_point == 0xBA ? 2
          : category == duckdb::UTF8PROC_CATEGORY_ND                                             ? 3
                                                                                                 : 4;
      out.append(columns[kind].IsNull(row) ? text.substr(start, i - start) : columns[kind][row]);
    }
    data[row] = duckdb::StringVector::AddString(result, out);
  }
}

// The character of the number's last byte; nothing for negative numbers.
void Character(std::string& out, int64_t number) {
  if (number >= 0) AppendCodePoint(static_cast<uint32_t>(number & 0xFF), &out);
}

void Quote(std::string& out, string_view text) {
  out.push_back('\'');
  for (const char c : text) {
    if (c == '\'') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('\'');
}

std::string BytesText(string_view bytes) {
  constexpr string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.append("\\x").push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

string_view ValidateUtf8(string_view text) {
  if (IsValidUtf8(text)) return text;
  const auto shown = BytesText(text);
  ThrowSpark(base::ErrorKind::kIllegalArgument, "INVALID_UTF8_STRING",
             "The string is no valid UTF-8: " + shown, {{"str", shown}});
}

std::optional<string_view> TryValidateUtf8(string_view text) {
  return IsValidUtf8(text) ? std::optional(text) : std::nullopt;
}

}  // namespace

void AddStringTexts(EngineFunctions& functions) {
  using View = string_view;
  const auto text = LogicalType::VARCHAR;
  const auto add = [&](std::string name, duckdb::scalar_function_t kernel, KernelFlags flags = {}) {
    functions.AddScalar(Kernel(std::move(name), {text}, text, std::move(kernel), flags));
  };
  add("spark_upper", TextKernel<View>([](std::string& out, View value) { AppendUpper(value, &out); }));
  add("spark_lower", TextKernel<View>([](std::string& out, View value) { AppendLower(value, &out); }));
  add("spark_initcap", TextKernel<View>(InitCap));
  add("spark_soundex", TextKernel<View>(Soundex));
  add("spark_quote", TextKernel<View>(Quote));
  add("spark_make_valid_utf8",
      TextKernel<View>([](std::string& out, View value) { AppendValidUtf8(value, &out); }));
  add("spark_validate_utf8", ViewKernel<View>(ValidateUtf8), {.fallible = true});
  add("spark_try_validate_utf8", ViewKernel<View>(TryValidateUtf8));
  functions.AddScalar(
      Kernel("spark_is_valid_utf8", {text}, LogicalType::BOOLEAN, ValueKernel<bool, View>(IsValidUtf8)));
  functions.AddScalar(
      Kernel("spark_replace", {text, text, text}, text, TextKernel<View, View, View>(Replace)));
  functions.AddScalar(
      Kernel("spark_translate", {text, text, text}, text, TextKernel<View, View, View>(Translate)));
  functions.AddScalar(
      Kernel("spark_mask", {text, text, text, text, text}, text, MaskKernel, {.sees_nulls = true}));
  functions.AddScalar(Kernel("spark_chr", {LogicalType::BIGINT}, text, TextKernel<int64_t>(Character)));
}

}  // namespace hearth::engine
