// The columns of CSV files: names from the header, types from every value when inferSchema asks for them.
#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <limits>
#include <map>

#include "duckdb/common/virtual_file_system.hpp"
#include "engine/errors.h"
#include "engine/files/csv_options.h"
#include "engine/files/range_workers.h"
#include "engine/files/row_format.h"
#include "engine/text/parse.h"

namespace hearth::engine {
namespace {

using plan::DataType;
using plan::TypeKind;
using plan::TypePtr;

bool HasBlanks(std::string_view text) { return text.front() <= ' ' || text.back() <= ' '; }

// More digits than a bigint has, and no fraction: a decimal of that many digits.
TypePtr WholeNumberType(std::string_view text) {
  auto digits = text;
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) digits.remove_prefix(1);
  bool whole = !digits.empty() && digits.size() <= DataType::kMaxPrecision &&
               std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  return whole ? DataType::Decimal(static_cast<int>(digits.size()), 0) : nullptr;
}

bool IsDateOnly(std::string_view text) {
  return text.find_first_of(" T:") == std::string_view::npos && text.find('-', 1) != std::string_view::npos &&
         ParseDate(text).has_value();
}

TypePtr TypeOf(std::string_view text, const CsvOptions& options) {
  if (text.empty() || text == options.null_value) return DataType::Null();
  if (!HasBlanks(text)) {
    using Limits32 = std::numeric_limits<int32_t>;
    using Limits64 = std::numeric_limits<int64_t>;
    if (ParseInteger(text, false, Limits32::min(), Limits32::max())) return DataType::Integer();
    if (ParseInteger(text, false, Limits64::min(), Limits64::max())) return DataType::Long();
    if (auto whole = WholeNumberType(text)) return whole;
  }
  bool is_special =
      text == options.nan_value || text == options.positive_infinity || text == options.negative_infinity;
  if (is_special || (ParseDouble(text) && !std::isalpha(static_cast<unsigned char>(text[0]))))
    return DataType::Double();
  if (text == "Infinity" || text == "-Infinity" || text == "NaN") return DataType::Double();
  const auto& patterns = options.patterns;
  const auto fits = [&](const DateTimePattern& pattern, const TypePtr& type) {
    return ParseMoment(pattern, *type, options.zone, text).has_value();
  };
  if (options.prefer_date && (patterns.date ? fits(*patterns.date, DataType::Date()) : IsDateOnly(text)))
    return DataType::Date();
  bool looks_timed = text.find('-', 1) != std::string_view::npos;
  if (patterns.timestamp ? fits(*patterns.timestamp, DataType::Timestamp())
                         : looks_timed && ParseTimestamp(text, options.zone).has_value())
    return DataType::Timestamp();
  bool is_boolean = (text.size() == 4 && strncasecmp(text.data(), "true", 4) == 0) ||
                    (text.size() == 5 && strncasecmp(text.data(), "false", 5) == 0);
  return is_boolean ? DataType::Boolean() : DataType::String();
}

TypePtr Merge(const TypePtr& left, const TypePtr& right, const CsvOptions& options) {
  if (*left == *right || right->Is(TypeKind::kNull)) return left;
  if (left->Is(TypeKind::kNull)) return right;
  auto whole_digits = [](const DataType& type) {
    return type.Is(TypeKind::kInteger) ? 10 : type.Is(TypeKind::kLong) ? 20 : type.precision();
  };
  if (left->IsNumeric() && right->IsNumeric()) {
    if (left->Is(TypeKind::kDouble) || right->Is(TypeKind::kDouble)) return DataType::Double();
    if (left->Is(TypeKind::kDecimal) || right->Is(TypeKind::kDecimal)) {
      return DataType::Decimal(std::max(whole_digits(*left), whole_digits(*right)), 0);
    }
    return DataType::Long();
  }
  auto is_time = [](const DataType& type) {
    return type.Is(TypeKind::kDate) || type.Is(TypeKind::kTimestamp);
  };
  // A pattern for timestamps reads no dates, and one for dates no timestamps.
  if (is_time(*left) && is_time(*right) && !options.patterns.timestamp && !options.patterns.date)
    return DataType::Timestamp();
  return DataType::String();
}

// Would Merge leave the type as it is? Quick for the numbers that most files are made of.
bool IsStill(const DataType& type, std::string_view text, const CsvOptions& options) {
  if (type.IsString() || text.empty() || text == options.null_value) return true;
  switch (type.kind()) {
    case TypeKind::kInteger:
      return ParseInteger(text, false, std::numeric_limits<int32_t>::min(),
                          std::numeric_limits<int32_t>::max()) &&
             !HasBlanks(text);
    case TypeKind::kLong:
      return ParseInteger(text, false, std::numeric_limits<int64_t>::min(),
                          std::numeric_limits<int64_t>::max()) &&
             !HasBlanks(text);
    case TypeKind::kDouble:
      return !std::isalpha(static_cast<unsigned char>(text[0])) && ParseDouble(text);
    default:
      return false;
  }
}

std::vector<std::string> HeaderNames(const std::vector<CsvField>& fields, const CsvOptions& options) {
  std::vector<std::string> names;
  std::map<std::string, int> uses;
  auto lower = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
  };
  for (const auto& field : fields) ++uses[lower(std::string(field.text))];
  for (size_t i = 0; i < fields.size(); ++i) {
    std::string text(fields[i].text);
    if (text.empty() || text == options.null_value) {
      names.push_back("_c" + std::to_string(i));
    } else {
      names.push_back(uses[lower(text)] > 1 ? text + std::to_string(i) : text);
    }
  }
  return names;
}

