#include "engine/text/utf8.h"

#include <algorithm>
#include <array>
#include <utf8proc.hpp>
#include <utf8proc_wrapper.hpp>

namespace hearth::engine {

namespace {

// Characters whose upper-case form is longer than one character (Unicode's SpecialCasing, without
// conditions).
struct LongUpper {
  uint32_t code_point;
  std::array<uint32_t, 3> upper;  // zeros behind the last
};
constexpr std::array<LongUpper, 27> kLongUppers = {{
    {0x00DF, {0x53, 0x53, 0}},          {0x0149, {0x02BC, 0x4E, 0}},        {0x01F0, {0x4A, 0x030C, 0}},
    {0x0390, {0x0399, 0x0308, 0x0301}}, {0x03B0, {0x03A5, 0x0308, 0x0301}}, {0x0587, {0x0535, 0x0552, 0}},
    {0x1E96, {0x48, 0x0331, 0}},        {0x1E97, {0x54, 0x0308, 0}},        {0x1E98, {0x57, 0x030A, 0}},
    {0x1E99, {0x59, 0x030A, 0}},        {0x1E9A, {0x41, 0x02BE, 0}},        {0x1F50, {0x03A5, 0x0313, 0}},
    {0x1FB6, {0x0391, 0x0342, 0}},      {0x1FC6, {0x0397, 0x0342, 0}},      {0xFB00, {0x46, 0x46, 0}},
    {0xFB01, {0x46, 0x49, 0}},          {0xFB02, {0x46, 0x4C, 0}},          {0xFB03, {0x46, 0x46, 0x49}},
    {0xFB04, {0x46, 0x46, 0x4C}},       {0xFB05, {0x53, 0x54, 0}},          {0xFB06, {0x53, 0x54, 0}},
    {0xFB13, {0x0544, 0x0546, 0}},      {0xFB14, {0x0544, 0x0535, 0}},      {0xFB15, {0x0544, 0x053B, 0}},
    {0xFB16, {0x054E, 0x0546, 0}},      {0xFB17, {0x0544, 0x053D, 0}},      {0x1FB3, {0x0391, 0x0399, 0}},
}};

const LongUpper* FindLongUpper(uint32_t code_point) {
  if (code_point < 0xDF) return nullptr;
  const auto found = std::find_if(kLongUppers.begin(), kLongUppers.end(),
                                  [&](const LongUpper& entry) { return entry.code_point == code_point; });
  return found == kLongUppers.end() ? nullptr : &*found;
}

constexpr uint32_t kCapitalSigma = 0x03A3;
constexpr uint32_t kFinalSigma = 0x03C2;
constexpr uint32_t kDottedI = 0x0130;

bool IsCased(uint32_t code_point) {
  const auto category = duckdb::utf8proc_category(static_cast<int>(code_point));
  return category == duckdb::UTF8PROC_CATEGORY_LU || category == duckdb::UTF8PROC_CATEGORY_LL ||
         category == duckdb::UTF8PROC_CATEGORY_LT;
}
// Marks and the like do not end a word for the final sigma.
bool IsCaseIgnorable(uint32_t code_point) {
  if (code_point == '\'' || code_point == '.' || code_point == ':' || code_point == 0xB7 ||
      code_point == 0x2019) {
    return true;
  }
  const auto category = duckdb::utf8proc_category(static_cast<int>(code_point));
  return category == duckdb::UTF8PROC_CATEGORY_MN || category == duckdb::UTF8PROC_CATEGORY_ME ||
         category == duckdb::UTF8PROC_CATEGORY_CF || category == duckdb::UTF8PROC_CATEGORY_LM ||
         category == duckdb::UTF8PROC_CATEGORY_SK;
}

// Is the sigma before `next` the last letter of a word? `had_cased` tells whether a letter stands before it.
bool IsFinalSigma(std::string_view text, size_t next, bool had_cased) {
  if (!had_cased) return false;
  while (next < text.size()) {
    const uint32_t code_point = ReadCodePoint(text, next);
    if (IsCased(code_point)) return false;
    if (!IsCaseIgnorable(code_point)) return true;
  }
  return true;
}

}  // namespace

size_t ValidSequence(std::string_view text, size_t position) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(position);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                        : first >= 0xE0 && first <= 0xEF ? 3
                        : first >= 0xF0 && first <= 0xF4 ? 4
                                                         : 0;
  if (length == 0 || position + length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[position + i])) return 0;
  }
  const unsigned char second = byte(position + 1);
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
      (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) {
    return 0;
  }
  return length;
}

