// Lengths, positions and comparisons of strings.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/row_kernels.h"
#include "engine/functions/string_families.h"
#include "engine/text/utf8.h"

namespace hearth::engine {

using duckdb::LogicalType;
using std::string_view;

namespace {

constexpr auto kNone = string_view::npos;

// The character place (from 1) of a byte.
int32_t PlaceOf(string_view text, size_t byte) {
  return static_cast<int32_t>(CountCharacters(text.substr(0, byte))) + 1;
}

int32_t Find(string_view text, string_view part, int64_t from_character) {
  if (part.empty()) return 1;
  const size_t start = ByteOfCharacter(text, from_character);
  const size_t found = text.find(part, start);
  return found == kNone ? 0 : PlaceOf(text, found);
}

int32_t Locate(string_view part, string_view text, int32_t position) {
  return position < 1 ? 0 : Find(text, part, position - 1);
}

// The occurrence-th place of `part` from `position` on; backwards when the position is negative. Occurrences
// may overlap.
int32_t InstrFrom(string_view text, string_view part, int32_t position, int32_t occurrence) {
  if (occurrence < 1) {
    ThrowSpark(
        base::ErrorKind::kRuntime, "INVALID_PARAMETER_VALUE.OCCURRENCE", "The occurrence must be at least 1.",
        {{"functionName", "`instr`"}, {"parameter", "`occurrence`"}, {"actual", std::to_string(occurrence)}});
  }
  if (position == 0) return 0;
  if (part.empty()) return 1;
  if (position > 0) {
    size_t from = ByteOfCharacter(text, position - 1);
    for (;; --occurrence) {
      const size_t found = text.find(part, from);
      if (found == kNone) return 0;
      if (occurrence == 1) return PlaceOf(text, found);
      from = NextCharacter(text, found);
    }
  }
  const int64_t last = CountCharacters(text) + position;  // the last character at which a find may start
  if (last < 0) return 0;
  size_t from = ByteOfCharacter(text, last);
  for (;; --occurrence) {
    const size_t found = text.rfind(part, from);
    if (found == kNone) return 0;
    if (occurrence == 1) return PlaceOf(text, found);
    if (found == 0) return 0;
    from = found - 1;
  }
}

int32_t FindInSet(string_view word, string_view set) {
  if (word.find(',') != kNone) return 0;
  int32_t place = 1;
  for (size_t start = 0;; ++place) {
    const size_t end = std::min(set.find(',', start), set.size());
    if (set.substr(start, end - start) == word) return place;
    if (end == set.size()) return 0;
    start = end + 1;
  }
}

std::vector<uint32_t> CodePoints(string_view text) {
  std::vector<uint32_t> points;
  points.reserve(text.size());
  for (size_t i = 0; i < text.size();) points.push_back(ReadCodePoint(text, i));
  return points;
}

// Edit distance by rows; `bound` ends it early with -1 (negative: no bound).
int32_t EditDistance(string_view left, string_view right, int64_t bound) {
  const auto a = CodePoints(left);
  const auto b = CodePoints(right);
  const auto difference = static_cast<int64_t>(a.size()) - static_cast<int64_t>(b.size());
  if (bound >= 0 && std::abs(difference) > bound) return -1;
  std::vector<int32_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    int32_t diagonal = row[0];
    row[0] = static_cast<int32_t>(i) + 1;
    int32_t smallest = row[0];
    for (size_t j = 0; j < b.size(); ++j) {
      const int32_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, row[j + 1] + 1});
      smallest = std::min(smallest, row[j + 1]);
    }
    if (bound >= 0 && smallest > bound) return -1;
  }
  return bound >= 0 && row.back() > bound ? -1 : row.back();
}

// Jaro similarity with Winkler's bonus for a common prefix of up to four characters.
double JaroWinkler(string_view left, string_view right) {
  const auto a = CodePoints(left);
  const auto b = CodePoints(right);
  if (a.empty() && b.empty()) return 1;
  if (a.empty() || b.empty()) return 0;
  const size_t longest = std::max(a.size(), b.size());
  const size_t window = longest / 2 > 0 ? longest / 2 - 1 : 0;
  std::vector<bool> taken(b.size());
  std::vector<uint32_t> matched_left;
  for (size_t i = 0; i < a.size(); ++i) {
    const size_t first = i > window ? i - window : 0;
    for (size_t j = first; j < std::min(b.size(), i + window + 1); ++j) {
      if (taken[j] || a[i] != b[j]) continue;
      taken[j] = true;
      matched_left.push_back(a[i]);
      break;
    }
  }
  if (matched_left.empty()) return 0;
  size_t next = 0;
  int transposed = 0;
  for (size_t j = 0; j < b.size(); ++j) {
    if (taken[j] && b[j] != matched_left[next++]) ++transposed;
  }
  const auto matches = static_cast<double>(matched_left.size());
  const double jaro = (matches / static_cast<double>(a.size()) + matches / static_cast<double>(b.size()) +
                       (matches - transposed / 2) / matches) /
                      3;
  size_t prefix = 0;
  while (prefix < std::min({a.size(), b.size(), size_t{4}}) && a[prefix] == b[prefix]) ++prefix;
  return jaro + static_cast<double>(prefix) * 0.1 * (1 - jaro);
}

