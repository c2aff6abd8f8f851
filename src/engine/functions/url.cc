// URLs: parse_url, url_encode, url_decode.
#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/row_kernels.h"
#include "engine/regex/regex.h"
#include "engine/text/java_uri.h"
#include "engine/text/utf8.h"

namespace hearth::engine {

using duckdb::LogicalType;
using std::string_view;

namespace {

std::optional<std::string> PartOf(const JavaUri& uri, string_view part) {
  const auto text = [](const std::optional<string_view>& view) {
    return view ? std::optional<std::string>(*view) : std::nullopt;
  };
  if (part == "HOST") return text(uri.host);
  if (part == "PATH") return text(uri.path);
  if (part == "QUERY") return text(uri.query);
  if (part == "REF") return text(uri.fragment);
  if (part == "PROTOCOL") return text(uri.scheme);
  if (part == "AUTHORITY") return text(uri.authority);
  if (part == "USERINFO") return text(uri.user_info);
  if (part != "FILE" || !uri.path) return std::nullopt;
  return std::string(*uri.path) + (uri.query ? "?" + std::string(*uri.query) : "");
}

// The value of a key in a query; the key is a regular expression, as in Spark.
std::optional<std::string> ValueOf(const std::string& query, string_view key) {
  auto compiled = Regex::Compile("(&|^)" + std::string(key) + "=([^&]*)");
  if (!compiled.ok()) ThrowSpark(*compiled.error());
  RegexMatcher matcher(*compiled);
  matcher.Reset(query);
  if (!matcher.Find()) return std::nullopt;
  return std::string(matcher.Group(2));
}

template <bool kStrict>
void ParseUrlKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  std::vector<ColumnReader<string_view>> columns;
  for (auto& column : arguments.data) columns.emplace_back(column, count);
  auto* data = reinterpret_cast<duckdb::string_t*>(duckdb::FlatVector::GetData(result));
  for (duckdb::idx_t row = 0; row < count; ++row) {
    std::optional<std::string> value;
    const bool has_null =
        std::any_of(columns.begin(), columns.end(), [&](const auto& c) { return c.IsNull(row); });
    if (!has_null) {
      const auto uri = JavaUri::Parse(columns[0][row]);
      if (!uri && kStrict) {
        const std::string url(columns[0][row]);
        ThrowSpark(base::ErrorKind::kIllegalArgument, "INVALID_URL", "The text is no URL: " + url,
                   {{"url", url}});
      }
      if (uri) value = PartOf(*uri, columns[1][row]);
      if (columns.size() == 3) {
        const bool is_query = columns[1][row] == "QUERY";
        value = value && is_query ? ValueOf(*value, columns[2][row]) : std::nullopt;
      }
    }
    if (value) {
      data[row] = duckdb::StringVector::AddString(result, *value);
    } else {
      SetNull(result, row);
    }
  }
}

void Encode(std::string& out, string_view text) {
  constexpr string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '.' || c == '-' || c == '*' || c == '_') {
      out.push_back(c);
    } else if (c == ' ') {
      out.push_back('+');
    } else {
      out.push_back('%');
      out.push_back(kDigits[byte >> 4]);
      out.push_back(kDigits[byte & 15]);
    }
  }
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

template <bool kStrict>
bool Decode(std::string& out, string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      bytes.push_back(text[i] == '+' ? ' ' : text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      if (!kStrict) return false;
      ThrowSpark(base::ErrorKind::kIllegalArgument, "CANNOT_DECODE_URL", "The text has a broken escape.",
                 {{"url", std::string(text)}});
    }
    bytes.push_back(static_cast<char>(high << 4 | low));
    i += 2;
  }
  AppendValidUtf8(bytes, &out);
  return true;
}

}  // namespace

void AddUrl(EngineFunctions& functions) {
  const auto text = LogicalType::VARCHAR;
  for (const bool strict : {true, false}) {
    duckdb::ScalarFunctionSet parse(strict ? "spark_parse_url" : "spark_parse_url_legacy");
    const auto kernel = strict ? ParseUrlKernel<true> : ParseUrlKernel<false>;
    parse.AddFunction(Kernel("", {text, text}, text, kernel, {.fallible = true}));
    parse.AddFunction(Kernel("", {text, text, text}, text, kernel, {.fallible = true}));
    functions.AddScalar(std::move(parse));
  }
  functions.AddScalar(Kernel("spark_url_encode", {text}, text, TextKernel<string_view>(Encode)));
  functions.AddScalar(
      Kernel("spark_url_decode", {text}, text, TextKernel<string_view>(Decode<true>), {.fallible = true}));
  functions.AddScalar(Kernel("spark_try_url_decode", {text}, text, TextKernel<string_view>(Decode<false>)));
}

}  // namespace hearth::engine