bool IsValidUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t length = ValidSequence(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

void AppendValidUtf8(std::string_view text, std::string* out) {
  for (size_t i = 0; i < text.size();) {
    if (const size_t length = ValidSequence(text, i); length > 0) {
      out->append(text.substr(i, length));
      i += length;
      continue;
    }
    out->append("\xEF\xBF\xBD");
    // A sequence that starts well is skipped as far as it could still have become valid.
    const auto first = static_cast<unsigned char>(text[i]);
    const size_t wanted = first >= 0xC2 && first <= 0xF4 ? SequenceLength(text[i]) : 1;
    size_t taken = 1;
    while (taken < wanted && i + taken < text.size()) {
      const auto next = static_cast<unsigned char>(text[i + taken]);
      if (!IsContinuation(text[i + taken])) break;
      const bool too_low = taken == 1 && ((first == 0xE0 && next < 0xA0) || (first == 0xF0 && next < 0x90));
      const bool too_high = taken == 1 && ((first == 0xED && next > 0x9F) || (first == 0xF4 && next > 0x8F));
      if (too_low || too_high) break;
      ++taken;
    }
    i += taken;
  }
}

void AppendUpper(std::string_view text, std::string* out) {
  for (size_t i = 0; i < text.size();) {
    const char byte = text[i];
    if (static_cast<unsigned char>(byte) < 0x80) {
      out->push_back(byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 32) : byte);
      ++i;
      continue;
    }
    const size_t start = i;
    const uint32_t code_point = ReadCodePoint(text, i);
    if (const auto* entry = FindLongUpper(code_point)) {
      for (const uint32_t part : entry->upper) {
        if (part != 0) AppendCodePoint(part, out);
      }
    } else if (code_point == 0xFFFD) {
      out->append(text.substr(start, i - start));
    } else {
      AppendCodePoint(duckdb::Utf8Proc::CodepointToUpper(static_cast<int32_t>(code_point)), out);
    }
  }
}

void AppendLower(std::string_view text, std::string* out) {
  bool had_cased = false;
  for (size_t i = 0; i < text.size();) {
    const char byte = text[i];
    if (static_cast<unsigned char>(byte) < 0x80) {
      const bool is_upper = byte >= 'A' && byte <= 'Z';
      const bool is_letter = is_upper || (byte >= 'a' && byte <= 'z');
      had_cased = is_letter || (had_cased && IsCaseIgnorable(static_cast<unsigned char>(byte)));
      out->push_back(is_upper ? static_cast<char>(byte + 32) : byte);
      ++i;
      continue;
    }
    const size_t start = i;
    const uint32_t code_point = ReadCodePoint(text, i);
    if (code_point == kCapitalSigma) {
      AppendCodePoint(IsFinalSigma(text, i, had_cased) ? kFinalSigma : 0x03C3, out);
    } else if (code_point == kDottedI) {
      out->append("i\xCC\x87");
    } else if (code_point == 0xFFFD) {
      out->append(text.substr(start, i - start));
    } else {
      AppendCodePoint(duckdb::Utf8Proc::CodepointToLower(static_cast<int32_t>(code_point)), out);
    }
    had_cased = IsCased(code_point) || (had_cased && IsCaseIgnorable(code_point));
  }
}

uint32_t TitleCase(uint32_t code_point) {
  return static_cast<uint32_t>(duckdb::utf8proc_totitle(static_cast<int>(code_point)));
}

}  // namespace hearth::engine