bool LuhnCheck(string_view digits) {
  if (digits.empty()) return false;
  int sum = 0;
  bool doubled = false;
  for (size_t i = digits.size(); i-- > 0; doubled = !doubled) {
    if (digits[i] < '0' || digits[i] > '9') return false;
    const int digit = (digits[i] - '0') * (doubled ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 == 0;
}

// locate(part, text, NULL) is 0, whatever the others are; else a null makes null.
void LocateKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ColumnReader<string_view> parts(arguments.data[0], count);
  const ColumnReader<string_view> texts(arguments.data[1], count);
  const ColumnReader<int32_t> positions(arguments.data[2], count);
  auto* data = reinterpret_cast<int32_t*>(duckdb::FlatVector::GetData(result));
  for (duckdb::idx_t row = 0; row < count; ++row) {
    if (positions.IsNull(row)) {
      data[row] = 0;
    } else if (parts.IsNull(row) || texts.IsNull(row)) {
      SetNull(result, row);
    } else {
      data[row] = Locate(parts[row], texts[row], positions[row]);
    }
  }
}

// DuckDB's built-in for strings: it knows how to push the filter down. Binaries have a kernel.
LowerRule Containment(std::string builtin, std::string kernel) {
  return [builtin, kernel](LoweredCall call) -> base::Result<ParsedPtr> {
    const bool binary = call.argument_type(0).Is(plan::TypeKind::kBinary);
    return CallWith(binary ? kernel : builtin, std::move(call.arguments));
  };
}

void AddLengths(EngineFunctions& functions) {
  const auto number = LogicalType::INTEGER;
  const auto add = [&](std::string name, auto of_text, auto of_bytes) {
    duckdb::ScalarFunctionSet set(std::move(name));
    set.AddFunction(Kernel("", {LogicalType::VARCHAR}, number, ValueKernel<int32_t, string_view>(of_text)));
    set.AddFunction(Kernel("", {LogicalType::BLOB}, number, ValueKernel<int32_t, string_view>(of_bytes)));
    functions.AddScalar(std::move(set));
  };
  const auto bytes = [](string_view value) { return static_cast<int32_t>(value.size()); };
  const auto bits = [](string_view value) { return static_cast<int32_t>(value.size() * 8); };
  add("spark_length", [](string_view text) { return static_cast<int32_t>(CountCharacters(text)); }, bytes);
  add("spark_octet_length", bytes, bytes);
  add("spark_bit_length", bits, bits);
}

void AddContainments(EngineFunctions& functions) {
  functions.AddRule("contains", Containment("contains", "spark_bytes_contain"));
  functions.AddRule("startswith", Containment("prefix", "spark_bytes_start_with"));
  functions.AddRule("endswith", Containment("suffix", "spark_bytes_end_with"));
  const auto bytes = LogicalType::BLOB;
  const auto add = [&](std::string name, auto test) {
    functions.AddScalar(Kernel(std::move(name), {bytes, bytes}, LogicalType::BOOLEAN,
                               ValueKernel<bool, string_view, string_view>(test)));
  };
  add("spark_bytes_contain", [](string_view whole, string_view part) { return whole.find(part) != kNone; });
  add("spark_bytes_start_with", [](string_view whole, string_view part) { return whole.starts_with(part); });
  add("spark_bytes_end_with", [](string_view whole, string_view part) { return whole.ends_with(part); });
}

}  // namespace

void AddStringMeasures(EngineFunctions& functions) {
  AddLengths(functions);
  AddContainments(functions);
  const auto text = LogicalType::VARCHAR;
  const auto number = LogicalType::INTEGER;
  functions.AddScalar(
      Kernel("spark_ascii", {text}, number, ValueKernel<int32_t, string_view>([](string_view value) {
               size_t position = 0;
               return value.empty() ? 0 : static_cast<int32_t>(ReadCodePoint(value, position));
             })));
  functions.AddScalar(
      Kernel("spark_locate", {text, text, number}, number, LocateKernel, {.sees_nulls = true}));
  functions.AddScalar(Kernel("spark_instr", {text, text}, number,
                             ValueKernel<int32_t, string_view, string_view>(
                                 [](string_view whole, string_view part) { return Find(whole, part, 0); })));
  functions.AddScalar(Kernel("spark_instr_from", {text, text, number, number}, number,
                             ValueKernel<int32_t, string_view, string_view, int32_t, int32_t>(InstrFrom),
                             {.fallible = true}));
  functions.AddScalar(Kernel("spark_find_in_set", {text, text}, number,
                             ValueKernel<int32_t, string_view, string_view>(FindInSet)));
  duckdb::ScalarFunctionSet levenshtein("spark_levenshtein");
  levenshtein.AddFunction(
      Kernel("", {text, text}, number,
             ValueKernel<int32_t, string_view, string_view>(
                 [](string_view left, string_view right) { return EditDistance(left, right, -1); })));
  levenshtein.AddFunction(Kernel("", {text, text, number}, number,
                                 ValueKernel<int32_t, string_view, string_view, int32_t>(
                                     [](string_view left, string_view right, int32_t bound) {
                                       return bound < 0 ? -1 : EditDistance(left, right, bound);
                                     })));
  functions.AddScalar(std::move(levenshtein));
  functions.AddScalar(Kernel("spark_jaro_winkler_similarity", {text, text}, LogicalType::DOUBLE,
                             ValueKernel<double, string_view, string_view>(JaroWinkler)));
  functions.AddScalar(
      Kernel("spark_luhn_check", {text}, LogicalType::BOOLEAN, ValueKernel<bool, string_view>(LuhnCheck)));
}

}  // namespace hearth::engine