// What one range of a file tells.
struct RangeColumns {
  std::vector<std::string> names;  // by its first record
  std::vector<TypePtr> types;      // of all fields of its longest record, the header's aside; only to infer
};

class ColumnsReader {
 public:
  explicit ColumnsReader(const CsvOptions& options) : options_(options), tokenizer_(options) {}

  // One record; false when nothing more needs to be read.
  bool Take(std::string_view line, bool is_header) {
    const auto& fields = tokenizer_.Split(line);
    if (columns_.names.empty()) {
      if (is_header) columns_.names = HeaderNames(fields, options_);
      for (size_t i = columns_.names.size(); !is_header && i < fields.size(); ++i)
        columns_.names.push_back("_c" + std::to_string(i));
    }
    if (is_header || !options_.infer_schema) return options_.infer_schema;
    auto& types = columns_.types;
    if (types.size() < fields.size()) types.resize(fields.size(), DataType::Null());
    for (size_t i = 0; i < fields.size(); ++i) {
      if (!IsStill(*types[i], fields[i].text, options_))
        types[i] = Merge(types[i], TypeOf(fields[i].text, options_), options_);
    }
    return true;
  }
  RangeColumns Columns() { return std::move(columns_); }

 private:
  const CsvOptions& options_;
  CsvTokenizer tokenizer_;
  RangeColumns columns_;
};

RangeColumns ColumnsOf(duckdb::FileSystem& system, const FileRange& range, const CsvOptions& options) {
  LineReader lines(system, range, options.text_rules);
  ColumnsReader reader(options);
  bool is_header = options.header && lines.at_file_start();
  bool more = true;
  while (more) {
    const auto line = lines.Next();
    if (!line) break;
    if (!options.multi_line) {
      if (!IsSkippedCsvLine(*line, options)) more = reader.Take(*line, std::exchange(is_header, false));
      continue;
    }
    CsvRecords records(options, *line);
    while (more) {
      const auto record = records.Next();
      if (!record) break;
      more = reader.Take(*record, std::exchange(is_header, false));
    }
  }
  return reader.Columns();
}

}  // namespace

base::Result<std::vector<plan::Field>> InferCsvRecord(const plan::FileSource& source, std::string_view text) {
  HEARTH_ASSIGN(auto options, ReadCsvOptions(source));
  CsvTokenizer tokenizer(options);
  std::vector<plan::Field> columns;
  for (const auto& field : tokenizer.Split(text)) {
    auto type = TypeOf(field.text, options);
    if (type->Is(TypeKind::kNull)) type = DataType::String();
    columns.push_back({"_c" + std::to_string(columns.size()), std::move(type), true, {}});
  }
  return columns;
}

base::Result<std::vector<plan::Field>> InferCsvColumns(const plan::FileSource& source) {
  HEARTH_ASSIGN(const auto options, ReadCsvOptions(source));
  return Guarded([&]() -> base::Result<std::vector<plan::Field>> {
    duckdb::VirtualFileSystem system(duckdb::FileSystem::CreateLocal());
    const auto ranges = SplitFiles(system, source.paths, options.text_rules);
    std::vector<RangeColumns> found(ranges.size());
    if (options.infer_schema) {
      ForEachRange(ranges.size(), [&](size_t i) { found[i] = ColumnsOf(system, ranges[i], options); });
    } else {
      for (size_t i = 0; i < ranges.size() && (i == 0 || found[i - 1].names.empty()); ++i)
        found[i] = ColumnsOf(system, ranges[i], options);
    }
    // The first record of all gives the names, and with them how many columns there are.
    std::vector<plan::Field> columns;
    for (const RangeColumns& range : found) {
      if (columns.empty()) {
        for (const auto& name : range.names) columns.push_back({name, DataType::Null(), true, {}});
      }
      for (size_t i = 0; i < std::min(columns.size(), range.types.size()); ++i)
        columns[i].type = Merge(columns[i].type, range.types[i], options);
    }
    for (auto& column : columns) {
      if (column.type->Is(TypeKind::kNull)) column.type = DataType::String();
    }
    return columns;
  });
}

}  // namespace hearth::engine
