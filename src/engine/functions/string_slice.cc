// Parts of strings and binaries: substring, padding, trimming, cutting at delimiters.
#include <algorithm>
#include <limits>
#include <vector>

#include "engine/errors.h"
#include "engine/functions/row_kernels.h"
#include "engine/functions/string_families.h"
#include "engine/text/utf8.h"

namespace hearth::engine {

using duckdb::LogicalType;
using std::string_view;

namespace {

constexpr int64_t kIntegerMaximum = std::numeric_limits<int32_t>::max();
constexpr int64_t kIntegerMinimum = std::numeric_limits<int32_t>::min();

// Spark counts from 1, from the end when negative, and takes 0 for 1. A start before the text eats up length.
string_view SubstringOfText(string_view text, int32_t position, int32_t length) {
  int64_t start = 0;
  if (position > 0) {
    start = position - 1;
    if (start >= static_cast<int64_t>(text.size())) return {};
  } else if (position < 0) {
    start = CountCharacters(text) + position;
  }
  const int64_t end = std::clamp(start + length, kIntegerMinimum, kIntegerMaximum);
  return SliceCharacters(text, start, end);
}

string_view SubstringOfBytes(string_view bytes, int32_t position, int32_t length) {
  const auto size = static_cast<int64_t>(bytes.size());
  if (position > size) return {};
  int64_t start = position > 0 ? position - 1 : position < 0 ? size + position : 0;
  const int64_t end = std::min<int64_t>(size, start + length);
  start = std::max<int64_t>(start, 0);
  return start >= end ? string_view() : bytes.substr(start, end - start);
}

string_view Left(string_view text, int32_t count) { return SliceCharacters(text, 0, count); }
string_view LeftOfBytes(string_view bytes, int32_t count) { return bytes.substr(0, std::max(count, 0)); }

string_view Right(string_view text, int32_t count) {
  if (count <= 0) return {};
  size_t start = text.size();
  for (int32_t left = count; left > 0 && start > 0; --left) {
    do --start;
    while (start > 0 && IsContinuation(text[start]));
  }
  return text.substr(start);
}

// Both the byte and the character padding: the text cut to `length`, or the pad repeated before or behind it.
template <bool kBytes, bool kLeft>
void Pad(std::string& out, string_view text, int32_t length, string_view pad) {
  const auto count = [](string_view value) {
    return kBytes ? static_cast<int64_t>(value.size()) : CountCharacters(value);
  };
  const auto head = [](string_view value, int64_t characters) {
    return kBytes ? value.substr(0, std::max<int64_t>(characters, 0)) : SliceCharacters(value, 0, characters);
  };
  const int64_t missing = length - count(text);
  if (missing <= 0 || pad.empty()) {
    out.append(head(text, length));
    return;
  }
  if constexpr (!kLeft) out.append(text);
  const int64_t pad_length = count(pad);
  for (int64_t i = missing / pad_length; i > 0; --i) out.append(pad);
  out.append(head(pad, missing % pad_length));
  if constexpr (kLeft) out.append(text);
}

enum class Side { kBoth, kLeading, kTrailing };

template <Side kSide>
string_view TrimBlanks(string_view text) {
  if (kSide != Side::kTrailing) text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  if (kSide != Side::kLeading) text.remove_suffix(text.size() - (text.find_last_not_of(' ') + 1));
  return text;
}

// Trims characters (not bytes) that occur in `set`.
template <Side kSide>
string_view TrimSet(string_view text, string_view set) {
  if (IsAscii(set)) {  // bytes above 127 can never match
    if (kSide != Side::kTrailing) text.remove_prefix(std::min(text.find_first_not_of(set), text.size()));
    if (kSide != Side::kLeading) text.remove_suffix(text.size() - (text.find_last_not_of(set) + 1));
    return text;
  }
  const auto contains = [&](string_view character) {
    for (size_t i = 0; i < set.size(); i = NextCharacter(set, i)) {
      if (set.substr(i, NextCharacter(set, i) - i) == character) return true;
    }
    return false;
  };
  while (kSide != Side::kTrailing && !text.empty()) {
    const size_t length = NextCharacter(text, 0);
    if (!contains(text.substr(0, length))) break;
    text.remove_prefix(length);
  }
  while (kSide != Side::kLeading && !text.empty()) {
    size_t start = text.size() - 1;
    while (start > 0 && IsContinuation(text[start])) --start;
    if (!contains(text.substr(start))) break;
    text.remove_suffix(text.size() - start);
  }
  return text;
}

// Everything before the count-th delimiter, or behind the count-th from the end. Finds may overlap when
// counted from the left, as Spark's do.
string_view SubstringIndex(string_view text, string_view delimiter, int32_t count) {
  if (delimiter.empty() || count == 0) return {};
  if (count > 0) {
    size_t from = 0;
    size_t found = 0;
    for (; count > 0; --count) {
      found = text.find(delimiter, from);
      if (found == string_view::npos) return text;
      from = found + 1;
    }
    return text.substr(0, found);
  }
  size_t found = text.size() - std::min(text.size(), delimiter.size()) + 1;
  for (int64_t left = -static_cast<int64_t>(count); left > 0; --left) {
    if (found == 0) return text;
    found = text.rfind(delimiter, found - 1);
    if (found == string_view::npos) return text;
  }
  return text.substr(found + delimiter.size());
}

// The part-th piece between delimiters, from the end when negative; empty outside.
string_view SplitPart(string_view text, string_view delimiter, int32_t part) {
  if (part == 0)
    ThrowSpark(base::ErrorKind::kRuntime, "INVALID_INDEX_OF_ZERO", "Parts are counted from 1, not 0.");
  if (delimiter.empty()) return part == 1 || part == -1 ? text : string_view();
  if (part > 0) {
    size_t start = 0;
    for (int32_t left = part - 1; left > 0; --left) {
      const size_t found = text.find(delimiter, start);
      if (found == string_view::npos) return {};
      start = found + delimiter.size();
    }
    return text.substr(start, std::min(text.find(delimiter, start), text.size()) - start);
  }
  std::vector<size_t> starts = {0};
  for (size_t found = text.find(delimiter); found != string_view::npos;
       found = text.find(delimiter, starts.back())) {
    starts.push_back(found + delimiter.size());
  }
  const int64_t index = static_cast<int64_t>(starts.size()) + part;
  if (index < 0) return {};
  const size_t start = starts[index];
  const bool is_last = index + 1 == static_cast<int64_t>(starts.size());
  return text.substr(start, is_last ? string_view::npos : starts[index + 1] - delimiter.size() - start);
}

template <bool kBytes>
void Overlay(std::string& out, string_view text, string_view replacement, int32_t position, int32_t length) {
  const auto slice = [](string_view value, int32_t from, int32_t count) {
    return kBytes ? SubstringOfBytes(value, from, count) : SubstringOfText(value, from, count);
  };
  const int64_t size = kBytes ? static_cast<int64_t>(replacement.size()) : CountCharacters(replacement);
  const int64_t taken = length >= 0 ? length : size;
  out.append(slice(text, 1, position - 1));
  out.append(replacement);
  const int64_t rest = std::clamp(position + taken, kIntegerMinimum, kIntegerMaximum);
  out.append(slice(text, static_cast<int32_t>(rest), static_cast<int32_t>(kIntegerMaximum)));
}

void Reverse(std::string& out, string_view text) {
  for (size_t end = text.size(); end > 0;) {
    size_t start = end - 1;
    while (start > 0 && IsContinuation(text[start])) --start;
    out.append(text.substr(start, end - start));
    end = start;
  }
}

void Repeat(std::string& out, string_view text, int32_t count) {
  if (count > 0 && static_cast<uint64_t>(count) * text.size() > static_cast<uint64_t>(kIntegerMaximum)) {
    ThrowSpark(base::ErrorKind::kRuntime, "COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION",
               "repeat() would make a string of more than 2147483647 bytes.");
  }
  for (int32_t i = 0; i < count; ++i) out.append(text);
}

void AddSlices(EngineFunctions& functions) {
  const auto text = LogicalType::VARCHAR;
  const auto bytes = LogicalType::BLOB;
  const auto number = LogicalType::INTEGER;
  duckdb::ScalarFunctionSet substring("spark_substring");
  substring.AddFunction(
      Kernel("", {text, number, number}, text, ViewKernel<string_view, int32_t, int32_t>(SubstringOfText)));
  substring.AddFunction(Kernel("", {bytes, number, number}, bytes,
                               ViewKernel<string_view, int32_t, int32_t>(SubstringOfBytes)));
  functions.AddScalar(std::move(substring));
  duckdb::ScalarFunctionSet left("spark_left");
  left.AddFunction(Kernel("", {text, number}, text, ViewKernel<string_view, int32_t>(Left)));
  left.AddFunction(Kernel("", {bytes, number}, bytes, ViewKernel<string_view, int32_t>(LeftOfBytes)));
  functions.AddScalar(std::move(left));
  functions.AddScalar(Kernel("spark_right", {text, number}, text, ViewKernel<string_view, int32_t>(Right)));
  functions.AddScalar(Kernel("spark_substring_index", {text, text, number}, text,
                             ViewKernel<string_view, string_view, int32_t>(SubstringIndex)));
  functions.AddScalar(Kernel("spark_split_part", {text, text, number}, text,
                             ViewKernel<string_view, string_view, int32_t>(SplitPart), {.fallible = true}));
}

template <Side kSide>
duckdb::ScalarFunctionSet TrimSetOf(std::string name) {
  const auto text = LogicalType::VARCHAR;
  duckdb::ScalarFunctionSet set(std::move(name));
  set.AddFunction(Kernel("", {text}, text, ViewKernel<string_view>(TrimBlanks<kSide>)));
  set.AddFunction(Kernel("", {text, text}, text, ViewKernel<string_view, string_view>(TrimSet<kSide>)));
  return set;
}

template <bool kLeft>
duckdb::ScalarFunctionSet PadSetOf(std::string name) {
  const auto text = LogicalType::VARCHAR;
  const auto bytes = LogicalType::BLOB;
  duckdb::ScalarFunctionSet set(std::move(name));
  using Number = int32_t;
  set.AddFunction(Kernel("", {text, LogicalType::INTEGER, text}, text,
                         TextKernel<string_view, Number, string_view>(Pad<false, kLeft>)));
  set.AddFunction(Kernel("", {bytes, LogicalType::INTEGER, bytes}, bytes,
                         TextKernel<string_view, Number, string_view>(Pad<true, kLeft>)));
  return set;
}

}  // namespace

void AddStringSlices(EngineFunctions& functions) {
  AddSlices(functions);
  functions.AddScalar(TrimSetOf<Side::kBoth>("spark_trim"));
  functions.AddScalar(TrimSetOf<Side::kBoth>("spark_btrim"));
  functions.AddScalar(TrimSetOf<Side::kLeading>("spark_ltrim"));
  functions.AddScalar(TrimSetOf<Side::kTrailing>("spark_rtrim"));
  functions.AddScalar(PadSetOf<true>("spark_lpad"));
  functions.AddScalar(PadSetOf<false>("spark_rpad"));
  const auto text = LogicalType::VARCHAR;
  const auto bytes = LogicalType::BLOB;
  const auto number = LogicalType::INTEGER;
  duckdb::ScalarFunctionSet overlay("spark_overlay");
  using View = string_view;
  overlay.AddFunction(Kernel("", {text, text, number, number}, text,
                             TextKernel<View, View, int32_t, int32_t>(Overlay<false>)));
  overlay.AddFunction(Kernel("", {bytes, bytes, number, number}, bytes,
                             TextKernel<View, View, int32_t, int32_t>(Overlay<true>)));
  functions.AddScalar(std::move(overlay));
  functions.AddScalar(
      Kernel("spark_repeat", {text, number}, text, TextKernel<View, int32_t>(Repeat), {.fallible = true}));
  functions.AddScalar(
      Kernel("spark_space", {number}, text, TextKernel<int32_t>([](std::string& out, int32_t count) {
               if (count > 0) out.append(static_cast<size_t>(count), ' ');
             })));
  // The overload for arrays is in array_slices.cc.
  functions.AddScalar(Kernel("spark_reverse_text", {text}, text, TextKernel<View>(Reverse)));
  functions.AddScalar(Kernel(
      "spark_reverse_bytes", {bytes}, bytes,
      TextKernel<View>([](std::string& out, View value) { out.assign(value.rbegin(), value.rend()); })));
}

}  // namespace hearth::engine
