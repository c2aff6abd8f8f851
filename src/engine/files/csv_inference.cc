// The columns of CSV files: names from the header, types from every value when inferSchema asks for them.
#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <limits>
#include <map>

#include "duckdb/common/virtual_file_system.hpp"
#include "engine/errors.h"
#include "engine/files/csv_options.h"
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
  HEARTH_ASSIGN(auto options, ReadCsvOptions(source));
  return Guarded([&]() -> base::Result<std::vector<plan::Field>> {
    auto files = duckdb::FileSystem::CreateLocal();
    duckdb::VirtualFileSystem system(std::move(files));
    CsvTokenizer tokenizer(options);
    std::vector<std::string> names;
    std::vector<TypePtr> types;
    // One record; false when nothing more needs to be read.
    const auto take = [&](std::string_view line, bool header) {
      const auto& fields = tokenizer.Split(line);
      if (names.empty()) {
        if (header) {
          names = HeaderNames(fields, options);
        } else {
          for (size_t i = 0; i < fields.size(); ++i) names.push_back("_c" + std::to_string(i));
        }
        types.assign(names.size(), DataType::Null());
      }
      if (!header && options.infer_schema) {
        for (size_t i = 0; i < std::min(fields.size(), types.size()); ++i) {
          if (!types[i]->IsString()) types[i] = Merge(types[i], TypeOf(fields[i].text, options), options);
        }
      }
      return options.infer_schema;
    };
    for (const auto& range : SplitFiles(system, source.paths, options.text_rules)) {
      LineReader reader(system, range, options.text_rules);
      bool header = options.header && reader.at_file_start();
      bool more = true;
      while (more) {
        const auto line = reader.Next();
        if (!line) break;
        if (!options.multi_line) {
          if (!IsSkippedCsvLine(*line, options)) more = take(*line, std::exchange(header, false));
          continue;
        }
        CsvRecords records(options, *line);
        while (more) {
          const auto record = records.Next();
          if (!record) break;
          more = take(*record, std::exchange(header, false));
        }
      }
      if (!options.infer_schema && !names.empty()) break;
    }
    std::vector<plan::Field> columns;
    for (size_t i = 0; i < names.size(); ++i) {
      auto type = types[i]->Is(TypeKind::kNull) ? DataType::String() : types[i];
      columns.push_back({names[i], options.infer_schema ? type : DataType::String(), true, {}});
    }
    return columns;
  });
}

}  // namespace hearth::engine
